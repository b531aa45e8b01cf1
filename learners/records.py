"""What the school holds on a learner in the tables of earning: the sections of "My record" (see config/records.py).

Assessors are not named: the record is what was said, not who was on duty. What is being judged is no result yet, and a
concern that is looked into is shown when it is answered, or after the 45 days of 34 CFR 99.10.
"""

from datetime import timedelta
from typing import Any

from django.db.models import Q, TextChoices
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from config.records import Section, no_record, register, rows_of
from credentials.models import Proposal, ProposalVote
from learners import surveys
from learners.models import (
    AccessEntry,
    AccessKind,
    Amendment,
    Appeal,
    AttemptGrant,
    Attendance,
    Award,
    AwardEvent,
    Concern,
    ConfidenceRating,
    CreditedRequirement,
    Decision,
    Declaration,
    Enrollment,
    EnrollmentEvent,
    EvidenceItem,
    FeedbackResponse,
    FormDraft,
    Goal,
    Judgment,
    Learner,
    LearnerEvent,
    LearnerLeave,
    LearnerName,
    Notice,
    Observation,
    PatientDataReport,
    RecognitionCheck,
    RecognitionEvent,
    RecognizedCredential,
    RecordedResult,
    ReopenedCriterion,
    RetentionHold,
    RetentionWarning,
    RoleGrant,
    RosterRow,
    Submission,
    SubmissionEvent,
    SurveyAnswer,
    TeamEvent,
)
from learners.selectors.recognition import EVENT_WORDS
from learners.workflow import (
    AssessmentStatus,
    AwardStatus,
    DecisionStatus,
    EnrollmentStatus,
    SubmissionStatus,
    standing,
)

INSPECT_WITHIN = timedelta(days=45)
TITLE, WHEN, WHAT, NOTE = _("Microcredential"), _("When"), _("What"), _("Note")


def said(statuses: type[TextChoices], moved_to: str) -> Any:
    """A status that an event names, in words."""
    return statuses(moved_to).label if moved_to in statuses.values else moved_to


def _person(learner: Learner) -> list[dict[str, Any]]:
    user = learner.user
    return [
        {
            "name": learner.display_name,
            "school": learner.organization.name,
            "class": learner.cohort.name if learner.cohort else "",
            "profession": learner.profession,
            "student_number": learner.student_number,
            "status": learner.get_status_display(),
            "directory": _("kept out") if learner.is_directory_opt_out else _("not kept out"),
            "email": user.email if user else "",
            "account_since": user.date_joined if user else None,
            "last_sign_in": user.last_login if user else None,
        }
    ]


def _names(learner: Learner) -> list[dict[str, Any]]:
    names = LearnerName.objects.filter(learner=learner).order_by("from_at", "pk")
    return rows_of(names, name=lambda row: row.full_name, since=lambda row: row.from_at, until=lambda row: row.until_at)


def _changes(learner: Learner) -> list[dict[str, Any]]:
    return rows_of(
        LearnerEvent.objects.filter(learner=learner).order_by("at", "pk"),
        at=lambda row: row.at,
        what=lambda row: row.get_kind_display(),
        note=lambda row: row.note,
    )


def _leaves(learner: Learner) -> list[dict[str, Any]]:
    leaves = LearnerLeave.objects.filter(learner=learner).order_by("from_on", "pk")
    return rows_of(leaves, since=lambda row: row.from_on, until=lambda row: row.until_on)


def _roles(learner: Learner) -> list[dict[str, Any]]:
    grants = RoleGrant.objects.filter(user=learner.user_id).select_related("organization").order_by("from_at", "pk")
    return rows_of(
        grants,
        role=lambda row: row.get_role_display(),
        school=lambda row: row.organization.name,
        since=lambda row: row.from_at,
        until=lambda row: row.until_at,
    )


def _roster(learner: Learner) -> list[dict[str, Any]]:
    found = RosterRow.objects.filter(learner=learner).select_related("roster").order_by("roster__uploaded_at", "pk")
    return rows_of(
        found,
        at=lambda row: row.roster.uploaded_at,
        name=lambda row: row.name,
        email=lambda row: row.email,
        student_number=lambda row: row.student_number,
        profession=lambda row: row.profession,
        cohort=lambda row: row.cohort,
        said=lambda row: row.said,
    )


def _notices(learner: Learner) -> list[dict[str, Any]]:
    return rows_of(
        Notice.objects.filter(user=learner.user_id).order_by("created_at", "pk"),
        at=lambda row: row.created_at,
        subject=lambda row: row.subject,
        text=lambda row: row.text,
        mailed_at=lambda row: row.mailed_at,
    )


def _goals(learner: Learner) -> list[dict[str, Any]]:
    return rows_of(
        Goal.objects.filter(learner=learner).order_by("made_at", "pk"),
        at=lambda row: row.made_at,
        text=lambda row: row.text,
        due=lambda row: row.due_on,
        reached=lambda row: row.reached_at,
    )


# Learning ------------------------------------------------------------------------------------------------------------
def _proposals(learner: Learner) -> list[dict[str, Any]]:
    """Proposals and votes stand in the catalog's tables; here they are the learner's. Two queries."""
    made = Proposal.objects.filter(proposed_by=learner.user_id).order_by("proposed_at", "pk")
    wished = ProposalVote.objects.filter(voter=learner.user_id).select_related("proposal").order_by("at", "pk")
    return [
        *rows_of(
            made,
            at=lambda row: row.proposed_at,
            title=lambda row: row.title,
            what=lambda row: _("Proposed"),
            text=lambda row: "\n\n".join(
                filter(None, (row.need, row.audience, row.mission, row.demand_shown, row.resources))
            ),
            status=lambda row: row.get_status_display(),
        ),
        *rows_of(
            wished,
            at=lambda row: row.at,
            title=lambda row: row.proposal.title,
            what=lambda row: _("Voted for"),
            text=lambda row: "",
            status=lambda row: row.proposal.get_status_display(),
        ),
    ]


def _enrollments(learner: Learner) -> list[dict[str, Any]]:
    found = Enrollment.objects.filter(learner=learner).select_related(
        "credential_version", "offering", "team_member__team"
    )
    return rows_of(
        found.order_by("enrolled_at", "pk"),
        title=lambda row: row.credential_version.title,
        version=lambda row: row.credential_version.number,
        offering=lambda row: row.offering.name if row.offering else "",
        team=lambda row: row.team_member.team.name if hasattr(row, "team_member") else "",
        status=lambda row: row.get_status_display(),
        since=lambda row: row.enrolled_at,
        until=lambda row: row.ended_at,
    )


def _attendance(learner: Learner) -> list[dict[str, Any]]:
    found = Attendance.objects.filter(enrollment__learner=learner)
    return rows_of(
        found.select_related("enrollment__credential_version", "offering").order_by("arrived_at", "pk"),
        at=lambda row: row.arrived_at,
        title=lambda row: row.enrollment.credential_version.title,
        offering=lambda row: row.offering.name,
        status=lambda row: row.get_status_display(),
        came_as=lambda row: row.get_came_as_display(),
        note=lambda row: row.reason,
    )


def _enrollment_events(learner: Learner) -> list[dict[str, Any]]:
    found = EnrollmentEvent.objects.filter(enrollment__learner=learner)
    return rows_of(
        found.select_related("enrollment__credential_version").order_by("at", "pk"),
        at=lambda row: row.at,
        title=lambda row: row.enrollment.credential_version.title,
        what=lambda row: said(EnrollmentStatus, row.moved_to),
        note=lambda row: row.note,
    )


def _teams(learner: Learner) -> list[dict[str, Any]]:
    found = TeamEvent.objects.filter(enrollment__learner=learner).select_related("team").order_by("at", "pk")
    return rows_of(
        found,
        at=lambda row: row.at,
        what=lambda row: row.get_kind_display(),
        team=lambda row: row.team.name if row.team else "",
        note=lambda row: row.reason,
    )


def _submissions(learner: Learner) -> list[dict[str, Any]]:
    found = Submission.objects.filter(enrollment__learner=learner).select_related("enrollment__credential_version")
    return rows_of(
        found.order_by("started_at", "pk"),
        title=lambda row: row.credential_version.title,
        attempt=lambda row: row.attempt,
        status=lambda row: row.get_status_display(),
        since=lambda row: row.started_at,
        handed_in=lambda row: row.submitted_at,
    )


def _submission_events(learner: Learner) -> list[dict[str, Any]]:
    found = SubmissionEvent.objects.filter(submission__enrollment__learner=learner)
    return rows_of(
        found.select_related("submission__enrollment__credential_version").order_by("at", "pk"),
        at=lambda row: row.at,
        title=lambda row: row.submission.credential_version.title,
        what=lambda row: said(SubmissionStatus, row.moved_to),
    )


def _file_said(row: EvidenceItem) -> str:
    """What a file was called; of one that the retention rule took, when and why."""
    if row.file is None or row.is_withheld:
        return ""
    if row.file.is_past_retention and row.file.tombstoned_at is not None:
        day = date_format(timezone.localtime(row.file.tombstoned_at), "M j, Y")
        return str(_("Removed on %(day)s by the school’s retention rule")) % {"day": day}
    return row.file.original_name


def _evidence(learner: Learner) -> list[dict[str, Any]]:
    found = EvidenceItem.objects.filter(submission__enrollment__learner=learner)
    return rows_of(
        found.select_related("submission__enrollment__credential_version", "file").order_by("added_at", "pk"),
        title=lambda row: row.submission.credential_version.title,
        attempt=lambda row: row.submission.attempt,
        evidence=lambda row: _("Set aside") if row.is_withheld else row.title,
        kind=lambda row: row.get_kind_display(),
        text=lambda row: "" if row.is_withheld else row.text,
        link=lambda row: "" if row.is_withheld else row.link,
        hours=lambda row: row.hours,
        file=_file_said,
        sha256=lambda row: row.file.sha256 if row.file else "",
        at=lambda row: row.added_at,
    )


def _declarations(learner: Learner) -> list[dict[str, Any]]:
    found = Declaration.objects.filter(submission__enrollment__learner=learner)
    return rows_of(
        found.order_by("made_at", "pk"),
        at=lambda row: row.made_at,
        text=lambda row: row.wording,
        answer=lambda row: row.answer,
    )


def _confidence(learner: Learner) -> list[dict[str, Any]]:
    found = ConfidenceRating.objects.filter(enrollment__learner=learner)
    return rows_of(
        found.select_related("enrollment__credential_version", "outcome").order_by("at", "pk"),
        at=lambda row: row.at,
        title=lambda row: row.enrollment.credential_version.title,
        outcome=lambda row: row.outcome.text,
        moment=lambda row: row.get_moment_display(),
        value=lambda row: row.value,
    )


def _surveys(learner: Learner) -> list[dict[str, Any]]:
    found = SurveyAnswer.objects.filter(response__enrollment__learner=learner)
    return rows_of(
        found.select_related("response__enrollment__credential_version", "response__study", "criterion").order_by(
            "response__answered_at", "pk"
        ),
        at=lambda row: row.response.answered_at,
        title=lambda row: row.response.enrollment.credential_version.title,
        moment=lambda row: row.response.get_moment_display(),
        question=lambda row: row.criterion.name if row.criterion else surveys.text_of(row.question),
        value=lambda row: row.value,
        code=lambda row: row.response.study.code,
    )


def _patient_data(learner: Learner) -> list[dict[str, Any]]:
    found = PatientDataReport.objects.filter(submission__enrollment__learner=learner)
    return rows_of(
        found.select_related("submission__enrollment__credential_version").order_by("reported_at", "pk"),
        at=lambda row: row.reported_at,
        title=lambda row: row.submission.credential_version.title,
        status=lambda row: row.get_status_display(),
        settled=lambda row: row.settled_at,
    )


# Results -------------------------------------------------------------------------------------------------------------
def _released(learner: Learner) -> Any:
    return Decision.objects.filter(enrollment__learner=learner, status=DecisionStatus.RELEASED)


def _decisions(learner: Learner) -> list[dict[str, Any]]:
    return rows_of(
        _released(learner).select_related("enrollment__credential_version").order_by("effective_at", "pk"),
        title=lambda row: row.credential_version.title,
        attempt=lambda row: row.attempt,
        outcome=lambda row: row.get_outcome_display(),
        reason=lambda row: row.reason,
        note=lambda row: row.note,
        at=lambda row: row.effective_at,
    )


def _judgments(learner: Learner) -> list[dict[str, Any]]:
    found = Judgment.objects.filter(
        assessment__submission__in=_released(learner).values("submission"),
        assessment__status=AssessmentStatus.FINISHED,
    )
    found = found.select_related("criterion", "assessment__submission__enrollment__credential_version")
    return rows_of(
        found.order_by("assessment__finished_at", "assessment_id", "criterion__position"),
        title=lambda row: row.assessment.submission.credential_version.title,
        attempt=lambda row: row.assessment.submission.attempt,
        assessor=lambda row: _("agreed") if row.assessment.is_agreed else row.assessment.get_role_display(),
        criterion=lambda row: row.criterion.name,
        level=lambda row: row.level,
        comment=lambda row: row.comment,
        next_step=lambda row: row.next_step,
        overall=lambda row: row.assessment.overall_comment,
    )


def _responses(learner: Learner) -> list[dict[str, Any]]:
    found = FeedbackResponse.objects.filter(submission__enrollment__learner=learner)
    return rows_of(
        found.select_related("submission__enrollment__credential_version").order_by("given_at", "pk"),
        at=lambda row: row.given_at,
        title=lambda row: row.submission.credential_version.title,
        plan=lambda row: row.plan,
        by=lambda row: row.plan_by,
        useful=lambda row: row.useful,
    )


def _observations(learner: Learner) -> list[dict[str, Any]]:
    found = Observation.objects.filter(enrollment__learner=learner).select_related("enrollment__credential_version")
    return rows_of(
        found.order_by("observed_at", "pk"),
        at=lambda row: row.observed_at,
        title=lambda row: row.enrollment.credential_version.title,
        level=lambda row: row.level,
        setting=lambda row: row.get_setting_display(),
        context=lambda row: row.context,
        comment=lambda row: row.comment,
    )


def _appeals(learner: Learner) -> list[dict[str, Any]]:
    found = Appeal.objects.filter(decision__enrollment__learner=learner)
    return rows_of(
        found.select_related("decision__enrollment__credential_version").order_by("opened_at", "pk"),
        at=lambda row: row.opened_at,
        title=lambda row: row.decision.credential_version.title,
        text=lambda row: row.text,
        outcome=lambda row: row.get_outcome_display(),
        reasons=lambda row: row.reasons,
        decided=lambda row: row.decided_at,
    )


def _concerns(learner: Learner) -> list[dict[str, Any]]:
    found = Concern.objects.filter(submission__enrollment__learner=learner).filter(
        Q(closed_at__isnull=False) | Q(raised_at__lte=timezone.now() - INSPECT_WITHIN)
    )
    return rows_of(
        found.select_related("submission__enrollment__credential_version").order_by("raised_at", "pk"),
        at=lambda row: row.raised_at,
        title=lambda row: row.submission.credential_version.title,
        kind=lambda row: row.get_kind_display(),
        text=lambda row: row.text,
        answer=lambda row: row.answer,
    )


def _recognized(learner: Learner) -> list[dict[str, Any]]:
    found = RecognizedCredential.objects.filter(learner=learner).select_related("provider").order_by("earned_on", "pk")
    return rows_of(
        found,
        title=lambda row: row.title,
        provider=lambda row: row.provider.name,
        earned=lambda row: row.earned_on,
        status=lambda row: row.get_status_display(),
        reason=lambda row: row.reason,
    )


def _recognition_checks(learner: Learner) -> list[dict[str, Any]]:
    found = RecognitionCheck.objects.filter(badge__recognized__learner=learner).select_related("badge__recognized")
    return rows_of(
        found.order_by("badge__checked_at", "badge", "position"),
        at=lambda row: row.badge.checked_at,
        title=lambda row: row.badge.recognized.title,
        issuer=lambda row: row.badge.issuer,
        holder=lambda row: row.badge.holder,
        said=lambda row: row.sentence,
    )


def _recognition_events(learner: Learner) -> list[dict[str, Any]]:
    found = RecognitionEvent.objects.filter(recognized__learner=learner).select_related("recognized")
    return rows_of(
        found.order_by("at", "pk"),
        at=lambda row: row.at,
        title=lambda row: row.recognized.title,
        what=lambda row: EVENT_WORDS.get(row.moved_to, row.moved_to),
        note=lambda row: row.note,
    )


def _credited(learner: Learner) -> list[dict[str, Any]]:
    found = CreditedRequirement.objects.filter(recognized__learner=learner).select_related(
        "submission__enrollment__credential_version", "requirement", "recognized"
    )
    return rows_of(
        found.order_by("at", "pk"),
        at=lambda row: row.at,
        title=lambda row: row.submission.enrollment.credential_version.title,
        evidence=lambda row: row.requirement.kind,
        what=lambda row: row.recognized.title,
    )


def _given_results(learner: Learner) -> list[dict[str, Any]]:
    found = RecordedResult.objects.filter(enrollment__learner=learner).select_related(
        "enrollment__credential_version", "requirement"
    )
    return rows_of(
        found.order_by("rated_on", "pk"),
        at=lambda row: row.rated_on,
        title=lambda row: row.enrollment.credential_version.title,
        evidence=lambda row: row.requirement.kind,
        what=lambda row: row.title,
        score=lambda row: row.score,
        out_of=lambda row: row.out_of,
        words=lambda row: row.words,
        comment=lambda row: row.comment,
        rater=lambda row: row.get_rater_kind_display(),
        corrected=lambda row: bool(row.corrects_id),
    )


def _reopened(learner: Learner) -> list[dict[str, Any]]:
    found = ReopenedCriterion.objects.filter(submission__enrollment__learner=learner).select_related(
        "submission__enrollment__credential_version", "criterion"
    )
    return rows_of(
        found.order_by("at", "pk"),
        at=lambda row: row.at,
        title=lambda row: row.submission.enrollment.credential_version.title,
        attempt=lambda row: row.submission.attempt,
        criterion=lambda row: row.criterion.name,
        reason=lambda row: row.reason,
    )


def _attempt_grants(learner: Learner) -> list[dict[str, Any]]:
    found = AttemptGrant.objects.filter(enrollment__learner=learner).select_related("enrollment__credential_version")
    return rows_of(
        found.order_by("at", "pk"),
        at=lambda row: row.at,
        title=lambda row: row.enrollment.credential_version.title,
        met_on=lambda row: row.met_on,
        note=lambda row: row.note,
    )


def _drafts(learner: Learner) -> list[dict[str, Any]]:
    found = FormDraft.objects.filter(submission__enrollment__learner=learner).select_related(
        "submission__enrollment__credential_version"
    )
    return rows_of(
        found.order_by("saved_at", "pk"),
        at=lambda row: row.saved_at,
        title=lambda row: row.submission.enrollment.credential_version.title,
        text=lambda row: "\n".join(str(value) for value in row.values.values()),
    )


def _amendments(learner: Learner) -> list[dict[str, Any]]:
    found = Amendment.objects.with_context().filter(learner=learner).order_by("requested_at", "pk")
    return rows_of(
        found,
        at=lambda row: row.requested_at,
        about=lambda row: row.about,
        wrong=lambda row: row.wrong,
        status=lambda row: row.get_status_display(),
        reasons=lambda row: row.reasons,
        hearing=lambda row: row.hearing_note,
        statement=lambda row: row.statement,
    )


# Badges --------------------------------------------------------------------------------------------------------------
def _awards(learner: Learner) -> list[dict[str, Any]]:
    found = Award.objects.with_context().filter(learner=learner).prefetch_related("amendments")
    return rows_of(
        found.order_by("awarded_at", "pk"),
        id=lambda row: str(row.public_id),
        title=lambda row: row.credential_version.title,
        kind=lambda row: row.credential.get_kind_display(),
        version=lambda row: row.credential_version.number,
        status=lambda row: standing(row.status, row.valid_until, timezone.now()).label,
        at=lambda row: row.awarded_at,
        until=lambda row: row.valid_until,
        revoked=lambda row: row.revoked_at,
        statement=lambda row: "\n".join(each.statement for each in row.amendments.all() if each.statement),
    )


def _award_events(learner: Learner) -> list[dict[str, Any]]:
    found = AwardEvent.objects.filter(award__learner=learner).select_related("award__credential_version")
    return rows_of(
        found.order_by("at", "pk"),
        at=lambda row: row.at,
        title=lambda row: row.award.credential_version.title,
        what=lambda row: said(AwardStatus, row.moved_to),
        note=lambda row: row.note,
    )


def _told_to_go(learner: Learner) -> list[dict[str, Any]]:
    found = RetentionWarning.objects.filter(learner=learner).order_by("at", "pk")
    return rows_of(
        found,
        at=lambda row: row.at,
        what=lambda row: _("A draft") if row.draft_id else _("A file of evidence"),
        until=lambda row: row.goes_on,
    )


def _holds(learner: Learner) -> list[dict[str, Any]]:
    """Lifted ones, and those that stand for longer than the days within which a record is shown (34 CFR 99.10)."""
    told = Q(end__isnull=False) | Q(at__lte=timezone.now() - INSPECT_WITHIN)
    found = RetentionHold.objects.filter(told, learner=learner).select_related("end")
    return rows_of(
        found.order_by("at", "pk"),
        since=lambda row: row.at,
        what=lambda row: row.get_cause_display(),
        until=lambda row: row.end.at if hasattr(row, "end") else None,
    )


def _looked(learner: Learner) -> list[dict[str, Any]]:
    # Who was refused has seen nothing; the registrar and the auditor read of it.
    found = AccessEntry.objects.filter(learner=learner).exclude(kind=AccessKind.REFUSED).select_related("actor")
    return rows_of(
        found.order_by("at", "pk"),
        at=lambda row: row.at,
        who=lambda row: str(row.actor),
        reason=lambda row: row.get_reason_display(),
        what=lambda row: "" if row.submission_id else row.note,
    )


def register_all() -> None:
    title, at, what, note = TITLE, WHEN, WHAT, NOTE
    attempt, status, since, until = _("Attempt"), _("State"), _("Since"), _("Until")
    person = {
        "name": _("Name"),
        "school": _("School"),
        "class": _("Class"),
        "profession": _("Profession"),
        "student_number": _("Student number"),
        "status": status,
        "directory": _("Directory"),
        "email": _("E-mail"),
        "account_since": _("Account since"),
        "last_sign_in": _("Last sign-in"),
    }
    rows: list[tuple[str, str, Any, dict[str, Any], Any, str]] = [
        ("person", "person", _("Who you are here"), person, _person, "Learner User Cohort"),
        ("names", "person", _("Names"), {"name": _("Name"), "since": since, "until": until}, _names, "LearnerName"),
        ("changes", "person", _("Changes of your record"), {"at": at, "what": what, "note": note}, _changes, "LearnerEvent"),
        ("leaves", "person", _("Leaves of absence"), {"since": since, "until": until}, _leaves, "LearnerLeave"),
        ("roles", "person", _("Roles"), {"role": _("Role"), "school": _("School"), "since": since, "until": until}, _roles, "RoleGrant"),
        ("roster", "person", _("Rows of class lists"), {"at": at, "name": _("Name"), "email": _("E-mail"), "student_number": _("Student number"), "profession": _("Profession"), "cohort": _("Class"), "said": note}, _roster, "RosterRow"),
        ("goals", "person", _("Goals"), {"at": at, "text": what, "due": _("By"), "reached": _("Reached")}, _goals, "Goal"),
        ("notices", "person", _("Notices sent to you"), {"at": at, "subject": what, "text": note, "mailed_at": _("Mailed")}, _notices, "Notice"),
        ("enrollments", "learning", _("Enrollments"), {"title": title, "version": _("Version"), "offering": _("Offering"), "team": _("Team"), "status": status, "since": since, "until": until}, _enrollments, "Enrollment TeamMember"),
        ("enrollment_events", "learning", _("What happened to enrollments"), {"at": at, "title": title, "what": what, "note": note}, _enrollment_events, "EnrollmentEvent"),
        ("attendance", "learning", _("Where you were checked in"), {"at": at, "title": title, "offering": _("Offering"), "status": status, "came_as": _("How"), "note": note}, _attendance, "Attendance AttendanceEvent"),
        ("teams", "learning", _("Teams"), {"at": at, "what": what, "team": _("Team"), "note": note}, _teams, "TeamEvent"),
        ("proposals", "learning", _("What you proposed or wished for"), {"at": at, "title": title, "what": what, "text": note, "status": status}, _proposals, ""),
        ("submissions", "learning", _("Submissions"), {"title": title, "attempt": attempt, "status": status, "since": since, "handed_in": _("Submitted")}, _submissions, "Submission"),
        ("submission_events", "learning", _("What happened to submissions"), {"at": at, "title": title, "what": what}, _submission_events, "SubmissionEvent"),
        ("evidence", "learning", _("Evidence"), {"title": title, "attempt": attempt, "evidence": _("Evidence"), "kind": _("Kind"), "text": _("Text"), "link": _("Link"), "hours": _("Hours"), "file": _("File"), "sha256": _("Digest"), "at": at}, _evidence, "EvidenceItem StoredFile"),
        ("declarations", "learning", _("Declarations"), {"at": at, "text": what, "answer": _("Answer")}, _declarations, "Declaration"),
        ("drafts", "learning", _("What you typed and have not added"), {"at": at, "title": title, "text": _("Text")}, _drafts, "FormDraft"),
        ("attempt_grants", "learning", _("Attempts given after a meeting"), {"at": at, "title": title, "met_on": _("Met on"), "note": note}, _attempt_grants, "AttemptGrant"),
        ("confidence", "learning", _("How sure you were"), {"at": at, "title": title, "outcome": _("Outcome"), "moment": _("Moment"), "value": _("1 to 5")}, _confidence, "ConfidenceRating"),
        ("surveys", "learning", _("What you answered in surveys"), {"at": at, "title": title, "moment": _("Moment"), "question": _("Question"), "value": _("Answer"), "code": _("Given out as")}, _surveys, "SurveyResponse SurveyAnswer StudyCode"),
        ("patient_data", "learning", _("Reports of patient data"), {"at": at, "title": title, "status": status, "settled": _("Settled")}, _patient_data, "PatientDataReport PatientDataEvent"),
        ("decisions", "results", _("Decisions"), {"title": title, "attempt": attempt, "outcome": _("Outcome"), "reason": _("Reason"), "note": note, "at": at}, _decisions, "Decision DecisionEvent"),
        ("judgments", "results", _("Levels and feedback"), {"title": title, "attempt": attempt, "assessor": _("Assessor"), "criterion": _("Criterion"), "level": _("Level"), "comment": _("Comment"), "next_step": _("Next step"), "overall": _("About the whole")}, _judgments, "Assessment Judgment"),
        ("responses", "results", _("Your answers to feedback"), {"at": at, "title": title, "plan": _("Plan"), "by": _("By"), "useful": _("Useful")}, _responses, "FeedbackResponse"),
        ("observations", "results", _("Observations"), {"at": at, "title": title, "level": _("Level"), "setting": _("Setting"), "context": _("Context"), "comment": _("Comment")}, _observations, "Observation"),
        ("given_results", "results", _("Results that others gave"), {"at": at, "title": title, "evidence": _("Evidence"), "what": what, "score": _("Score"), "out_of": _("Out of"), "words": _("In words"), "comment": _("Comment"), "rater": _("Given by"), "corrected": _("Corrects an earlier one")}, _given_results, "RecordedResult RatedCriterion"),
        ("reopened", "results", _("What was judged anew"), {"at": at, "title": title, "attempt": attempt, "criterion": _("Criterion"), "reason": _("Reason")}, _reopened, "ReopenedCriterion"),
        ("appeals", "results", _("Appeals"), {"at": at, "title": title, "text": _("Appeal"), "outcome": _("Outcome"), "reasons": _("Reasons"), "decided": _("Answered")}, _appeals, "Appeal AppealEvent"),
        ("concerns", "results", _("Concerns of assessors"), {"at": at, "title": title, "kind": _("Kind"), "text": _("Concern"), "answer": _("Answer")}, _concerns, "Concern"),
        ("recognized", "elsewhere", _("Recognized learning"), {"title": _("Title"), "provider": _("Provider"), "earned": _("Earned"), "status": status, "reason": _("Reason")}, _recognized, "RecognizedCredential"),
        ("recognition_checks", "elsewhere", _("What was checked of badges that you brought"), {"at": at, "title": _("Title"), "issuer": _("Issuer"), "holder": _("Holder"), "said": what}, _recognition_checks, "RecognizedBadge RecognitionCheck"),
        ("recognition_events", "elsewhere", _("What happened to recognized learning"), {"at": at, "title": _("Title"), "what": what, "note": note}, _recognition_events, "RecognitionEvent"),
        ("credited", "elsewhere", _("Where recognized learning stood in"), {"at": at, "title": title, "evidence": _("Evidence"), "what": _("Recognized learning")}, _credited, "CreditedRequirement"),
        ("amendments", "results", _("Requests to amend"), {"at": at, "about": _("Record"), "wrong": _("What is wrong"), "status": status, "reasons": _("Reasons"), "hearing": _("Hearing"), "statement": _("Your statement")}, _amendments, "Amendment AmendmentEvent"),
        ("awards", "badges", _("Awards"), {"id": _("Id"), "title": _("Title"), "kind": _("Kind"), "version": _("Version"), "status": status, "at": at, "until": until, "revoked": _("Revoked"), "statement": _("Your statement")}, _awards, "Award AwardComponent"),
        ("award_events", "badges", _("What happened to awards"), {"at": at, "title": _("Title"), "what": what, "note": note}, _award_events, "AwardEvent"),
        ("told_to_go", "access", _("What you were told goes"), {"at": at, "what": what, "until": _("Goes from")}, _told_to_go, "RetentionWarning"),
        ("holds", "access", _("When deletion was stopped"), {"since": since, "what": what, "until": until}, _holds, "RetentionHold RetentionHoldEnd"),
        ("looked", "access", _("Who searched for you"), {"at": at, "who": _("Who"), "reason": _("Reason"), "what": _("List")}, _looked, "AccessEntry"),
    ]  # fmt: skip
    register(
        *(
            Section(key, group, heading, fields, read, tuple(f"learners.{name}" for name in tables.split()), number)
            for number, (key, group, heading, fields, read, tables) in enumerate(rows)
        )
    )
    no_record(
        {
            "credentials.SentForm": "that a form was sent, for a month; what it made is in its own section",
            "learners.Assignment": "who was on duty; what they said is in judgments",
            "learners.AssignmentEvent": "who was on duty; what they said is in judgments",
            "learners.AssessorProfile": "an assessor's own",
            "learners.AgreedLevel": "belongs to a model work",
            "learners.Calibration": "an item's own",
            "learners.CalibrationEvent": "an assessor's own",
            "learners.CalibrationJudgment": "an assessor's own",
            "learners.CalibrationReminder": "an assessor's own",
            "learners.CalibrationRound": "an assessor's own",
            "learners.ModelPiece": "belongs to a model work",
            "learners.ModelWork": "made for assessors; no learner's own",
            "learners.CalendarFeed": "a setting; only the digest of an address is kept",
            "learners.Conflict": "an assessor's declaration about themselves",
            "learners.DueReminder": "when a reminder went out; the reminder itself is in notices",
            "learners.Escalation": "how late assessors were",
            "learners.ExpiryReminder": "when a reminder went out; the reminder itself is in notices",
            "learners.HomeVisit": "what is new on the home page; overwritten at each visit",
            "learners.Leave": "an assessor's own",
            "learners.LevelExample": "belongs to a rubric",
            "learners.MarkingLock": "an assessor's, for minutes",
            "learners.NoticePreference": "a setting of the learner's own",
            "learners.NoticeTimes": "a setting of the learner's own",
            "learners.ObservationInvitation": "a way in for an observer; what they said is in observations",
            "learners.RecognitionRule": "belongs to the catalog",
            "learners.RecognitionRuleEvent": "belongs to the catalog",
            "learners.ResultList": "a file about many; what came of it is in results that others gave",
            "learners.ResultRow": "a row of such a file; what came of it is in results that others gave",
            "learners.RetentionCount": "counts, no names",
            "learners.RetentionRule": "the school's",
            "learners.RetentionRun": "counts, no names",
            "learners.RosterImport": "a file about many; its rows are in roster",
            "learners.SchoolHoliday": "the school's calendar",
            "learners.SecondMarking": "how the school keeps assessors together; the result is in judgments",
            "learners.SecondMarkingEvent": "how the school keeps assessors together; the result is in judgments",
            "learners.ShortcutChoice": "an assessor's own",
            "learners.Snippet": "an assessor's own words, before they are used",
            "learners.Team": "a group; who was in it is in enrollments",
            "learners.Upload": "a file on its way, for a day",
            "learners.UploadPart": "a file on its way, for a day",
        }
    )
