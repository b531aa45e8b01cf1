from .assessment import (
    Appeal,
    Assessment,
    Assignment,
    Decision,
    DecisionEvent,
    Judgment,
    Observation,
)
from .awards import Award, AwardComponent, AwardEvent
from .enrollment import ConfidenceRating, Enrollment, RecognizedCredential, Team, TeamMember
from .evidence import Declaration, EvidenceItem, StoredFile, Submission, SubmissionEvent
from .marking import Concern, LevelExample, MarkingLock, ShortcutChoice, Snippet
from .notices import Notice
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
