"""The core against figures that the standards publish."""

import base64
import json
from datetime import datetime
from pathlib import Path

import base58
import pytest

from issuance.openbadges import (
    Ed25519Signer,
    canonize,
    decode,
    encode,
    from_multikey,
    hash_data,
    identity_hash,
    sign,
    verify_proof,
)
from issuance.openbadges.jcs import jcs
from issuance.openbadges.proof import proof_options
from issuance.openbadges.public_key import from_jwk

VECTORS = Path(__file__).parent / "vectors"
EDDSA = json.loads((VECTORS / "eddsa-rdfc-2022.json").read_text())
JCS = json.loads((VECTORS / "eddsa-jcs-2022.json").read_text())
JWS = json.loads((VECTORS / "jws.json").read_text())
BADGE = json.loads((VECTORS / "open-badges.json").read_text())
CANONICAL = json.loads((VECTORS / "jcs.json").read_text())
PUBLISHED = json.loads((VECTORS / "published.json").read_text())
CASES = pytest.mark.parametrize("case", EDDSA["cases"], ids=lambda case: case["name"])


@pytest.fixture(scope="module")
def examples(contexts):
    return contexts.including({"https://www.w3.org/ns/credentials/examples/v2": EDDSA["examplesContext"]})


@CASES
def test_the_published_hashes_come_out(case, examples):
    options = proof_options(case["verificationMethod"], datetime.fromisoformat(EDDSA["created"]))

    data = hash_data(EDDSA["unsigned"], options, examples)

    assert data[:32].hex() == case["proofOptionsHash"]
    assert data[32:].hex() == EDDSA["documentHash"]
    if "canonicalProofOptions" in case:
        assert (
            canonize({**options, "@context": EDDSA["unsigned"]["@context"]}, examples) == case["canonicalProofOptions"]
        )


@CASES
def test_the_published_key_gives_the_published_signature(case, examples):
    seed = base58.b58decode(EDDSA["privateKeyMultibase"][1:])[2:]
    signer = Ed25519Signer(seed, case["verificationMethod"])

    signed = sign(EDDSA["unsigned"], signer=signer, created=datetime.fromisoformat(EDDSA["created"]), contexts=examples)

    assert signed.document["proof"][0]["proofValue"] == case["proofValue"]
    assert case.get("signature", signed.signature.hex()) == signed.signature.hex()
    verify_proof(
        signed.document,
        signed.document["proof"][0],
        public_key=from_multikey(EDDSA["publicKeyMultibase"]),
        contexts=examples,
    )


@pytest.mark.parametrize("case", JCS["cases"], ids=lambda case: case["name"])
def test_the_published_jcs_proofs_come_out(case, examples):
    seed = base58.b58decode(EDDSA["privateKeyMultibase"][1:])[2:]
    signer = Ed25519Signer(seed, case["verificationMethod"])
    created = datetime.fromisoformat(JCS["created"])

    signed = sign(EDDSA["unsigned"], signer=signer, created=created, contexts=examples, suite="eddsa-jcs-2022")

    proof = signed.document["proof"][0]
    assert proof["proofValue"] == case["proofValue"]
    assert signed.signature.hex() == case["signature"]
    assert signed.hash_data[32:].hex() == JCS["documentHash"]
    if "canonicalProofOptions" in case:
        options = {key: value for key, value in proof.items() if key != "proofValue"}
        assert jcs(options).decode() == case["canonicalProofOptions"]
        assert signed.hash_data[:32].hex() == case["proofOptionsHash"]
    key = from_multikey(EDDSA["publicKeyMultibase"])
    verify_proof(signed.document, proof, public_key=key, contexts=examples)


@pytest.mark.parametrize("case", CANONICAL["cases"], ids=lambda case: case["name"])
def test_the_published_canonical_json_comes_out(case):
    assert jcs(json.loads(case["input"])).decode() == case["output"]


@pytest.mark.parametrize(("part", "canonical"), [("credential", "canonicalDocument"), ("proof", "canonicalProof")])
def test_the_published_canonical_badge_comes_out(contexts, part, canonical):
    assert canonize({"@context": BADGE["contexts"], **BADGE[part]}, contexts) == BADGE[canonical]


@pytest.mark.parametrize("case", JWS["cases"], ids=lambda case: case["algorithm"])
def test_the_published_tokens_hold_under_their_keys(case):
    signed, _, signature = case["token"].rpartition(".")
    signature = base64.urlsafe_b64decode(signature + "==")
    key = from_jwk(case["jwk"])

    assert key.algorithm == case["algorithm"]
    assert key.holds(signature, signed.encode())
    assert not key.holds(signature, signed.encode() + b"x")
    assert not key.holds(bytes([signature[0] ^ 1]) + signature[1:], signed.encode())
    if "seed" in case:
        signer = Ed25519Signer(bytes.fromhex(case["seed"]), "did:web:x.example#key-1")
        assert signer.sign(signed.encode()) == signature


def test_the_published_identity_hash_comes_out():
    vector = PUBLISHED["identityHash"]

    assert identity_hash(vector["identifier"], vector["salt"]) == vector["hash"]


def test_the_published_status_list_reads_as_empty():
    vector = PUBLISHED["statusList"]

    bits = decode(vector["encodedList"])

    assert len(bits) * 8 == vector["positions"]
    assert not any(bits)
    assert decode(encode(bits)) == bits
