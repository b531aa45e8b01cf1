from .catalog import (
    Alignment,
    Credential,
    CredentialEvent,
    CredentialVersion,
    Criterion,
    CriterionLevel,
    EvidenceRequirement,
    Outcome,
    Prerequisite,
)
from .content import ContentDecision, Endorsement, Offering, Proposal, ProposalVote
from .frameworks import Competency, Crosswalk, CrosswalkRelation, Framework
from .opinions import OpinionMail, OpinionRequest, Suggestion
from .organizations import Organization
from .planning import PlannedChange, PlannedKind, PlannedStatus, ReviewReminder
from .specialties import SpecialtyClaim

__all__ = [
    "Alignment",
    "Competency",
    "ContentDecision",
    "Credential",
    "CredentialEvent",
    "CredentialVersion",
    "Criterion",
    "CriterionLevel",
    "Crosswalk",
    "CrosswalkRelation",
    "Endorsement",
    "EvidenceRequirement",
    "Framework",
    "Offering",
    "OpinionMail",
    "OpinionRequest",
    "Organization",
    "Outcome",
    "PlannedChange",
    "PlannedKind",
    "PlannedStatus",
    "Prerequisite",
    "Proposal",
    "ProposalVote",
    "ReviewReminder",
    "SpecialtyClaim",
    "Suggestion",
]
