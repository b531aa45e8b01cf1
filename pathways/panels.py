"""What pathways add to pages of lower apps. Panels read."""

from typing import Any

from django.db.models import Exists, Max, OuterRef
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from config.permissions import Role
from credentials.models import Credential
from learners.models import Award
from learners.selectors.learning import day_in_words, learner_of
from pathways import selectors
from pathways.models import CapstoneWork, DesignationCase, PathwayVersion, Requirement, RequirementKind, Waiver
from pathways.workflow import CaseStatus, PathwayVersionStatus


def home(request: HttpRequest, user: Any) -> dict[str, Any] | None:
    """A learner's standing in each pathway, a member's open cases, the capstones that wait. At most seven queries."""
    if not user.is_authenticated:
        return None
    learner = learner_of(user)
    standings = selectors.standings(learner=learner, on=timezone.localdate()) if learner else []
    cases = 0
    if Role.COMMITTEE in user.roles():
        scope = user.scope_q({Role.COMMITTEE}, "pathway_version__pathway__credential__")
        cases = DesignationCase.objects.filter(scope, status=CaseStatus.OPEN).exclude(learner__user=user).count()
    works = 0
    if {Role.PATHWAY_ADMIN, Role.ADMINISTRATOR} & user.roles():
        works = CapstoneWork.objects.kept_by(user).waiting().count()
    if not standings and not cases and not works:
        return None
    return {
        "standings": standings,
        "open_cases": cases,
        "cases_url": reverse("pathways:case-list"),
        "open_works": works,
        "works_url": reverse("pathways:capstone-list"),
    }


def award(request: HttpRequest, award: Award) -> dict[str, Any] | None:
    """The learner's pathways that a badge counts toward. At most five queries; for the learner alone."""
    learner = learner_of(request.user)
    if learner is None or award.learner_id != learner.pk:
        return None
    counting = [
        standing
        for standing in selectors.standings(learner=learner, on=timezone.localdate())
        if not standing.is_decided and any(each.award_id == award.pk for each, _label in standing.progress.counted)
    ]
    return {"standings": counting} if counting else None


def revocation(request: HttpRequest, award: Award) -> dict[str, Any] | None:
    """The open cases of a learner that ask for a badge, by a rule or in the place of one. One query."""
    named = Requirement.objects.filter(version=OuterRef("pathway_version"), credential=award.credential_id)
    allowed = Waiver.objects.standing().filter(
        enrollment__learner=OuterRef("learner"),
        enrollment__version=OuterRef("pathway_version"),
        substitute=award.credential_id,
    )
    cases = DesignationCase.objects.awarding().filter(
        Exists(named) | Exists(allowed), learner=award.learner_id, status=CaseStatus.OPEN
    )
    titles = [
        _("%(title)s, open since %(day)s") % {"title": case.pathway_version.title, "day": day_in_words(case.opened_at)}
        for case in cases.select_related("pathway_version").order_by("opened_at", "pk")
    ]
    if not titles:
        return None
    said = _("%(cases)s. It cannot be confirmed while something is missing; the committee sees what stands on its day.")
    return {"text": said % {"cases": "; ".join(titles)}}


def item(request: HttpRequest, credential: Credential) -> dict[str, Any] | None:
    """The pathways that count an item in their newest version, and as which part. Two queries."""
    newest = (
        PathwayVersion.objects.filter(status=PathwayVersionStatus.PUBLISHED)
        .values("pathway")
        .annotate(newest=Max("pk"))
        .values("newest")
    )
    rows = (
        Requirement.objects.filter(credential=credential, version__in=newest)
        .select_related("version__pathway", "parent")
        .order_by("version__title", "pk")
    )
    found = [
        {"title": row.version.title, "url": row.version.pathway.get_absolute_url(), "part": _part(row)} for row in rows
    ]
    return {"pathways": found} if found else None


def _part(row: Requirement) -> str:
    group = row.parent
    if group is None or group.kind != RequirementKind.CHOOSE:
        return _("required")
    if group.label:
        return _("one choice for “%(group)s”") % {"group": group.label}
    return _("one of several to choose from")
