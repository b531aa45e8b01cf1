"""What can be earned, and what was shown: achievements, criteria, results, evidence."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import orjson

from ..errors import ModelError
from .fields import (
    Json,
    require_distinct,
    require_endorsements,
    require_number,
    require_text,
    require_url,
    whole,
    written,
)
from .people import Image, Profile

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
        require_text(self.target_name, "alignment.target_name", empty=False)
        require_url(self.target_url, "alignment.target_url")
        for name in ("target_code", "target_framework", "target_description", "target_type"):
            require_text(getattr(self, name), f"alignment.{name}")

    def to_dict(self) -> Json:
        return written(
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
    alignments: Sequence[Alignment] = ()

    def __post_init__(self) -> None:
        require_url(self.id, "rubric_level.id")
        require_text(self.name, "rubric_level.name", empty=False)
        for name in ("level", "points", "description"):
            require_text(getattr(self, name), f"rubric_level.{name}")

    def to_dict(self) -> Json:
        return written(
            id=self.id, type=["RubricCriterionLevel"], name=self.name, level=self.level, points=self.points,
            description=self.description, alignment=list(self.alignments),
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
        require_url(self.id, "result_description.id")
        require_text(self.name, "result_description.name", empty=False)
        if self.result_type not in RESULT_TYPES and not self.result_type.startswith("ext:"):
            raise ModelError("result_description.result_type", f"{self.result_type!r} is not one of the standard's.")
        for value in self.allowed_values:
            require_text(value, "result_description.allowed_values", empty=False)
        for name in ("required_value", "value_min", "value_max"):
            require_text(getattr(self, name), f"result_description.{name}")
        if self.required_level and self.required_level not in {level.id for level in self.levels}:
            raise ModelError("result_description.required_level", "this is not the id of one of the levels.")
        if self.required_value and self.allowed_values and self.required_value not in self.allowed_values:
            raise ModelError("result_description.required_value", "this is not one of the allowed values.")
        require_distinct([level.id for level in self.levels], "result_description.levels")

    def to_dict(self) -> Json:
        return written(
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
    alignments: Sequence[Alignment] = ()

    def __post_init__(self) -> None:
        require_url(self.result_description, "result.result_description")
        require_text(self.value, "result.value")
        if self.achieved_level:
            require_url(self.achieved_level, "result.achieved_level")
        if self.status and self.status not in RESULT_STATUSES:
            raise ModelError("result.status", f"{self.status!r} is not one of the standard's.")
        if not (self.achieved_level or self.value or self.status):
            raise ModelError("result", "it has neither a level nor a value nor a status.")

    def to_dict(self) -> Json:
        return written(
            type=["Result"], resultDescription=self.result_description, achievedLevel=self.achieved_level,
            value=self.value, status=self.status, alignment=list(self.alignments),
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
        require_text(self.name, "evidence.name", empty=False)
        for name in ("description", "narrative", "genre"):
            require_text(getattr(self, name), f"evidence.{name}")
        if self.id:
            require_url(self.id, "evidence.id")
        if self.sha256 is not None and len(self.sha256) != 32:
            raise ModelError("evidence.sha256", "a SHA-256 digest has 32 bytes.")

    def to_dict(self) -> Json:
        digest = "" if self.sha256 is None else "u" + _base64url(b"\x12\x20" + self.sha256)  # multihash of sha2-256
        return written(
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
    endorsements: Sequence[Mapping[str, Any]] = ()

    def __post_init__(self) -> None:
        require_url(self.id, "achievement.id")
        for name in ("name", "description", "criteria"):
            require_text(getattr(self, name), f"achievement.{name}", empty=False)
        for name in ("field_of_study", "human_code", "version"):
            require_text(getattr(self, name), f"achievement.{name}")
        if self.achievement_type not in ACHIEVEMENT_TYPES and not self.achievement_type.startswith("ext:"):
            raise ModelError("achievement.achievement_type", f"{self.achievement_type!r} is not one of the standard's.")
        if self.criteria_url:
            require_url(self.criteria_url, "achievement.criteria_url", schemes=("http", "https"))
        if self.language and not re.fullmatch("[a-zA-Z]{2,8}(-[a-zA-Z0-9]{1,8})*", self.language):
            raise ModelError("achievement.language", "this is not a language tag.")
        require_number(self.credits_available, "achievement.credits_available")
        for tag in self.tags:
            require_text(tag, "achievement.tags", empty=False)
        require_distinct([item.id for item in self.result_descriptions], "achievement.result_descriptions")
        require_endorsements(self.endorsements, "achievement.endorsements")

    def to_dict(self) -> Json:
        """Give the JSON, a new copy each time; it is written once, because a cohort shares one achievement."""
        document: Json = orjson.loads(self._written)
        return document

    @cached_property
    def _written(self) -> bytes:
        document = written(
            id=self.id, type=["Achievement"], achievementType=self.achievement_type, name=self.name,
            description=self.description, criteria=written(id=self.criteria_url, narrative=self.criteria),
            creator=self.creator, creditsAvailable=whole(self.credits_available), fieldOfStudy=self.field_of_study,
            humanCode=self.human_code, image=self.image, inLanguage=self.language, version=self.version,
            tag=list(dict.fromkeys(self.tags)), alignment=list(self.alignments),
            resultDescription=list(self.result_descriptions), endorsement=[dict(item) for item in self.endorsements],
        )  # fmt: skip
        return orjson.dumps(document)


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
