"""Roster import: a file is checked, a person confirms what would happen, a worker carries it out in batches.

The rows are the queue. A batch is one transaction, so that a worker that dies leaves its batch undone and another goes on
there; each row is judged anew against what is the case then, so that a second run finds nothing left to do.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from config.errors import RegistryError
from config.permissions import Can, allowed, require
from credentials.models import Organization
from learners import roster_file
from learners.models import (
    Cohort,
    Learner,
    LearnerChange,
    LearnerEvent,
    LearnerName,
    Notice,
    RosterImport,
    RosterRow,
    RowResult,
    User,
)
from learners.professions import PROFESSIONS
from learners.services import lists, notices, people, standing
from learners.workflow import RosterStatus


@dataclass
class Known:
    """What the registry holds of those whom some rows are about."""

    organization: Organization
    cohorts: dict[str, Cohort]
    by_number: dict[str, Learner]
    by_email: dict[str, User]
    addresses: dict[int, set[str]]


@dataclass
class Verdict:
    """What a row means now. changes: which of name, cohort, profession, number; said: the same in words, or the faults."""

    plan: RowResult
    said: list[str] = field(default_factory=list)
    learner: Learner | None = None
    user: User | None = None
    cohort: Cohort | None = None
    changes: list[LearnerChange] = field(default_factory=list)


def rosters_of(user: User) -> list[Organization]:
    """Where a person may bring in a list."""
    schools = {grant.organization_id: grant.organization for grant in user.current_grants}
    return [each for each in schools.values() if allowed(user, Can.PEOPLE_MANAGE, each)]


@transaction.atomic
def check_roster(
    *, actor: User, organization: Organization, file_name: str, data: bytes, is_inviting: bool, at: datetime
) -> RosterImport:
    """Read a file and write down what each row would do; no learner is touched.

    Raises NotAllowed, Invalid (the file as a whole is no list of learners).
    """
    require(actor, Can.PEOPLE_MANAGE, organization)
    found = roster_file.parse(data)
    roster = RosterImport.objects.create(
        organization=organization,
        uploaded_by=actor,
        uploaded_at=at,
        file_name=file_name[:200],
        is_inviting=is_inviting,
    )
    rows = [
        RosterRow(
            roster=roster,
            number=each.number,
            line=each.line,
            student_number=each.student_number,
            name=each.name,
            email=each.email,
            profession=each.profession,
            cohort=each.cohort,
            plan=RowResult.FAULTY if each.faults else RowResult.CREATE,
            said=" ".join(each.faults),
        )
        for each in found
    ]
    sound = [row for row in rows if row.plan != RowResult.FAULTY]
    known = _known(organization, sound)
    for row in sound:
        verdict = _judge(row, known, actor)
        row.plan, row.said = verdict.plan, " ".join(verdict.said)
    RosterRow.objects.bulk_create(rows, batch_size=2000)
    return roster


@transaction.atomic
def confirm_roster(*, actor: User, roster: RosterImport, at: datetime) -> RosterImport:
    """Let the workers carry out a list that was checked; a second call changes nothing. Raises NotAllowed, IllegalMove."""
    roster = _locked(roster)
    require(actor, Can.PEOPLE_MANAGE, roster.organization)
    lists.confirm(roster, actor=actor, at=at, task="learners.run_rosters")
    return roster


@transaction.atomic
def drop_roster(*, actor: User, roster: RosterImport) -> RosterImport:
    """Leave a list that was checked; its rows go. A second call changes nothing. Raises NotAllowed, IllegalMove."""
    roster = _locked(roster)
    require(actor, Can.PEOPLE_MANAGE, roster.organization)
    lists.drop(roster)
    return roster


def _locked(roster: RosterImport) -> RosterImport:
    found = RosterImport.objects.select_for_update(of=("self",)).select_related("organization")
    return found.get(pk=roster.pk)


@transaction.atomic
def run_rosters(*, at: datetime, limit: int = lists.BATCH) -> int:
    """Carry out the next rows of the list that was confirmed first; answer how many. No actor: a person confirmed them.

    While another worker has a list, it is passed over.
    """
    waiting = RosterImport.objects.select_for_update(skip_locked=True, of=("self",)).filter(
        status=RosterStatus.CONFIRMED
    )
    roster = waiting.select_related("organization", "confirmed_by").order_by("confirmed_at", "pk").first()
    if roster is None or roster.confirmed_by is None:
        return 0
    rows = list(roster.rows.filter(done_at__isnull=True).order_by("number")[:limit])
    known = _known(roster.organization, rows, is_locking=True)
    new: list[tuple[RosterRow, Verdict]] = []
    for row in rows:
        row.done_at = at
        if row.plan == RowResult.FAULTY:
            row.result = RowResult.FAULTY
            continue
        verdict = _judge(row, known, roster.confirmed_by)
        row.result, row.said, row.learner = verdict.plan, " ".join(verdict.said), verdict.learner
        if verdict.plan == RowResult.CREATE:
            new.append((row, verdict))
        elif verdict.plan == RowResult.CHANGE:
            _change(row, verdict, roster.confirmed_by, at)
    _create(new, roster, at)
    RosterRow.objects.bulk_update(rows, ["done_at", "result", "said", "learner"])
    lists.finish_if_done(roster, at=at, subject=_("The list of learners is carried out"))
    return len(rows)


def _known(organization: Organization, rows: Sequence[RosterRow], *, is_locking: bool = False) -> Known:
    """Four queries. is_locking: the learners are kept from others until the end of the transaction, in one order."""
    numbers, emails = [row.student_number for row in rows], [row.email for row in rows]
    about = Q(student_number__in=numbers, organization=organization) | Q(user__email__in=emails)
    if is_locking:
        list(Learner.objects.select_for_update(of=("self",)).filter(about).order_by("pk").values_list("pk"))
    learners = list(Learner.objects.filter(about).select_related("user", "cohort", "organization"))
    addresses: dict[int, set[str]] = {}
    accounts = [each.user_id for each in learners if each.user_id is not None]
    mine = Q(user__in=accounts) | Q(email__in=emails)
    by_email = {each.email.lower(): each for each in User.objects.filter(email__in=emails).select_related("learner")}
    for address in EmailAddress.objects.filter(mine, verified=True).select_related("user__learner"):
        addresses.setdefault(address.user_id, set()).add(address.email.lower())
        by_email.setdefault(address.email.lower(), address.user)
    return Known(
        organization=organization,
        cohorts={each.name.casefold(): each for each in Cohort.objects.filter(organization=organization)},
        by_number={each.student_number: each for each in learners if each.organization_id == organization.pk},
        by_email=by_email,
        addresses=addresses,
    )


def _judge(row: RosterRow, known: Known, actor: User) -> Verdict:
    """What a sound row of the file means for what is there."""
    cohort = known.cohorts.get(row.cohort.casefold())
    if row.cohort and cohort is None:
        return _fault(_("There is no class “%(name)s”. Make it first.") % {"name": row.cohort})
    learner = known.by_number.get(row.student_number)
    user = known.by_email.get(row.email)
    if learner is None:
        other: Learner | None = getattr(user, "learner", None)
        if other is None:
            return Verdict(RowResult.CREATE, user=user, cohort=cohort)
        if other.organization_id != known.organization.pk or other.student_number:
            return _fault(_("The e-mail address belongs to a learner with another student number."))
        learner = other
    elif learner.user is not None:
        own = {learner.user.email.lower(), *known.addresses.get(learner.user.pk, ())}
        if row.email not in own:
            return _fault(_("This learner has another e-mail address here; people change their address themselves."))
    return _compare(row, learner, cohort, actor)


def _fault(said: str) -> Verdict:
    return Verdict(RowResult.FAULTY, [said])


def _compare(row: RosterRow, learner: Learner, cohort: Cohort | None, actor: User) -> Verdict:
    verdict = Verdict(RowResult.SAME, learner=learner, cohort=cohort)

    def differs(change: LearnerChange, what: str, before: str, after: str) -> None:
        verdict.changes.append(change)
        verdict.said.append(
            _("%(what)s: “%(before)s” becomes “%(after)s”.")
            % {"what": what, "before": before or _("none"), "after": after}
        )

    if row.name != learner.display_name:
        differs(LearnerChange.NAME, _("Name"), learner.display_name, row.name)
    if cohort is not None and cohort.pk != learner.cohort_id:
        differs(LearnerChange.COHORT, _("Class"), learner.cohort.name if learner.cohort else "", cohort.name)
    if row.profession != learner.profession:
        before = PROFESSIONS.get(learner.profession, learner.profession)
        differs(LearnerChange.PROFESSION, _("Profession"), str(before), str(PROFESSIONS[row.profession]))
    if row.student_number != learner.student_number:
        differs(LearnerChange.NUMBER, _("Student number"), learner.student_number, row.student_number)
    if verdict.changes:
        verdict.plan = RowResult.CHANGE
        if not allowed(actor, Can.LEARNER_MANAGE, learner):
            return _fault(_("This is your own record. Somebody else changes it."))
    return verdict


def _change(row: RosterRow, verdict: Verdict, actor: User, at: datetime) -> None:
    learner = verdict.learner
    if learner is None:
        return
    try:
        with transaction.atomic():
            if LearnerChange.NAME in verdict.changes:
                people.change_name(actor=actor, learner=learner, full_name=row.name, at=at)
            if set(verdict.changes) - {LearnerChange.NAME}:
                standing.set_facts(
                    actor=actor,
                    learner=learner,
                    cohort=verdict.cohort or learner.cohort,
                    profession=row.profession,
                    student_number=row.student_number,
                    at=at,
                )
    except RegistryError as error:
        row.result, row.said = RowResult.FAULTY, str(error)


def _create(new: Sequence[tuple[RosterRow, Verdict]], roster: RosterImport, at: datetime) -> None:
    """All at once; when somebody else has made one of them meanwhile, one by one, and that row is at fault."""
    if not new:
        return
    try:
        with transaction.atomic():
            _create_all(new, roster, at)
    except IntegrityError:
        if len(new) > 1:
            for each in new:
                _create([each], roster, at)
            return
        row = new[0][0]
        row.result, row.learner = RowResult.FAULTY, None
        row.said = _("Somebody has made this person meanwhile. Send the row again.")


def _create_all(new: Sequence[tuple[RosterRow, Verdict]], roster: RosterImport, at: datetime) -> None:
    missing = [
        (verdict, people.new_user(email=row.email, name=row.name, at=at)) for row, verdict in new if not verdict.user
    ]
    users = User.objects.bulk_create([user for _verdict, user in missing])
    EmailAddress.objects.bulk_create(
        EmailAddress(user=user, email=user.email, verified=True, primary=True) for user in users
    )
    accounts = {id(verdict): user for verdict, user in missing}
    learners = Learner.objects.bulk_create(
        Learner(
            user=verdict.user or accounts[id(verdict)],
            organization=roster.organization,
            cohort=verdict.cohort,
            display_name=row.name,
            profession=row.profession,
            student_number=row.student_number,
        )
        for row, verdict in new
    )
    LearnerName.objects.bulk_create(
        LearnerName(learner=each, full_name=each.display_name, from_at=at) for each in learners
    )
    LearnerEvent.objects.bulk_create(
        LearnerEvent(learner=each, actor=roster.confirmed_by, kind=LearnerChange.ADDED, note=roster.file_name, at=at)
        for each in learners
    )
    for (row, _verdict), learner in zip(new, learners, strict=True):
        row.learner, row.said = learner, ""
    if roster.is_inviting:
        notices.tell_all(
            Notice(
                user=user,
                kind="invitation",
                subject=_("Signet: choose a password"),
                text=_(
                    "%(school)s keeps your microcredentials here. Choose a password with this e-mail address, then sign in."
                )
                % {"school": roster.organization.name},
                path=reverse("account_reset_password"),
                created_at=at,
            )
            for user in users
        )
