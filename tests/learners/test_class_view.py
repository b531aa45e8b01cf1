"""Criteria across the class: shares of many, masked for few, and only work that the reader may open (DOMAIN B12)."""

import pytest
from django.utils import timezone

from config.permissions import Role
from learners.models import Decision
from learners.selectors.class_view import below, heat_map, items


@pytest.fixture
def judged(make_decision, version):
    """judged(levels): a learner for each level of the first criterion, whose first attempt is decided."""

    def make(levels, *, is_released=True):
        made = []
        for level in levels:
            outcome = "awarded" if level >= 3 else "returned"
            made.append(make_decision(outcome=outcome, levels=(level, 3, 3), version=version))
        if is_released:
            keys = [each.pk for each in made]
            Decision.objects.filter(pk__in=keys).update(status="released", effective_at=timezone.now())
        return made

    return make


def test_a_cell_of_fewer_than_five_is_masked_and_the_worst_criterion_comes_first(judged, version):
    """DOMAIN B12: a heat map cell of n < 5 is masked."""
    judged([2, 3, 3, 3])

    cohorts, lines = heat_map(version.credential)

    assert len(cohorts) == 1
    assert [(cell.judged, cell.below, cell.share) for line in lines for cell in line.cells] == [(4, None, None)] * 3

    judged([1])
    _cohorts, lines = heat_map(version.credential)

    assert [line.name for line in lines] == ["Role map", "Referral", "Reflection"]
    assert (lines[0].cells[0].below, lines[0].cells[0].share) == (2, 0.4)
    assert lines[1].cells[0].share == 0


def test_only_released_first_attempts_count(judged, version):
    judged([2] * 5)
    judged([2, 2, 2], is_released=False)

    assert heat_map(version.credential)[1][0].cells[0].judged == 5


def test_the_agreed_result_counts_once(make_double, version):
    doubles = [make_double(levels=(2, 3, 3), second_levels=(3, 3, 3), version=version) for _ in range(5)]
    for submission in doubles:
        Decision.objects.create(
            enrollment=submission.enrollment,
            submission=submission,
            attempt=1,
            outcome="returned",
            status="released",
            actor=submission.assignments.get(role="first").assessor,
            reason="Role map falls short.",
            proposed_at=submission.submitted_at,
            effective_at=submission.submitted_at,
        )

    cell = heat_map(version.credential)[1][0].cells[0]

    assert (cell.judged, cell.below) == (5, 5)


def test_a_cell_leads_to_permitted_work_only(judged, version, lead, make_user):
    """DOMAIN B12: clicking lists only permitted learners."""
    decisions = judged([2, 2, 3, 3, 3])
    cohort = decisions[0].learner.cohort_id
    own = decisions[0].submission.assignments.get().assessor
    stranger = make_user(Role.ASSESSOR)

    def listed(user):
        found = below(user, version.credential, key="role-map", cohort=cohort)
        return {each.pk for each in found}

    assert listed(lead) == {each.submission_id for each in decisions[:2]}
    assert listed(own) == {decisions[0].submission_id}
    assert listed(stranger) == set()
    assert below(lead, version.credential, key="role-map", cohort=None) is None


def test_the_pages_for_lead_wrong_role_and_stranger(
    judged, version, lead, make_user, client, django_assert_max_num_queries
):
    decisions = judged([2, 2, 3, 3, 3])
    address = "/classes/criteria/"
    cell = f"{address}learners/?item={version.credential.public_id}&criterion=role-map&class="
    cohort = decisions[0].learner.cohort_id

    assert client.get(address).status_code == 302
    client.force_login(decisions[0].learner.user)
    assert client.get(address).status_code == 404
    assert client.get(cell + str(cohort)).status_code == 404

    client.force_login(lead)
    with django_assert_max_num_queries(15):
        page = client.get(address).content.decode()
    assert "40 %" in page and "2 of 5" in page
    with django_assert_max_num_queries(19):
        page = client.get(cell + str(cohort)).content.decode()
    assert decisions[0].learner.display_name in page
    for odd in ("none", "x", "", "99999999"):
        assert client.get(cell + odd).status_code == 404


def test_an_item_elsewhere_is_not_offered(judged, make_user, make_organization):
    judged([2] * 5)

    assert not items(make_user(Role.LEAD, scope=make_organization()))


def test_nothing_decided_says_what_will_appear(client, lead):
    client.force_login(lead)

    assert "Nothing is decided yet" in client.get("/classes/criteria/").content.decode()
