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
from .content import ContentDecision, Endorsement, Offering, Proposal
from .frameworks import Competency, Framework
from .organizations import Organization
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
    "Endorsement",
    "EvidenceRequirement",
    "Framework",
    "Offering",
    "Organization",
    "Outcome",
    "Prerequisite",
    "Proposal",
    "SpecialtyClaim",
]
