"""Looking for one learner: staff say why, and it is written down before anything is shown."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from config.errors import Conflict, Invalid, NotAllowed
from config.permissions import Can, Role, allowed, require
from credentials.models import Organization
from learners.models import AccessEntry, AccessKind, Learner, Submission, User
from learners.models.access import AccessReason

SHOWN = 20
FEWEST_LETTERS = 3
# For so long a reason holds; then it is asked for again.
REASON_HOLDS = timedelta(hours=8)
REFUSED_ONCE_IN = timedelta(hours=1)


def schools_of(user: User, can: Can = Can.LEARNER_SEARCH) -> list[Organization]:
    """Where a person may look for learners. can: for which purpose."""
    schools = {grant.organization_id: grant.organization for grant in user.current_grants}
    return [each for each in schools.values() if allowed(user, can, each)]


@transaction.atomic
def search_learners(
    *, actor: User, said: str, reason: AccessReason, at: datetime, can: Can = Can.LEARNER_SEARCH
) -> list[Learner]:
    """Find learners by a part of the name, or the whole e-mail address or student number; each one found is logged.

    Raises NotAllowed, Invalid (no reason, too few letters, or too many found).
    """
    schools = schools_of(actor, can)
    if not schools:
        raise NotAllowed(_("You may not %(action)s.") % {"action": can.label})
    if reason not in AccessReason.values:
        raise Invalid(_("Say why you look for this person; it is kept."))
    said = said.strip()
    if len(said) < FEWEST_LETTERS:
        raise Invalid(_("Write at least %(count)s letters.") % {"count": FEWEST_LETTERS})
    meant = Q(display_name__icontains=said) | Q(user__email__iexact=said) | Q(student_number=said)
    found = list(
        Learner.objects.filter(meant, organization__in=schools)
        .exclude(user=actor)
        .select_related("user", "cohort", "organization")
        .order_by("display_name", "pk")[: SHOWN + 1]
    )
    if len(found) > SHOWN:
        raise Invalid(_("More than %(count)s learners are found. Write more of the name.") % {"count": SHOWN})
    AccessEntry.objects.bulk_create(
        AccessEntry(actor=actor, learner=learner, reason=reason, at=at) for learner in found
    )
    return found


def log_list(
    *, actor: User, learners: Iterable[Learner], reason: AccessReason, what: str, at: datetime
) -> list[AccessEntry]:
    """Write down that a list about many learners was taken out. what: which list. Raises Invalid (no reason, no name).

    It opens nobody's record. A part of what takes the list out, which asks for permission.
    """
    if reason not in AccessReason.values or not what.strip():
        raise Invalid(_("Say why you need the list; it is kept."))
    return AccessEntry.objects.bulk_create(
        [AccessEntry(actor=actor, learner=learner, reason=reason, note=what, at=at) for learner in learners],
        batch_size=1000,
    )


def may_open(*, actor: User, learner: Learner, at: datetime, can: Can = Can.LEARNER_SEARCH) -> bool:
    """Whether the actor has lately said why they look at this learner, and still may. One query."""
    if not allowed(actor, can, learner.organization) or learner.user_id == actor.pk:
        return False
    # Who took out a list of a class, which its note names, has not looked for anybody of it.
    return _searched(actor, at).filter(learner=learner).exists()


def looked_for(*, actor: User, at: datetime) -> QuerySet[AccessEntry, int]:
    """The keys of the learners whom the actor has lately said why they look for, as a queryset for `learner__in`."""
    return _searched(actor, at).values_list("learner", flat=True)


def _searched(actor: User, at: datetime) -> QuerySet[AccessEntry]:
    found = AccessEntry.objects.filter(actor=actor, kind=AccessKind.LOOKED, submission__isnull=True, note="")
    return found.filter(at__gt=at - REASON_HOLDS, at__lte=at)


@transaction.atomic
def unblind(*, actor: User, submission: Submission, reason: AccessReason, note: str, at: datetime) -> AccessEntry:
    """Show a member of staff whose blind work this is, for some hours; the reason is logged first.

    Raises NotAllowed, Invalid (no reason), Conflict (it is not judged blind).
    """
    require(actor, Can.WORK_UNBLIND, submission)
    note = note.strip()
    if reason not in AccessReason.values or not note:
        raise Invalid(_("Say why you need to know whose work it is; it is kept."))
    if not submission.credential_version.is_blind:
        raise Conflict(_("This work is not judged blind; its learner is shown."))
    learner = Learner.objects.select_for_update().get(pk=submission.learner.pk)  # a doubled form waits for the first
    standing = _unblinded(actor, submission, at).filter(reason=reason, note=note).first()
    return standing or AccessEntry.objects.create(
        actor=actor, learner=learner, submission=submission, reason=reason, note=note, at=at
    )


def is_unblinded(*, actor: User, submission: Submission, at: datetime) -> bool:
    """Whether the actor has lately said why they need to know whose blind work this is, and still may. One query."""
    return allowed(actor, Can.WORK_UNBLIND, submission) and _unblinded(actor, submission, at).exists()


def _unblinded(actor: User, submission: Submission, at: datetime) -> QuerySet[AccessEntry]:
    return AccessEntry.objects.filter(
        actor=actor, submission=submission, kind=AccessKind.LOOKED, at__gt=at - REASON_HOLDS, at__lte=at
    )


# Auditors ------------------------------------------------------------------------------------------------------------
@transaction.atomic
def open_work(*, actor: User, submission: Submission, reason: AccessReason, at: datetime) -> AccessEntry:
    """Say, as an auditor, why one opens a learner's work; once for each learner and day, and for each blind work.

    Raises NotAllowed (it may not be read), Invalid (no reason).
    """
    is_auditor = actor.has_role(Role.AUDITOR, submission.credential)
    if not is_auditor or not Submission.objects.visible_to(actor).filter(pk=submission.pk).exists():
        raise NotAllowed(_("There is no such work, or it is not yours to read."))
    if reason not in AccessReason.values:
        raise Invalid(_("Say why you open this work; it is kept."))
    learner = Learner.objects.select_for_update(no_key=True).get(pk=submission.learner.pk)  # a doubled form waits
    standing = _opened(actor, submission, at).first()
    return standing or AccessEntry.objects.create(
        actor=actor, learner=learner, submission=submission, kind=AccessKind.OPENED, reason=reason, at=at
    )


def must_say_why(*, actor: User, submission: Submission, at: datetime) -> bool:
    """Whether the actor reads this work as an auditor alone, and has not said today why. No query but for auditors."""
    credential = submission.enrollment.credential
    if not actor.has_role(Role.AUDITOR, credential) or actor.has_role(Role.LEAD, credential):
        return False
    if submission.learner.user_id == actor.pk or submission.is_open_to(actor):
        return False
    return not submission.is_reviewed_by(actor) and not _opened(actor, submission, at).exists()


def _opened(actor: User, submission: Submission, at: datetime) -> QuerySet[AccessEntry]:
    """What an auditor said today of a learner, or of this work alone where it is judged blind: so that no name is told."""
    start = timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)
    today = AccessEntry.objects.filter(actor=actor, at__gte=start, at__lte=at)
    if submission.credential_version.is_blind:
        return today.filter(kind=AccessKind.OPENED, submission=submission)
    return today.filter(learner=submission.learner).filter(
        Q(kind=AccessKind.OPENED, submission__enrollment__credential_version__is_blind=False)
        | Q(kind=AccessKind.LOOKED, submission__isnull=True, note="")
    )


# What was refused ----------------------------------------------------------------------------------------------------
@transaction.atomic
def note_refused(*, actor: User, asked: QuerySet[Submission], at: datetime) -> AccessEntry | None:
    """Write down that somebody asked for work that they may not see; once in an hour for each person and work.

    asked: the work that was named; a file may stand in several. None for what there is not or was noted already, and for
    work that they may see: then the page, and not the work, was not theirs. Four queries, one for what there is not.
    """
    submission = asked.select_related("enrollment__learner").order_by("pk").first()
    if submission is None or submission.learner.user_id == actor.pk:
        return None
    if Submission.objects.visible_to(actor).filter(pk__in=asked.values("pk")).exists():
        return None
    with connection.cursor() as cursor:  # two requests at once wait for each other
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"learners.refused.{actor.pk}.{submission.pk}"])
    known = AccessEntry.objects.filter(actor=actor, submission=submission, kind=AccessKind.REFUSED)
    if known.filter(at__gt=at - REFUSED_ONCE_IN).exists():
        return None
    return AccessEntry.objects.create(
        actor=actor, learner=submission.learner, submission=submission, kind=AccessKind.REFUSED, at=at
    )
