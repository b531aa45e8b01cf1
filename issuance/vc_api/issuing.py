"""Issuing a credential that a trusted system brings: checked by every rule, given a status, signed, and stored; revoking it.

Nothing that was signed is lost: it is stored before it is answered. Its place in a status list is reserved first, as those of
badges are; a process that dies in between leaves that place unused.
"""

import contextlib
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from config.errors import Conflict, RegistryError
from credentials.models import Organization
from issuance import core
from issuance import openbadges as ob
from issuance.models import ApiToken, IssuedCredential, KeyPurpose, StatusEntry, StatusList
from issuance.services import keys, status
from issuance.services.signing import process_name
from issuance.vc_api import contexts, data_model
from issuance.vc_api.problems import Refused, refused
from issuance.verification import Registry
from issuance.workflow import KeyState

SUITES: tuple[ob.Suite, ...] = ("eddsa-rdfc-2022", "eddsa-jcs-2022")
DATA_INTEGRITY_V2 = "https://w3id.org/security/data-integrity/v2"
OPTIONS = {"cryptosuite", "didMethod", "credentialId", "envelope"}
#: Kinds that the core knows; it must find in them what their standard asks for.
BADGE_TYPES = {"OpenBadgeCredential", "AchievementCredential", "EndorsementCredential", "ClrCredential"}

TRIAL: dict[str, Any] = {
    "slug": "conformance",
    "name": "Conformance trial",
    "did_path": "orgs:conformance",
    "country": "US",
    "is_issuer": True,
}


class NotIssued(RegistryError):
    code = "not-found"
    http_status = 404


@dataclass(frozen=True)
class Wanted:
    """How a credential is to be signed. did_method: "web" or "key"; None takes what its issuer is written as.

    is_enveloped: in a signed token (VC-JWT) instead of with proofs in it.
    """

    suites: tuple[ob.Suite, ...] = SUITES[:1]
    did_method: str | None = None
    credential_id: str = ""
    is_enveloped: bool = False


def issue(
    *, document: Mapping[str, Any], wanted: Wanted, organization: Organization, token: ApiToken | None, at: datetime
) -> tuple[IssuedCredential, dict[str, Any]]:
    """Sign a credential for an organization; answers the row and the signed credential.

    token: who brought it; None in a conformance run, where an issuer that is not the organization is replaced by it.
    Raises Refused, which names each broken rule, and KeyUnavailable.
    """
    signer = keys.badge_signer(organization)
    key_did = ob.key_did(signer.public_key)
    ready, did = _addressed(dict(document), organization, key_did, wanted)
    if did == key_did:
        signer = replace(signer, verification_method=f"{did}#{did.removeprefix('did:key:')}")
    _require_sound(ready)
    status_list: StatusList | None = None
    index: int | None = None
    if "credentialStatus" not in ready and not data_model.is_first_edition(ready):
        status_list, (index,) = status.reserve(organization=organization, count=1, at=at)
        ready["credentialStatus"] = ob.StatusEntryRef(list_url=status.list_url(status_list), index=index).to_dict()
    signed = _enveloped(ready, signer) if wanted.is_enveloped else _signed(ready, signer, wanted.suites, at)
    _require_good_badge(signed, data_model.types_of(ready), at)
    content = ob.to_bytes(signed)
    row = IssuedCredential.objects.create(
        organization=organization,
        token=token,
        credential_id=wanted.credential_id or str(ready.get("id", "")),
        bytes=content,
        sha256=hashlib.sha256(content).hexdigest(),
        key=signer.key,
        list=status_list,
        index=index,
        issued_at=at,
        issued_by_process=process_name(),
    )
    return row, signed


@transaction.atomic
def revoke(*, organization: Organization, credential_id: str, at: datetime) -> int:
    """Revoke what was issued for an organization under an id; answers how many credentials that newly ends.

    What is revoked stays so, and asking again is no error. Raises NotIssued, and Refused when the id's credentials brought
    a status of their own, which is kept elsewhere.
    """
    rows = list(
        IssuedCredential.objects.select_for_update(of=("self",))
        .filter(organization=organization, credential_id=credential_id)
        .order_by("pk")
    )
    if not credential_id or not rows:
        raise NotIssued(_("No credential was issued for this organization under this id."))
    kept = [row for row in rows if row.list_id is not None]
    if not kept:
        raise refused("form", "status-elsewhere", "credentialId: The status of this credential is not kept here.")
    due = [row for row in kept if row.revoked_at is None]
    places = [
        StatusEntry(list_id=row.list_id, index=row.index)
        for row in due
        if row.list_id is not None and row.index is not None
    ]
    status.set_bits(entries=places, at=at)
    return IssuedCredential.objects.filter(pk__in=[row.pk for row in due]).update(revoked_at=at)


def read_options(options: Mapping[str, Any]) -> Wanted:
    """What the options of a request ask for. Raises Refused for one that cannot be carried out."""
    if not settings.VC_API_CONFORMANCE and (unknown := set(options) - OPTIONS):
        names = ", ".join(sorted(OPTIONS))
        raise refused("form", "option-unknown", f"There is no option {sorted(unknown)[0][:40]!r}; there are {names}.")
    asked = options.get("cryptosuite", SUITES[0])
    suites = tuple(asked) if isinstance(asked, list) else (asked,)
    if not suites or len(set(map(str, suites))) != len(suites) or any(suite not in SUITES for suite in suites):
        sentence = f"The option cryptosuite is one of {', '.join(SUITES)}, or a list of both."
        raise refused("form", "option-cryptosuite", sentence)
    did_method, credential_id = options.get("didMethod"), options.get("credentialId", "")
    if did_method not in (None, "web", "key"):
        raise refused("form", "option-did-method", "The option didMethod is web or key.")
    if not isinstance(credential_id, str) or len(credential_id) > 2000:
        raise refused("form", "option-credential-id", "The option credentialId is text of at most 2,000 characters.")
    if not isinstance(is_enveloped := options.get("envelope", False), bool):
        raise refused("form", "option-envelope", "The option envelope is true or false.")
    return Wanted(suites, did_method, credential_id, is_enveloped)


def trial_organization(*, at: datetime) -> Organization:
    """Who issues in a conformance run: the first organization that has a key, or one that is made for the trial."""
    ready = Organization.objects.filter(
        is_issuer=True, signing_keys__purpose=KeyPurpose.BADGE, signing_keys__state=KeyState.ACTIVE
    )
    if (organization := ready.order_by("pk").first()) is not None:
        return organization
    made, _is_new = Organization.objects.get_or_create(slug=TRIAL["slug"], defaults=TRIAL)
    with contextlib.suppress(Conflict):  # another request was quicker
        keys.create_key(organization=made, purpose=KeyPurpose.BADGE, at=at)
    return made


def _addressed(
    document: dict[str, Any], organization: Organization, key_did: str, wanted: Wanted
) -> tuple[dict[str, Any], str]:
    """The credential with its issuer, and the DID that signs it. Raises Refused when it names somebody else."""
    if "proof" in document:
        raise refused("form", "proof-present", "proof: A credential that is to be signed has no proof yet.")
    if data_model.is_first_edition(document) and not settings.VC_API_CONFORMANCE:
        sentence = f"@context[0]: The first context is {data_model.VC_V2}; older credentials are only verified here."
        raise refused("form", "context-first", sentence)
    web_did = core.did_of(organization)
    given = document.get("issuer")
    named = given.get("id") if isinstance(given, Mapping) else given
    is_key = wanted.did_method == "key" or (
        wanted.did_method is None and isinstance(named, str) and named.startswith("did:key:")
    )
    did = key_did if is_key else web_did
    if given is None:
        document["issuer"] = did
    elif isinstance(named, str) and data_model.is_url(named) and named != did:
        if named not in (web_did, key_did) and not settings.VC_API_CONFORMANCE:
            raise refused("form", "issuer-other", f"issuer: The issuer of this token is {web_did}, or {key_did}.")
        document["issuer"] = {**given, "id": did} if isinstance(given, Mapping) else did
    return document, did


def _require_sound(document: dict[str, Any]) -> None:
    """Hold a credential to every rule, before anything is reserved or signed. Raises Refused."""
    problems = data_model.credential_problems(document, with_first_edition=settings.VC_API_CONFORMANCE)
    own = core.url("/")
    if str(document.get("id", "")).startswith(own):
        problems.append(data_model.Problem("id-ours", "id", "Addresses of this registry are given by it alone."))
    for entry in data_model.many(document.get("credentialStatus", [])):
        if isinstance(entry, Mapping) and str(entry.get("statusListCredential", "")).startswith(own):
            sentence = "Places in this registry's status lists are given by it alone; leave the status out to get one."
            problems.append(data_model.Problem("status-ours", "credentialStatus", sentence))
    if problems:
        raise Refused(
            [ob.Check("form", "failed", each.rule, f"{each.where or 'document'}: {each.sentence}") for each in problems]
        )
    if data_model.is_first_edition(document) and DATA_INTEGRITY_V2 not in document["@context"]:
        document["@context"] = [*document["@context"], DATA_INTEGRITY_V2]
    try:
        ob.canonize(document, contexts.known())
    except ob.OpenBadgeError as error:
        raise refused("form", error.code, str(error)) from error


def _signed(
    document: dict[str, Any], signer: keys.BadgeSigner, suites: tuple[ob.Suite, ...], at: datetime
) -> dict[str, Any]:
    """The credential with a proof of each suite: one as an object, several as an array."""
    for suite in suites:
        try:
            signed = ob.add_proof(document, signer=signer, created=at, contexts=contexts.known(), suite=suite)
        except ob.OpenBadgeError as error:
            raise refused("form", error.code, str(error)) from error
        if not signed.holds_under(signer.public_key):
            raise ob.ProofError("A signature of ours does not hold; nothing of this is kept.")
        document = signed.document
    proofs = document["proof"]
    return {**document, "proof": proofs[0] if len(proofs) == 1 else proofs}


def _enveloped(document: dict[str, Any], signer: keys.BadgeSigner) -> dict[str, Any]:
    """The credential in a token, in an envelope."""
    try:
        return ob.envelope(document, signer=signer, contexts=contexts.known())
    except ob.OpenBadgeError as error:
        raise refused("form", error.code, str(error)) from error


def _require_good_badge(document: dict[str, Any], types: set[str], at: datetime) -> None:
    """Let no badge out under the organization's name that its own standard would refuse. Raises Refused."""
    if not BADGE_TYPES & types:
        return
    report = ob.verify(document, resolver=Registry(), contexts=contexts.known(), now=at)
    bad = [
        check for check in report.checks if check.name in ("format", "context", "shape") and check.outcome == "failed"
    ]
    if bad:
        raise Refused([ob.Check("form", "failed", f"badge-{check.code}", check.sentence) for check in bad])
