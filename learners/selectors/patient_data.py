"""What is known of patient data in a submission, for its pages and for the privacy officer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, Min, OuterRef, Prefetch, Q
from django.urls import reverse

from config.permissions import Can, allowed
from learners.models import EvidenceItem, IncidentStep, PatientDataEvent, PatientDataReport, Submission, User
from learners.selectors.assessing import ShownEvidence, shown_name
from learners.services.patient_data import REPLACEABLE, REPORTABLE
from learners.workflow import PatientDataStatus


@dataclass(frozen=True)
class State:
    """Where a submission stands. may_start_over: by its learner, in place of what was set aside."""

    report: PatientDataReport | None
    may_report: bool
    may_start_over: bool
    begun: Submission | None


# Who assesses may report what they assess; once it is reported they no longer come to it.
WHILE_ASSESSING = State(report=None, may_report=True, may_start_over=False, begun=None)


def state_of(user: User, submission: Submission, evidence: Sequence[ShownEvidence] | None = None) -> State:
    """No query for the learner whose evidence is at hand, but one for a submission that is set aside.

    evidence: what the page shows of it anyhow. Left out, one query more. For others, what the permission asks more.
    """
    report = _report(submission, evidence)
    is_reported = report is not None and report.submission_id == submission.pk
    may_report = (
        not is_reported and submission.status in REPORTABLE and allowed(user, Can.PATIENT_DATA_REPORT, submission)
    )
    is_own = submission.learner.user_id == user.pk
    if submission.status not in REPLACEABLE or not is_own:
        return State(report, may_report, False, None)
    begun = submission.enrollment.submissions.filter(attempt__gte=submission.attempt, pk__gt=submission.pk)
    first = begun.order_by("pk").first()
    return State(report, may_report, first is None and submission.enrollment.status == "active", first)


def _report(submission: Submission, evidence: Sequence[ShownEvidence] | None) -> PatientDataReport | None:
    """The one that keeps evidence of this submission from being read; it may be about another attempt with the same."""
    if evidence is None:
        return PatientDataReport.objects.standing().filter(submission=submission).first()
    return next((shown.item.set_aside_by for shown in evidence if shown.item.is_withheld), None)


@dataclass(frozen=True)
class Incident:
    """One line of the incident log: when each thing happened (None: it has not)."""

    report: PatientDataReport
    who: str
    times: dict[str, datetime]

    @property
    def removed_at(self) -> datetime | None:
        return self.times.get(IncidentStep.BYTES_REMOVED)


def incident(report: PatientDataReport) -> Incident:
    """No query when the report was read by `incidents`."""
    return Incident(
        report, shown_name(report.submission.enrollment), {event.moved_to: event.at for event in report.events.all()}
    )


def incidents(user: User) -> Any:
    """The log of a privacy officer, the newest first; two queries when read."""
    events = PatientDataEvent.objects.select_related("actor").order_by("at", "pk")
    return (
        PatientDataReport.objects.visible_to(user)
        .select_related(
            "reported_by",
            "settled_by",
            "submission__enrollment__learner__user",
            "submission__enrollment__credential__organization",
            "submission__enrollment__credential_version",
        )
        .prefetch_related(Prefetch("events", queryset=events))
        .order_by("-reported_at", "-pk")
    )


@dataclass(frozen=True)
class Waits:
    """What waits for a privacy officer: open reports, since when, and purged ones of which files are still in storage."""

    count: int
    oldest_at: datetime | None
    to_remove: int


def waits(user: User) -> Waits:
    """One query."""
    left = EvidenceItem.objects.filter(
        set_aside_by=OuterRef("pk"), file__isnull=False, file__bytes_removed_at__isnull=True
    )
    is_open = Q(status=PatientDataStatus.OPEN)
    found = PatientDataReport.objects.visible_to(user).annotate(has_files=Exists(left))
    return Waits(
        **found.aggregate(
            count=Count("pk", filter=is_open),
            oldest_at=Min("reported_at", filter=is_open),
            to_remove=Count("pk", filter=Q(status=PatientDataStatus.PURGED, has_files=True)),
        )
    )


def held(report: PatientDataReport) -> list[dict[str, Any]]:
    """What was set aside, for the privacy officer alone. One query."""
    items = (
        EvidenceItem.objects.filter(set_aside_by=report)
        .select_related("file", "requirement", "submission")
        .order_by("pk")
    )
    return [
        {
            "item": item,
            "is_purged": bool(item.purged_sha256),
            "attempt": item.submission.attempt,
            "url": reverse("learners:incident-file", args=[item.file.public_id])
            if item.file and not item.purged_sha256
            else "",
        }
        for item in items
    ]
