"""Patient data in evidence: set aside at once by whoever sees it; released or purged by the privacy officer."""

import logging
from datetime import datetime
from functools import partial

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from config.errors import Conflict
from config.permissions import Can, Role, require
from learners.models import (
    Assessment,
    Decision,
    DecisionEvent,
    EvidenceItem,
    IncidentStep,
    Notice,
    PatientDataEvent,
    PatientDataReport,
    StoredFile,
    Submission,
    SubmissionEvent,
    User,
)
from learners.models.evidence import TombstoneCause
from learners.services import notices, result_evidence
from learners.services.enrollment import start_attempt
from learners.workflow import (
    DECISION_MOVES,
    PATIENT_DATA_MOVES,
    SUBMISSION_MOVES,
    AssessmentStatus,
    DecisionStatus,
    EnrollmentStatus,
    PatientDataStatus,
    SubmissionStatus,
    require_move,
)

logger = logging.getLogger("signet.files")

# Once decided, the outcome stands; only what was submitted is set aside.
UNDECIDED = {SubmissionStatus.SUBMITTED, SubmissionStatus.IN_REVIEW}
REPLACEABLE = {SubmissionStatus.QUARANTINED, SubmissionStatus.EXPIRED}
REPORTABLE = [*sorted(UNDECIDED), SubmissionStatus.RETURNED, SubmissionStatus.DECIDED]


@transaction.atomic
def report_patient_data(*, actor: User, submission: Submission, at: datetime) -> PatientDataReport:
    """Set everything of a submission aside, and the same texts and files wherever the learner's other attempts hold them.

    From the commit on nobody but the privacy officer reads any of it. The attempt is not used up. A second call answers
    the report that stands. Raises NotAllowed, Conflict (a draft, or withdrawn).
    """
    submission = _locked(submission)
    require(actor, Can.PATIENT_DATA_REPORT, submission)
    standing = PatientDataReport.objects.standing().filter(submission=submission).first()
    if standing is not None:
        return standing
    if submission.status not in REPORTABLE:
        raise Conflict(_("This is not submitted. What is in a draft can be removed by its learner at any time."))
    report = PatientDataReport.objects.create(
        submission=submission,
        submission_status=submission.status,
        reported_by=actor,
        reported_at=at,
        quarantined_at=at,
    )
    _set_aside(report, at=at)
    if submission.status in UNDECIDED:
        _take_back_proposal(submission, actor=actor, at=at)
        _move(submission, SubmissionStatus.QUARANTINED, actor=actor, at=at)
    _record(report, actor, [IncidentStep.REPORTED, IncidentStep.QUARANTINED], at=at)
    _tell(report, at=at)
    return report


def _locked(submission: Submission) -> Submission:
    """The submission, locked before anything else, as by every command that moves one."""
    return (
        Submission.objects.select_for_update(of=("self",))
        .with_context()
        .prefetch_related("assignments")
        .get(pk=submission.pk)
    )


def _set_aside(report: PatientDataReport, *, at: datetime) -> None:
    own = EvidenceItem.objects.filter(submission=report.submission_id).select_related("file")
    same = Q(submission=report.submission_id)
    for item in own:
        if item.file is not None:
            same |= Q(file__sha256=item.file.sha256)
        elif item.text or item.link:
            same |= Q(kind=item.kind, text=item.text, link=item.link)
    learner = Q(submission__enrollment__learner=report.submission.enrollment.learner_id)
    roots = {key for item in own for key in (item.pk, item.shared_from_id) if key is not None}
    team = Q(shared_from__in=roots) | Q(pk__in=roots)  # what stands in the work of the whole team
    EvidenceItem.objects.filter((same & learner) | team, set_aside_by__isnull=True).update(set_aside_by=report)
    files = EvidenceItem.objects.filter(set_aside_by=report, file__isnull=False).values("file")
    StoredFile.objects.filter(pk__in=files, quarantined_at__isnull=True).update(quarantined_at=at)


def _take_back_proposal(submission: Submission, *, actor: User, at: datetime) -> None:
    """A decision that nobody has released rests on what cannot be read now: undone, and its assessments open again."""
    for decision in Decision.objects.select_for_update().filter(submission=submission, status=DecisionStatus.PROPOSED):
        require_move(DECISION_MOVES, decision.status, DecisionStatus.UNDONE)
        decision.status = DecisionStatus.UNDONE
        decision.save(update_fields=["status"])
        note = _("Set aside because of patient data.")
        DecisionEvent.objects.create(decision=decision, actor=actor, moved_to=decision.status, note=note, at=at)
        Assessment.objects.filter(submission=submission).update(status=AssessmentStatus.DRAFT, finished_at=None)


def _move(submission: Submission, target: SubmissionStatus, *, actor: User, at: datetime) -> None:
    require_move(SUBMISSION_MOVES, submission.status, target)
    submission.status = target
    submission.save(update_fields=["status", "due_at"])
    SubmissionEvent.objects.create(submission=submission, actor=actor, moved_to=target, at=at)


def _record(report: PatientDataReport, actor: User | None, steps: list[IncidentStep], *, at: datetime) -> None:
    PatientDataEvent.objects.bulk_create(
        PatientDataEvent(report=report, actor=actor, moved_to=step, at=at) for step in steps
    )


def _tell(report: PatientDataReport, *, at: datetime) -> None:
    submission = report.submission
    title = submission.credential_version.title
    _tell_learner(
        submission,
        _("%(title)s: your evidence is set aside for now") % {"title": title},
        _(
            "Somebody asked that it be looked at before others read it. Your attempt is not used up. The page says more."
        ),
        at=at,
    )
    told = _tell_staff(
        Role.PRIVACY,
        submission,
        _("A submission was reported. Look at it, then release or purge it."),
        reverse("learners:incident-detail", args=[report.public_id]),
        at=at,
    )
    if not told:
        text = _("A submission was reported, and nobody is privacy officer. Name one, so that it can be looked at.")
        _tell_staff(Role.ADMINISTRATOR, submission, text, reverse("learners:home"), at=at)


def _tell_staff(role: Role, submission: Submission, text: str, path: str, *, at: datetime) -> list[Notice]:
    return notices.tell_role(
        role,
        credential=submission.credential,
        kind="patient-data",
        subject=_("%(title)s: evidence was set aside") % {"title": submission.credential_version.title},
        text=text,
        path=path,
        at=at,
        but=[submission.learner.user_id] if submission.learner.user_id is not None else [],
    )


def _tell_learner(submission: Submission, subject: str, text: str, *, at: datetime) -> None:
    if submission.learner.user is not None:
        notices.tell(
            user=submission.learner.user,
            kind="patient-data",
            subject=subject,
            text=text,
            path=submission.get_absolute_url(),
            at=at,
        )


# How it ends ---------------------------------------------------------------------------------------------------------
@transaction.atomic
def release_report(*, actor: User, report: PatientDataReport, at: datetime) -> PatientDataReport:
    """A false alarm: everything can be read again, and the submission goes on where it was, with the time given back.

    Raises NotAllowed, IllegalMove (settled already), Conflict (the learner has submitted anew in its place).
    """
    report, submission = _to_settle(actor, report, PatientDataStatus.RELEASED)
    if submission.status == SubmissionStatus.QUARANTINED:
        if submission.enrollment.status != EnrollmentStatus.ACTIVE or _in_its_place(submission) is not None:
            raise Conflict(_("The learner has withdrawn, or started anew in its place: it can be purged."))
        if submission.due_at is not None:
            submission.due_at += at - report.quarantined_at
        _move(submission, SubmissionStatus(report.submission_status), actor=actor, at=at)
    files = EvidenceItem.objects.filter(set_aside_by=report, file__isnull=False).values("file")
    StoredFile.objects.filter(pk__in=files).update(quarantined_at=None)
    # Another report may stand on what comes back: of this learner, or of one whose team it is shared with.
    touched = list(EvidenceItem.objects.filter(set_aside_by=report).values_list("submission", flat=True))
    EvidenceItem.objects.filter(set_aside_by=report).update(set_aside_by=None)
    others = PatientDataReport.objects.filter(
        Q(submission__enrollment__learner=submission.enrollment.learner_id) | Q(submission__in=touched),
        status=PatientDataStatus.OPEN,
    )
    for other in others.exclude(pk=report.pk).select_related("submission__enrollment"):
        _set_aside(other, at=other.quarantined_at)
    _settle(report, actor, PatientDataStatus.RELEASED, IncidentStep.RELEASED, at=at)
    _tell_learner(
        submission,
        _("%(title)s: your evidence can be read again") % {"title": submission.credential_version.title},
        _("It was looked at, and nothing was found that should not be there. It goes on as before."),
        at=at,
    )
    return report


@transaction.atomic
def purge_report(*, actor: User, report: PatientDataReport, at: datetime) -> PatientDataReport:
    """Remove for good what was set aside. Rows stay as tombstones with the digest; bytes go once this is committed.

    A badge that rests on it stays valid: it holds the digest, never the evidence. Raises NotAllowed, IllegalMove.
    """
    report, submission = _to_settle(actor, report, PatientDataStatus.PURGED)
    for item in report.items.select_for_update(of=("self",)).select_related("file").order_by("pk"):
        item.purged_sha256 = item.sha256
        item.title, item.text, item.link = _("Removed"), "", ""
        item.save(update_fields=["purged_sha256", "title", "text", "link"])
    files = EvidenceItem.objects.filter(set_aside_by=report, file__isnull=False).values("file")
    StoredFile.objects.filter(pk__in=files).update(
        tombstoned_at=at, tombstone_cause=TombstoneCause.PATIENT_DATA, original_name=_("removed")
    )
    _settle(report, actor, PatientDataStatus.PURGED, IncidentStep.PURGED, at=at)
    _tell_learner(
        submission,
        _("%(title)s: a part of your evidence was removed") % {"title": submission.credential_version.title},
        _("It was looked at and had to be removed. Your attempt is not used up. The page says what you can do."),
        at=at,
    )
    transaction.on_commit(partial(remove_purged_bytes, at=at), robust=True)
    return report


def remove_purged_bytes(*, at: datetime) -> int:
    """Remove from storage what has a tombstone; answer how many files. The rows say what is left, so it can be repeated."""
    removed = 0
    for stored in StoredFile.objects.filter(tombstoned_at__isnull=False, bytes_removed_at__isnull=True).order_by("pk"):
        try:
            default_storage.delete(stored.path)  # no error when it is gone
        except OSError:
            logger.exception("bytes not removed", extra={"file": stored.public_id})
            continue
        removed += StoredFile.objects.filter(pk=stored.pk, bytes_removed_at__isnull=True).update(bytes_removed_at=at)
    for report in PatientDataReport.objects.to_close():
        _record(report, None, [IncidentStep.BYTES_REMOVED], at=at)
    return removed


def _to_settle(
    actor: User, report: PatientDataReport, target: PatientDataStatus
) -> tuple[PatientDataReport, Submission]:
    submission = _locked(report.submission)
    report = PatientDataReport.objects.select_for_update(of=("self",)).get(pk=report.pk)
    report.submission = submission
    require(actor, Can.PATIENT_DATA_SETTLE, report)
    require_move(PATIENT_DATA_MOVES, report.status, target)
    return report, submission


def _settle(
    report: PatientDataReport, actor: User, status: PatientDataStatus, step: IncidentStep, *, at: datetime
) -> None:
    report.status, report.settled_by, report.settled_at = status, actor, at
    report.save(update_fields=["status", "settled_by", "settled_at"])
    _record(report, actor, [step], at=at)


# Submitting anew -----------------------------------------------------------------------------------------------------
@transaction.atomic
def start_over(*, actor: User, submission: Submission, at: datetime) -> Submission:
    """An empty draft of the same attempt, in place of a submission that is set aside, or of a draft that expired.

    A second call answers it. Raises NotAllowed, Conflict (neither, or the enrollment has ended).
    """
    submission = _locked(submission)
    require(actor, Can.SUBMISSION_EDIT, submission)
    if (begun := _in_its_place(submission)) is not None:
        return begun
    if submission.status not in REPLACEABLE or submission.enrollment.status != EnrollmentStatus.ACTIVE:
        raise Conflict(_("There is nothing to start anew here."))
    draft = start_attempt(submission.enrollment, submission.attempt, actor=actor, at=at)
    result_evidence.count_kept(draft)
    return draft


def _in_its_place(submission: Submission) -> Submission | None:
    """What the learner began in place of one that was set aside. One query."""
    return (
        submission.enrollment.submissions.filter(attempt__gte=submission.attempt, pk__gt=submission.pk)
        .order_by("pk")
        .first()
    )
