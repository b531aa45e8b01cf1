"""Compiled templates: the same bytes as the general path, always, and a fallback where they cannot be."""

import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from issuance.openbadges import (
    CanonicalError,
    Ed25519Signer,
    Endorsement,
    Evidence,
    IdentityObject,
    OpenBadgeError,
    Profile,
    ProofError,
    Result,
    StatusEntryRef,
    Subject,
    Templates,
    canonize,
    hash_data,
    sign,
    verify_proof,
)

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
BASE = "https://registry.example.edu/achievements/ip-communication/1"
ODD = [
    '"',
    "\\",
    "\n",
    "\t",
    "\r\n",
    "%",
    "%s",
    "{}",
    "\ue000s0\ue001",
    "\ue000b1\ue001",
    "_:c14n0",
    "urn:slot:",
    "🩺",
    "مرحبا",
]
TEXTS = st.lists(
    st.one_of(st.sampled_from(ODD), st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=12)),
    min_size=1,
    max_size=4,
).map(lambda parts: "x" + "".join(parts))
CLEAN = TEXTS.filter(lambda text: "\ufffe" not in text and "\uffff" not in text)


@pytest.fixture(scope="module")
def templates(contexts):
    return Templates(contexts, check_every=10**9)


@st.composite
def changes(draw):
    """What differs between two badges of one version: people, results, evidence, dates, positions."""
    names = draw(st.lists(CLEAN, min_size=1, max_size=3, unique=True))
    results = draw(st.lists(st.tuples(st.sampled_from([1, 2]), st.integers(1, 4), st.none() | CLEAN), max_size=3))
    return {
        "id": f"urn:uuid:{draw(st.uuids())}",
        "valid_from": NOON + timedelta(seconds=draw(st.integers(0, 10**8))),
        "valid_until": draw(st.none() | st.just(NOON + timedelta(days=4000))),
        "awarded_at": draw(st.none() | st.just(NOON)),
        "subject": Subject(
            id=draw(st.just("") | st.uuids().map(lambda value: f"https://registry.example.edu/learners/{value}")),
            identities=[
                *(IdentityObject.of_name(name) for name in names),
                *(IdentityObject.of_email(f"{name}@example.edu", salt=name) for name in names[:1]),
            ],
            results=[
                Result(result_description=f"{BASE}#c{c}", achieved_level=f"{BASE}#c{c}-l{level}", value=value or "")
                for c, level, value in results
            ],
            narrative=draw(st.just("") | CLEAN),
            credits_earned=draw(st.none() | st.integers(0, 3)),
        ),
        "evidence": [
            Evidence(name=name, sha256=draw(st.none() | st.binary(min_size=32, max_size=32)))
            for name in draw(st.lists(CLEAN, max_size=3))
        ],
        "status": draw(
            st.none() | st.integers(0, 131_071).map(lambda index: StatusEntryRef(list_url=f"{BASE}/s", index=index))
        ),
    }


def check_same(templates, contexts, document):
    assert templates.canonize(document) == canonize(document, contexts)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(changed=changes())
def test_a_template_gives_the_same_bytes_as_the_general_path(templates, contexts, make_badge, changed):
    check_same(templates, contexts, make_badge(**changed).to_dict())


def test_badges_with_endorsements_inside_their_achievement_fill_a_template_too(make_badge, contexts):
    others = [Ed25519Signer(bytes([n]) * 32, f"did:web:board{n}.example#key-1") for n in (1, 2)]
    endorsements = [
        sign(
            Endorsement(
                id=f"urn:uuid:{uuid.UUID(int=number)}",
                name="Endorsed",
                issuer=Profile(id=f"did:web:board{number}.example", name="The same board", description="A board."),
                endorsed=make_badge().achievement.id,
                comment="Sound.",
                valid_from=NOON,
                status=StatusEntryRef(list_url=f"{BASE}/s", index=number),
            ).to_dict(),
            signer=signer,
            created=NOON,
            contexts=contexts,
        ).document
        for number, signer in enumerate(others, 1)
    ]
    templates = Templates(contexts)
    achievement = replace(make_badge().achievement, endorsements=endorsements)

    for number in range(7, 10):
        check_same(
            templates, contexts, make_badge(id=f"urn:uuid:{uuid.UUID(int=number)}", achievement=achievement).to_dict()
        )

    assert (templates.filled, templates.general) == (3, 0)


@pytest.mark.long
@pytest.mark.parametrize("quarter", [1, 2, 3, 4])  # which may run side by side
@settings(max_examples=2_500, deadline=None, suppress_health_check=list(HealthCheck))
@given(changed=changes())
def test_ten_thousand_templates_give_the_same_bytes(templates, contexts, make_badge, quarter, changed):
    check_same(templates, contexts, make_badge(**changed).to_dict())


def test_signing_through_a_template_gives_the_same_document(make_badge, signer, contexts):
    templates = Templates(contexts)
    documents = [make_badge(id=f"urn:uuid:{uuid.UUID(int=n)}").to_dict() for n in range(1, 6)]

    for document in documents:
        signed = templates.sign(document, signer=signer, created=NOON)
        assert signed == sign(document, signer=signer, created=NOON, contexts=contexts)
        verify_proof(signed.document, signed.document["proof"][0], public_key=signer.public_key, contexts=contexts)

    assert templates.general == 0
    assert templates.filled == 6  # five documents, and the proof options once


def test_hash_data_is_that_of_the_general_path(signed_badge, contexts):
    proof = signed_badge["proof"][0]

    assert Templates(contexts).hash_data(signed_badge, proof) == hash_data(signed_badge, proof, contexts)


@pytest.mark.parametrize(
    "subject",
    [
        Subject(identities=[IdentityObject.of_name("Same"), IdentityObject.of_name("Same")]),
        Subject(
            id="urn:uuid:1b3c7f6e-63a5-4c3e-8f43-8c1f4b7b2a11",
            results=[Result(result_description=f"{BASE}#c1", achieved_level=f"{BASE}#c1-l3")] * 2,
        ),
    ],
    ids=["two identities alike", "two results alike"],
)
def test_a_tie_goes_the_general_way(make_badge, contexts, subject):
    templates = Templates(contexts)
    document = make_badge(subject=subject).to_dict()

    check_same(templates, contexts, document)

    assert (templates.filled, templates.general) == (0, 1)


@pytest.mark.parametrize(
    "identity",
    [
        "urn:uuid:6f4f6a3e-2f0b-4e5e-9c2c-0d7a3b8c1d2e",  # the badge's own
        "did:web:registry.example.edu",  # the issuer's
        f"{BASE}#c1",  # a criterion's
        "schema:someone",  # perhaps a prefix of some context
        "_:learner",
    ],
)
def test_an_address_that_would_join_two_nodes_goes_the_general_way(make_badge, contexts, identity):
    templates = Templates(contexts)
    templates.canonize(make_badge().to_dict())
    document = make_badge().to_dict()
    document["credentialSubject"]["id"] = identity

    check_same(templates, contexts, document)

    assert (templates.filled, templates.general) == (1, 1)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("id",), "not absolute"),
        (("id",), "https://x.example/> <https://y.example/"),
        (("id",), 7),
        (("id",), None),
        (("credentialSubject", "identifier", 0, "identityHash"), "form\x0cfeed"),
        (("credentialSubject", "identifier", 0, "salt"), "\ud800"),
        (("credentialSubject", "achievement", "name"), "\x00"),
        (("credentialSubject", "unheardOf"), "x"),
        (("credentialSubject", "creditsEarned"), float("nan")),
        (("@context",), ["https://example.org/unknown"]),
        (("evidence",), None),
    ],
)
def test_a_template_refuses_what_the_general_path_refuses(make_badge, contexts, path, value):
    templates = Templates(contexts)
    templates.canonize(make_badge().to_dict())
    document = make_badge().to_dict()
    place = document
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value

    with pytest.raises(OpenBadgeError) as general:
        canonize(document, contexts)
    with pytest.raises(OpenBadgeError) as fast:
        templates.canonize(document)

    assert (type(fast.value), fast.value.code, str(fast.value)) == (
        type(general.value),
        general.value.code,
        str(general.value),
    )


def test_numbers_are_part_of_the_shape(make_badge, contexts):
    templates = Templates(contexts)
    for credits in (1, 1.5, 2, 2.0, 0.1, 1e-7):
        document = make_badge().to_dict()
        document["credentialSubject"]["creditsEarned"] = credits
        check_same(templates, contexts, document)


def test_one_in_so_many_is_compared_and_a_difference_is_told_aloud(make_badge, contexts, monkeypatch):
    templates = Templates(contexts, check_every=2)
    templates.canonize(make_badge().to_dict())
    templates.canonize(make_badge().to_dict())
    assert templates.compared == 1

    monkeypatch.setattr("issuance.openbadges.template.canonize", lambda document, contexts: "another text")
    templates.canonize(make_badge().to_dict())
    with pytest.raises(CanonicalError) as refused:
        templates.canonize(make_badge().to_dict())

    assert refused.value.code == "template-differs"


def test_only_so_many_shapes_are_kept(make_badge, contexts):
    templates = Templates(contexts, size=3)

    for number in range(6):
        check_same(templates, contexts, make_badge(description=f"Version {number}").to_dict())

    assert len(templates._known) == 3


def test_a_signed_document_is_not_signed_again(signed_badge, signer, contexts):
    with pytest.raises(ProofError):
        Templates(contexts).sign(signed_badge, signer=signer, created=NOON)
