"""The state machines of earning, and which status may follow which."""

from datetime import datetime

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from credentials.workflow import require_move as require_move


class EnrollmentStatus(TextChoices):
    ACTIVE = "active", _("active")
    WAITLISTED = "waitlisted", _("on the waitlist")
    COMPLETED = "completed", _("completed")
    NOT_MET = "not-met", _("ended without the award")
    WITHDRAWN = "withdrawn", _("withdrawn")


class SubmissionStatus(TextChoices):
    DRAFT = "draft", _("a draft")
    SUBMITTED = "submitted", _("waiting for an assessor")
    IN_REVIEW = "in-review", _("being assessed")
    RETURNED = "returned", _("returned for changes")
    DECIDED = "decided", _("decided")
    WITHDRAWN = "withdrawn", _("withdrawn")
    QUARANTINED = "quarantined", _("set aside because of patient data")
    EXPIRED = "expired", _("a draft that expired")


class PatientDataStatus(TextChoices):
    OPEN = "open", _("set aside, being looked into")
    RELEASED = "released", _("released: a false alarm")
    PURGED = "purged", _("purged")


class AssessmentStatus(TextChoices):
    DRAFT = "draft", _("a draft")
    FINISHED = "finished", _("finished")


class SecondMarkingStatus(TextChoices):
    MARKING = "marking", _("being judged by two")
    SETTLED = "settled", _("judged alike")
    DIFFERS = "differs", _("judged differently; to be agreed")
    THIRD = "third", _("with a third assessor")
    AGREED = "agreed", _("agreed")


class DecisionOutcome(TextChoices):
    AWARDED = "awarded", _("awarded")
    RETURNED = "returned", _("returned for changes")
    NOT_MET = "not-met", _("not met")


class DecisionStatus(TextChoices):
    PROPOSED = "proposed", _("proposed")
    RELEASED = "released", _("released")
    UNDONE = "undone", _("undone")


class AwardStatus(TextChoices):
    ACTIVE = "active", _("active")
    SUSPENDED = "suspended", _("suspended")
    WITHDRAWN = "withdrawn", _("withdrawn before it was signed")
    SUPERSEDED = "superseded", _("superseded")
    REVOKED = "revoked", _("revoked")


class Standing(TextChoices):
    """How an award stands at a moment, in the words in which everybody reads it: on its page, in lists, on paper."""

    VALID = "valid", _("Valid")
    EXPIRED = "expired", _("Expired")
    SUPERSEDED = "superseded", _("Replaced by a newer award")
    SUSPENDED = "suspended", _("Temporarily unavailable")
    REVOKED = "revoked", _("Revoked by the issuer")
    WITHDRAWN = "withdrawn", _("Taken back")


def standing(status: str, valid_until: datetime | None, at: datetime) -> Standing:
    """How an award of this status stands; valid_until: the moment at which it ends, as its signed badge says."""
    if status != AwardStatus.ACTIVE:
        return Standing(status)
    return Standing.EXPIRED if valid_until is not None and valid_until <= at else Standing.VALID


OPEN_ENROLLMENTS = [EnrollmentStatus.ACTIVE, EnrollmentStatus.WAITLISTED]

ENROLLMENT_MOVES: dict[str, set[str]] = {
    EnrollmentStatus.WAITLISTED: {EnrollmentStatus.ACTIVE, EnrollmentStatus.WITHDRAWN},
    EnrollmentStatus.ACTIVE: {
        EnrollmentStatus.COMPLETED,
        EnrollmentStatus.NOT_MET,
        EnrollmentStatus.WITHDRAWN,
        EnrollmentStatus.WAITLISTED,  # the offering was canceled, and the other one is full
    },
    EnrollmentStatus.COMPLETED: {EnrollmentStatus.ACTIVE},  # a release is undone
    EnrollmentStatus.NOT_MET: {EnrollmentStatus.ACTIVE},  # a release is undone
    EnrollmentStatus.WITHDRAWN: set(),
}
SUBMISSION_MOVES: dict[str, set[str]] = {
    SubmissionStatus.DRAFT: {SubmissionStatus.SUBMITTED, SubmissionStatus.WITHDRAWN, SubmissionStatus.EXPIRED},
    SubmissionStatus.SUBMITTED: {
        SubmissionStatus.IN_REVIEW,
        SubmissionStatus.WITHDRAWN,
        SubmissionStatus.QUARANTINED,
    },
    SubmissionStatus.IN_REVIEW: {
        SubmissionStatus.RETURNED,
        SubmissionStatus.DECIDED,
        SubmissionStatus.QUARANTINED,
    },
    # The next attempt is a submission of its own; only undoing the release leads back.
    SubmissionStatus.RETURNED: {SubmissionStatus.IN_REVIEW},
    SubmissionStatus.DECIDED: {SubmissionStatus.IN_REVIEW},
    SubmissionStatus.WITHDRAWN: set(),
    SubmissionStatus.EXPIRED: set(),  # begun anew, it is another draft of the same attempt
    # A false alarm: it goes on where it was.
    SubmissionStatus.QUARANTINED: {SubmissionStatus.SUBMITTED, SubmissionStatus.IN_REVIEW},
}
PATIENT_DATA_MOVES: dict[str, set[str]] = {
    PatientDataStatus.OPEN: {PatientDataStatus.RELEASED, PatientDataStatus.PURGED},
    PatientDataStatus.RELEASED: set(),
    PatientDataStatus.PURGED: set(),
}
ASSESSMENT_MOVES: dict[str, set[str]] = {
    AssessmentStatus.DRAFT: {AssessmentStatus.FINISHED},
    AssessmentStatus.FINISHED: {AssessmentStatus.DRAFT},  # reopened while its decision is not released
}
SECOND_MARKING_MOVES: dict[str, set[str]] = {
    SecondMarkingStatus.MARKING: {SecondMarkingStatus.SETTLED, SecondMarkingStatus.DIFFERS},
    SecondMarkingStatus.DIFFERS: {
        SecondMarkingStatus.AGREED,
        SecondMarkingStatus.THIRD,
        SecondMarkingStatus.SETTLED,
        SecondMarkingStatus.DIFFERS,
    },
    SecondMarkingStatus.THIRD: {SecondMarkingStatus.AGREED},
    # Judged again, after the decision was taken back.
    SecondMarkingStatus.SETTLED: {
        SecondMarkingStatus.SETTLED,
        SecondMarkingStatus.DIFFERS,
        SecondMarkingStatus.MARKING,  # by others, on appeal
    },
    SecondMarkingStatus.AGREED: {
        SecondMarkingStatus.SETTLED,
        SecondMarkingStatus.DIFFERS,
        SecondMarkingStatus.MARKING,
    },
}
DECISION_MOVES: dict[str, set[str]] = {
    DecisionStatus.PROPOSED: {DecisionStatus.RELEASED, DecisionStatus.UNDONE},
    DecisionStatus.RELEASED: {DecisionStatus.UNDONE},
    DecisionStatus.UNDONE: set(),
}
AWARD_MOVES: dict[str, set[str]] = {
    AwardStatus.ACTIVE: {
        AwardStatus.SUSPENDED,
        AwardStatus.WITHDRAWN,
        AwardStatus.SUPERSEDED,
        AwardStatus.REVOKED,
    },
    AwardStatus.SUSPENDED: {AwardStatus.ACTIVE, AwardStatus.REVOKED},
    AwardStatus.WITHDRAWN: set(),
    AwardStatus.SUPERSEDED: {AwardStatus.REVOKED, AwardStatus.ACTIVE},  # back when its successor is withdrawn
    AwardStatus.REVOKED: set(),
}


class RosterStatus(TextChoices):
    """A list of learners from a file."""

    CHECKED = "checked", _("checked")
    CONFIRMED = "confirmed", _("being carried out")
    FINISHED = "finished", _("finished")
    DROPPED = "dropped", _("dropped")


ROSTER_MOVES: dict[str, set[str]] = {
    RosterStatus.CHECKED: {RosterStatus.CONFIRMED, RosterStatus.DROPPED},
    RosterStatus.CONFIRMED: {RosterStatus.FINISHED},
    RosterStatus.FINISHED: set(),
    RosterStatus.DROPPED: set(),
}


class RecognitionStatus(TextChoices):
    """Something that was learned elsewhere."""

    CHECKING = "checking", _("being checked")
    SUBMITTED = "submitted", _("waiting for staff")
    ACCEPTED = "accepted", _("recognized")
    REFUSED = "refused", _("declined")
    WITHDRAWN = "withdrawn", _("withdrawn")
    ENDED = "ended", _("no longer recognized")


OPEN_RECOGNITIONS = [RecognitionStatus.CHECKING, RecognitionStatus.SUBMITTED]
RECOGNITION_MOVES: dict[str, set[str]] = {
    RecognitionStatus.CHECKING: {
        RecognitionStatus.SUBMITTED,
        RecognitionStatus.ACCEPTED,  # by its rule
        RecognitionStatus.WITHDRAWN,
    },
    RecognitionStatus.SUBMITTED: {
        RecognitionStatus.CHECKING,  # once more
        RecognitionStatus.ACCEPTED,
        RecognitionStatus.REFUSED,
        RecognitionStatus.WITHDRAWN,
    },
    RecognitionStatus.ACCEPTED: {RecognitionStatus.ENDED},
    RecognitionStatus.REFUSED: set(),  # brought in anew, it is another one
    RecognitionStatus.WITHDRAWN: set(),
    RecognitionStatus.ENDED: set(),
}


class AmendmentStatus(TextChoices):
    """A request to amend the record (34 CFR 99.20)."""

    REQUESTED = "requested", _("waiting for the registrar")
    AMENDED = "amended", _("amended")
    REFUSED = "refused", _("not amended")
    HEARING = "hearing", _("to be heard")
    UPHELD = "upheld", _("not amended after a hearing")
    WITHDRAWN = "withdrawn", _("taken back by the learner")


AMENDMENT_MOVES: dict[str, set[str]] = {
    AmendmentStatus.REQUESTED: {AmendmentStatus.AMENDED, AmendmentStatus.REFUSED, AmendmentStatus.WITHDRAWN},
    AmendmentStatus.AMENDED: set(),
    AmendmentStatus.REFUSED: {AmendmentStatus.HEARING},
    AmendmentStatus.HEARING: {AmendmentStatus.AMENDED, AmendmentStatus.UPHELD},
    AmendmentStatus.UPHELD: set(),
    AmendmentStatus.WITHDRAWN: set(),
}


class AttendanceStatus(TextChoices):
    """What the check-in list of an offering says of somebody."""

    EXPECTED = "expected", _("expected")
    PRESENT = "present", _("present")
    LATE = "late", _("late")


ATTENDANCE_MOVES: dict[str, set[str]] = {
    AttendanceStatus.EXPECTED: {AttendanceStatus.PRESENT, AttendanceStatus.LATE},
    AttendanceStatus.PRESENT: {AttendanceStatus.EXPECTED, AttendanceStatus.LATE},
    AttendanceStatus.LATE: {AttendanceStatus.EXPECTED, AttendanceStatus.PRESENT},
}
