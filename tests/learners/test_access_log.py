"""Staff looking for one learner say why, and it is kept; assessors read what they told a learner before."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone

from config.errors import Invalid, NotAllowed
from config.permissions import Role
from learners import services
from learners.models import AccessEntry, Decision, Submission
from learners.services.access import REASON_HOLDS
from tests.fixtures.records import NOON

SEARCH = "/people/"


@pytest.fixture
def robin(make_learner):
    return make_learner(name="Robin Alder", student_number="S-1001")


def search(actor, said="alder", reason="advising", at=NOON):
    return services.search_learners(actor=actor, said=said, reason=reason, at=at)


@pytest.mark.parametrize("said", ["alder", "S-1001", "ROBIN"])
def test_a_search_finds_and_logs_whom_it_shows(robin, make_learner, registrar, said):
    make_learner(name="Kim Birch")

    assert search(registrar, said) == [robin]

    entry = AccessEntry.objects.get()
    assert (entry.actor, entry.learner, entry.reason, entry.at) == (registrar, robin, "advising", NOON)


def test_a_search_without_a_reason_or_a_role_shows_and_logs_nothing(
    robin, registrar, assessor, make_user, make_organization
):
    away = make_user(Role.REGISTRAR, scope=make_organization())
    for actor, said, reason, error in [
        (registrar, "alder", "", Invalid),
        (registrar, "alder", "curious", Invalid),
        (registrar, "al", "advising", Invalid),
        (assessor, "alder", "advising", NotAllowed),
        (robin.user, "alder", "advising", NotAllowed),
    ]:
        with pytest.raises(error):
            search(actor, said, reason)
    assert search(away) == []

    assert not AccessEntry.objects.exists()


def test_the_log_is_append_only(robin, registrar):
    search(registrar)

    for change in (AccessEntry.objects.all().delete, lambda: AccessEntry.objects.update(reason="review")):
        with pytest.raises(DatabaseError, match="never changed or removed"), transaction.atomic():
            change()


def test_the_record_opens_after_a_reason_and_for_some_hours(client, robin, registrar, make_award, make_user):
    make_award(learner=robin)
    record = reverse("learners:learner-record", args=[robin.public_id])
    client.force_login(registrar)

    assert client.get(record).status_code == 302
    assert client.post(SEARCH, {"said": "alder", "reason": ""}).status_code == 422
    assert record in client.post(SEARCH, {"said": "alder", "reason": "records"}).content.decode()
    assert "Robin Alder" in client.get(record).content.decode()
    client.force_login(make_user(Role.REGISTRAR))
    assert client.get(record).status_code == 302
    client.force_login(make_user(Role.ASSESSOR))
    assert client.get(record).status_code == 404
    later = timezone.now() + REASON_HOLDS + timedelta(minutes=1)
    assert not services.may_open(actor=registrar, learner=robin, at=later)


def test_the_log_is_read_by_registrars_and_auditors_of_the_school(client, robin, registrar, lead, make_user):
    search(lead)
    page = reverse("learners:access-log")

    for person in (registrar, make_user(Role.AUDITOR)):
        client.force_login(person)
        assert lead.name in client.get(page).content.decode()
    for person in (lead, robin.user):
        client.force_login(person)
        assert client.get(page).status_code == 404


def test_pages_ask_few_questions(client, make_learner, registrar, django_assert_max_num_queries):
    for number in range(5):
        make_learner(name=f"Alder {number}")
    client.force_login(registrar)
    with django_assert_max_num_queries(15):
        client.post(SEARCH, {"said": "alder", "reason": "records"})
    with django_assert_max_num_queries(10):
        client.get(reverse("learners:access-log"))


# Earlier feedback ----------------------------------------------------------------------------------------------------
@pytest.fixture
def released(make_decision):
    def make(**fields):
        at = timezone.now() - timedelta(days=2)
        decision = make_decision(outcome="returned", levels=(2, 3, 3), **fields)
        Decision.objects.filter(pk=decision.pk).update(status="released", effective_at=at)
        Submission.objects.filter(pk=decision.submission_id).update(status="returned")
        return decision

    return make


def test_an_assessor_reads_what_this_learner_was_told_before_in_own_work(
    client, released, robin, assessor, make_user, make_submission, django_assert_max_num_queries
):
    mine = released(learner=robin, assessor=assessor)
    theirs = released(learner=robin, assessor=make_user(Role.ASSESSOR))
    waiting = make_submission(status="submitted", learner=robin, assessor=assessor)
    url = reverse("learners:learner-history", args=[waiting.public_id])
    client.force_login(assessor)

    with django_assert_max_num_queries(19):
        page = client.get(url).content.decode()

    assert mine.credential_version.title in page
    assert "Name whom you would call first, and why." in page
    assert theirs.credential_version.title not in page
    client.force_login(make_user(Role.ASSESSOR))
    assert client.get(url).status_code == 404


def test_work_that_is_judged_blind_gives_no_history(client, released, robin, assessor, make_submission, make_version):
    blind = make_version(is_blind=True)
    released(learner=robin, assessor=assessor, version=blind)
    waiting = make_submission(status="submitted", learner=robin, assessor=assessor)
    hidden = make_submission(status="submitted", assessor=assessor, version=blind)
    client.force_login(assessor)

    shown = client.get(reverse("learners:learner-history", args=[waiting.public_id])).content.decode()

    assert blind.title not in shown
    assert client.get(reverse("learners:learner-history", args=[hidden.public_id])).status_code == 404
