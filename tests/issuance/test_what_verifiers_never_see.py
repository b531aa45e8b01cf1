"""What no verifier sees of anybody's work: a percentage, a rank or points; and a meaning that was given later."""

import io
import json
import re

import pypdf
import pytest

from learners.models import AwardComponent

COMPARISONS = re.compile(
    r"\d\s*%|\bper ?cent|\bpercentile|\brank(ed|ing|s)?\b|\bquartile|\bpoints?\b|\bscores?\b", re.IGNORECASE
)
TAG = re.compile(r"<(script|style|svg)\b.*?</\1>|<[^>]*>", re.DOTALL)


def texts_in(value):
    """Every text that people read in a credential: no addresses, ids or digests."""
    if isinstance(value, dict):
        return [text for each in value.values() for text in texts_in(each)]
    if isinstance(value, list):
        return [text for each in value for text in texts_in(each)]
    is_text = isinstance(value, str) and not re.match(r"(https?|did|urn|mailto|data):", value)
    return [value] if is_text else []


@pytest.fixture
def told(client, make_certificate):
    """told(document): what a verifier is told of a badge, by page, signed badge and certificate."""

    def read(document):
        certificate = pypdf.PdfReader(io.BytesIO(bytes(make_certificate(document.award).bytes)))
        return {
            "page": TAG.sub(" ", client.get(f"/v/{document.award.public_id}").content.decode()),
            "badge": "\n".join(texts_in(json.loads(bytes(document.bytes)))),
            "certificate": "\n".join(page.extract_text() for page in certificate.pages),
        }

    return read


def test_no_badge_of_any_kind_tells_a_percentage_a_rank_or_points(
    told, give, learner, make_signed, make_version, make_decision
):
    version = make_version(second_mark_percent=15, workload_hours=12)
    decision = make_decision(learner=learner, version=version)
    badge = make_signed(learner=learner, version=version, decision=decision)
    whole = make_signed(learner=learner, version=make_version(kind="designation", title="Distinction"))
    AwardComponent.objects.create(award=whole.award, component=badge.award, requirement="Required", position=1)
    give(badge.award, whole.award)
    give(badge.award, shows_levels=True)

    for document in (badge, whole):
        for place, text in told(document).items():
            assert document.award.credential_version.title in " ".join(text.split()), place
            assert COMPARISONS.findall(text) == [], (place, text)
    assert "Of every 20 pieces of work, 3 are judged by a second assessor too." in told(badge)["page"]


def test_the_search_finds_what_it_looks_for():
    for text in ("top 10 %", "85%", "85 percent", "97th percentile", "ranked 3rd", "12 points", "a score of 4"):
        assert COMPARISONS.search(text)


def test_an_award_of_the_first_version_keeps_its_setting_after_the_second_changed_it(
    told, give, learner, make_signed, make_version
):
    first = make_version(setting="curricular")
    document = make_signed(learner=learner, version=first)
    give(document.award)
    before = bytes(document.bytes)

    second = make_version(credential=first.credential, setting="extracurricular", requirement="open")

    assert second.credential.current_version == second
    for place, text in told(document).items():
        assert "urricular" in text, place
        assert "xtracurricular" not in text, place
    document.refresh_from_db()
    assert bytes(document.bytes) == before
