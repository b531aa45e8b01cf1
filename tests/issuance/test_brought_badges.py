"""A badge that somebody brings: which files are badges, what is read from them, and whose they are."""

import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config import outside_badges
from config.outside_badges import Holder
from issuance import openbadges as ob
from issuance.verification import brought
from issuance.verification.brought import BroughtBadges
from tests.fixtures.uploads import image_bytes
from tests.moments import NOON

ROBIN = Holder(names=("Robin Alder",), emails=("robin@example.edu",))
CHECKER = BroughtBadges()


def holder(document):
    return brought._holder_line(document, ROBIN).outcome


def test_issuance_is_who_checks():
    assert isinstance(outside_badges.checker(), BroughtBadges)


def test_only_files_that_hold_a_badge_are_badges(make_badge):
    badge, _issuer = make_badge()
    svg = ob.bake_svg(b'<svg xmlns="http://www.w3.org/2000/svg"><path/></svg>', badge)
    found = {
        "application/json": badge,
        "image/png": ob.bake_png(image_bytes(), badge),
        "image/svg+xml": svg,
        "text/plain": b"eyJhbGciOiJFZERTQSJ9.e30.AAAA",
    }

    assert {kind: CHECKER.media_type(content) for kind, content in found.items()} == {kind: kind for kind in found}
    for other in (image_bytes(), b"", b"{}", b"[]", b"%PDF-1.7", b"eyJ.eyJ", b"eyJ a.b.c", b'{"type": {"a": 1}}'):
        assert CHECKER.media_type(other) == ""


@given(st.binary(max_size=400))
def test_no_file_makes_it_fail(content):
    assert CHECKER.media_type(content) in {"", "application/json", "image/png", "image/svg+xml", "text/plain"}


@pytest.mark.django_db
@given(
    st.recursive(st.none() | st.booleans() | st.text(max_size=9), lambda each: st.lists(each, max_size=3), max_leaves=6)
)
def test_odd_parts_of_a_document_are_read_as_nothing(odd):
    for name in ("credentialSubject", "issuer", "badge", "recipient", "validFrom", "name"):
        document = {"type": ["Assertion"], name: odd}
        about = brought._about(document)
        assert all(isinstance(about[each], str) for each in ("issuer_id", "issuer", "title", "holder"))
        assert all(isinstance(about[each], date | None) for each in ("issued_on", "valid_until"))
        assert brought._holder_line(document, ROBIN).outcome == "unknown"


@pytest.mark.django_db
def test_what_a_badge_says_of_itself_is_read(make_badge):
    badge, issuer = make_badge()

    answer = CHECKER.check(badge, holder=ROBIN, at=NOON)

    assert (answer.state, answer.issuer_id, answer.issuer) == ("valid", issuer, "Northlight Open School")
    assert (answer.title, answer.holder, answer.issued_on.isoformat()) == (
        "Basics of Improvement",
        "Robin Alder",
        "2026-07-03",
    )


@pytest.mark.django_db
def test_a_badge_of_version_2_is_read_too_and_what_cannot_be_asked_is_not_failed():
    document = {
        "@context": "https://w3id.org/openbadges/v2",
        "type": "Assertion",
        "id": "https://northlight.example.org/assertions/1",
        "recipient": {
            "type": "email",
            "hashed": True,
            "salt": "s",
            "identity": ob.identity_hash("robin@example.edu", "s"),
        },
        "badge": {
            "id": "https://northlight.example.org/badges/1",
            "name": "Basics",
            "issuer": "https://northlight.example.org",
        },
        "issuedOn": "2026-05-01T00:00:00Z",
        "verification": {"type": "hosted"},
    }

    answer = CHECKER.check(json.dumps(document).encode(), holder=ROBIN, at=NOON)

    assert (answer.state, answer.title, answer.issuer_id) == ("unknown", "Basics", "https://northlight.example.org")
    outcomes = {line.name: line.outcome for line in answer.lines}
    assert outcomes["proof"] == "unknown" and outcomes["holder"] == "passed"
    assert "failed" not in outcomes.values()


def identity(value, kind="name", *, hashed=False, salt=""):
    one = {"identityHash": value, "identityType": kind, "hashed": hashed, "salt": salt}
    return {"credentialSubject": {"identifier": [one]}}


@pytest.mark.parametrize(
    ("document", "outcome"),
    [
        (identity("Alder, Robin"), "passed"),
        (identity("Robin Birch"), "failed"),
        (identity("robin@example.edu", "emailAddress"), "passed"),
        (identity("other@example.edu", "emailAddress"), "unknown"),
        (identity(ob.identity_hash("robin@example.edu", "x"), "emailAddress", hashed=True, salt="x"), "passed"),
        (identity(ob.identity_hash("robin@example.edu", "x"), "emailAddress", hashed=True, salt="y"), "unknown"),
        (identity("robin@example.edu", "emailAddress", hashed=True), "unknown"),
        ({"credentialSubject": {"name": "Robin Alder"}}, "passed"),
        ({}, "unknown"),
    ],
)
def test_whose_it_is_passes_fails_or_could_not_be_told(document, outcome):
    assert holder(document) == outcome


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("http://testserver/v/7f0c7d2e-58a1-4f0a-9a0e-3d6d1f6d2a11", "own"),
        ("https://northlight.example.org/1", "not-asked"),
    ],
)
def test_an_address_is_never_called_failed(address, code):
    answer = CHECKER.check_address(address, holder=ROBIN, at=NOON)

    assert [(line.outcome, line.code) for line in answer.lines] == [("unknown", code)]


@pytest.mark.django_db
def test_what_lies_at_an_address_is_checked_and_a_page_is_said_to_be_one(make_badge, settings, monkeypatch):
    settings.ASK_OTHER_ISSUERS = True
    badge, issuer = make_badge()
    pages = {"https://a.example/badge": badge, "https://a.example/page": b"<html>Certificate</html>"}
    monkeypatch.setattr(brought.Outside, "fetch", lambda self, url: pages[url])

    assert CHECKER.check_address("https://a.example/badge", holder=ROBIN, at=NOON).issuer_id == issuer
    page = CHECKER.check_address("https://a.example/page", holder=ROBIN, at=NOON)
    assert [line.code for line in page.lines] == ["page"]
