from .assessment import (
    Appeal,
    Assessment,
    Assignment,
    Decision,
    DecisionEvent,
    Judgment,
)
from .awards import Award, AwardComponent, AwardEvent
from .enrollment import ConfidenceRating, Enrollment, RecognizedCredential, Team, TeamMember
from .evidence import Declaration, EvidenceItem, StoredFile, Submission, SubmissionEvent
from .marking import Concern, LevelExample, MarkingLock, ShortcutChoice, Snippet
from .notices import Notice
from .observation import Observation, ObservationInvitation
from .people import Cohort, Learner, LearnerName, RoleGrant, User

__all__ = [
    "Appeal",
    "Assessment",
    "Assignment",
    "Award",
    "AwardComponent",
    "AwardEvent",
    "Cohort",
    "Concern",
    "ConfidenceRating",
    "Decision",
    "DecisionEvent",
    "Declaration",
    "Enrollment",
    "EvidenceItem",
    "Judgment",
    "Learner",
    "LearnerName",
    "LevelExample",
    "MarkingLock",
    "Notice",
    "Observation",
    "ObservationInvitation",
    "RecognizedCredential",
    "RoleGrant",
    "ShortcutChoice",
    "Snippet",
    "StoredFile",
    "Submission",
    "SubmissionEvent",
    "Team",
    "TeamMember",
    "User",
]
