"""Whether a document has the vocabularies and the parts that the standard asks for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ..canonical import is_address, to_dataset
from ..contexts import VC_V1, VC_V2, Contexts
from ..errors import OpenBadgeError, TermError
from .means import Json
from .parts import as_list, is_name, issuer_id, objects, types_of
from .report import Check

_BADGE_TYPES = {"OpenBadgeCredential", "AchievementCredential"}
_KNOWN_TYPES = _BADGE_TYPES | {"ClrCredential", "EndorsementCredential"}


def context_check(document: Json, contexts: Contexts) -> Check:
    named = document.get("@context")
    listed = named if isinstance(named, list) else [named]
    if not listed or listed[0] not in (VC_V2, VC_V1):
        return Check("context", "failed", "context-order", "The file does not begin with the context of credentials.")
    for context in listed:
        if not isinstance(context, str):
            return Check("context", "unknown", "context-inline", "The credential defines terms of its own.")
        if context not in contexts:
            return Check("context", "unknown", "context-unknown", f"The vocabulary {context[:200]} is not known here.")
    return Check("context", "passed", "context", "All of its vocabularies are known here.")


def terms_check(document: Json, contexts: Contexts) -> Check:
    """Tell whether a document has known contexts and no term beyond them: for proofs that do not look at terms."""
    check = context_check(document, contexts)
    if check.outcome != "passed":
        return check
    try:
        to_dataset(document, contexts)
    except TermError as error:
        return Check("context", "failed", error.code, f"It says something in words that nobody has defined. {error}")
    except OpenBadgeError as error:
        return Check("context", "failed", error.code, str(error))
    return check


def shape_check(document: Json) -> Check:
    for problem in _problems(document):
        return Check("shape", "failed", "shape", problem)
    return Check("shape", "passed", "shape", "It has the parts that the standard asks for.")


def _problems(document: Json) -> Iterator[str]:
    """Name what the Open Badges standard asks for and the document lacks."""
    types = types_of(document)
    if "VerifiableCredential" not in types or not _KNOWN_TYPES & types:
        yield "It is neither an Open Badge nor an endorsement or transcript of badges."
        return
    if not is_name(document.get("id")):
        yield "It has no address of its own (id)."
    if issuer_id(document) is None:
        yield "It names no issuer."
    if not isinstance(document.get("validFrom", document.get("issuanceDate")), str):
        yield "It does not say from when it holds (validFrom)."
    for name in ("credentialStatus", "credentialSchema", "termsOfUse", "refreshService"):
        if not all(isinstance(item, Mapping) and types_of(item) for item in as_list(document.get(name))):
            yield f"A part of it ({name}) does not say of what kind it is."
    subject = document.get("credentialSubject")
    if not isinstance(subject, Mapping):
        yield "It does not have exactly one subject."
        return
    if "EndorsementCredential" in types:
        if not is_name(subject.get("id")):
            yield "It does not say what it endorses."
    elif not is_name(subject.get("id")) and not as_list(subject.get("identifier")):
        yield "It does not say whom it was given to."
    yield from _identity_problems(subject)
    if _BADGE_TYPES & types:
        achievement = subject.get("achievement")
        if not isinstance(achievement, Mapping):
            yield "It does not say what was achieved."
        elif not all(achievement.get(name) for name in ("id", "type", "name", "description", "criteria")):
            yield "The achievement lacks its id, type, name, description or criteria."
        else:
            yield from _alignment_problems(achievement)
            yield from _result_problems(subject, achievement)
    if "ClrCredential" in types and not as_list(subject.get("verifiableCredential")):
        yield "The transcript holds no credential."


def _identity_problems(subject: Json) -> Iterator[str]:
    for identity in objects(subject.get("identifier")):
        if "IdentityObject" in types_of(identity) and not (
            isinstance(identity.get("hashed"), bool) and identity.get("identityHash") and identity.get("identityType")
        ):
            yield "It names its holder by an identity that lacks its kind, its value, or whether it is hashed."


def _alignment_problems(achievement: Json) -> Iterator[str]:
    for alignment in objects(achievement.get("alignment")):
        if not alignment.get("targetName") or not is_address(alignment.get("targetUrl")):
            yield "It points at an item of a framework without its name or address."


def _result_problems(subject: Json, achievement: Json) -> Iterator[str]:
    described: dict[str, Json] = {}
    for item in objects(achievement.get("resultDescription")):
        if not all(item.get(name) for name in ("id", "type", "name", "resultType")) or not isinstance(item["id"], str):
            yield "A criterion of the achievement lacks its id, type, name or the kind of its results."
            return
        described[item["id"]] = item
        if item.get("requiredLevel", None) not in (None, *_levels(item)):
            yield "A criterion asks for a level that it does not have."
    for result in objects(subject.get("result")):
        reference, level = result.get("resultDescription"), result.get("achievedLevel")
        if reference is None:
            continue
        if not isinstance(reference, str) or reference not in described:
            yield "A result points at a criterion that the achievement does not have."
        elif level is not None and level not in _levels(described[reference]):
            yield "A result points at a level that its criterion does not have."
        elif described[reference]["resultType"] == "Status" and not result.get("status"):
            yield "A result that is a status does not say which."
        elif "value" in result and result["value"] not in _allowed(described[reference], result["value"]):
            yield "A result has a value that its criterion does not allow."


def _levels(description: Json) -> list[object]:
    return [level.get("id") for level in objects(description.get("rubricCriterionLevel"))]


def _allowed(description: Json, value: object) -> list[object]:
    return as_list(description.get("allowedValue")) or [value]
