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
    "ConfidenceRating",
    "Decision",
    "DecisionEvent",
    "Declaration",
    "Enrollment",
    "EvidenceItem",
    "Judgment",
    "Learner",
    "LearnerName",
    "Notice",
    "Observation",
    "RecognizedCredential",
    "RoleGrant",
    "StoredFile",
    "Submission",
    "SubmissionEvent",
    "Team",
    "TeamMember",
    "User",
]
