"""Badges that lapse: who is told when, and how they are renewed."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from config.errors import Conflict, Invalid, NotAllowed
from config.permissions import Role
from credentials.models import EvidenceRequirement
from learners.models import Award, Enrollment, ExpiryReminder, Notice
from learners.selectors import learning
from learners.services import (
    enroll,
    grant_award,
    release_decision,
    remind_of_expiry,
    renew_award,
    submit_evidence,
)
from tests.moments import NOON

DAY = timedelta(days=1)


@pytest.fixture
def short(make_version):
    """A version that lapses after two years and is renewed by the first of its two pieces of evidence."""
    version = make_version(
        published=False, title="Safe Handover", expires_after_months=24, renewal_kind="short", renewal_hours=2
    )
    EvidenceRequirement.objects.create(version=version, position=2, kind="log", is_in_renewal=False)
    version.status, version.published_at, version.published_by = "published", NOON, version.credential.owner
    version.save(update_fields=["status", "published_at", "published_by"])
    version.credential.status, version.credential.current_version = "offered", version
    version.credential.save(update_fields=["status", "current_version"])
    return version


@pytest.fixture
def lapsing(make_award, learner, short):
    """lapsing(days): an award of the learner that expires in so many days from NOON."""

    def make(days, *, at=NOON, **fields):
        return make_award(**{"learner": learner, "version": short, "valid_until": at + days * DAY} | fields)

    return make


# Reminders -----------------------------------------------------------------------------------------------------------
def told():
    return list(Notice.objects.order_by("pk").values_list("kind", flat=True))


def test_reminders_at_90_30_and_7_days_and_when_it_has_expired(lapsing, learner):
    """DOMAIN 5.4."""
    award = lapsing(100)
    steps = [(9, 0), (10, 1), (11, 0), (69, 0), (70, 1), (92, 0), (93, 1), (94, 0), (100, 1), (101, 0)]

    assert [(day, remind_of_expiry(limit=10, at=NOON + day * DAY)) for day, _told in steps] == steps

    assert told() == ["expiring", "expiring", "expiring", "expired"]
    assert {notice.user for notice in Notice.objects.all()} == {learner.user}
    assert {notice.path for notice in Notice.objects.all()} == {award.get_absolute_url()}
    assert list(ExpiryReminder.objects.order_by("pk").values_list("days_ahead", flat=True)) == [90, 30, 7, 0]


def test_a_step_that_was_missed_is_not_told_afterwards(lapsing):
    lapsing(5)

    assert remind_of_expiry(limit=10, at=NOON) == 1
    assert remind_of_expiry(limit=10, at=NOON) == 0
    assert list(ExpiryReminder.objects.values_list("days_ahead", flat=True)) == [7]


def test_what_lapsed_long_ago_is_not_told(lapsing):
    lapsing(-8)

    assert remind_of_expiry(limit=10, at=NOON) == 0


@pytest.mark.parametrize("status", ["revoked", "superseded", "suspended", "withdrawn"])
def test_nobody_is_reminded_of_a_badge_that_does_not_stand(lapsing, status):
    lapsing(20, status=status, revoked_at=NOON if status == "revoked" else None)

    assert remind_of_expiry(limit=10, at=NOON) == 0
    assert told() == []


def test_no_more_than_asked_for_at_a_time(lapsing, make_learner):
    for days in (3, 20, 80):
        lapsing(days, learner=make_learner())

    assert [remind_of_expiry(limit=2, at=NOON) for _each in range(3)] == [2, 1, 0]


@pytest.mark.django_db(transaction=True)
def test_two_reminders_at_once_tell_once(lapsing, together):
    lapsing(20)

    answers = together(*[lambda: remind_of_expiry(limit=10, at=NOON)] * 2)

    assert sorted(answers) == [0, 1]
    assert told() == ["expiring"]


# Renewing ------------------------------------------------------------------------------------------------------------
def test_a_renewal_opens_90_days_before_and_needs_no_seat(lapsing, learner, short, make_offering):
    make_offering(version=short, seats=0)
    award = lapsing(90)

    enrollment = renew_award(actor=learner.user, award=award, at=NOON)

    assert (enrollment.renews, enrollment.offering, enrollment.status) == (award, None, "active")
    assert enrollment.submissions.get().status == "draft"
    assert enrollment.events.get().note == "A renewal."
    award.refresh_from_db()
    assert award.status == "active"


@pytest.mark.parametrize(
    ("days", "said"),
    [(92, "can be renewed from Sep 3, 2026 on"), (-91, "could be renewed until"), (None, "not expire")],
)
def test_too_early_too_late_and_never(lapsing, make_award, learner, short, days, said):
    award = make_award(learner=learner, version=short) if days is None else lapsing(days)

    with pytest.raises(Invalid, match=said):
        renew_award(actor=learner.user, award=award, at=NOON)

    assert not Enrollment.objects.exists()


def test_it_stays_open_for_a_while_after_it_has_expired(lapsing, learner):
    assert renew_award(actor=learner.user, award=lapsing(-90), at=NOON)


@pytest.mark.parametrize("status", ["revoked", "superseded", "suspended"])
def test_a_badge_that_does_not_stand_is_not_renewed(lapsing, learner, status):
    award = lapsing(20, status=status, revoked_at=NOON if status == "revoked" else None)

    with pytest.raises(Conflict, match=status):
        renew_award(actor=learner.user, award=award, at=NOON)

    assert not Enrollment.objects.exists()


def test_nobody_renews_for_somebody_else(lapsing, make_learner):
    with pytest.raises(NotAllowed):
        renew_award(actor=make_learner().user, award=lapsing(20), at=NOON)

    assert not Enrollment.objects.exists()


def test_a_second_renewal_is_refused(lapsing, learner):
    award = lapsing(20)
    renew_award(actor=learner.user, award=award, at=NOON)

    with pytest.raises(Invalid, match="enrolled already"):
        renew_award(actor=learner.user, award=award, at=NOON)

    assert Enrollment.objects.count() == 1


def test_while_it_counts_it_is_renewed_and_not_begun_as_new(lapsing, learner, short):
    lapsing(20)

    with pytest.raises(Invalid, match="renewed from the page of your badge"):
        enroll(actor=learner.user, learner=learner, credential=short.credential, at=NOON)

    assert not Enrollment.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_renewals_at_once_give_one(lapsing, learner, together):
    award = lapsing(20)

    answers = together(*[lambda: renew_award(actor=learner.user, award=award, at=NOON)] * 2)

    assert sorted(type(each).__name__ for each in answers) == ["Enrollment", "Invalid"]
    assert Enrollment.objects.count() == 1


def test_a_short_reassessment_asks_for_less(lapsing, learner, short, make_enrollment, make_learner):
    renewal = renew_award(actor=learner.user, award=lapsing(20), at=NOON)
    first_time = make_enrollment(learner=make_learner(), version=short)

    assert [each.kind for each in renewal.asked_evidence()] == ["case analysis"]
    assert [each.kind for each in first_time.asked_evidence()] == ["case analysis", "log"]
    places = learning.places(renewal.submissions.get())
    assert [place.requirement.kind for place in places if place.requirement] == ["case analysis"]


def test_what_is_left_out_is_not_missed_when_it_is_submitted(lapsing, learner, make_enrollment, make_submission, short):
    enrollment = make_enrollment(learner=learner, version=short, renews=lapsing(20))
    submission = make_submission(enrollment=enrollment)
    declarations = {"own-work": "", "no-patient-data": "", "ai-use": "None."}

    assert submit_evidence(actor=learner.user, submission=submission, declarations=declarations, at=NOON)


def test_the_renewed_award_supersedes_the_old_one_and_counts_once(lapsing, learner, lead, short):
    old = lapsing(20)

    new = grant_award(learner=learner, version=short, actor=lead, at=NOON)

    old.refresh_from_db()
    assert (old.status, new.status, new.supersedes) == ("superseded", "active", old)
    counting = Award.objects.counting_at(NOON).filter(learner=learner)
    assert list(counting) == [new]


def test_what_was_revoked_meanwhile_is_not_renewed(lapsing, learner, make_decision, make_enrollment, assessor, short):
    award = lapsing(20)
    decision = make_decision(
        enrollment=make_enrollment(learner=learner, version=short, renews=award), assessor=assessor
    )
    Award.objects.filter(pk=award.pk).update(status="revoked", revoked_at=NOON)

    with pytest.raises(Conflict, match="was revoked"):
        release_decision(actor=assessor, decision=decision, at=NOON)

    decision.refresh_from_db()
    assert decision.status == "proposed"
    assert Award.objects.count() == 1


# Pages ---------------------------------------------------------------------------------------------------------------
@pytest.fixture
def own(client, learner):
    client.force_login(learner.user)
    return client


def page(client, address):
    return " ".join(client.get(address).content.decode().split())


def test_the_badge_says_until_when_and_leads_to_the_renewal(own, lapsing):
    award = lapsing(20, at=timezone.now())
    shown = page(own, award.get_absolute_url())
    assert "This badge expires on" in shown
    assert "A short reassessment of about 2 hours. It asks for: case analysis." in shown

    answer = own.post(reverse("learners:award-renew", args=[award.public_id]))

    enrollment = Enrollment.objects.get()
    assert answer.url == enrollment.get_absolute_url()
    assert "Go on with the renewal" in page(own, award.get_absolute_url())


@pytest.mark.parametrize(
    ("days", "said"), [(200, "You can renew it from"), (-10, "You can begin to renew it until"), (-100, "earn it anew")]
)
def test_the_badge_says_when_it_can_be_renewed(own, lapsing, days, said):
    shown = page(own, lapsing(days, at=timezone.now()).get_absolute_url())

    assert said in shown
    assert ("Renew this badge" in shown) == (days == -10)


def test_a_refusal_is_said_on_the_page_of_the_badge(own, lapsing):
    award = lapsing(200, at=timezone.now())

    answer = own.post(reverse("learners:award-renew", args=[award.public_id]), follow=True)

    assert "It can be renewed from" in answer.content.decode()
    assert not Enrollment.objects.exists()


def test_home_lists_what_is_to_be_renewed_until_it_is_begun(own, lapsing, learner):
    award = lapsing(20, at=timezone.now())
    assert "Renew Safe Handover" in page(own, reverse("learners:home"))

    renew_award(actor=learner.user, award=award, at=timezone.now())

    assert "Renew Safe Handover" not in page(own, reverse("learners:home"))


def test_the_item_leads_to_the_badge(own, lapsing, short):
    award = lapsing(-5, at=timezone.now())

    shown = page(own, short.credential.get_absolute_url())

    assert award.get_absolute_url() in shown
    assert "says whether it can still be renewed" in shown


def test_others_do_not_see_the_renewal(client, lapsing, make_user, make_learner):
    award = lapsing(20, at=timezone.now())
    address = reverse("learners:award-renew", args=[award.public_id])
    assert client.post(address).url.startswith(reverse("account_login"))

    for user in (make_user(Role.REGISTRAR), make_user(Role.LEAD), make_learner().user):
        client.force_login(user)
        assert client.post(address).status_code == 404

    client.force_login(make_user(Role.REGISTRAR))
    assert "Renew this badge" not in page(client, award.get_absolute_url())
    assert not Enrollment.objects.exists()
