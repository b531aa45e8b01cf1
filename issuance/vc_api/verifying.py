"""Verifying credentials and presentations of any kind, by the algorithms of the data model and of Data Integrity.

The file check asks whether something is a good Open Badge; this asks only whether it is what its issuer signed, in form, in
date and not revoked. Keys, signatures and status lists are the core's to judge. Whatever could not be checked is told as
such, and is not verified. Source: W3C VC Data Model 2.0, section 7.1; W3C Data Integrity 1.0, sections 4.4 and 4.5.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from issuance import openbadges as ob
from issuance.vc_api import data_model
from issuance.vc_api.data_model import id_of, many, types_of

Json = Mapping[str, Any]
MAX_PROOFS, MAX_STATUSES, MAX_STATUS_BITS, MAX_CREDENTIALS = 4, 4, 8, 50
WORK_SECONDS = 5.0  # of the processor, after which no further proof is begun; one costs two seconds at the very worst
SUITES = ("eddsa-rdfc-2022", "eddsa-jcs-2022")
ENVELOPED = "EnvelopedVerifiableCredential"
ENVELOPED_PRESENTATION = "EnvelopedVerifiablePresentation"


@dataclass(frozen=True)
class Asked:
    """What the caller expects. checks: what it wants to know; None for all there is."""

    purposes: tuple[str, ...] = ("assertionMethod",)
    domain: frozenset[str] = frozenset()
    challenge: str | None = None
    checks: frozenset[str] | None = None

    @property
    def wants_status(self) -> bool:
        return self.checks is None or bool(self.checks & {"credentialStatus", "status"})


@dataclass
class Means:
    """What one verification works with. is_withdrawn: whether a did:key is known to be in other hands."""

    resolver: ob.Resolver
    contexts: ob.Contexts
    now: datetime
    is_withdrawn: Callable[[str], bool] = lambda _did: False
    kept: dict[str, dict[str, Any] | ob.OpenBadgeError] = field(default_factory=dict)
    until: float = field(default_factory=lambda: time.thread_time() + WORK_SECONDS)

    def controller(self, address: str) -> dict[str, Any]:
        """The document of whoever controls a key, asked for once. Raises ob.OpenBadgeError."""
        if address not in self.kept:
            try:
                self.kept[address] = self._controller(address)
            except ob.OpenBadgeError as error:
                self.kept[address] = error
        found = self.kept[address]
        if isinstance(found, ob.OpenBadgeError):
            raise found
        return found

    def _controller(self, address: str) -> dict[str, Any]:
        if address.startswith("did:key:"):
            if self.is_withdrawn(address):
                raise ob.DidError("The issuer has withdrawn this key.", code="key-not-allowed")
            return ob.key_did_document(address)
        if address.startswith("did:"):
            return _read(self.resolver.did(address))
        if address.startswith(("https://", "http://")):
            return _read(self.resolver.document(address))
        raise ob.DidError("The address is not one that can be asked.", code="address-unsupported")


def _read(fetched: Json | str | bytes) -> dict[str, Any]:
    return ob.parse(fetched) if isinstance(fetched, str | bytes) else dict(fetched)


@dataclass(frozen=True)
class Verification:
    """What is known of a credential or presentation. credentials: of those in a presentation, in their order."""

    checks: tuple[ob.Check, ...]
    asked: Asked = Asked()
    credentials: tuple["Verification", ...] = ()

    @property
    def errors(self) -> tuple[ob.Check, ...]:
        """The lines for which it is not verified."""
        return tuple(check for check in self.checks if check not in self.warnings and check.outcome in _BAD)

    @property
    def warnings(self) -> tuple[ob.Check, ...]:
        """What could not be told and was not asked for."""
        unasked = () if self.asked.wants_status else ("status",)
        return tuple(
            check for check in self.checks if check.outcome == "unknown" and check.name in (*unasked, "proof-other")
        )

    @property
    def is_verified(self) -> bool:
        return not self.errors and all(credential.is_verified for credential in self.credentials)


_BAD = ("failed", "unknown")
#: What the file check asks of a badge in a token; the status is asked here by the rules of this API.
_BADGES_ONLY = ("shape", "status", "contents", "endorsements")


def verify_credential(document: Json, *, asked: Asked, means: Means) -> Verification:
    """Verify a credential, by its proofs or in its envelope. Never raises for what is in it."""
    if ENVELOPED in types_of(document):
        return _enveloped(document, asked, means)
    checks = _form(document, means, data_model.credential_problems(document, with_first_edition=True))
    if not checks:
        checks = [_PASSED_FORM]
        proofs, controllers = _proofs(document, asked, means)
        checks += proofs
        if controllers:
            checks.append(_issuer(id_of(document.get("issuer")), controllers))
        checks.append(_dates(document, means.now))
        if all(check.outcome not in _BAD or check.name == "proof-other" for check in checks):
            checks.append(_status(document, means))
    return Verification(tuple(checks), asked)


def verify_presentation(document: Json, *, asked: Asked, means: Means, is_signed: bool) -> Verification:
    """Verify a presentation and each credential in it. Never raises for what is in it.

    is_signed: whether it must carry a proof; without one nothing shows who presents it. A credential without a proof is
    taken only as the holder's own word: its issuer, the holder and whoever signed the presentation are one.
    Source: section 5.10 of the data model, Verifiable Presentations, Presentations Including Holder Claims.
    """
    if ENVELOPED_PRESENTATION in types_of(document):
        return _enveloped_presentation(document, asked, means)
    if checks := _presentation_form(document, means):
        return Verification(tuple(checks), asked)
    checks = [_PASSED_FORM]
    holder = id_of(document.get("holder"))
    controllers: list[str] = []
    if is_signed:
        proofs, controllers = _proofs(document, asked, means)
        checks += proofs
        if controllers and holder is not None and holder not in controllers:
            sentence = "The holder that it names is not who signed it."
            checks.append(ob.Check("holder", "failed", "holder-mismatch", sentence))
    return _with_credentials(document, checks, holder if holder in controllers else None, asked, means)


def _presentation_form(document: Json, means: Means) -> list[ob.Check]:
    checks = _form(document, means, data_model.presentation_problems(document))
    if len(many(document.get("verifiableCredential", []))) > MAX_CREDENTIALS:
        sentence = f"It holds more than {MAX_CREDENTIALS} credentials, more than are looked at here."
        checks.append(ob.Check("form", "failed", "credentials-many", sentence))
    return checks


def _with_credentials(
    document: Json, checks: list[ob.Check], holder: str | None, asked: Asked, means: Means
) -> Verification:
    """The verification of a presentation, and of each credential in it. holder: who signed it, when that is its holder."""
    inner = Asked(checks=asked.checks)
    credentials = many(document.get("verifiableCredential", []))
    return Verification(
        tuple(checks), asked, tuple(_presented(credential, holder, inner, means) for credential in credentials)
    )


def _enveloped_presentation(document: Json, asked: Asked, means: Means) -> Verification:
    """Verify a presentation in a signed token: its signature, for whom and how long it was made, and what is in it."""
    if checks := _form(document, means, _envelope_problems(document, "application/vp+jwt")):
        return Verification(tuple(checks), asked)
    token = str(document["id"]).partition(",")[2]
    try:
        found = ob.open_presentation(token, resolver=means.resolver, contexts=means.contexts, now=means.now)
    except ob.OpenBadgeError as error:
        return Verification((ob.Check("format", "failed", error.code, str(error)),), asked)
    held = many(found.document.get("verifiableCredential", []))
    inside = {**found.document, "verifiableCredential": [item for one in held for item in many(one)]}
    if checks := _presentation_form(inside, means):
        return Verification(tuple(checks), asked)
    checks = [_PASSED_FORM, *found.checks]
    if (refused := _unasked_token(found.claims, asked, means.now)) is not None:
        checks.append(refused)
    return _with_credentials(inside, checks, found.holder, asked, means)


def _unasked_token(claims: Json, asked: Asked, now: datetime) -> ob.Check | None:
    """Tell of a token that was made for something else than what is asked for, or for another time."""
    if not asked.domain <= {str(item) for item in many(claims.get("aud", []))}:
        return ob.Check("proof", "failed", "proof-domain", "The token was made for another domain.")
    if asked.challenge is not None and claims.get("nonce") != asked.challenge:
        return ob.Check("proof", "failed", "proof-challenge", "The token does not answer the challenge.")
    for name in ("nbf", "exp"):
        moment = claims.get(name)
        if moment is None:
            continue
        if not isinstance(moment, int | float) or isinstance(moment, bool):
            return ob.Check("dates", "failed", "date-no-stamp", f"The {name} of the token is a number of seconds.")
        if name == "nbf" and moment > now.timestamp():
            return ob.Check("dates", "failed", "not-yet-valid", "The token does not hold yet.")
        if name == "exp" and moment <= now.timestamp():
            return ob.Check("dates", "failed", "expired", "The token was good until a time that has passed.")
    return None


def _envelope_problems(document: Json, kind: str) -> list[data_model.Problem]:
    problems = []
    if data_model.VC_V2 not in many(document.get("@context", [])):
        problems.append(data_model.Problem("context-missing", "@context", "An envelope has the base context."))
    if not str(document.get("id", "")).startswith((f"data:{kind},", "data:application/jwt,")):
        sentence = f"The id of an envelope is a data: URL with a signed token ({kind})."
        problems.append(data_model.Problem("envelope-id", "id", sentence))
    return problems


def _presented(credential: Json, holder: str | None, asked: Asked, means: Means) -> Verification:
    if "proof" in credential or ENVELOPED in types_of(credential):
        return verify_credential(credential, asked=asked, means=means)
    checks = _form(credential, means, data_model.credential_problems(credential))
    issuer = id_of(credential.get("issuer"))
    if holder is None:
        sentence = "It has no proof of its own, and the presentation does not say whose word it is (holder)."
        checks.append(ob.Check("proof", "failed", "proof-missing", sentence))
    elif issuer != holder:
        sentence = "It has no proof of its own, and its issuer is not the holder of the presentation."
        checks.append(ob.Check("issuer", "failed", "issuer-mismatch", sentence))
    checks.append(_dates(credential, means.now))
    return Verification(tuple(checks), asked)


def _form(document: Json, means: Means, problems: list[data_model.Problem]) -> list[ob.Check]:
    """Name what is wrong with the form, before anything is asked of anybody."""
    checks = [
        ob.Check("form", "failed", problem.rule, f"{problem.where or 'document'}: {problem.sentence}")
        for problem in problems
    ]
    for context in many(document.get("@context", [])):
        if isinstance(context, str) and context not in means.contexts:
            sentence = f"The context {context[:200]} is not known here."
            checks.append(ob.Check("form", "failed", "context-unknown", sentence))
    return checks


def _proofs(document: Json, asked: Asked, means: Means) -> tuple[list[ob.Check], list[str]]:
    """Check each proof; also who controls the keys of the good ones. All that can be read must be good."""
    if "proof" not in document or document["proof"] == []:
        sentence = "It carries no proof, so nothing shows who wrote it."
        return [ob.Check("proof", "failed", "proof-missing", sentence)], []
    proofs = many(document["proof"])
    if len(proofs) > MAX_PROOFS:
        sentence = f"It carries more than {MAX_PROOFS} proofs, more than are looked at here."
        return [ob.Check("proof", "failed", "proof-many", sentence)], []
    answers = [_proof(document, proof, f"proof[{number}]", asked, means) for number, proof in enumerate(proofs)]
    controllers = [controller for _check, controller in answers if controller is not None]
    checks = _in_chain(proofs, [check for check, _controller in answers])
    if controllers:  # beside a good proof, one of a kind that is not read here is a note
        checks = [
            ob.Check("proof-other", "unknown", check.code, check.sentence)
            if check.code == "proof-unsupported"
            else check
            for check in checks
        ]
    return checks, controllers


def _in_chain(proofs: list[Any], checks: list[ob.Check]) -> list[ob.Check]:
    """Take a good proof that builds on others for no better than they are."""
    named = [proof if isinstance(proof, Mapping) else {} for proof in proofs]
    outcomes = {str(proof.get("id")): check.outcome for proof, check in zip(named, checks, strict=True)}
    untold = ob.Check("proof", "unknown", "proof-previous", "It builds on a proof that cannot be checked here.")
    return [
        untold
        if check.outcome == "passed" and any(outcomes.get(str(name)) != "passed" for name in ob.names_before(proof))
        else check
        for proof, check in zip(named, checks, strict=True)
    ]


def _proof(document: Json, proof: Any, where: str, asked: Asked, means: Means) -> tuple[ob.Check, str | None]:
    """Check one proof; also who controls its key, when it is good."""
    if _is_other_kind(proof):
        return ob.Check("proof", "unknown", "proof-unsupported", "Its kind of proof cannot be checked here."), None
    if problems := data_model.proof_problems(proof, where):
        first = problems[0]
        return ob.Check("proof", "failed", first.rule, f"{first.where}: {first.sentence}"), None
    if (refused := _unasked(proof, asked, means.now)) is not None:
        return refused, None
    if time.thread_time() > means.until:
        return ob.Check("proof", "unknown", "proof-costly", "There is more to check in it than is done at once."), None
    method, purpose = proof["verificationMethod"], proof["proofPurpose"]
    try:
        controller = means.controller(method.partition("#")[0])
        key = ob.assertion_key(_for_purpose(controller, purpose), method)
        ob.verify_proof(document, proof, public_key=key, contexts=means.contexts)
    except ob.UnreachableError as error:
        return ob.Check("proof", "unknown", error.code, f"The key could not be fetched. {error}"), None
    except ob.OpenBadgeError as error:
        return ob.Check("proof", "failed", error.code, str(error)), None
    good = ob.Check("proof", "passed", "proof", "It is exactly as it was signed.")
    return good, str(controller.get("id"))


def _is_other_kind(proof: Any) -> bool:
    """Tell a Data Integrity proof of a cryptosuite that is not read here."""
    if not isinstance(proof, Mapping) or proof.get("type") != "DataIntegrityProof" or not proof.get("cryptosuite"):
        return False
    return proof["cryptosuite"] not in SUITES


def _for_purpose(controller: Json, purpose: str) -> Json:
    """Give a controller's document with the keys of a purpose where the core looks for those that sign assertions."""
    if purpose == "assertionMethod" or str(controller.get("id")).startswith("did:key:"):
        return controller
    return {**controller, "assertionMethod": controller.get(purpose)}


def _unasked(proof: Json, asked: Asked, now: datetime) -> ob.Check | None:
    """Tell of a proof that was made for something else than what is asked for."""
    if proof["proofPurpose"] not in asked.purposes:
        sentence = f"The proof was made for another purpose than {asked.purposes[0]}."
        return ob.Check("proof", "failed", "proof-purpose", sentence)
    if not asked.domain <= set(many(proof.get("domain", []))):
        return ob.Check("proof", "failed", "proof-domain", "The proof was made for another domain.")
    if asked.challenge is not None and proof.get("challenge") != asked.challenge:
        return ob.Check("proof", "failed", "proof-challenge", "The proof does not answer the challenge.")
    expires = data_model.moment(proof.get("expires"))
    if expires is not None and expires <= now:
        return ob.Check("proof", "failed", "proof-expired", "The proof was good until a time that has passed.")
    return None


def _issuer(issuer: str | None, controllers: list[str]) -> ob.Check:
    if issuer in controllers:
        return ob.Check("issuer", "passed", "issuer", "The key belongs to the issuer that it names.")
    return ob.Check("issuer", "failed", "issuer-mismatch", "It was not signed with a key of the issuer that it names.")


def _dates(document: Json, now: datetime) -> ob.Check:
    start = data_model.moment(document.get("validFrom", document.get("issuanceDate")))
    until = data_model.moment(document.get("validUntil", document.get("expirationDate")))
    if start is not None and start > now:
        return ob.Check("dates", "failed", "not-yet-valid", f"It holds only from {ob.instant(start)} on.")
    if until is not None and until <= now:
        return ob.Check("dates", "failed", "expired", f"It expired on {ob.instant(until)}.")
    return ob.Check("dates", "passed", "dates", "It holds at this time.")


def _enveloped(document: Json, asked: Asked, means: Means) -> Verification:
    """Verify a credential in a signed token, which the core reads, and the form of what is in it."""
    if checks := _form(document, means, _envelope_problems(document, "application/vc+jwt")):
        return Verification(tuple(checks), asked)
    report = ob.verify(dict(document), resolver=means.resolver, contexts=means.contexts, now=means.now)
    lines = [check for check in report.checks if check.name not in _BADGES_ONLY]
    if report.document is None:
        return Verification(tuple(lines), asked)
    inside = report.document
    lines += _form(inside, means, data_model.credential_problems(inside, with_first_edition=True))
    issuer = id_of(inside.get("issuer")) or ""
    if issuer.startswith("did:key:") and means.is_withdrawn(issuer):
        lines.append(ob.Check("issuer", "failed", "key-not-allowed", "The issuer has withdrawn this key."))
    if all(check.outcome not in _BAD for check in lines):
        lines.append(_status(inside, means))
    return Verification(tuple(lines), asked)


def _status(document: Json, means: Means) -> ob.Check:
    """Tell whether a credential is revoked or suspended, by each status entry that it has; the worst answer counts."""
    entries = many(document.get("credentialStatus", []))
    if not entries:
        return ob.Check("status", "not-applicable", "status-none", "It does not say where a revocation would show.")
    if len(entries) > MAX_STATUSES:
        return ob.Check("status", "unknown", "status-many", "It names more status lists than are looked at here.")
    answers = [_one_status(entry, document, means) for entry in entries]
    order = ("failed", "unknown", "passed")
    return min(answers, key=lambda check: order.index(check.outcome))


def _one_status(entry: Json, document: Json, means: Means) -> ob.Check:
    if "BitstringStatusListEntry" not in types_of(entry):
        return ob.Check("status", "unknown", "status-unsupported", "Its kind of status cannot be checked here.")
    purpose, size = str(entry["statusPurpose"]), int(entry.get("statusSize", 1))
    if purpose not in ("revocation", "suspension"):
        note = "The issuer keeps a note on it that does not touch its validity."
        return ob.Check("status", "passed", "status-note", note)
    if size > MAX_STATUS_BITS or len(entry["statusListIndex"]) > 12:
        return ob.Check("status", "unknown", "status-list-range", "The position lies outside of any status list.")
    first = int(entry["statusListIndex"]) * size
    try:
        bits = _trusted_bits(str(entry["statusListCredential"]), purpose, id_of(document.get("issuer")), means)
        is_set = any(ob.is_set(bits, position) for position in range(first, first + size))
    except ob.UnreachableError as error:
        return ob.Check("status", "unknown", error.code, f"The status list could not be fetched. {error}")
    except ob.OpenBadgeError as error:
        return ob.Check("status", "unknown", error.code, str(error))
    if not is_set:
        return ob.Check("status", "passed", "status", "The issuer has not revoked it.")
    if purpose == "revocation":
        return ob.Check("status", "failed", "revoked", "The issuer has revoked it.")
    return ob.Check("status", "failed", "suspended", "The issuer has suspended it for now.")


def _trusted_bits(url: str, purpose: str, issuer: str | None, means: Means) -> bytes:
    """The bits of a status list that is about this address and purpose, signed by the same party, and in date."""
    report = ob.verify(means.resolver.status_list(url), resolver=means.resolver, contexts=means.contexts, now=means.now)
    listed = report.document or {}
    subject = listed.get("credentialSubject")
    if "BitstringStatusListCredential" not in types_of(listed) or not isinstance(subject, Mapping):
        raise ob.StatusListError("What was fetched is not a status list.", code="status-list-format")
    if listed.get("id", url) != url:
        raise ob.StatusListError("The status list is about another address.", code="status-list-address")
    if purpose not in many(subject.get("statusPurpose")):
        raise ob.StatusListError(f"The status list is about something else than {purpose}.", code="status-list-purpose")
    for check in report.checks:
        if check.name in ("format", "context", "proof", "issuer", "dates") and check.outcome != "passed":
            raise ob.StatusListError(f"The status list cannot be trusted. {check.sentence}", code="status-list-proof")
    if not _is_same_party(issuer, id_of(listed.get("issuer")), means):
        raise ob.StatusListError("The status list is by another issuer.", code="status-list-issuer")
    return ob.decode(subject.get("encodedList"))


def _is_same_party(issuer: str | None, keeper: str | None, means: Means) -> bool:
    """Tell whether the keeper of a status list is the issuer, or publishes the issuer's did:key among its own keys."""
    if issuer is None or keeper is None or issuer == keeper:
        return issuer == keeper and issuer is not None
    if not issuer.startswith("did:key:"):
        return False
    try:
        key = ob.from_multikey(issuer.removeprefix("did:key:"))
        document = means.controller(keeper)
        methods = [item.get("id") for item in many(document.get("verificationMethod", [])) if isinstance(item, Mapping)]
    except ob.OpenBadgeError:
        return False
    return any(_publishes(document, str(method), key) for method in methods)


def _publishes(document: Json, method: str, key: bytes) -> bool:
    try:
        return ob.assertion_key(document, method) == key
    except ob.OpenBadgeError:
        return False


_PASSED_FORM = ob.Check("form", "passed", "form", "It has the form that the data model asks for.")
