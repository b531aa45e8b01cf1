"""What the tests of the VC API share: credentials of a stranger's did:key, and a caller."""

import copy
import json

import pytest
from django.core.cache import cache

from issuance import core
from issuance import openbadges as ob
from tests.moments import NOON

SEED = bytes(range(32, 64))
HOLDER_SEED = bytes(range(64, 96))
V2 = "https://www.w3.org/ns/credentials/v2"


def key_signer(seed=SEED):
    did = ob.key_did(ob.Ed25519Signer(seed, "did:example:none").public_key)
    return ob.Ed25519Signer(seed, f"{did}#{did.removeprefix('did:key:')}")


def did_of(signer):
    return signer.verification_method.partition("#")[0]


def credential(**changes):
    """A credential of the data model, of no special kind; a change to None leaves a member out."""
    whole = {
        "@context": [V2],
        "type": ["VerifiableCredential"],
        "issuer": did_of(key_signer()),
        "validFrom": "2020-01-01T00:00:00Z",
        "credentialSubject": {"id": "did:example:subject", "name": "Alice"},
        **changes,
    }
    return {name: value for name, value in whole.items() if value is not None}


def signed(document, seed=SEED, suite="eddsa-rdfc-2022", contexts=None, **proof):
    """A document with one proof. proof: members that differ from what an issuer writes; None leaves one out."""
    signer = key_signer(seed)
    options = {
        "type": "DataIntegrityProof",
        "cryptosuite": suite,
        "created": "2026-11-22T12:00:00Z",
        "verificationMethod": signer.verification_method,
        "proofPurpose": "assertionMethod",
        **proof,
    }
    options = {name: value for name, value in options.items() if value is not None}
    if suite == "eddsa-jcs-2022":
        options["@context"] = document["@context"]
    data = ob.hash_data(document, options, contexts or core.contexts())
    value = ob.to_multikey(bytes(32))[:1] + _base58(signer.sign(data))
    return {**copy.deepcopy(document), "proof": {**options, "proofValue": value}}


def _base58(raw):
    import base58

    return base58.b58encode(raw).decode()


@pytest.fixture(autouse=True)
def no_limits(settings):
    settings.RATE_LIMITS = dict.fromkeys(settings.RATE_LIMITS, 1_000_000)
    cache.clear()


@pytest.fixture
def call(client):
    """Post JSON to the API; answers status and body."""

    def post(path, body, **headers):
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        response = client.post(f"/vc/{path}", content, content_type="application/json", headers=headers)
        return response.status_code, response.json()

    return post


@pytest.fixture
def verify(call):
    def ask(document, **options):
        return call("credentials/verify", {"verifiableCredential": document, "options": options})

    return ask


@pytest.fixture
def present(call):
    def ask(document, **options):
        return call("presentations/verify", {"verifiablePresentation": document, "options": options})

    return ask


__all__ = ["HOLDER_SEED", "NOON", "SEED", "V2", "credential", "did_of", "key_signer", "signed"]
