"""What leads and learners read about teams."""

from typing import Any

from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from config.permissions import Can, allowed
from credentials.models import Credential, CredentialVersion
from learners.models import Enrollment, Team, TeamMember
from learners.professions import PROFESSIONS
from learners.teaming import Teams


def teams_of(version: CredentialVersion) -> QuerySet[Team]:
    """With their members, in the order of their names. Two queries."""
    members = TeamMember.objects.select_related("enrollment__learner__user").order_by(
        "enrollment__learner__display_name", "pk"
    )
    return version.teams.prefetch_related(Prefetch("members", queryset=members)).order_by("name", "pk")


def profession_in_words(key: str) -> str:
    return str(PROFESSIONS.get(key, key))


def unmet(plan: Teams, *, size: int, professions: int) -> list[str]:
    """What of the rules could not be kept, by rule and number; then which professions are not in every team."""
    found = []
    if plan.short:
        text = ngettext(
            "“At least %(rule)s professions” is not met in %(count)s team.",
            "“At least %(rule)s professions” is not met in %(count)s teams.",
            plan.short,
        )
        found.append(text % {"rule": professions, "count": plan.short})
    if plan.other_size:
        text = ngettext(
            "“%(rule)s members” is not met in %(count)s team; it has one more or fewer, or so many as there are.",
            "“%(rule)s members” is not met in %(count)s teams; they differ by one member.",
            plan.other_size,
        )
        found.append(text % {"rule": size, "count": plan.other_size})
    for name, count in plan.without.items():
        if count:
            text = ngettext(
                "%(count)s team has nobody of %(profession)s.", "%(count)s teams have nobody of %(profession)s.", count
            )
            found.append(text % {"count": count, "profession": profession_in_words(name)})
    return found


def team_panel(request: HttpRequest, enrollment: Enrollment) -> dict[str, Any] | None:
    """For a learner: their team of an item, with names and professions only. One query."""
    mine = TeamMember.objects.filter(enrollment=enrollment).values("team")
    members = list(
        TeamMember.objects.filter(team__in=mine)
        .select_related("team", "enrollment__learner")
        .order_by("enrollment__learner__display_name", "pk")
    )
    if not members:
        return None
    return {
        "team": members[0].team,
        "members": [
            {
                "name": each.enrollment.learner.display_name,
                "profession": profession_in_words(each.enrollment.learner.profession),
                "is_me": each.enrollment_id == enrollment.pk,
            }
            for each in members
        ],
    }


def team_link(request: HttpRequest, credential: Credential) -> dict[str, Any] | None:
    """For leads, where an item is kept. No query."""
    if credential.current_version is None or credential.kind != "microcredential":
        return None
    if not allowed(request.user, Can.TEAM_FORM, credential):
        return None
    return {"url": reverse("learners:team-list", args=[credential.public_id]), "label": _("Teams")}
