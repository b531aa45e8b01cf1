"""Verifying a credential of anybody's: a list of checks, each with its own outcome, and one state for all.

Whatever could not be checked is `unknown`, never `failed`. Source: 1EdTech Open Badges 3.0, section 9, Verification and
Validation; W3C VC Data Integrity, section 4; W3C Bitstring Status List, section 3.2.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol

from .baking import is_image, unbake
from .canonical import checked, is_address, parse
from .contexts import VC_V1, VC_V2, Contexts
from .did import assertion_key, key_did_document
from .errors import (
    BakingError,
    CanonicalError,
    ContextError,
    DidError,
    FormatError,
    LimitError,
    ModelError,
    MultikeyError,
    OpenBadgeError,
    ProofError,
    StatusListError,
    TermError,
    UnreachableError,
)
from .model import read_timestamp
from .proof import CRYPTOSUITE, proofs_of, verify_proof
from .status_list import decode, is_set
from .template import Templates

Outcome = Literal["passed", "failed", "unknown", "not-applicable"]
VerdictState = Literal["valid", "expired", "revoked", "altered", "unknown"]
MAX_INSIDE = 200
MAX_PROOFS = 4
MAX_STATUSES = 4

_BADGE_TYPES = {"OpenBadgeCredential", "AchievementCredential"}
_KNOWN_TYPES = _BADGE_TYPES | {"ClrCredential", "EndorsementCredential"}
Json = Mapping[str, Any]


class Resolver(Protocol):
    """Whoever fetches: the caller decides from where, how long, and what is kept. Both raise UnreachableError."""

    def did(self, document_id: str) -> Json:
        """Give the document of a DID, or of another controller address."""

    def status_list(self, url: str) -> Json:
        """Give the status list credential at an address."""


@dataclass(frozen=True)
class Check:
    """One line of a report: what was looked at, how it came out, a stable code, and a sentence for people."""

    name: str
    outcome: Outcome
    code: str
    sentence: str


@dataclass(frozen=True)
class Report:
    """What is known of a credential. `inside`: reports on the credentials it contains, in their order."""

    state: VerdictState
    checks: tuple[Check, ...]
    document: dict[str, Any] | None = None
    inside: tuple[Report, ...] = field(default=(), repr=False)

    @property
    def is_valid(self) -> bool:
        return self.state == "valid"

    def check(self, name: str) -> Check:
        """Give the line of a check by its name."""
        return next(check for check in self.checks if check.name == name)


@dataclass(frozen=True)
class _Means:
    """What verifying works with."""

    resolver: Resolver
    contexts: Contexts
    now: datetime
    templates: Templates | None

    def verify_proof(self, document: Json, proof: Json, key: bytes) -> None:
        data = None if self.templates is None else self.templates.hash_data(document, proof)
        verify_proof(document, proof, public_key=key, contexts=self.contexts, data=data)


def verify(
    data: bytes | str | Json,
    *,
    resolver: Resolver,
    contexts: Contexts,
    now: datetime,
    templates: Templates | None = None,
) -> Report:
    """Verify a credential given as JSON, as a dict, or as a baked PNG or SVG.

    now: the moment to judge by, aware. templates: those of the issuer itself, which make its own documents quick. Never raises for untrusted input: everything is told in the report.
    The checks, in order: format, context, shape, proof, issuer, status, dates, contents.
    """
    try:
        if isinstance(data, bytes) and is_image(data):
            data = unbake(data)
        document = checked(parse(data) if isinstance(data, bytes | str) else data)
    except (BakingError, FormatError, LimitError) as error:
        return Report("unknown", (Check("format", "failed", error.code, str(error)),))
    return _verify_document(document, _Means(resolver, contexts, now, templates), depth=0)


def _verify_document(document: dict[str, Any], means: _Means, depth: int) -> Report:
    checks = [Check("format", "passed", "format", "The file is a credential in JSON.")]
    checks.append(_context(document, means.contexts))
    checks.append(_shape(document))
    if checks[1].outcome == "passed":
        checks += _proof_and_issuer(document, means)
    else:
        unread = "Without its contexts, the signature cannot be checked."
        checks += [Check(name, "unknown", "context-unknown", unread) for name in ("proof", "issuer")]
    if all(check.outcome == "passed" for check in checks if check.name in ("proof", "issuer")):
        checks.append(_status(document, means))
    else:  # An address in a document that nobody vouches for is not followed.
        unasked = "Without a good signature, what it says of its status means nothing."
        checks.append(Check("status", "unknown", "status-unasked", unasked))
    checks.append(_dates(document, means.now))
    inside: tuple[Report, ...] = ()
    if depth == 0:
        contents, inside = _contents(document, means)
        checks.append(contents)
    return Report(_state(checks), tuple(checks), document, inside)


def _state(checks: Sequence[Check]) -> VerdictState:
    by_name = {check.name: check for check in checks}
    if any(by_name[name].outcome == "failed" for name in ("proof", "issuer")):
        return "altered"
    if any(by_name[name].outcome != "passed" for name in ("context", "shape", "proof", "issuer")):
        return "unknown"
    if by_name["status"].outcome == "failed":
        return "revoked"
    if by_name["dates"].outcome == "failed":
        return "expired" if by_name["dates"].code == "expired" else "unknown"
    if any(check.outcome in ("failed", "unknown") for check in checks):
        return "unknown"
    return "valid"


def _context(document: Json, contexts: Contexts) -> Check:
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


def _shape(document: Json) -> Check:
    for problem in _problems(document):
        return Check("shape", "failed", "shape", problem)
    return Check("shape", "passed", "shape", "It has the parts that the standard asks for.")


def _problems(document: Json) -> Iterator[str]:
    """Name what the Open Badges standard asks for and the document lacks."""
    types = {kind for kind in _listed(document.get("type")) if isinstance(kind, str)}
    if "VerifiableCredential" not in types or not _KNOWN_TYPES & types:
        yield "It is neither an Open Badge nor an endorsement or transcript of badges."
        return
    if not _is_name(document.get("id")):
        yield "It has no address of its own (id)."
    if _issuer_id(document) is None:
        yield "It names no issuer."
    if not isinstance(document.get("validFrom", document.get("issuanceDate")), str):
        yield "It does not say from when it holds (validFrom)."
    subject = document.get("credentialSubject")
    if not isinstance(subject, Mapping):
        yield "It does not have exactly one subject."
        return
    if not _is_name(subject.get("id")) and not _listed(subject.get("identifier")):
        yield "It does not say whom it was given to."
    if _BADGE_TYPES & types:
        achievement = subject.get("achievement")
        if not isinstance(achievement, Mapping):
            yield "It does not say what was achieved."
        elif not all(achievement.get(name) for name in ("id", "type", "name", "description", "criteria")):
            yield "The achievement lacks its id, type, name, description or criteria."
        else:
            yield from _result_problems(subject, achievement)
    if "ClrCredential" in types and not _listed(subject.get("verifiableCredential")):
        yield "The transcript holds no credential."


def _result_problems(subject: Json, achievement: Json) -> Iterator[str]:
    described = {
        item["id"]: [level.get("id") for level in _objects(item.get("rubricCriterionLevel"))]
        for item in _objects(achievement.get("resultDescription"))
        if isinstance(item.get("id"), str)
    }
    for result in _objects(subject.get("result")):
        reference, level = result.get("resultDescription"), result.get("achievedLevel")
        if reference is not None and (not isinstance(reference, str) or reference not in described):
            yield "A result points at a criterion that the achievement does not have."
        elif level is not None and isinstance(reference, str) and level not in described[reference]:
            yield "A result points at a level that its criterion does not have."


def _proof_and_issuer(document: Json, means: _Means) -> list[Check]:
    try:
        proofs = [proof for proof in proofs_of(document) if proof.get("cryptosuite") == CRYPTOSUITE]
    except ProofError as error:
        return [
            Check("proof", "failed", error.code, "It carries no signature, so nothing shows who wrote it."),
            Check("issuer", "unknown", error.code, "Without a signature, the issuer cannot be told."),
        ]
    if not proofs:
        return [
            Check("proof", "unknown", "proof-unsupported", "Its kind of signature cannot be checked here."),
            Check("issuer", "unknown", "proof-unsupported", "Its kind of signature cannot be checked here."),
        ]
    answers = [_one_proof(document, proof, means) for proof in proofs[:MAX_PROOFS]]
    answers.sort(key=lambda pair: [check.outcome == "passed" for check in pair], reverse=True)
    return list(answers[0])


def _one_proof(document: Json, proof: Json, means: _Means) -> tuple[Check, Check]:
    """Check one proof: the signature, and whether its key is the issuer's to sign with."""
    method = proof.get("verificationMethod")
    issuer = _issuer_id(document)
    if not isinstance(method, str) or not is_address(method) or "#" not in method:
        broken = "The signature does not say which key made it."
        return Check("proof", "failed", "proof-malformed", broken), Check(
            "issuer", "unknown", "proof-malformed", broken
        )
    controller = method.partition("#")[0]
    try:
        published = (
            key_did_document(controller) if controller.startswith("did:key:") else means.resolver.did(controller)
        )
        published = checked(published)
        if published.get("id") != controller:
            raise DidError("The key's document is not about the address that it was fetched from.", code="did-mismatch")
        every = [*_listed(published.get("verificationMethod")), *_listed(published.get("assertionMethod"))]
        key = assertion_key({**published, "assertionMethod": every}, method)
    except UnreachableError as error:
        sentence = "The issuer's keys could not be fetched, so the signature could not be checked."
        return Check("proof", "unknown", error.code, sentence), Check("issuer", "unknown", error.code, sentence)
    except (DidError, MultikeyError, FormatError, LimitError) as error:
        return (
            Check("proof", "unknown", error.code, "The key of the signature was not found where it should be."),
            Check("issuer", "failed", error.code, str(error)),
        )
    return (
        _signature(document, proof, key, means),
        _binding(published, method, controller, issuer),
    )


def _signature(document: Json, proof: Json, key: bytes, means: _Means) -> Check:
    if proof.get("proofPurpose") != "assertionMethod":
        return Check("proof", "failed", "proof-purpose", "The signature was made for another purpose.")
    try:
        means.verify_proof(document, proof, key)
        if "expires" in proof and read_timestamp(proof["expires"], "proof.expires") <= means.now:
            return Check("proof", "failed", "proof-expired", "The signature was good until a time that has passed.")
    except ProofError as error:
        if error.code == "proof-mismatch":
            return Check("proof", "failed", error.code, "Something was changed after it was signed.")
        return Check("proof", "failed", error.code, str(error))
    except TermError as error:
        return Check("proof", "failed", error.code, f"It holds something that no signature covers. {error}")
    except ContextError as error:
        return Check("proof", "unknown", error.code, str(error))
    except (CanonicalError, FormatError, LimitError, ModelError) as error:
        return Check("proof", "failed", error.code, str(error))
    return Check("proof", "passed", "proof", "It is exactly as it was signed.")


def _binding(published: Json, method: str, controller: str, issuer: str | None) -> Check:
    if issuer != controller:
        return Check("issuer", "failed", "issuer-mismatch", "It was signed by somebody else than the issuer it names.")
    try:
        assertion_key(published, method)
    except (DidError, MultikeyError) as error:
        return Check("issuer", "failed", error.code, str(error))
    return Check("issuer", "passed", "issuer", "The key belongs to the issuer named in it.")


def _status(document: Json, means: _Means) -> Check:
    entries = _listed(document.get("credentialStatus"))
    if not entries:
        return Check("status", "not-applicable", "status-none", "The issuer did not say where a revocation would show.")
    if len(entries) > MAX_STATUSES:
        return Check("status", "unknown", "status-many", "It names more status lists than are looked at here.")
    answers = [_one_status(entry, document, means) for entry in entries]
    order = ("failed", "unknown", "passed")
    return min(answers, key=lambda check: order.index(check.outcome))


def _one_status(entry: object, document: Json, means: _Means) -> Check:
    if not isinstance(entry, Mapping) or entry.get("type") not in (
        "BitstringStatusListEntry",
        ["BitstringStatusListEntry"],
    ):
        return Check("status", "unknown", "status-unsupported", "Its kind of status cannot be checked here.")
    url, purpose, index = (entry.get(name) for name in ("statusListCredential", "statusPurpose", "statusListIndex"))
    if not isinstance(url, str) or not is_address(url) or not isinstance(index, str) or not _is_index(index):
        return Check("status", "unknown", "status-malformed", "Its place in the status list is malformed.")
    if purpose not in ("revocation", "suspension"):
        return Check("status", "passed", "status", "The issuer keeps a note on it that does not touch its validity.")
    try:
        listed = checked(means.resolver.status_list(url))
        bits = _trusted_bits(listed, url, str(purpose), _issuer_id(document), means)
        held = is_set(bits, int(index))
    except UnreachableError as error:
        return Check("status", "unknown", error.code, "The issuer's status list could not be fetched.")
    except OpenBadgeError as error:
        return Check("status", "unknown", error.code, str(error))
    if held and purpose == "revocation":
        return Check("status", "failed", "revoked", "The issuer has revoked it.")
    if held:
        return Check("status", "failed", "suspended", "The issuer has suspended it for now.")
    return Check("status", "passed", "status", "The issuer has not revoked it.")


def _trusted_bits(
    listed: dict[str, Any],
    url: str,
    purpose: str,
    issuer: str | None,
    means: _Means,
) -> bytes:
    """Give the bits of a status list that is about this address and purpose, signed by the same issuer, and in date."""
    subject = listed.get("credentialSubject")
    if "BitstringStatusListCredential" not in _listed(listed.get("type")) or not isinstance(subject, Mapping):
        raise StatusListError("What was fetched is not a status list.", code="status-list-format")
    if listed.get("id", url) != url:
        raise StatusListError("The status list is about another address.", code="status-list-address")
    if _issuer_id(listed) != issuer:
        raise StatusListError("The status list is by another issuer.", code="status-list-issuer")
    if purpose not in _listed(subject.get("statusPurpose")):
        raise StatusListError("The status list is about something else than revocation.", code="status-list-purpose")
    if _context(listed, means.contexts).outcome != "passed":
        raise StatusListError("The status list uses vocabularies that are not known here.", code="status-list-context")
    proof, key = _proof_and_issuer(listed, means)
    for check in (proof, key):
        if check.outcome != "passed":
            raise StatusListError(f"The status list cannot be trusted. {check.sentence}", code="status-list-proof")
    dates = _dates(listed, means.now)
    if dates.outcome == "failed":
        raise StatusListError(
            "The status list is out of date; its issuer should publish a new one.", code="status-list-stale"
        )
    return decode(subject.get("encodedList"))


def _dates(document: Json, now: datetime) -> Check:
    begins = document.get("validFrom", document.get("issuanceDate"))
    ends = document.get("validUntil", document.get("expirationDate"))
    try:
        start = None if begins is None else read_timestamp(begins, "validFrom")
        end = None if ends is None else read_timestamp(ends, "validUntil")
    except ModelError as error:
        return Check("dates", "unknown", "dates-malformed", f"Its dates cannot be read. {error}")
    if start is not None and start > now:
        return Check("dates", "failed", "not-yet-valid", f"It holds only from {start:%-d %B %Y} on.")
    if end is not None and end <= now:
        return Check("dates", "failed", "expired", f"It expired on {end:%-d %B %Y}.")
    if end is not None:
        return Check("dates", "passed", "dates", f"It holds until {end:%-d %B %Y}.")
    return Check("dates", "passed", "dates", "It has no end date.")


def _contents(document: Json, means: _Means) -> tuple[Check, tuple[Report, ...]]:
    """Verify the credentials inside a transcript, and the endorsements of a badge."""
    subject = document.get("credentialSubject")
    members = _listed(subject.get("verifiableCredential")) if isinstance(subject, Mapping) else []
    members = [*members, *_listed(document.get("endorsement"))]
    if not members:
        return Check("contents", "not-applicable", "contents-none", "It holds no other credentials."), ()
    if len(members) > MAX_INSIDE:
        return Check("contents", "unknown", "contents-many", "It holds more credentials than are looked at here."), ()
    reports = tuple(
        _verify_document(member, means, depth=1)
        if isinstance(member, dict)
        else Report("unknown", (Check("format", "failed", "format", "This is not a credential."),))
        for member in members
    )
    good = sum(report.is_valid for report in reports)
    if good == len(reports):
        return Check("contents", "passed", "contents", f"All {good} credentials in it are valid."), reports
    outcome: Outcome = (
        "failed" if any(report.state != "unknown" and not report.is_valid for report in reports) else "unknown"
    )
    sentence = f"{good} of the {len(reports)} credentials in it are valid; see the others one by one."
    return Check("contents", outcome, "contents-mixed", sentence), reports


def _issuer_id(document: Json) -> str | None:
    issuer = document.get("issuer")
    identity = issuer.get("id") if isinstance(issuer, Mapping) else issuer
    return identity if isinstance(identity, str) and is_address(identity) else None


def _is_name(value: object) -> bool:
    """Tell an address from the label of a blank node, which no signature covers."""
    return is_address(value) and not str(value).startswith("_:")


def _is_index(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 12


def _listed(value: object) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _objects(value: object) -> list[Json]:
    return [item for item in _listed(value) if isinstance(item, Mapping)]
