"""Forming teams for an item, and moving one person with a reason."""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from config.errors import Conflict, Invalid
from config.permissions import Can, require
from credentials.models import Credential, CredentialVersion
from learners import teaming
from learners.models import Enrollment, Notice, Submission, Team, TeamChange, TeamEvent, TeamMember, User
from learners.services.evidence import catch_up_with_team, leave_to_team
from learners.services.notices import tell_all
from learners.workflow import EnrollmentStatus, SubmissionStatus

SIZE_MIN, SIZE_MAX, PROFESSIONS_MAX = 2, 30, 10


def without_team(version: CredentialVersion) -> QuerySet[Enrollment]:
    """Who works on a version and is in no team."""
    working = Enrollment.objects.filter(credential_version=version, status=EnrollmentStatus.ACTIVE, team_member=None)
    return working.select_related("learner__user").order_by("pk")


def plan_teams(*, actor: User, credential: Credential, size: int, professions: int, seed: int) -> teaming.Teams:
    """What `form_teams` would do now; nothing is written. Raises as it does."""
    version = _version(actor, credential)
    return _plan(list(without_team(version)), size=size, professions=professions, seed=seed)


@transaction.atomic
def form_teams(
    *, actor: User, credential: Credential, size: int, professions: int, seed: int, at: datetime
) -> teaming.Teams:
    """Put everybody who works on an item and is in no team into a new one, and tell them; a second call finds nobody.

    Raises NotAllowed, Invalid (no version, sizes that cannot be), Conflict (nobody is without a team).
    """
    credential = Credential.objects.select_for_update(of=("self",)).get(pk=credential.pk)
    version = _version(actor, credential)
    people = list(without_team(version))
    if not people:
        raise Conflict(_("Everybody who works on this is in a team."))
    plan = _plan(people, size=size, professions=professions, seed=seed)
    first = version.teams.count() + 1
    width = max(2, len(str(first + len(plan.members) - 1)))
    teams = Team.objects.bulk_create(
        Team(credential_version=version, name=_("Team %(number)s") % {"number": str(number).zfill(width)})
        for number in range(first, first + len(plan.members))
    )
    by_key = {each.pk: each for each in people}
    pairs = [(team, by_key[key]) for team, keys in zip(teams, plan.members, strict=True) for key in keys]
    TeamMember.objects.bulk_create(TeamMember(team=team, enrollment=each) for team, each in pairs)
    TeamEvent.objects.bulk_create(
        TeamEvent(team=team, enrollment=each, actor=actor, kind=TeamChange.FORMED, at=at) for team, each in pairs
    )
    tell_all(_notice(version, team, each, at) for team, each in pairs if each.learner.user is not None)
    return plan


@transaction.atomic
def move_member(*, actor: User, member: TeamMember, team: Team, reason: str, at: datetime) -> TeamMember:
    """Put one person into another team of the same item, and tell them; again changes nothing.

    What the others of the former team submitted for all leaves the open draft and stays with that team; what the new team
    submitted for all comes into it. What the person submitted stays in the draft and with the former team.

    Raises NotAllowed, Invalid (no reason, another item's team).
    """
    member = (
        TeamMember.objects.select_for_update(of=("self",))
        .select_related("team__credential_version__credential", "enrollment__learner__user")
        .get(pk=member.pk)
    )
    version = member.team.credential_version
    require(actor, Can.TEAM_FORM, version.credential)
    if team.credential_version_id != version.pk:
        raise Invalid(_("This team belongs to another item."))
    if member.team_id == team.pk:
        return member
    reason = reason.strip()
    if not reason:
        raise Invalid(_("Say why this person moves; it is kept."))
    before, member.team = member.team, team
    member.save(update_fields=["team"])
    TeamEvent.objects.create(
        team=team,
        before=before,
        enrollment=member.enrollment,
        actor=actor,
        kind=TeamChange.MOVED,
        reason=reason,
        at=at,
    )
    drafts = Submission.objects.select_for_update(of=("self",)).select_related("enrollment")
    left = 0
    for draft in drafts.filter(enrollment=member.enrollment_id, status=SubmissionStatus.DRAFT):
        left += leave_to_team(draft)
        catch_up_with_team(draft)
    if member.enrollment.learner.user is not None:
        tell_all([_notice(version, team, member.enrollment, at, said=_what_left(before, left))])
    return member


def _version(actor: User, credential: Credential) -> CredentialVersion:
    require(actor, Can.TEAM_FORM, credential)
    version = credential.current_version
    if version is None:
        raise Invalid(_("This credential is not offered at present."))
    return version


def _plan(people: list[Enrollment], *, size: int, professions: int, seed: int) -> teaming.Teams:
    if not SIZE_MIN <= size <= SIZE_MAX:
        raise Invalid(_("A team has between %(least)s and %(most)s members.") % {"least": SIZE_MIN, "most": SIZE_MAX})
    if not 1 <= professions <= min(size, PROFESSIONS_MAX):
        raise Invalid(_("A team cannot have more professions than members."))
    found = [teaming.Person(each.pk, each.learner.profession) for each in people]
    return teaming.form(found, size=size, professions=professions, seed=seed)


def _what_left(before: Team, count: int) -> str:
    """What a move has done to a draft."""
    if not count:
        return _("What you submitted yourself stays in your draft.")
    return ngettext(
        "%(count)s piece of evidence that others submitted for %(team)s left your draft; it stays with %(team)s. What you "
        "submitted yourself stays in your draft.",
        "%(count)s pieces of evidence that others submitted for %(team)s left your draft; they stay with %(team)s. What you "
        "submitted yourself stays in your draft.",
        count,
    ) % {"count": count, "team": before.name}


def _notice(version: CredentialVersion, team: Team, enrollment: Enrollment, at: datetime, *, said: str = "") -> Notice:
    return Notice(
        user=enrollment.learner.user,
        kind="team",
        subject=_("%(title)s: your team") % {"title": version.title},
        text=" ".join(
            filter(
                None,
                [_("You are in %(team)s. Who else is in it stands in your workspace.") % {"team": team.name}, said],
            )
        ),
        path=enrollment.get_absolute_url(),
        created_at=at,
    )
