from .access import AccessEntry, AccessKind, AccessReason
from .amendments import Amendment, AmendmentEvent
from .appeals import Appeal, AppealEvent
from .assessment import (
    Assessment,
    Assignment,
    Decision,
    DecisionEvent,
    Judgment,
)
from .assigning import AssessorProfile, AssignmentEvent, Conflict, ConflictKind, Escalation, Leave
from .attendance import Attendance, AttendanceEvent, CameAs, RatedCriterion
from .awards import Award, AwardComponent, AwardEvent, ExpiryReminder
from .calendar import SchoolHoliday
from .calibration import (
    AgreedLevel,
    Calibration,
    CalibrationEvent,
    CalibrationJudgment,
    CalibrationReminder,
    CalibrationRound,
    ModelPiece,
    ModelWork,
)
from .drafts import FormDraft
from .enrollment import ConfidenceRating, Enrollment, Team, TeamMember
from .enrollment_events import AttemptGrant, EnrollmentEvent
from .evidence import Declaration, EvidenceItem, StoredFile, Submission, SubmissionEvent
from .feed import CalendarFeed
from .growth import Goal, HomeVisit
from .incidents import IncidentStep, PatientDataEvent, PatientDataReport
from .lists import RowResult
from .marking import Concern, LevelExample, MarkingLock, ShortcutChoice, Snippet
from .notices import Notice
from .observation import Observation, ObservationInvitation
from .people import Cohort, Learner, LearnerName, RoleGrant, User
from .preferences import DueReminder, NoticePreference, NoticeTimes
from .recognition import (
    CreditedRequirement,
    RecognitionCheck,
    RecognitionEvent,
    RecognitionRule,
    RecognitionRuleEvent,
    RecognizedBadge,
    RecognizedCredential,
)
from .responses import FeedbackResponse, Usefulness
from .resubmission import ReopenedCriterion
from .results import RecordedResult, ResultList, ResultRow
from .retention import (
    HoldCause,
    RetentionCount,
    RetentionHold,
    RetentionHoldEnd,
    RetentionRule,
    RetentionRun,
    RetentionWarning,
)
from .roster import RosterImport, RosterRow
from .second_marking import SecondMarking, SecondMarkingCause, SecondMarkingEvent
from .standing import LearnerChange, LearnerEvent, LearnerLeave
from .surveys import StudyCode, SurveyAnswer, SurveyMoment, SurveyResponse
from .teams import TeamChange, TeamEvent
from .uploads import Upload, UploadPart

__all__ = [
    "AccessEntry",
    "AccessKind",
    "AccessReason",
    "AgreedLevel",
    "Amendment",
    "AmendmentEvent",
    "Appeal",
    "AppealEvent",
    "Assessment",
    "AssessorProfile",
    "Assignment",
    "AssignmentEvent",
    "AttemptGrant",
    "Attendance",
    "AttendanceEvent",
    "Award",
    "AwardComponent",
    "AwardEvent",
    "CalendarFeed",
    "Calibration",
    "CalibrationEvent",
    "CalibrationJudgment",
    "CalibrationReminder",
    "CalibrationRound",
    "CameAs",
    "Cohort",
    "Concern",
    "ConfidenceRating",
    "Conflict",
    "ConflictKind",
    "CreditedRequirement",
    "Decision",
    "DecisionEvent",
    "Declaration",
    "DueReminder",
    "Enrollment",
    "EnrollmentEvent",
    "Escalation",
    "EvidenceItem",
    "ExpiryReminder",
    "FeedbackResponse",
    "FormDraft",
    "Goal",
    "HoldCause",
    "HomeVisit",
    "IncidentStep",
    "Judgment",
    "Learner",
    "LearnerChange",
    "LearnerEvent",
    "LearnerLeave",
    "LearnerName",
    "Leave",
    "LevelExample",
    "MarkingLock",
    "ModelPiece",
    "ModelWork",
    "Notice",
    "NoticePreference",
    "NoticeTimes",
    "Observation",
    "ObservationInvitation",
    "PatientDataEvent",
    "PatientDataReport",
    "RatedCriterion",
    "RecognitionCheck",
    "RecognitionEvent",
    "RecognitionRule",
    "RecognitionRuleEvent",
    "RecognizedBadge",
    "RecognizedCredential",
    "RecordedResult",
    "ReopenedCriterion",
    "ResultList",
    "ResultRow",
    "RetentionCount",
    "RetentionHold",
    "RetentionHoldEnd",
    "RetentionRule",
    "RetentionRun",
    "RetentionWarning",
    "RoleGrant",
    "RosterImport",
    "RosterRow",
    "RowResult",
    "SchoolHoliday",
    "SecondMarking",
    "SecondMarkingCause",
    "SecondMarkingEvent",
    "ShortcutChoice",
    "Snippet",
    "StoredFile",
    "StudyCode",
    "Submission",
    "SubmissionEvent",
    "SurveyAnswer",
    "SurveyMoment",
    "SurveyResponse",
    "Team",
    "TeamChange",
    "TeamEvent",
    "TeamMember",
    "Upload",
    "UploadPart",
    "Usefulness",
    "User",
]
