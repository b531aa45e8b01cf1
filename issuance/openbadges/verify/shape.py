"""Whether a document has the vocabularies and the parts that the standard asks for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ..canonical import to_dataset
from ..contexts import VC_V1, VC_V2, Contexts
from ..errors import OpenBadgeError, TermError
from .means import Json
from .parts import as_list, is_name, issuer_id, objects
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
    types = {kind for kind in as_list(document.get("type")) if isinstance(kind, str)}
    if "VerifiableCredential" not in types or not _KNOWN_TYPES & types:
        yield "It is neither an Open Badge nor an endorsement or transcript of badges."
        return
    if not is_name(document.get("id")):
        yield "It has no address of its own (id)."
    if issuer_id(document) is None:
        yield "It names no issuer."
    if not isinstance(document.get("validFrom", document.get("issuanceDate")), str):
        yield "It does not say from when it holds (validFrom)."
    subject = document.get("credentialSubject")
    if not isinstance(subject, Mapping):
        yield "It does not have exactly one subject."
        return
    if not is_name(subject.get("id")) and not as_list(subject.get("identifier")):
        yield "It does not say whom it was given to."
    if _BADGE_TYPES & types:
        achievement = subject.get("achievement")
        if not isinstance(achievement, Mapping):
            yield "It does not say what was achieved."
        elif not all(achievement.get(name) for name in ("id", "type", "name", "description", "criteria")):
            yield "The achievement lacks its id, type, name, description or criteria."
        else:
            yield from _result_problems(subject, achievement)
    if "ClrCredential" in types and not as_list(subject.get("verifiableCredential")):
        yield "The transcript holds no credential."


def _result_problems(subject: Json, achievement: Json) -> Iterator[str]:
    described = {
        item["id"]: [level.get("id") for level in objects(item.get("rubricCriterionLevel"))]
        for item in objects(achievement.get("resultDescription"))
        if isinstance(item.get("id"), str)
    }
    for result in objects(subject.get("result")):
        reference, level = result.get("resultDescription"), result.get("achievedLevel")
        if reference is not None and (not isinstance(reference, str) or reference not in described):
            yield "A result points at a criterion that the achievement does not have."
        elif level is not None and isinstance(reference, str) and level not in described[reference]:
            yield "A result points at a level that its criterion does not have."
