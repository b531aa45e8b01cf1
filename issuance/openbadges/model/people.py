"""Who issues and who earns: profiles, pictures, identities."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

from ..errors import ModelError
from .fields import Json, require_text, require_url, written

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


def identity_hash(identifier: str, salt: str) -> str:
    """Hash an identifier for an IdentityObject: a match aid, not anonymity. Source: OB 3.0, IdentityHash."""
    return "sha256$" + hashlib.sha256((identifier + salt).encode()).hexdigest()


@dataclass(frozen=True, kw_only=True)
class Image:
    """A picture at an address (https or data), with words for those who do not see it."""

    id: str
    caption: str = ""

    def __post_init__(self) -> None:
        require_url(self.id, "image.id", schemes=("http", "https", "data"))
        require_text(self.caption, "image.caption")

    def to_dict(self) -> Json:
        return written(id=self.id, type="Image", caption=self.caption)


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
        require_url(self.id, "profile.id")
        require_text(self.name, "profile.name", empty=False)
        require_text(self.email, "profile.email")
        require_text(self.description, "profile.description")
        if self.url:
            require_url(self.url, "profile.url", schemes=("http", "https"))
        if self.country_code and not re.fullmatch("[A-Z]{2}", self.country_code):
            raise ModelError("profile.country_code", "this is not an ISO 3166 code of two capital letters.")

    def to_dict(self) -> Json:
        address = {"type": ["Address"], "addressCountryCode": self.country_code} if self.country_code else None
        return written(
            id=self.id, type=["Profile"], name=self.name, url=self.url, email=self.email, description=self.description,
            image=self.image, address=address,
        )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class IdentityObject:
    """Who the learner is, as a plain value or as a salted hash that matches only what the reader knows already."""

    value: str
    identity_type: str = "name"
    hashed: bool = False
    salt: str = ""

    def __post_init__(self) -> None:
        require_text(self.value, "identity.value", empty=False)
        require_text(self.salt, "identity.salt")
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
        return written(
            type="IdentityObject", hashed=self.hashed, identityHash=self.value, identityType=self.identity_type,
            salt=self.salt,
        )  # fmt: skip
