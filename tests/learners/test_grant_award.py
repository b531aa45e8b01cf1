from datetime import UTC, datetime, timedelta

import pytest

from config.errors import Conflict, IllegalMove
from learners.models import Award, AwardComponent, AwardEvent
from learners.selectors.learning import badge
from learners.services import Grant, grant_award, grant_awards, revoke_award
from learners.workflow import Standing, standing
from tests.fixtures.records import NOON


def test_an_award_is_written_with_its_event(learner, version, lead, settings, django_capture_on_commit_callbacks):
    settings.UNDO_WINDOW_SECONDS = 300

    with django_capture_on_commit_callbacks() as callbacks:
        award = grant_award(learner=learner, version=version, actor=lead, at=NOON)

    award.refresh_from_db()
    assert (award.learner, award.credential, award.credential_version) == (learner, version.credential, version)
    assert (award.status, award.awarded_at, award.sign_after) == ("active", NOON, NOON + timedelta(seconds=300))
    assert award.valid_until is None
    assert award.supersedes is None
    event = award.events.get()
    assert (event.actor, event.moved_to, event.at) == (lead, "active", NOON)
    assert len(callbacks) == 2  # "sign" and "open cases", one hint each


@pytest.mark.parametrize(
    ("at", "months", "until"),
    [
        (datetime(2026, 9, 1, 12, tzinfo=UTC), 24, datetime(2028, 9, 2, 3, 59, 59, tzinfo=UTC)),
        (datetime(2026, 8, 31, 12, tzinfo=UTC), 6, datetime(2027, 3, 1, 4, 59, 59, tzinfo=UTC)),
        (datetime(2028, 2, 29, 12, tzinfo=UTC), 12, datetime(2029, 3, 1, 4, 59, 59, tzinfo=UTC)),
        # In the evening it is the next day in UTC, and still this one at the school.
        (datetime(2026, 9, 2, 2, tzinfo=UTC), 24, datetime(2028, 9, 2, 3, 59, 59, tzinfo=UTC)),
        # The day that clocks go back or forward ends with its own last second, in the time that holds by then.
        (datetime(2026, 5, 1, 12, tzinfo=UTC), 6, datetime(2026, 11, 2, 4, 59, 59, tzinfo=UTC)),
        (datetime(2026, 9, 14, 12, tzinfo=UTC), 6, datetime(2027, 3, 15, 3, 59, 59, tzinfo=UTC)),
    ],
)
def test_it_ends_with_the_day_so_many_calendar_months_later(learner, make_version, lead, at, months, until):
    award = grant_award(learner=learner, version=make_version(expires_after_months=months), actor=lead, at=at)

    assert award.valid_until == until


@pytest.mark.parametrize(
    ("until", "at", "counts"),
    [
        # Granted today: it ends with its day, at midnight in the school.
        (datetime(2027, 5, 29, 3, 59, 59, tzinfo=UTC), datetime(2027, 5, 29, 3, 59, 58, tzinfo=UTC), True),
        (datetime(2027, 5, 29, 3, 59, 59, tzinfo=UTC), datetime(2027, 5, 29, 4, 0, tzinfo=UTC), False),
        # Granted before that was so: it ends within its day.
        (datetime(2027, 5, 28, 18, tzinfo=UTC), datetime(2027, 5, 28, 17, 59, tzinfo=UTC), True),
        (datetime(2027, 5, 28, 18, tzinfo=UTC), datetime(2027, 5, 28, 18, tzinfo=UTC), False),
        (datetime(2027, 5, 28, 18, tzinfo=UTC), datetime(2027, 5, 28, 22, tzinfo=UTC), False),
        # The day on which clocks go back has an hour twice.
        (datetime(2026, 11, 2, 4, 59, 59, tzinfo=UTC), datetime(2026, 11, 2, 4, 30, tzinfo=UTC), True),
        (datetime(2026, 11, 2, 4, 59, 59, tzinfo=UTC), datetime(2026, 11, 2, 5, 0, tzinfo=UTC), False),
    ],
)
def test_lists_and_pages_end_an_award_at_the_same_moment(learner, make_award, until, at, counts):
    award = make_award(learner=learner, awarded_at=until - timedelta(days=365), valid_until=until)

    assert Award.objects.counting_at(at).filter(pk=award.pk).exists() is counts
    assert Award.objects.with_counting(at).get(pk=award.pk).is_counting is counts
    assert (standing(award.status, award.valid_until, at) == Standing.VALID) is counts
    assert (badge(award, at).kind == "valid") is counts


def test_a_renewal_supersedes_the_award_that_is_held(learner, make_version, lead):
    version = make_version(expires_after_months=24)
    held = grant_award(learner=learner, version=version, actor=lead, at=NOON)

    renewed = grant_award(learner=learner, version=version, actor=lead, at=NOON + timedelta(days=700))

    held.refresh_from_db()
    assert held.status == "superseded"
    assert renewed.supersedes == held
    assert [each.moved_to for each in held.events.order_by("pk")] == ["active", "superseded"]
    assert Award.objects.filter(learner=learner, status="active").get() == renewed


def test_an_award_of_a_newer_version_supersedes_the_older(learner, make_version, lead):
    first = make_version()
    second = make_version(credential=first.credential)
    held = grant_award(learner=learner, version=first, actor=lead, at=NOON)

    newer = grant_award(learner=learner, version=second, actor=lead, at=NOON)

    held.refresh_from_db()
    assert (held.status, newer.supersedes) == ("superseded", held)


def test_a_revoked_award_does_not_stand_in_the_way(learner, version, lead):
    revoked = grant_award(learner=learner, version=version, actor=lead, at=NOON)
    revoke_award(award=revoked, actor=lead, at=NOON, note="Error.")

    again = grant_award(learner=learner, version=version, actor=lead, at=NOON)

    assert again.supersedes is None
    revoked.refresh_from_db()
    assert revoked.status == "revoked"


def test_a_suspended_award_is_not_replaced_silently(learner, version, lead):
    held = grant_award(learner=learner, version=version, actor=lead, at=NOON)
    Award.objects.filter(pk=held.pk).update(status="suspended")

    with pytest.raises(IllegalMove):
        grant_award(learner=learner, version=version, actor=lead, at=NOON)

    assert Award.objects.count() == 1


def test_a_draft_cannot_be_awarded(learner, make_version, lead):
    with pytest.raises(Conflict, match="publish it first"):
        grant_award(learner=learner, version=make_version(published=False), actor=lead, at=NOON)

    assert not Award.objects.exists()


def test_a_designation_keeps_what_it_counted_in_order(learner, make_version, lead):
    parts = [grant_award(learner=learner, version=make_version(), actor=lead, at=NOON) for _number in range(2)]

    designation = grant_award(
        learner=learner,
        version=make_version(kind="designation"),
        actor=lead,
        at=NOON,
        components=[(parts[1], "Required"), (parts[0], "Choose one: Practice")],
    )

    rows = AwardComponent.objects.filter(award=designation).order_by("position")
    assert [(each.component, each.requirement) for each in rows] == [
        (parts[1], "Required"),
        (parts[0], "Choose one: Practice"),
    ]


def test_many_come_back_in_the_order_of_the_grants(make_learner, version, make_version, lead):
    grants = [Grant(make_learner(), each) for each in (version, make_version(), version)]

    awards = grant_awards(grants, actor=lead, at=NOON)

    assert [(each.learner, each.credential_version) for each in awards] == [
        (grant.learner, grant.version) for grant in grants
    ]
    assert AwardEvent.objects.count() == 3


def test_one_that_cannot_be_granted_holds_back_all(make_learner, version, make_version, lead):
    grants = [Grant(make_learner(), version), Grant(make_learner(), make_version(published=False))]

    with pytest.raises(Conflict):
        grant_awards(grants, actor=lead, at=NOON)

    assert not Award.objects.exists()


def test_nothing_to_grant_schedules_nothing(lead, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as callbacks:
        assert grant_awards([], actor=lead, at=NOON) == []

    assert callbacks == []


def test_revoking_needs_an_award_that_stands(learner, version, lead):
    award = grant_award(learner=learner, version=version, actor=lead, at=NOON)
    revoke_award(award=award, actor=lead, at=NOON, note="Error.")

    with pytest.raises(IllegalMove):
        revoke_award(award=award, actor=lead, at=NOON, note="Again.")

    award.refresh_from_db()
    assert award.revoked_at == NOON
    assert award.events.filter(moved_to="revoked").count() == 1
