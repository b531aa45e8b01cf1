"""The model: what a badge says, how it is written, and what it refuses."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import jsonschema
import pytest

from issuance.openbadges import (
    Achievement,
    Alignment,
    Association,
    ClrCredential,
    Endorsement,
    Evidence,
    IdentityObject,
    Image,
    ModelError,
    Profile,
    Result,
    ResultDescription,
    RubricLevel,
    StatusEntryRef,
    Subject,
    canonize,
    identity_hash,
    read_timestamp,
    sign,
    timestamp,
    verify_proof,
)
from issuance.openbadges.contexts import CLR_V2, CLR_V2_FIRST

ROOT = Path(__file__).resolve().parents[2]
STANDARDS = ROOT.parent / "shared" / "standards"
NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
BASE = "https://registry.example.edu/achievements/x/1"
ISSUER = Profile(id="did:web:registry.example.edu", name="Larkmoor")


def published(name, capsys):
    """Read a published file that the project does not carry; say aloud when it is not at hand."""
    path = STANDARDS / name
    if path.exists():
        return json.loads(path.read_text())
    with capsys.disabled():
        print(f"\nNOT CHECKED against {name}: the published standards do not lie beside this checkout.")
    return None


def minimal(**changes):
    fields = {
        "id": BASE,
        "name": "Handover",
        "description": "Hands over.",
        "criteria": "Shown twice.",
    }
    return Achievement(**{**fields, **changes})


def walk(value):
    yield value
    for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from walk(item)


def test_a_badge_has_the_three_contexts_in_order(make_badge):
    assert make_badge().to_dict()["@context"] == [
        "https://www.w3.org/ns/credentials/v2",
        "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
        "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json",
    ]


def test_arrays_and_single_objects_are_where_both_schemas_want_them(make_badge):
    document = make_badge().to_dict()
    subject = document["credentialSubject"]

    for place in (document["type"], document["credentialSchema"], document["evidence"], subject["result"]):
        assert isinstance(place, list)
    for place in (subject["identifier"], subject["achievement"]["alignment"], subject["achievement"]["tag"]):
        assert isinstance(place, list)
    for place in (document["credentialStatus"], subject, subject["achievement"], document["issuer"]):
        assert isinstance(place, dict)


def test_nothing_empty_is_written(make_badge):
    bare = make_badge(
        subject=Subject(id="urn:uuid:0b3c7f6e-63a5-4c3e-8f43-8c1f4b7b2a11"),
        achievement=minimal(),
        evidence=(),
        image=None,
        valid_until=None,
        awarded_at=None,
        description="",
        status=None,
        with_schema=False,
    )

    for document in (bare.to_dict(), make_badge().to_dict()):
        assert not [value for value in walk(document) if value in (None, "", [], {})]
    assert set(bare.to_dict()) == {"@context", "id", "type", "name", "issuer", "validFrom", "credentialSubject"}


def test_the_badge_meets_the_published_schema(make_badge, signer, contexts, capsys):
    schema = published("schemas/ob_v3p0_achievementcredential_schema.json-ld.json", capsys)
    document = sign(make_badge().to_dict(), signer=signer, created=NOON, contexts=contexts).document

    problems = [] if schema is None else list(jsonschema.Draft201909Validator(schema).iter_errors(document))

    assert [problem.message for problem in problems] == []


def test_the_endorsement_meets_the_published_schema(signer, contexts, capsys):
    schema = published("schemas/ob_v3p0_achievementcredential_schema.json-ld.json", capsys)
    endorsement = Endorsement(
        id="urn:uuid:3f4f6a3e-2f0b-4e5e-9c2c-0d7a3b8c1d2e", name="Endorsed", issuer=ISSUER, endorsed=BASE,
        valid_from=NOON, comment="Meets our standard.", valid_until=NOON + timedelta(days=9),
    )  # fmt: skip
    document = sign(endorsement.to_dict(), signer=signer, created=NOON, contexts=contexts).document

    problems = []
    if schema is not None:
        only = {**schema["$defs"]["EndorsementCredential"], "$defs": schema["$defs"]}
        problems = list(jsonschema.Draft201909Validator(only).iter_errors(document))

    assert [problem.message for problem in problems] == []


def make_transcript(credentials, **changes):
    fields = {
        "id": "urn:uuid:2f4f6a3e-2f0b-4e5e-9c2c-0d7a3b8c1d2e",
        "name": "Transcript",
        "issuer": ISSUER,
        "credentials": credentials,
        "valid_from": NOON,
        "identities": [IdentityObject.of_name("Zoë")],
        "associations": [Association(association_type="isPartOf", source=BASE, target=f"{BASE}0")],
        "partial": False,
    }
    return ClrCredential(**{**fields, **changes})


def test_the_transcript_meets_the_published_schema(signed_badge, signer, contexts, capsys):
    """The only published schema is that of VC 1.1; what VC 2.0 renamed is renamed back before."""
    schema = published("schemas/clr_v2p0_clrcredential_schema.vc11.draft4.json", capsys)
    known = [IdentityObject.of_email("a@example.com", salt="x")]  # its list of kinds has no "name" yet
    transcript = make_transcript([signed_badge], identities=known, achievements=[minimal()], awarded_at=NOON)
    signed = sign(transcript.to_dict(), signer=signer, created=NOON, contexts=contexts).document

    problems = [] if schema is None else list(jsonschema.Draft4Validator(schema).iter_errors(as_vc11(signed)))

    assert [f"{problem.json_path}: {problem.message[:200]}" for problem in problems] == []


def as_vc11(document):
    renamed = {"validFrom": "issuanceDate", "validUntil": "expirationDate"}
    changed = {renamed.get(name, name): value for name, value in document.items()}
    changed["@context"] = ["https://www.w3.org/2018/credentials/v1", *document["@context"][1:]]
    if "credentialStatus" in changed:  # its schema is closed, and older than status lists of bits
        changed["credentialStatus"] = {name: document["credentialStatus"][name] for name in ("id", "type")}
    subject = changed["credentialSubject"]
    if "verifiableCredential" in subject:
        members = [as_vc11(member) for member in subject["verifiableCredential"]]
        changed["credentialSubject"] = {**subject, "verifiableCredential": members}
    return changed


@pytest.mark.parametrize("name", ["clr-v2p0-context-2.0.1.json", "clr-v2p0-context.json"])
def test_our_clr_terms_mean_what_the_published_context_means(signed_badge, contexts, capsys, name):
    url = CLR_V2 if "2.0.1" in name else CLR_V2_FIRST
    context = published(f"contexts/{name}", capsys)
    transcript = make_transcript([signed_badge], subject_id="urn:uuid:5", achievements=[minimal()])
    document = transcript.to_dict()
    document["@context"][1] = url
    if url == CLR_V2_FIRST:  # which had neither of these
        del document["partial"], document["credentialSubject"]["identifier"]

    ours = canonize(document, contexts)
    theirs = ours if context is None else canonize(document, contexts.including({url: context}))

    assert ours == theirs
    words = {"#verifiableCredential", "#AssociationType", "#sourceId", "#targetId", "#association>", "#achievement>"}
    words |= {"#partial", "#identifier-1"} if url == CLR_V2 else set()
    assert {word for word in words if f"vocab.html{word}" not in ours} == set()


def test_our_clr_terms_are_all_that_the_published_context_has(contexts, capsys):
    context = published("contexts/clr-v2p0-context-2.0.1.json", capsys)
    ours = dict(contexts.get(CLR_V2)["@context"])

    theirs = ours if context is None else context["@context"]

    assert set(ours) == set(theirs)
    for term in ("ClrCredential", "ClrSubject", "Association"):
        more = {"cred", "obi"} if term == "ClrSubject" and context is not None else set()  # two prefixes, no words
        assert set(ours[term]["@context"]) | more >= set(theirs[term]["@context"])


def test_a_transcript_can_be_signed_around_its_badges(signed_badge, signer, contexts):
    signed = sign(make_transcript([signed_badge]).to_dict(), signer=signer, created=NOON, contexts=contexts).document

    verify_proof(signed, signed["proof"][0], public_key=signer.public_key, contexts=contexts)
    assert signed["credentialSubject"]["verifiableCredential"] == [signed_badge]
    assert signed["partial"] is False


def test_a_hash_of_an_address_does_not_depend_on_capitals():
    assert IdentityObject.of_email("A@Example.com", salt="s").value == identity_hash("a@example.com", "s")


def test_whole_credits_are_written_without_a_fraction(make_badge):
    badge = make_badge(
        achievement=minimal(credits_available=12.0), subject=Subject(id="urn:uuid:0", credits_earned=1.5)
    )

    subject = badge.to_dict()["credentialSubject"]
    assert json.dumps([subject["achievement"]["creditsAvailable"], subject["creditsEarned"]]) == "[12, 1.5]"


def test_times_are_written_in_utc_and_read_back():
    assert timestamp(datetime.fromisoformat("2026-11-22T14:30:15.999+02:00"), "x") == "2026-11-22T12:30:15Z"
    assert read_timestamp("2026-11-22T12:30:15Z", "x") == datetime(2026, 11, 22, 12, 30, 15, tzinfo=UTC)
    for text in ("2026-11-22", "2026-11-22T12:30:15", "2026-02-30T00:00:00Z", "yesterday", 7, None):
        with pytest.raises(ModelError):
            read_timestamp(text, "x")
    with pytest.raises(ModelError):
        timestamp(datetime(2026, 1, 1), "x")


@pytest.mark.parametrize(
    ("field", "make"),
    [
        ("profile.name", lambda: Profile(id="did:web:x.example", name="form\x0cfeed")),
        ("profile.name", lambda: Profile(id="did:web:x.example", name="  ")),
        ("profile.id", lambda: Profile(id="x.example", name="x")),
        ("profile.url", lambda: Profile(id="did:web:x.example", name="x", url="javascript:alert(1)")),
        ("profile.country_code", lambda: Profile(id="did:web:x.example", name="x", country_code="usa")),
        ("image.id", lambda: Image(id="file:///etc/passwd")),
        (
            "result_description.required_value",
            lambda: ResultDescription(id=BASE, name="x", allowed_values=["A"], required_value="B"),
        ),
        ("result_description.levels", lambda: ResultDescription(id=BASE, name="x", levels=[RubricLevel(id=BASE, name="y")] * 2)),
        ("alignment.target_url", lambda: Alignment(target_name="x", target_url="schema:x")),
        ("alignment.target_url", lambda: Alignment(target_name="x", target_url="https://x.example/a b")),
        ("alignment.target_url", lambda: Alignment(target_name="x", target_url="https:///x")),
        ("alignment.target_url", lambda: Alignment(target_name="x", target_url="https://[x/")),
        ("rubric_level.name", lambda: RubricLevel(id=BASE, name="")),
        ("result_description.result_type", lambda: ResultDescription(id=BASE, name="x", result_type="Guess")),
        ("result_description.required_level", lambda: ResultDescription(id=BASE, name="x", required_level=BASE)),
        ("result", lambda: Result(result_description=BASE)),
        ("result.status", lambda: Result(result_description=BASE, status="Fine")),
        ("evidence.sha256", lambda: Evidence(name="x", sha256=b"short")),
        ("evidence.name", lambda: Evidence(name="")),
        ("achievement.achievement_type", lambda: minimal(achievement_type="Medal")),
        ("achievement.language", lambda: minimal(language="english language")),
        ("achievement.criteria", lambda: minimal(criteria="")),
        ("achievement.description", lambda: minimal(description="x" * 20_001)),
        ("achievement.tags", lambda: minimal(tags=["ok", ""])),
        ("achievement.credits_available", lambda: minimal(credits_available=float("nan"))),
        ("achievement.credits_available", lambda: minimal(credits_available=True)),
        ("achievement.result_descriptions", lambda: minimal(result_descriptions=[ResultDescription(id=BASE, name="x")] * 2)),
        ("identity.identity_type", lambda: IdentityObject(value="x", identity_type="shoeSize")),
        ("identity.value", lambda: IdentityObject(value="x", hashed=True)),
        ("subject", Subject),
        ("subject.credits_earned", lambda: Subject(id="urn:uuid:0", credits_earned=-1)),
        ("status.index", lambda: StatusEntryRef(list_url=BASE, index=-1)),
        ("status.list_url", lambda: StatusEntryRef(list_url=f"{BASE}#x", index=1)),
        ("status.purpose", lambda: StatusEntryRef(list_url=BASE, index=1, purpose="fun")),
        ("association.association_type", lambda: Association(association_type="isLike", source=BASE, target=BASE)),
        ("credentials", lambda: make_transcript([])),
        ("credentials", lambda: make_transcript([{"id": "unsigned"}])),
        ("subject", lambda: make_transcript([{"proof": []}], identities=())),
    ],
)  # fmt: skip
def test_a_wrong_field_is_refused_by_its_name(field, make):
    with pytest.raises(ModelError) as refused:
        make()

    assert refused.value.field == field
    assert str(refused.value).startswith(f"{field}: ")


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("id", {"id": "not an address"}),
        ("name", {"name": "\x7f"}),
        ("valid_until", {"valid_until": NOON}),
        ("result.result_description", {"subject": Subject(id="urn:uuid:0", results=[Result(result_description=f"{BASE}#none", value="x")])}),
        ("result.achieved_level", {
            "achievement": minimal(result_descriptions=[ResultDescription(id=BASE, name="x")]),
            "subject": Subject(id="urn:uuid:0", results=[Result(result_description=BASE, achieved_level=f"{BASE}#l9")]),
        }),
        ("result.status", {
            "achievement": minimal(result_descriptions=[ResultDescription(id=BASE, name="x", result_type="Status")]),
            "subject": Subject(id="urn:uuid:0", results=[Result(result_description=BASE, value="1")]),
        }),
        ("result.value", {
            "achievement": minimal(result_descriptions=[ResultDescription(id=BASE, name="x", allowed_values=["A", "B"])]),
            "subject": Subject(id="urn:uuid:0", results=[Result(result_description=BASE, value="C")]),
        }),
    ],
)  # fmt: skip
def test_parts_that_do_not_fit_together_are_refused(make_badge, field, changes):
    with pytest.raises(ModelError) as refused:
        make_badge(**changes)

    assert refused.value.field == field


def test_badges_of_one_achievement_do_not_share_what_they_write(make_badge):
    badge = make_badge()
    changed, other = badge.to_dict(), badge.to_dict()

    changed["credentialSubject"]["achievement"]["name"] = "Another"

    assert other == badge.to_dict()
    assert replace(badge.achievement, name="New").to_dict()["name"] == "New"


def test_a_badge_cannot_be_changed(make_badge):
    badge = make_badge()

    with pytest.raises(AttributeError):
        badge.name = "Another"
    assert replace(badge, name="Another").name == "Another"
