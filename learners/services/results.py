"""Results that others give, as evidence of the open attempt or of the next: one entered by staff, or many from a file.

A result is what somebody scored or rated; it judges no criterion and decides nothing. The same once more changes nothing, and
another score for the same occasion is a correction, which names the one that it corrects.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from config.errors import Conflict, Invalid, RegistryError
from config.permissions import Can, allowed, require
from credentials.models import Credential, EvidenceRequirement
from learners import results_file
from learners.models import (
    Enrollment,
    RecordedResult,
    ResultList,
    ResultRow,
    RowResult,
    Submission,
    User,
)
from learners.models.results import RaterKind
from learners.services import lists, notices, result_evidence
from learners.services.evidence import FROM_LEARNER
from learners.services.result_evidence import in_words, plain
from learners.workflow import EnrollmentStatus, RosterStatus, SubmissionStatus

OPEN = [SubmissionStatus.DRAFT, SubmissionStatus.SUBMITTED, SubmissionStatus.IN_REVIEW]
TITLE_MAX, COMMENT_MAX = 200, 2000


@dataclass(frozen=True)
class Said:
    """What was scored or rated. score and out_of go together; either they or words say the result."""

    title: str
    rated_on: date
    rater_kind: str
    score: Decimal | None = None
    out_of: Decimal | None = None
    words: str = ""
    comment: str = ""
    rater: str = ""

    def is_that_of(self, result: RecordedResult) -> bool:
        return all(getattr(result, name) == getattr(self, name) for name in self.__dataclass_fields__)


def requirements_of(enrollment_or_version: Enrollment | int) -> list[EvidenceRequirement]:
    """What of a version others provide, in order. One query."""
    version = (
        enrollment_or_version if isinstance(enrollment_or_version, int) else enrollment_or_version.credential_version_id
    )
    asked = EvidenceRequirement.objects.filter(version=version).exclude(source__in=FROM_LEARNER)
    return list(asked.order_by("position"))


# One -----------------------------------------------------------------------------------------------------------------
@transaction.atomic
def record_result(
    *, actor: User, enrollment: Enrollment, requirement: EvidenceRequirement, said: Said, at: datetime
) -> RecordedResult:
    """Record a result; it becomes evidence of the open attempt, or else of the next, and the learner is told.

    The same once more answers the one that is there; another result of the same occasion corrects it. Raises NotAllowed,
    Invalid (names what is wrong), Conflict (the enrollment has ended).
    """
    # Whoever begins the next attempt at this moment waits for the same rows, and finds what was kept.
    attempts = Submission.objects.select_for_update(of=("self",)).filter(enrollment=enrollment.pk)
    list(attempts.order_by("pk").values_list("pk", flat=True))
    submission = attempts.filter(status__in=OPEN).order_by("-attempt", "-pk").first()
    enrollment = Enrollment.objects.select_related(
        "learner__user", "credential__organization", "credential_version"
    ).get(pk=enrollment.pk)
    require(actor, Can.RESULT_RECORD, enrollment)
    if enrollment.status != EnrollmentStatus.ACTIVE:
        raise Conflict(_("This learner no longer works on this; no attempt follows for which the result could count."))
    _check(said, requirement, enrollment, on=timezone.localdate(at))
    standing = RecordedResult.objects.filter(
        enrollment=enrollment,
        requirement=requirement,
        title=said.title,
        rated_on=said.rated_on,
        corrected_by__isnull=True,
    ).first()
    if standing is not None and said.is_that_of(standing):
        return standing
    result = RecordedResult.objects.create(
        enrollment=enrollment,
        requirement=requirement,
        corrects=standing,
        recorded_by=actor,
        recorded_at=at,
        **vars(said),
    )
    if submission is not None:
        result_evidence.count(result, submission, before=standing, at=at)
    if enrollment.learner.user is not None:
        notices.tell(
            user=enrollment.learner.user,
            kind="result",
            subject=_("%(title)s: a result was recorded") % {"title": enrollment.credential_version.title},
            text=_("Your workspace shows what was recorded, by whom and for what.")
            if submission is not None
            else _("No attempt is open at present. It is kept, and stands in your next one as soon as you begin it."),
            path=enrollment.get_absolute_url(),
            at=at,
        )
    return result


def _check(said: Said, requirement: EvidenceRequirement, enrollment: Enrollment, *, on: date) -> None:
    if requirement.version_id != enrollment.credential_version_id:
        raise Invalid(_("This kind of evidence does not belong to the version that the learner works on."))
    if requirement.source in FROM_LEARNER:
        raise Invalid(_("The learner hands this in; it is not recorded by others."))
    if not said.title.strip() or len(said.title) > TITLE_MAX:
        raise Invalid(_("Say which quiz, station or occasion, in at most %(limit)s letters.") % {"limit": TITLE_MAX})
    if said.rated_on > on:
        raise Invalid(_("The day lies ahead. Give the day on which it was."))
    if (said.score is None) != (said.out_of is None):
        raise Invalid(_("Say out of how many points the score is."))
    if said.score is not None and said.out_of is not None and not (said.out_of > 0 and 0 <= said.score <= said.out_of):
        raise Invalid(_("A score lies between 0 and %(most)s.") % {"most": plain(said.out_of)})
    if said.score is None and not said.words.strip():
        raise Invalid(_("Give a score, or the result in words."))
    if said.rater_kind not in RaterKind.values:
        raise Invalid(_("Say who rated it."))
    if len(said.comment) > COMMENT_MAX:
        raise Invalid(_("Write at most %(limit)s letters.") % {"limit": COMMENT_MAX})


def find_enrollment(*, actor: User, credential: Credential, said: str) -> Enrollment:
    """The open enrollment in a credential of the one learner with this student number or e-mail address.

    Raises Invalid: nobody of the school, or nobody who works on it; which of the two is not said.
    """
    said = said.strip()
    exact = Q(learner__user__email__iexact=said) | (Q(learner__student_number=said) & ~Q(learner__student_number=""))
    found = list(
        Enrollment.objects.filter(
            exact,
            credential=credential,
            learner__organization=credential.organization_id,
            status=EnrollmentStatus.ACTIVE,
        ).select_related("learner__user", "credential__organization", "credential_version")[:2]
    )
    if len(found) != 1 or not allowed(actor, Can.RESULT_RECORD, found[0]):
        raise Invalid(_("Nobody who works on this has this student number or e-mail address. Give it in full."))
    return found[0]


def match(requirements: Sequence[EvidenceRequirement], said: str) -> EvidenceRequirement | None:
    """The requirement that is meant by its name; the only one where none is named."""
    if not said:
        return requirements[0] if len(requirements) == 1 else None
    return next((each for each in requirements if each.kind.casefold() == said.casefold()), None)


# Many ----------------------------------------------------------------------------------------------------------------
@dataclass
class Known:
    """What the registry holds of those whom some rows are about."""

    credential: Credential
    by_number: dict[str, Enrollment]
    by_email: dict[str, Enrollment]
    open: set[int]
    asked: dict[int, list[EvidenceRequirement]]
    standing: dict[tuple[int, int, str, date], RecordedResult] = field(default_factory=dict)


@dataclass
class Verdict:
    """What a row means now. said: in words, what changes or what is wrong."""

    plan: RowResult
    said: str = ""
    enrollment: Enrollment | None = None
    requirement: EvidenceRequirement | None = None
    result: Said | None = None


@transaction.atomic
def check_result_list(*, actor: User, credential: Credential, file_name: str, data: bytes, at: datetime) -> ResultList:
    """Read a file and write down what each row would do; nothing is recorded.

    Raises NotAllowed, Invalid (the file as a whole is no list of results).
    """
    require(actor, Can.RESULTS_IMPORT, credential)
    found = results_file.parse(data)
    made = ResultList.objects.create(
        credential=credential, uploaded_by=actor, uploaded_at=at, file_name=file_name[:200]
    )
    rows = [
        ResultRow(list=made, number=each.number, line=each.line, plan=RowResult.FAULTY, said=" ".join(each.faults))
        for each in found
    ]
    for row, each in zip(rows, found, strict=True):
        for name, cell in each.cells.items():
            setattr(row, name, cell)
    known = _known(credential, rows)
    for row, each in zip(rows, found, strict=True):
        if not each.faults:
            verdict = _judge(each, known, actor, on=timezone.localdate(at))
            row.plan, row.said = verdict.plan, verdict.said
    ResultRow.objects.bulk_create(rows, batch_size=2000)
    return made


@transaction.atomic
def confirm_result_list(*, actor: User, found: ResultList, at: datetime) -> ResultList:
    """Let the workers record what was checked; a second call changes nothing. Raises NotAllowed, IllegalMove."""
    found = _locked(found)
    require(actor, Can.RESULTS_IMPORT, found.credential)
    lists.confirm(found, actor=actor, at=at, task="learners.run_result_lists")
    return found


@transaction.atomic
def drop_result_list(*, actor: User, found: ResultList) -> ResultList:
    """Leave a list that was checked; its rows go. A second call changes nothing. Raises NotAllowed, IllegalMove."""
    found = _locked(found)
    require(actor, Can.RESULTS_IMPORT, found.credential)
    lists.drop(found)
    return found


def _locked(found: ResultList) -> ResultList:
    rows = ResultList.objects.select_for_update(of=("self",)).select_related("credential__organization")
    return rows.get(pk=found.pk)


@transaction.atomic
def run_result_lists(*, at: datetime, limit: int = lists.BATCH) -> int:
    """Record the next rows of the list that was confirmed first; answer how many. A person confirmed them.

    Each row is judged anew against what is the case now. While another worker has a list, it is passed over.
    """
    waiting = ResultList.objects.select_for_update(skip_locked=True, of=("self",)).filter(status=RosterStatus.CONFIRMED)
    found = waiting.select_related("credential__organization", "confirmed_by").order_by("confirmed_at", "pk").first()
    if found is None or found.confirmed_by is None:
        return 0
    rows = list(found.rows.filter(done_at__isnull=True).order_by("number")[:limit])
    known = _known(found.credential, rows)
    for row in rows:
        row.done_at, row.result = at, RowResult.FAULTY
        if row.plan != RowResult.FAULTY:
            _carry_out(row, known, found.confirmed_by, at)
    ResultRow.objects.bulk_update(rows, ["done_at", "result", "said", "recorded"])
    lists.finish_if_done(found, at=at, subject=_("The list of results is carried out"))
    return len(rows)


def _carry_out(row: ResultRow, known: Known, actor: User, at: datetime) -> None:
    read = results_file.read_row(row.number, row.line, {name: getattr(row, name) for name in results_file.COLUMNS})
    verdict = _judge(read, known, actor, on=timezone.localdate(at))
    row.said = verdict.said
    if verdict.enrollment is None or verdict.requirement is None or verdict.result is None:
        return
    try:
        with transaction.atomic():
            row.recorded = record_result(
                actor=actor,
                enrollment=verdict.enrollment,
                requirement=verdict.requirement,
                said=verdict.result,
                at=at,
            )
        row.result = verdict.plan
    except RegistryError as error:
        row.said = str(error)
    except IntegrityError:
        row.said = _("Somebody has recorded this meanwhile. Send the row again.")


def _known(credential: Credential, rows: Sequence[ResultRow]) -> Known:
    """Four queries."""
    numbers = {row.student_number for row in rows} - {""}
    emails = {row.email.lower() for row in rows} - {""}
    found = list(
        Enrollment.objects.filter(
            Q(learner__student_number__in=numbers) | Q(learner__user__email__in=emails),
            credential=credential,
            learner__organization=credential.organization_id,
            status=EnrollmentStatus.ACTIVE,
        ).select_related("learner__user", "credential__organization", "credential_version")
    )
    keys = [each.pk for each in found]
    asked: dict[int, list[EvidenceRequirement]] = {}
    for each in (
        EvidenceRequirement.objects.filter(version__in={one.credential_version_id for one in found})
        .exclude(source__in=FROM_LEARNER)
        .order_by("version", "position")
    ):
        asked.setdefault(each.version_id, []).append(each)
    standing = RecordedResult.objects.filter(enrollment__in=keys, corrected_by__isnull=True)
    return Known(
        credential=credential,
        by_number={each.learner.student_number: each for each in found if each.learner.student_number},
        by_email={each.learner.user.email.lower(): each for each in found if each.learner.user is not None},
        open=set(
            Submission.objects.filter(enrollment__in=keys, status__in=OPEN).values_list("enrollment_id", flat=True)
        ),
        asked=asked,
        standing={(each.enrollment_id, each.requirement_id, each.title, each.rated_on): each for each in standing},
    )


def _judge(row: results_file.FileRow, known: Known, actor: User, *, on: date) -> Verdict:
    """What a row means for what is there."""
    if row.faults or row.rated_on is None:
        return Verdict(RowResult.FAULTY, " ".join(row.faults))
    enrollment, why = _whose(row, known)
    if enrollment is None:
        return Verdict(RowResult.FAULTY, why)
    if not allowed(actor, Can.RESULT_RECORD, enrollment):
        return Verdict(RowResult.FAULTY, _("This is your own record. Somebody else enters it."))
    requirement = match(known.asked.get(enrollment.credential_version_id, []), row.cells["evidence"])
    if requirement is None:
        kinds = ", ".join(each.kind for each in known.asked.get(enrollment.credential_version_id, []))
        said = (
            _("The column “evidence” must name one of: %(kinds)s.") % {"kinds": kinds}
            if kinds
            else _("Nothing of this credential is recorded by others.")
        )
        return Verdict(RowResult.FAULTY, said)
    result = Said(
        title=row.cells["title"],
        rated_on=row.rated_on,
        rater_kind=row.rater_kind,
        score=row.score,
        out_of=row.out_of,
        words=row.cells["words"],
        comment=row.cells["comment"],
        rater=row.cells["rater"],
    )
    try:
        _check(result, requirement, enrollment, on=on)
    except Invalid as error:
        return Verdict(RowResult.FAULTY, str(error))
    verdict = Verdict(RowResult.CREATE, in_words(result), enrollment, requirement, result)
    standing = known.standing.get((enrollment.pk, requirement.pk, result.title, result.rated_on))
    if standing is not None:
        is_same = result.is_that_of(standing)
        verdict.plan = RowResult.SAME if is_same else RowResult.CHANGE
        if not is_same:
            verdict.said = _("“%(before)s” becomes “%(after)s”.") % {
                "before": in_words(standing),
                "after": in_words(result),
            }
    if enrollment.pk not in known.open and verdict.plan != RowResult.SAME:
        verdict.said = _("%(said)s (no attempt is open: kept for the next one)") % {"said": verdict.said}
    return verdict


def _whose(row: results_file.FileRow, known: Known) -> tuple[Enrollment | None, str]:
    number, email = row.cells["student_number"], row.cells["email"].lower()
    found = {
        each.pk: each
        for each in (known.by_number.get(number) if number else None, known.by_email.get(email) if email else None)
        if each is not None
    }
    if not found:
        return None, _("Nobody who works on this has this student number or e-mail address.")
    if len(found) > 1 or (number and email and known.by_number.get(number) != known.by_email.get(email)):
        return None, _("The student number and the e-mail address are not those of one person.")
    return next(iter(found.values())), ""
