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
from .content import ContentDecision, Endorsement, Offering, OfferingEvent, Proposal, ProposalVote
from .counts import Counted, ItemCount
from .frameworks import Competency, Crosswalk, CrosswalkEvent, CrosswalkRelation, Framework
from .links import CredentialLink, LinkKind, ProgramKind
from .opinions import OpinionMail, OpinionRequest, Suggestion
from .organizations import Organization
from .planning import PlannedChange, PlannedKind, PlannedStatus, ReviewReminder
from .specialties import SpecialtyClaim

__all__ = [
    "Alignment",
    "Competency",
    "ContentDecision",
    "Counted",
    "Credential",
    "CredentialEvent",
    "CredentialLink",
    "CredentialVersion",
    "Criterion",
    "CriterionLevel",
    "Crosswalk",
    "CrosswalkEvent",
    "CrosswalkRelation",
    "Endorsement",
    "EvidenceRequirement",
    "Framework",
    "ItemCount",
    "LinkKind",
    "Offering",
    "OfferingEvent",
    "OpinionMail",
    "OpinionRequest",
    "Organization",
    "Outcome",
    "PlannedChange",
    "PlannedKind",
    "PlannedStatus",
    "Prerequisite",
    "ProgramKind",
    "Proposal",
    "ProposalVote",
    "ReviewReminder",
    "SpecialtyClaim",
    "Suggestion",
]
