"""A badge that a learner brings from elsewhere, checked for the pages of learners (`config/outside_badges.py`)."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from config.outside_badges import Answer, Holder, Line
from issuance import openbadges as ob
from issuance.outside import Outside
from issuance.verification.files import JSON_MAX_BYTES, moment
from issuance.verification.holding import identities, is_hash_of, mapping, same_holder, text
from issuance.verification.lists import own_id
from issuance.verification.registry import verify_bytes

BADGE_TYPES = {"OpenBadgeCredential", "AchievementCredential", "VerifiableCredential", "Assertion"}


class BroughtBadges:
    """What `config.outside_badges.Checker` asks for."""

    def media_type(self, content: bytes) -> str:
        """What kind of file a badge is; empty when it holds none. Nobody is asked."""
        if ob.is_image(content):
            try:
                ob.unbake(content)
            except ob.BakingError:
                return ""
            return "image/png" if content.startswith(b"\x89PNG") else "image/svg+xml"
        if len(content) > JSON_MAX_BYTES:
            return ""
        if _is_token(content):
            return "text/plain"
        try:
            document = ob.parse(content)
        except ob.OpenBadgeError:
            return ""
        return "application/json" if isinstance(document, dict) and BADGE_TYPES & set(_types(document)) else ""

    def check(self, content: bytes, *, holder: Holder, at: datetime) -> Answer:
        """Verify a badge and whom it was given to. Never raises for what is in it."""
        report = verify_bytes(content, at=at, outside=Outside() if settings.ASK_OTHER_ISSUERS else None)
        lines = [Line(each.name, each.outcome, each.code, each.sentence) for each in report.checks]
        document = report.document
        if document is None:
            return Answer(report.state, tuple(lines))
        about = _about(document)
        return Answer(report.state, (*lines, _holder_line(document, holder)), **about)

    def check_address(self, address: str, *, holder: Holder, at: datetime) -> Answer:
        """Verify what lies at an address; a page for people is said to be one. Never raises for what is found there."""
        if own_id(address) is not None:
            return _unknown("own", _("This is the address of a badge of this registry, which counts here as it is."))
        if not settings.ASK_OTHER_ISSUERS:
            return _unknown("not-asked", _("Other sites are not asked here. Staff open the address."))
        try:
            content = Outside().fetch(address)
        except ob.UnreachableError as error:
            return _unknown(error.code, str(error))
        if not self.media_type(content):
            sentence = _("At the address is a page for people, and no badge that could be checked by machine.")
            return _unknown("page", sentence)
        return self.check(content, holder=holder, at=at)


def _unknown(code: str, sentence: str) -> Answer:
    return Answer("unknown", (Line("format", "unknown", code, sentence),))


def _is_token(content: bytes) -> bool:
    """Whether it is one signed token that reads: three parts of base64url. The signature is looked at later."""
    text = content.strip()
    if text.count(b".") != 2 or not text.startswith(b"eyJ") or b"\n" in text:
        return False
    return all(part and part.replace(b"-", b"a").replace(b"_", b"a").isalnum() for part in text.split(b"."))


def _types(document: dict[str, Any]) -> Iterator[str]:
    kinds = document.get("type")
    for kind in kinds if isinstance(kinds, list) else [kinds]:
        if isinstance(kind, str):
            yield kind


# What it says of itself ----------------------------------------------------------------------------------------------
def _about(document: dict[str, Any]) -> dict[str, Any]:
    """Issuer, title, holder and days, as Open Badges 3.0 or 2.0 write them; whatever is no text is left out."""
    subject = mapping(document.get("credentialSubject"))
    achievement = mapping(subject.get("achievement") or document.get("badge"))
    issuer = document.get("issuer") or achievement.get("issuer")
    issued = document.get("awardedDate") or document.get("validFrom") or document.get("issuanceDate")
    until = document.get("validUntil") or document.get("expirationDate") or document.get("expires")
    plain = [value for value, kind, is_hashed, _salt in identities(document) if kind == "name" and not is_hashed]
    return {
        "issuer_id": text(mapping(issuer).get("id") if isinstance(issuer, dict) else issuer),
        "issuer": text(mapping(issuer).get("name")),
        "title": text(achievement.get("name") or document.get("name")),
        "holder": plain[0] if plain else "",
        "issued_on": _day(issued or document.get("issuedOn")),
        "valid_until": _day(until),
    }


def _day(value: Any) -> date | None:
    found = moment(value)
    return timezone.localdate(found) if found is not None else None


# Whose it is ---------------------------------------------------------------------------------------------------------
def _holder_line(document: dict[str, Any], holder: Holder) -> Line:
    """Whether it was given to this person: by a hash of what is known of them, or by the name that it states."""
    other = ""
    for value, kind, is_hashed, salt in identities(document):
        known = _known(holder, kind)
        if is_hashed:
            if any(is_hash_of(value, each, salt) for each in known):
                return Line(
                    "holder",
                    "passed",
                    "holder-hash",
                    _("It was issued to an address or a name by which the learner is known here."),
                )
        elif kind == "name" and any(same_holder(each, value) for each in known):
            return Line("holder", "passed", "holder-name", _("It states the learner’s name."))
        elif kind == "emailAddress" and value.lower() in known:
            return Line("holder", "passed", "holder-address", _("It was issued to the learner’s e-mail address."))
        elif kind == "name":
            other = value
    if other:
        sentence = _("It is made out to “%(name)s”, which is not a name by which the learner is known here.")
        return Line("holder", "failed", "holder-other", sentence % {"name": other[:100]})
    sentence = _("It names nobody by anything that is known here, so whose it is could not be checked.")
    return Line("holder", "unknown", "holder-unknown", sentence)


def _known(holder: Holder, kind: str) -> list[str]:
    """What a hash of this kind may be of. Issuers write addresses as they were given, or in lower case."""
    if kind == "name":
        return list(holder.names)
    if kind == "emailAddress":
        return [*{each.lower() for each in holder.emails} | set(holder.emails)]
    return [*holder.emails, *holder.names]
