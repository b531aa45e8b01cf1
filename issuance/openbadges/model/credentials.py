"""The documents that get signed: badges, endorsements, transcripts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ..contexts import BADGE_CONTEXTS, CLR_CONTEXTS
from ..errors import ModelError
from .achievement import Achievement, Evidence, Result
from .fields import (
    Json,
    require_endorsements,
    require_number,
    require_text,
    require_url,
    timestamp,
    whole,
    written,
)
from .people import IdentityObject, Image, Profile

SCHEMA_URL = "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json"
ENDORSEMENT_SCHEMA_URL = "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_endorsementcredential_schema.json"
ASSOCIATION_TYPES = frozenset(
    ["exactMatchOf", "isChildOf", "isParentOf", "isPartOf", "isPeerOf", "isRelatedTo", "precedes", "replacedBy"]
)


@dataclass(frozen=True, kw_only=True)
class Subject:
    """The learner and what they showed. `id` (a DID or other address) or at least one identity is needed."""

    id: str = ""
    identities: Sequence[IdentityObject] = ()
    results: Sequence[Result] = ()
    credits_earned: float | None = None
    narrative: str = ""
    role: str = ""
    term: str = ""
    source: Profile | None = None

    def __post_init__(self) -> None:
        if self.id:
            require_url(self.id, "subject.id")
        elif not self.identities:
            raise ModelError("subject", "it has neither an id nor an identity.")
        for name in ("narrative", "role", "term"):
            require_text(getattr(self, name), f"subject.{name}")
        require_number(self.credits_earned, "subject.credits_earned")

    def to_dict(self, achievement: Achievement) -> Json:
        return written(
            id=self.id, type=["AchievementSubject"], identifier=list(self.identities), achievement=achievement,
            result=list(self.results), creditsEarned=whole(self.credits_earned), narrative=self.narrative,
            role=self.role, term=self.term, source=self.source,
        )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class StatusEntryRef:
    """The position of a document in a published bitstring status list."""

    list_url: str
    index: int
    purpose: str = "revocation"

    def __post_init__(self) -> None:
        require_url(self.list_url, "status.list_url", schemes=("http", "https"))
        if "#" in self.list_url:
            raise ModelError("status.list_url", "it must not have a fragment.")
        if self.index < 0:
            raise ModelError("status.index", "it must not be negative.")
        if self.purpose not in ("revocation", "suspension"):
            raise ModelError("status.purpose", f"{self.purpose!r} is neither revocation nor suspension.")

    def to_dict(self) -> Json:
        return {
            "id": f"{self.list_url}#{self.index}",
            "type": "BitstringStatusListEntry",
            "statusPurpose": self.purpose,
            "statusListIndex": str(self.index),
            "statusListCredential": self.list_url,
        }


@dataclass(frozen=True, kw_only=True)
class Badge:
    """An OpenBadgeCredential before it is signed.

    A re-issue keeps `id` and `awarded_at` and moves `valid_from`. Checked across parts: each result points at a result
    description of the achievement, and each achieved level at a level of it.
    """

    id: str
    name: str
    issuer: Profile
    subject: Subject
    achievement: Achievement
    valid_from: datetime
    awarded_at: datetime | None = None
    valid_until: datetime | None = None
    description: str = ""
    image: Image | None = None
    evidence: Sequence[Evidence] = ()
    endorsements: Sequence[Mapping[str, Any]] = ()
    status: StatusEntryRef | None = None
    with_schema: bool = True

    def __post_init__(self) -> None:
        require_url(self.id, "id")
        require_text(self.name, "name", empty=False)
        require_text(self.description, "description")
        if self.valid_until is not None and self.valid_until <= self.valid_from:
            raise ModelError("valid_until", "it is not after valid_from.")
        require_endorsements(self.endorsements, "endorsements")
        described = {item.id: item for item in self.achievement.result_descriptions}
        for result in self.subject.results:
            description = described.get(result.result_description)
            if description is None:
                raise ModelError("result.result_description", "the achievement has no such result description.")
            if result.achieved_level and result.achieved_level not in {level.id for level in description.levels}:
                raise ModelError("result.achieved_level", "the result description has no such level.")
            if description.result_type == "Status" and not result.status:
                raise ModelError("result.status", "a result of type Status needs a status.")
            if description.allowed_values and result.value and result.value not in description.allowed_values:
                raise ModelError("result.value", "it is not one of the allowed values.")

    def to_dict(self) -> Json:
        schema = [{"id": SCHEMA_URL, "type": "1EdTechJsonSchemaValidator2019"}] if self.with_schema else []
        return {
            "@context": list(BADGE_CONTEXTS),
            **written(
                id=self.id, type=["VerifiableCredential", "OpenBadgeCredential"], name=self.name,
                description=self.description, image=self.image, issuer=self.issuer,
                validFrom=timestamp(self.valid_from, "valid_from"),
                validUntil=timestamp(self.valid_until, "valid_until") if self.valid_until else "",
                awardedDate=timestamp(self.awarded_at, "awarded_at") if self.awarded_at else "",
                credentialSubject=self.subject.to_dict(self.achievement), evidence=list(self.evidence),
                endorsement=[dict(item) for item in self.endorsements], credentialSchema=schema,
                credentialStatus=self.status,
            ),
        }  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Endorsement:
    """An EndorsementCredential before it is signed: somebody stands up for an achievement, badge or profile."""

    id: str
    name: str
    issuer: Profile
    endorsed: str
    valid_from: datetime
    comment: str = ""
    valid_until: datetime | None = None
    awarded_at: datetime | None = None
    status: StatusEntryRef | None = None

    def __post_init__(self) -> None:
        require_url(self.id, "id")
        require_url(self.endorsed, "endorsed")
        require_text(self.name, "name", empty=False)
        require_text(self.comment, "comment")
        if self.valid_until is not None and self.valid_until <= self.valid_from:
            raise ModelError("valid_until", "it is not after valid_from.")

    def to_dict(self) -> Json:
        return {
            "@context": list(BADGE_CONTEXTS),
            **written(
                id=self.id, type=["VerifiableCredential", "EndorsementCredential"], name=self.name, issuer=self.issuer,
                validFrom=timestamp(self.valid_from, "valid_from"),
                validUntil=timestamp(self.valid_until, "valid_until") if self.valid_until else "",
                awardedDate=timestamp(self.awarded_at, "awarded_at") if self.awarded_at else "",
                credentialSubject=written(
                    id=self.endorsed, type=["EndorsementSubject"], endorsementComment=self.comment
                ),
                credentialSchema=[{"id": ENDORSEMENT_SCHEMA_URL, "type": "1EdTechJsonSchemaValidator2019"}],
                credentialStatus=self.status,
            ),
        }  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Association:
    """How two achievements of a transcript relate: `source` isPartOf `target`, and so on, by achievement ids."""

    association_type: str
    source: str
    target: str

    def __post_init__(self) -> None:
        if self.association_type not in ASSOCIATION_TYPES:
            raise ModelError("association.association_type", f"{self.association_type!r} is not one of the standard's.")
        require_url(self.source, "association.source")
        require_url(self.target, "association.target")

    def to_dict(self) -> Json:
        return {
            "type": "Association",
            "associationType": self.association_type,
            "sourceId": self.source,
            "targetId": self.target,
        }


@dataclass(frozen=True, kw_only=True)
class ClrCredential:
    """A transcript before it is signed (CLR 2.0).

    credentials: signed badges, each complete with its proof. achievements: what it speaks of beyond them, such as the
    designation that the badges count toward.
    """

    id: str
    name: str
    issuer: Profile
    credentials: Sequence[Mapping[str, Any]]
    valid_from: datetime
    subject_id: str = ""
    identities: Sequence[IdentityObject] = ()
    achievements: Sequence[Achievement] = ()
    associations: Sequence[Association] = ()
    awarded_at: datetime | None = None
    valid_until: datetime | None = None
    description: str = ""
    partial: bool | None = None
    status: StatusEntryRef | None = None

    def __post_init__(self) -> None:
        require_url(self.id, "id")
        require_text(self.name, "name", empty=False)
        require_text(self.description, "description")
        if self.subject_id:
            require_url(self.subject_id, "subject_id")
        elif not self.identities:
            raise ModelError("subject", "it has neither an id nor an identity.")
        if not self.credentials:
            raise ModelError("credentials", "a transcript holds at least one badge.")
        if not all("proof" in credential for credential in self.credentials):
            raise ModelError("credentials", "each badge of a transcript is signed on its own.")
        if self.valid_until is not None and self.valid_until <= self.valid_from:
            raise ModelError("valid_until", "it is not after valid_from.")

    def to_dict(self) -> Json:
        return {
            "@context": list(CLR_CONTEXTS),
            **written(
                id=self.id, type=["VerifiableCredential", "ClrCredential"], name=self.name,
                description=self.description, issuer=self.issuer, partial=self.partial,
                validFrom=timestamp(self.valid_from, "valid_from"),
                validUntil=timestamp(self.valid_until, "valid_until") if self.valid_until else "",
                awardedDate=timestamp(self.awarded_at, "awarded_at") if self.awarded_at else "",
                credentialSubject=written(
                    id=self.subject_id, type=["ClrSubject"], identifier=list(self.identities),
                    verifiableCredential=[dict(item) for item in self.credentials],
                    achievement=list(self.achievements),
                    association=list(self.associations),
                ),
                credentialStatus=self.status,
            ),
        }  # fmt: skip
