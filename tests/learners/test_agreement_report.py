"""The agreement report: figures of an item, in words where a figure would mislead."""

import pytest

from config.permissions import Role
from learners.models import SecondMarking
from learners.selectors.agreement import items, report


@pytest.fixture
def compared(make_double, version):
    """compared(pairs): one submission of the item for each pair of (first, second) levels of the first criterion."""

    def make(pairs, **fields):
        for first, second in pairs:
            make_double(levels=(first, 3, 3), second_levels=(second, 3, 2), version=version, **fields)
        SecondMarking.objects.update(status="settled")
        return version.credential

    return make


def test_the_report_compares_each_criterion_and_the_totals(compared):
    credential = compared([(2, 2), (2, 3), (3, 3), (3, 4), (4, 4)])

    found = report(credential)

    assert [line.name for line in found.lines] == ["Role map", "Referral", "Reflection"]
    role_map, referral, _reflection = (line.found for line in found.lines)
    # Observed disagreement 2/5. Margins of 2, 3, 4: .4 .4 .2 and .2 .4 .4; expected .48 one apart and 4 x .2 two apart.
    assert role_map.kappa.value == pytest.approx(1 - 0.4 / 1.28)
    assert (role_map.exact, role_map.adjacent) == (0.6, 1.0)
    assert (referral.kappa.value, referral.exact) == (None, 1.0)
    assert found.totals.n == found.count == 5


def test_the_page_says_what_is_not_defined_and_what_is_too_few(compared, client, lead, django_assert_max_num_queries):
    compared([(2, 2), (3, 4)])
    client.force_login(lead)

    with django_assert_max_num_queries(19):
        page = client.get("/agreement/").content.decode()

    assert "not defined" in page
    assert "too few to judge" in page
    assert "2 submissions judged twice" in page


def test_agreed_and_third_judgments_are_not_compared(compared, make_user):
    credential = compared([(2, 3)])
    submission = SecondMarking.objects.get().submission
    submission.assessments.create(
        assessor=make_user(Role.ASSESSOR),
        role="third",
        status="finished",
        started_at=submission.submitted_at,
        saved_at=submission.submitted_at,
        finished_at=submission.submitted_at,
    ).judgments.create(criterion=submission.credential_version.criteria.first(), level=4)

    assert report(credential).lines[0].found.kappa.n == 1


def test_the_report_is_for_those_who_answer_for_the_item(compared, client, make_user, make_organization):
    credential = compared([(2, 3)])
    elsewhere = make_user(Role.LEAD, scope=make_organization())

    for role in (Role.LEAD, Role.COMMITTEE, Role.AUDITOR, Role.ADMINISTRATOR):
        assert list(items(make_user(role))) == [credential]
    client.force_login(elsewhere)
    assert "Nothing was judged twice yet" in client.get(f"/agreement/?item={credential.public_id}").content.decode()
    client.force_login(make_user(Role.ASSESSOR))
    assert client.get("/agreement/").status_code == 404
