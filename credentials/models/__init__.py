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
from .committee import ContentCase, ContentCondition, ContentQuorum, ContentVote
from .content import ContentDecision, Offering, OfferingEvent, Proposal, ProposalVote
from .counts import Counted, ItemCount
from .endorsements import Endorsement, EndorsementMail, EndorsementRequest
from .frameworks import Competency, Crosswalk, CrosswalkEvent, CrosswalkRelation, Framework
from .links import CredentialLink, LinkKind, ProgramKind
from .once import SentForm
from .opinions import OpinionMail, OpinionRequest, Suggestion
from .organizations import Organization
from .planning import PlannedChange, PlannedKind, PlannedStatus, ReviewReminder
from .specialties import SpecialtyClaim

__all__ = [
    "Alignment",
    "Competency",
    "ContentCase",
    "ContentCondition",
    "ContentDecision",
    "ContentQuorum",
    "ContentVote",
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
    "EndorsementMail",
    "EndorsementRequest",
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
    "SentForm",
    "SpecialtyClaim",
    "Suggestion",
]
