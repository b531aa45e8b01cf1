"""The list of decisions comes in pages; what is released together is asked for as a whole."""

import re

import pytest
from django.urls import reverse

from learners.views import releasing

LIST = reverse("learners:decision-list")


@pytest.fixture
def three(client, lead, make_decision, monkeypatch):
    monkeypatch.setattr(releasing, "LIST_PAGE", 2)
    made = [make_decision() for _each in range(3)]
    client.force_login(lead)
    return made


def boxes(page):
    return re.findall(r'<input[^>]*name="decision"[^>]*>', page)


def test_a_page_leads_to_all_of_them(client, three):
    page = client.get(LIST).content.decode()

    assert len(boxes(page)) == 2
    assert "Show all 3 on one page and select them" in page
    assert "?selected=all" in page


def test_all_of_them_stand_on_one_page_selected(client, three):
    page = client.get(f"{LIST}?selected=all").content.decode()

    assert len(boxes(page)) == 3
    assert all("checked" in box for box in boxes(page))
    assert "Show all" not in page


def test_a_refused_release_shows_what_was_chosen(client, three):
    answer = client.post(
        reverse("learners:decision-release-many"),
        {"decision": [str(each.public_id) for each in three], "note": "x" * 100_000},
    )

    assert answer.status_code == 422
    assert sum("checked" in box for box in boxes(answer.content.decode())) == 3
