"""Whose a badge is: the ways in which a file names its holder, compared with whom somebody expects."""

import unicodedata
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from issuance import openbadges as ob


def identities(document: dict[str, Any]) -> Iterator[tuple[str, str, bool, str]]:
    """Each way in which a badge names its holder: the value, its kind, whether it is hashed, and the salt."""
    subject = mapping(document.get("credentialSubject"))
    found = subject.get("identifier")
    for each in found if isinstance(found, list) else [found]:
        one = mapping(each)
        if value := text(one.get("identityHash")):
            yield value, text(one.get("identityType")), one.get("hashed") is True, text(one.get("salt"))
    if name := text(subject.get("name")):
        yield name, "name", False, ""
    recipient = mapping(document.get("recipient"))
    if value := text(recipient.get("identity")):
        kind = "emailAddress" if text(recipient.get("type")) == "email" else text(recipient.get("type"))
        yield value, kind, recipient.get("hashed") is True, text(recipient.get("salt"))


def is_hash_of(value: str, known: str, salt: str) -> bool:
    """Whether a hashed identity is of this. Source: Open Badges 3.0, section IdentityHash."""
    return value.lower() == ob.identity_hash(known, salt).lower()


def holder_check(document: dict[str, Any], expected: str, *, is_vouched: bool) -> ob.Check:
    """Whether a badge names whom somebody expects, by a name or an e-mail address; expected may be empty.

    is_vouched: the signature is good, so that what the file says counts for something.
    """
    expected = expected.strip()
    if not expected:
        sentence = _("Nobody was named who should hold it, so the holder was not compared.")
        return ob.Check("holder", "not-applicable", "holder-not-asked", sentence)
    if not is_vouched:
        sentence = _("Without a good signature, the name in it means nothing.")
        return ob.Check("holder", "unknown", "holder-unvouched", sentence)
    return _address_check(document, expected) if "@" in expected else _name_check(document, expected)


def _name_check(document: dict[str, Any], expected: str) -> ob.Check:
    others = []
    for value, kind, is_hashed, salt in identities(document):
        if kind != "name":
            continue
        if is_hash_of(value, expected, salt) if is_hashed else same_holder(expected, value):
            return ob.Check("holder", "passed", "holder", _("It is made out to “%(name)s”.") % {"name": expected})
        if not is_hashed:
            others.append(value)
    if others:
        sentence = _("It is made out to “%(holder)s”, and you named “%(name)s”.")
        said = {"holder": others[0][:200], "name": expected}
        return ob.Check("holder", "failed", "holder-other", sentence % said)
    sentence = _("The file does not say its holder’s name in the open, so “%(name)s” could not be compared.")
    return ob.Check("holder", "unknown", "holder-no-name", sentence % {"name": expected})


def _address_check(document: dict[str, Any], expected: str) -> ob.Check:
    is_named = False
    for value, kind, is_hashed, salt in identities(document):
        if kind not in {"emailAddress", "email"}:
            continue
        is_named = True
        written = {expected, expected.lower()}  # issuers hash an address as it was given, or in lower case
        if any(is_hash_of(value, each, salt) if is_hashed else value.lower() == each.lower() for each in written):
            return ob.Check("holder", "passed", "holder", _("It was issued to %(address)s.") % {"address": expected})
    if is_named:
        sentence = _(
            "It was issued to another e-mail address than %(address)s. The file holds that one only as a code."
        )
        plain = [value for value, kind, is_hashed, _salt in identities(document) if "mail" in kind and not is_hashed]
        if plain:
            sentence = _("It was issued to %(holder)s, and you named %(address)s.")
        said = {"address": expected, "holder": plain[0][:200] if plain else ""}
        return ob.Check("holder", "failed", "holder-other", sentence % said)
    sentence = _("The file holds no e-mail address, so %(address)s could not be compared. Try the name.")
    return ob.Check("holder", "unknown", "holder-no-address", sentence % {"address": expected})


def same_holder(expected: str, holder: str) -> bool:
    """Whether two ways of writing a name mean one: letters and their order count, not case, accents or commas.

    "Alder, Robin" is "Robin Alder".
    """
    return _plain(expected) == _plain(holder)


def _plain(name: str) -> str:
    last, comma, first = name.partition(",")
    name = f"{first} {last}" if comma else name
    letters = unicodedata.normalize("NFKD", name.casefold())
    return " ".join(
        "".join(each if each.isalnum() else " " for each in letters if not unicodedata.combining(each)).split()
    )


def mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def text(value: Any) -> str:
    return value.replace("\x00", "").strip() if isinstance(value, str) else ""
