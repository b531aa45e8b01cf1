"""did:web and did:key: addresses, documents and key history."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from issuance.openbadges import (
    DidError,
    Ed25519Signer,
    MultikeyError,
    OpenBadgeError,
    PublishedKey,
    assertion_key,
    did_document,
    key_did,
    key_did_document,
    to_multikey,
    web_did,
    web_did_url,
)

KEY = Ed25519Signer(b"\x01" * 32, "x").public_key
OTHER = Ed25519Signer(b"\x02" * 32, "x").public_key
DID = "did:web:registry.example.edu"


@pytest.mark.parametrize(
    ("origin", "path", "did", "url"),
    [
        ("https://registry.example.edu", (), DID, "https://registry.example.edu/.well-known/did.json"),
        ("https://localhost:8443", (), "did:web:localhost%3A8443", "https://localhost:8443/.well-known/did.json"),
        ("http://localhost:8000/", ("organizations", "som"), "did:web:localhost%3A8000:organizations:som",
         "https://localhost:8000/organizations/som/did.json"),
    ],
)  # fmt: skip
def test_an_origin_and_its_did_go_both_ways(origin, path, did, url):
    assert web_did(origin, *path) == did
    assert web_did_url(did) == url


def test_a_registry_on_this_machine_may_be_read_without_tls():
    assert web_did_url("did:web:localhost%3A8000", scheme="http") == "http://localhost:8000/.well-known/did.json"


@pytest.mark.parametrize(
    "origin", ["https://127.0.0.1", "https://[::1]:8443", "registry.example.edu", "https://x.example/path", "ftp://x.example", "https://", "https://x:y", "https://-x.example"]
)  # fmt: skip
def test_an_origin_without_a_did_is_refused(origin):
    with pytest.raises(DidError):
        web_did(origin)


@pytest.mark.parametrize(
    "did", ["did:key:z6Mk", "did:web:", "did:web:127.0.0.1", "did:web:x.example:..:y", "did:web:x.example::y", "did:web:x.example:%2e%2e", "did:web:x.example:a%2Fb", "did:web:x.example%3Ahttp", "did:web:x.example%2Fy", "did:web:x@y.example", "did:web:" + "x" * 3000]
)  # fmt: skip
def test_a_malformed_did_is_refused(did):
    with pytest.raises(DidError):
        web_did_url(did)


@given(st.text(max_size=60))
def test_hostile_dids_raise_nothing_else_and_never_leave_their_host(text):
    try:
        url = web_did_url("did:web:x.example:" + text)
    except OpenBadgeError as error:
        assert error.code == "did"
    else:
        assert url.startswith("https://x.example/")
        assert ".." not in url.split("/")


def test_a_did_document_keeps_its_history():
    document = did_document(
        DID,
        [
            PublishedKey(name="key-1", public_key=KEY, state="retired"),
            PublishedKey(name="key-2", public_key=OTHER, state="compromised"),
            PublishedKey(name="key-3", public_key=b"\x07" * 32),
        ],
    )

    assert document["@context"] == ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"]
    assert [method["id"] for method in document["verificationMethod"]] == [f"{DID}#key-{n}" for n in (1, 2, 3)]
    assert document["assertionMethod"] == [f"{DID}#key-1", f"{DID}#key-3"]
    assert assertion_key(document, f"{DID}#key-1") == KEY
    with pytest.raises(DidError) as refused:
        assertion_key(document, f"{DID}#key-2")
    assert refused.value.code == "key-not-allowed"


def test_a_did_document_without_keys_has_no_empty_arrays():
    assert set(did_document(DID, [])) == {"@context", "id"}


def test_two_keys_of_one_name_are_refused():
    with pytest.raises(DidError):
        did_document(DID, [PublishedKey(name="key-1", public_key=KEY), PublishedKey(name="key-1", public_key=OTHER)])
    with pytest.raises(DidError):
        PublishedKey(name="key 1", public_key=KEY)


def test_a_did_key_holds_its_own_document():
    did = key_did(KEY)

    document = key_did_document(did)

    assert assertion_key(document, f"{did}#{to_multikey(KEY)}") == KEY
    for other in ("did:web:x.example", "did:key:zQ3shokFTS3brHcDQrn82RUDfCZESWL1ZdCEJwekUDPQiYBme"):
        with pytest.raises(DidError):
            key_did_document(other)


def method(**changes):
    return {"id": f"{DID}#k", "type": "Multikey", "controller": DID, "publicKeyMultibase": to_multikey(KEY), **changes}


@pytest.mark.parametrize(
    ("document", "error", "code"),
    [
        ({}, DidError, "did"),
        ({"id": DID}, DidError, "key-unknown"),
        ({"id": DID, "verificationMethod": [method()]}, DidError, "key-not-allowed"),
        ({"id": DID, "verificationMethod": [method(controller="did:web:y")], "assertionMethod": ["#k"]}, DidError, "key-controller"),
        ({"id": DID, "assertionMethod": [method(revoked="2026-01-01T00:00:00Z")]}, DidError, "key-not-allowed"),
        ({"id": DID, "assertionMethod": [method(publicKeyMultibase="zQ3sh")]}, MultikeyError, "key"),
        ({"id": DID, "assertionMethod": [method(), method(publicKeyMultibase=to_multikey(OTHER))]}, DidError, "key-unknown"),
    ],
)  # fmt: skip
def test_a_key_that_may_not_sign_is_refused_by_name(document, error, code):
    with pytest.raises(error) as refused:
        assertion_key(document, f"{DID}#k")

    assert refused.value.code == code


def test_relative_and_embedded_keys_are_found():
    relative = {"id": DID, "verificationMethod": method(id="#k"), "assertionMethod": "#k"}
    embedded = {"id": DID, "assertionMethod": [method()]}

    assert assertion_key(relative, f"{DID}#k") == assertion_key(embedded, f"{DID}#k") == KEY
