"""Open Badges 3.0, CLR 2.0 and endorsements as frozen dataclasses that know how they are written.

Every class checks itself when it is made and names the field that is wrong. `to_dict()` gives the JSON with arrays and
single objects where both the strict and the lenient schemas of 1EdTech want them, and without null or empty arrays.
Source: 1EdTech Open Badges Specification 3.0 (document version 1.2), appendix B; Comprehensive Learner Record 2.0.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from .canonical import UNSAFE_TEXT, is_address
from .contexts import BADGE_CONTEXTS, CLR_CONTEXTS
from .errors import ModelError

MAX_TEXT = 20_000
SCHEMA_URL = "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json"
ENDORSEMENT_SCHEMA_URL = "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_endorsementcredential_schema.json"

RESULT_TYPES = frozenset(
    [
        "GradePointAverage",
        "LetterGrade",
        "Percent",
        "PerformanceLevel",
        "PredictedScore",
        "RawScore",
        "Result",
        "RubricCriterion",
        "RubricCriterionLevel",
        "RubricScore",
        "ScaledScore",
        "Status",
    ]
)
RESULT_STATUSES = frozenset(["Completed", "Enrolled", "Failed", "InProgress", "OnHold", "Provisional", "Withdrew"])
ACHIEVEMENT_TYPES = frozenset(
    [
        "Achievement",
        "ApprenticeshipCertificate",
        "Assessment",
        "Assignment",
        "AssociateDegree",
        "Award",
        "Badge",
        "BachelorDegree",
        "Certificate",
        "CertificateOfCompletion",
        "Certification",
        "CommunityService",
        "Competency",
        "Course",
        "CoCurricular",
        "Degree",
        "Diploma",
        "DoctoralDegree",
        "Fieldwork",
        "GeneralEducationDevelopment",
        "JourneymanCertificate",
        "LearningProgram",
        "License",
        "Membership",
        "ProfessionalDoctorate",
        "QualityAssuranceCredential",
        "MasterCertificate",
        "MasterDegree",
        "MicroCredential",
        "ResearchDoctorate",
        "SecondarySchoolDiploma",
    ]
)
IDENTITY_TYPES = frozenset(
    [
        "name",
        "sourcedId",
        "systemId",
        "productId",
        "userName",
        "accountId",
        "emailAddress",
        "nationalIdentityNumber",
        "isbn",
        "issn",
        "lisSourcedId",
        "oneRosterSourcedId",
        "sisSourcedId",
        "ltiContextId",
        "ltiDeploymentId",
        "ltiToolId",
        "ltiPlatformId",
        "ltiUserId",
        "identifier",
    ]
)
ASSOCIATION_TYPES = frozenset(
    ["exactMatchOf", "isChildOf", "isParentOf", "isPartOf", "isPeerOf", "isRelatedTo", "precedes", "replacedBy"]
)
_TIMESTAMP = re.compile(r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(\.\d{1,9})?(Z|[+-]\d\d:\d\d)", re.ASCII)

Json = dict[str, Any]


def timestamp(moment: datetime, name: str) -> str:
    """Write an aware datetime in UTC to the second, "2026-11-22T09:30:00Z". Raises ModelError for a naive one."""
    if moment.tzinfo is None:
        raise ModelError(name, "the time has no time zone.")
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def read_timestamp(text: object, name: str) -> datetime:
    """Read an XSD dateTime that has a time zone. Raises ModelError for anything else."""
    if not isinstance(text, str) or not _TIMESTAMP.fullmatch(text):
        raise ModelError(name, "this is not a date and time with a time zone.")
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise ModelError(name, "there is no such date and time.") from error


def identity_hash(identifier: str, salt: str) -> str:
    """Hash an identifier for an IdentityObject: a match aid, not anonymity. Source: OB 3.0, IdentityHash."""
    return "sha256$" + hashlib.sha256((identifier + salt).encode()).hexdigest()


@dataclass(frozen=True, kw_only=True)
class Image:
    """A picture at an address (https or data), with words for those who do not see it."""

    id: str
    caption: str = ""

    def __post_init__(self) -> None:
        _require_url(self.id, "image.id", schemes=("http", "https", "data"))
        _require_text(self.caption, "image.caption")

    def to_dict(self) -> Json:
        return _json(id=self.id, type="Image", caption=self.caption)


@dataclass(frozen=True, kw_only=True)
class Profile:
    """An organization or person: issuer, creator, source. `id` is its DID or address."""

    id: str
    name: str
    url: str = ""
    email: str = ""
    description: str = ""
    image: Image | None = None
    country_code: str = ""

    def __post_init__(self) -> None:
        _require_url(self.id, "profile.id")
        _require_text(self.name, "profile.name", empty=False)
        _require_text(self.email, "profile.email")
        _require_text(self.description, "profile.description")
        if self.url:
            _require_url(self.url, "profile.url", schemes=("http", "https"))
        if self.country_code and not re.fullmatch("[A-Z]{2}", self.country_code):
            raise ModelError("profile.country_code", "this is not an ISO 3166 code of two capital letters.")

    def to_dict(self) -> Json:
        address = {"type": ["Address"], "addressCountryCode": self.country_code} if self.country_code else None
        return _json(
            id=self.id, type=["Profile"], name=self.name, url=self.url, email=self.email, description=self.description,
            image=self.image, address=address,
        )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Alignment:
    """A pointer to an item of a framework: a competency, a level, a standard."""

    target_name: str
    target_url: str
    target_code: str = ""
    target_framework: str = ""
    target_description: str = ""
    target_type: str = ""

    def __post_init__(self) -> None:
        _require_text(self.target_name, "alignment.target_name", empty=False)
        _require_url(self.target_url, "alignment.target_url")
        for name in ("target_code", "target_framework", "target_description", "target_type"):
            _require_text(getattr(self, name), f"alignment.{name}")

    def to_dict(self) -> Json:
        return _json(
            type=["Alignment"], targetName=self.target_name, targetUrl=self.target_url, targetCode=self.target_code,
            targetFramework=self.target_framework, targetDescription=self.target_description,
            targetType=self.target_type,
        )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class RubricLevel:
    """One level of a rubric criterion. `id` is an address that results point at."""

    id: str
    name: str
    level: str = ""
    points: str = ""
    description: str = ""

    def __post_init__(self) -> None:
        _require_url(self.id, "rubric_level.id")
        _require_text(self.name, "rubric_level.name", empty=False)
        for name in ("level", "points", "description"):
            _require_text(getattr(self, name), f"rubric_level.{name}")

    def to_dict(self) -> Json:
        return _json(
            id=self.id, type=["RubricCriterionLevel"], name=self.name, level=self.level, points=self.points,
            description=self.description,
        )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class ResultDescription:
    """What can be achieved on one criterion. `allowed_values` and `levels` go from low to high."""

    id: str
    name: str
    result_type: str = "RubricCriterionLevel"
    allowed_values: Sequence[str] = ()
    levels: Sequence[RubricLevel] = ()
    required_level: str = ""
    required_value: str = ""
    value_min: str = ""
    value_max: str = ""
    alignments: Sequence[Alignment] = ()

    def __post_init__(self) -> None:
        _require_url(self.id, "result_description.id")
        _require_text(self.name, "result_description.name", empty=False)
        if self.result_type not in RESULT_TYPES and not self.result_type.startswith("ext:"):
            raise ModelError("result_description.result_type", f"{self.result_type!r} is not one of the standard's.")
        for value in self.allowed_values:
            _require_text(value, "result_description.allowed_values", empty=False)
        for name in ("required_value", "value_min", "value_max"):
            _require_text(getattr(self, name), f"result_description.{name}")
        if self.required_level and self.required_level not in {level.id for level in self.levels}:
            raise ModelError("result_description.required_level", "this is not the id of one of the levels.")

    def to_dict(self) -> Json:
        return _json(
            id=self.id, type=["ResultDescription"], name=self.name, resultType=self.result_type,
            allowedValue=list(self.allowed_values), rubricCriterionLevel=list(self.levels),
            requiredLevel=self.required_level, requiredValue=self.required_value, valueMin=self.value_min,
            valueMax=self.value_max, alignment=list(self.alignments),
        )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Result:
    """What this learner achieved: a level's id, a value, or a status, on one ResultDescription."""

    result_description: str
    achieved_level: str = ""
    value: str = ""
    status: str = ""

    def __post_init__(self) -> None:
        _require_url(self.result_description, "result.result_description")
        _require_text(self.value, "result.value")
        if self.achieved_level:
            _require_url(self.achieved_level, "result.achieved_level")
        if self.status and self.status not in RESULT_STATUSES:
            raise ModelError("result.status", f"{self.status!r} is not one of the standard's.")
        if not (self.achieved_level or self.value or self.status):
            raise ModelError("result", "it has neither a level nor a value nor a status.")

    def to_dict(self) -> Json:
        return _json(
            type=["Result"], resultDescription=self.result_description, achievedLevel=self.achieved_level,
            value=self.value, status=self.status,
        )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """A piece of evidence, told by its name and the digest of its bytes; the evidence itself stays private."""

    name: str
    sha256: bytes | None = None
    id: str = ""
    description: str = ""
    narrative: str = ""
    genre: str = ""

    def __post_init__(self) -> None:
        _require_text(self.name, "evidence.name", empty=False)
        for name in ("description", "narrative", "genre"):
            _require_text(getattr(self, name), f"evidence.{name}")
        if self.id:
            _require_url(self.id, "evidence.id")
        if self.sha256 is not None and len(self.sha256) != 32:
            raise ModelError("evidence.sha256", "a SHA-256 digest has 32 bytes.")

    def to_dict(self) -> Json:
        digest = "" if self.sha256 is None else "u" + _base64url(b"\x12\x20" + self.sha256)  # multihash of sha2-256
        return _json(
            id=self.id, type=["Evidence"], name=self.name, description=self.description, narrative=self.narrative,
            genre=self.genre, digestMultibase=digest,
        )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Achievement:
    """What was earned: one frozen credential version. `criteria` is Markdown; `credits` are hours or as `name` says."""

    id: str
    name: str
    description: str
    criteria: str
    achievement_type: str = "MicroCredential"
    criteria_url: str = ""
    creator: Profile | None = None
    credits_available: float | None = None
    field_of_study: str = ""
    human_code: str = ""
    image: Image | None = None
    language: str = ""
    version: str = ""
    tags: Sequence[str] = ()
    alignments: Sequence[Alignment] = ()
    result_descriptions: Sequence[ResultDescription] = ()

    def __post_init__(self) -> None:
        _require_url(self.id, "achievement.id")
        for name in ("name", "description", "criteria"):
            _require_text(getattr(self, name), f"achievement.{name}", empty=False)
        for name in ("field_of_study", "human_code", "version"):
            _require_text(getattr(self, name), f"achievement.{name}")
        if self.achievement_type not in ACHIEVEMENT_TYPES and not self.achievement_type.startswith("ext:"):
            raise ModelError("achievement.achievement_type", f"{self.achievement_type!r} is not one of the standard's.")
        if self.criteria_url:
            _require_url(self.criteria_url, "achievement.criteria_url", schemes=("http", "https"))
        if self.language and not re.fullmatch("[a-zA-Z]{2,8}(-[a-zA-Z0-9]{1,8})*", self.language):
            raise ModelError("achievement.language", "this is not a language tag.")
        _require_number(self.credits_available, "achievement.credits_available")
        for tag in self.tags:
            _require_text(tag, "achievement.tags", empty=False)
        _require_distinct([item.id for item in self.result_descriptions], "achievement.result_descriptions")

    def to_dict(self) -> Json:
        return _json(
            id=self.id, type=["Achievement"], achievementType=self.achievement_type, name=self.name,
            description=self.description, criteria=_json(id=self.criteria_url, narrative=self.criteria),
            creator=self.creator, creditsAvailable=_number(self.credits_available), fieldOfStudy=self.field_of_study,
            humanCode=self.human_code, image=self.image, inLanguage=self.language, version=self.version,
            tag=list(dict.fromkeys(self.tags)), alignment=list(self.alignments),
            resultDescription=list(self.result_descriptions),
        )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class IdentityObject:
    """Who the learner is, as a plain value or as a salted hash that matches only what the reader knows already."""

    value: str
    identity_type: str = "name"
    hashed: bool = False
    salt: str = ""

    def __post_init__(self) -> None:
        _require_text(self.value, "identity.value", empty=False)
        _require_text(self.salt, "identity.salt")
        if self.identity_type not in IDENTITY_TYPES and not self.identity_type.startswith("ext:"):
            raise ModelError("identity.identity_type", f"{self.identity_type!r} is not one of the standard's.")
        if self.hashed and not re.fullmatch(r"sha256\$[0-9a-f]{64}", self.value):
            raise ModelError("identity.value", "this is not a SHA-256 identity hash.")

    @classmethod
    def of_name(cls, name: str) -> IdentityObject:
        """Name the learner in plain text."""
        return cls(value=name, identity_type="name")

    @classmethod
    def of_email(cls, email: str, *, salt: str) -> IdentityObject:
        """Give an e-mail address, in lower case, as a salted hash."""
        value = identity_hash(email.lower(), salt)
        return cls(value=value, identity_type="emailAddress", hashed=True, salt=salt)

    def to_dict(self) -> Json:
        return _json(
            type="IdentityObject", hashed=self.hashed, identityHash=self.value, identityType=self.identity_type,
            salt=self.salt,
        )  # fmt: skip


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
            _require_url(self.id, "subject.id")
        elif not self.identities:
            raise ModelError("subject", "it has neither an id nor an identity.")
        for name in ("narrative", "role", "term"):
            _require_text(getattr(self, name), f"subject.{name}")
        _require_number(self.credits_earned, "subject.credits_earned")

    def to_dict(self, achievement: Achievement) -> Json:
        return _json(
            id=self.id, type=["AchievementSubject"], identifier=list(self.identities), achievement=achievement,
            result=list(self.results), creditsEarned=_number(self.credits_earned), narrative=self.narrative,
            role=self.role, term=self.term, source=self.source,
        )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class StatusEntryRef:
    """The position of a document in a published bitstring status list."""

    list_url: str
    index: int
    purpose: str = "revocation"

    def __post_init__(self) -> None:
        _require_url(self.list_url, "status.list_url", schemes=("http", "https"))
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
        _require_url(self.id, "id")
        _require_text(self.name, "name", empty=False)
        _require_text(self.description, "description")
        if self.valid_until is not None and self.valid_until <= self.valid_from:
            raise ModelError("valid_until", "it is not after valid_from.")
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
            **_json(
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

    def __post_init__(self) -> None:
        _require_url(self.id, "id")
        _require_url(self.endorsed, "endorsed")
        _require_text(self.name, "name", empty=False)
        _require_text(self.comment, "comment")
        if self.valid_until is not None and self.valid_until <= self.valid_from:
            raise ModelError("valid_until", "it is not after valid_from.")

    def to_dict(self) -> Json:
        return {
            "@context": list(BADGE_CONTEXTS),
            **_json(
                id=self.id, type=["VerifiableCredential", "EndorsementCredential"], name=self.name, issuer=self.issuer,
                validFrom=timestamp(self.valid_from, "valid_from"),
                validUntil=timestamp(self.valid_until, "valid_until") if self.valid_until else "",
                credentialSubject=_json(
                    id=self.endorsed, type=["EndorsementSubject"], endorsementComment=self.comment
                ),
                credentialSchema=[{"id": ENDORSEMENT_SCHEMA_URL, "type": "1EdTechJsonSchemaValidator2019"}],
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
        _require_url(self.source, "association.source")
        _require_url(self.target, "association.target")

    def to_dict(self) -> Json:
        return {
            "type": "Association",
            "associationType": self.association_type,
            "sourceId": self.source,
            "targetId": self.target,
        }


@dataclass(frozen=True, kw_only=True)
class ClrCredential:
    """A transcript before it is signed (CLR 2.0). `credentials` are signed badges, each complete with its proof."""

    id: str
    name: str
    issuer: Profile
    credentials: Sequence[Mapping[str, Any]]
    valid_from: datetime
    subject_id: str = ""
    identities: Sequence[IdentityObject] = ()
    associations: Sequence[Association] = ()
    awarded_at: datetime | None = None
    valid_until: datetime | None = None
    description: str = ""
    partial: bool | None = None
    status: StatusEntryRef | None = None

    def __post_init__(self) -> None:
        _require_url(self.id, "id")
        _require_text(self.name, "name", empty=False)
        _require_text(self.description, "description")
        if self.subject_id:
            _require_url(self.subject_id, "subject_id")
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
            **_json(
                id=self.id, type=["VerifiableCredential", "ClrCredential"], name=self.name,
                description=self.description, issuer=self.issuer, partial=self.partial,
                validFrom=timestamp(self.valid_from, "valid_from"),
                validUntil=timestamp(self.valid_until, "valid_until") if self.valid_until else "",
                awardedDate=timestamp(self.awarded_at, "awarded_at") if self.awarded_at else "",
                credentialSubject=_json(
                    id=self.subject_id, type=["ClrSubject"], identifier=list(self.identities),
                    verifiableCredential=[dict(item) for item in self.credentials],
                    association=list(self.associations),
                ),
                credentialStatus=self.status,
            ),
        }  # fmt: skip


def _json(**members: Any) -> Json:
    """Write members in order, parts through their own `to_dict`, leaving out None, empty text and empty arrays."""
    written = {}
    for name, value in members.items():
        if value is None or value == "" or value == [] or value == {}:
            continue
        written[name] = _part(value)
    return written


def _part(value: Any) -> Any:
    if isinstance(value, list):
        return [_part(item) for item in value]
    return value.to_dict() if hasattr(value, "to_dict") else value


def _require_text(value: object, name: str, *, empty: bool = True) -> None:
    if not isinstance(value, str):
        raise ModelError(name, "this is not text.")
    if not empty and not value.strip():
        raise ModelError(name, "it must not be empty.")
    if len(value) > MAX_TEXT:
        raise ModelError(name, f"it is longer than {MAX_TEXT:,} characters.")
    if UNSAFE_TEXT.search(value):
        raise ModelError(name, "it holds a control character, which no signature can cover; remove it.")


def _require_url(value: object, name: str, *, schemes: tuple[str, ...] = ("http", "https", "did", "urn")) -> None:
    """Check for an absolute address of a scheme that no context expands to something else."""
    if not is_address(value) or not str(value).isprintable():
        raise ModelError(name, "this is not an absolute address.")
    scheme, rest = str(value).split(":", 1)
    if scheme not in schemes or not rest:
        raise ModelError(name, f"an address here begins with {', '.join(schemes)}.")
    if scheme in ("http", "https"):
        try:
            host = urlsplit(str(value)).hostname
        except ValueError:
            host = None
        if not host:
            raise ModelError(name, "this address has no host.")


def _require_number(value: float | None, name: str) -> None:
    if value is None:
        return
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1_000_000:
        raise ModelError(name, "this is not a number from 0 to a million.")


def _number(value: float | None) -> float | int | None:
    """Write whole numbers without a fraction, as every implementation canonicalizes them."""
    return int(value) if value is not None and float(value).is_integer() else value


def _require_distinct(values: list[str], name: str) -> None:
    if len(set(values)) != len(values):
        raise ModelError(name, "the same id occurs twice.")


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
