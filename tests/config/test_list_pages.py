"""Every page that lists something asks the database the same number of times, however much there is to list."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from config.bench import lists
from config.bench.school import fill_school, found_school
from learners.models import Award, Decision, Submission

MOST = 19


@pytest.fixture
def school(organization, make_version):
    for _number in range(6):
        make_version(professions_admitted=[])
    return found_school(organization=organization, at=timezone.now(), assessors=4)


def queries(clients, page):
    name, role = page
    with CaptureQueriesContext(
        connection,
    ) as found:
        assert clients[role].get(reverse(name), secure=True).status_code == 200
    return len(found)


def test_every_list_page_asks_the_same_number_of_times_under_20(school):
    """DOMAIN 5.8."""
    fill_school(school, learners=10, submissions=40, at=timezone.now())
    clients = lists.readers(school)
    pages = lists.pages(clients)
    before = {page: queries(clients, page) for page in pages}

    fill_school(school, learners=20, submissions=80, at=timezone.now())
    after = {page: queries(clients, page) for page in pages}

    assert {page: count for page, count in after.items() if count > MOST} == {}
    assert {page: (before[page], after[page]) for page in pages if before[page] != after[page]} == {}


def test_the_lists_of_every_app_are_among_them(school):
    fill_school(school, learners=10, submissions=20, at=timezone.now())

    found = set(lists.pages(lists.readers(school)))

    assert {
        ("credentials:catalog", "learner"),
        ("credentials:manage-list", "administrator"),
        ("learners:queue", "assessor"),
        ("learners:load-board", "lead"),
        ("learners:decision-list", "lead"),
        ("learners:appeal-list", "lead"),
        ("learners:concern-list", "lead"),
        ("learners:agreement-report", "lead"),
        ("learners:access-log", "registrar"),
        ("learners:award-list", "learner"),
        ("learners:notice-list", "learner"),
        ("learners:growth", "learner"),
        ("pathways:case-list", "committee"),
        ("issuance:registrar", "registrar"),
    } <= found


def test_a_filled_school_has_work_in_every_state(school):
    fill_school(school, learners=10, submissions=40, at=timezone.now())

    assert set(Submission.objects.values_list("status", flat=True)) == {
        "draft",
        "submitted",
        "in-review",
        "returned",
        "decided",
    }
    assert set(Decision.objects.values_list("status", "outcome")) == {
        ("proposed", "awarded"),
        ("released", "awarded"),
        ("released", "returned"),
    }
    assert Award.objects.count() == 24
