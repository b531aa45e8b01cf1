"""DOMAIN 4.1: who asks for another's work is answered 404, and it is written down. Auditors say why they open work."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import DatabaseError, IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from config import records
from config.errors import Invalid, NotAllowed
from config.permissions import Role
from learners import services
from learners.models import AccessEntry, EvidenceItem, StoredFile, Submission, User
from tests.moments import NOON


@pytest.fixture
def work(make_submission, assessor):
    return make_submission(status="submitted", assessor=assessor)


@pytest.fixture
def other(make_user):
    return make_user(Role.ASSESSOR)


def log():
    return AccessEntry.objects.filter(kind="refused")


def note(actor, work, at=NOON):
    return services.note_refused(actor=actor, asked=Submission.objects.filter(pk=work.pk), at=at)


# Refused -------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", ["submission-detail", "marking", "reconcile", "learner-history"])
def test_assessor_b_who_asks_for_the_work_of_a_is_answered_404_and_noted(client, work, other, name):
    client.force_login(other)

    asked = client.get(reverse(f"learners:{name}", args=[work.public_id]))
    unknown = client.get(reverse(f"learners:{name}", args=[uuid4()]))

    assert (asked.status_code, unknown.status_code) == (404, 404)
    assert asked.content == unknown.content
    entry = AccessEntry.objects.get()
    assert (entry.kind, entry.actor, entry.submission, entry.learner) == ("refused", other, work, work.learner)
    assert entry.reason == entry.note == ""


def test_a_file_and_a_decision_of_another_are_noted_as_well(client, make_assessed, make_decision, other):
    decision = make_decision()
    stored = StoredFile.objects.create(
        sha256="0" * 64,
        media_type="text/plain",
        size_bytes=1,
        path="x",
        uploaded_by=decision.learner.user,
        uploaded_at=NOON,
    )
    EvidenceItem.objects.create(
        submission=decision.submission,
        kind="file",
        title="A",
        file=stored,
        added_by=decision.learner.user,
        added_at=NOON,
    )
    client.force_login(other)

    for name, thing in (("file-download", stored), ("decision-detail", decision)):
        assert client.get(reverse(f"learners:{name}", args=[thing.public_id])).status_code == 404

    assert log().get().submission == decision.submission  # the second within the hour is the same


def test_strangers_the_learner_and_who_may_see_the_work_leave_no_line(client, work, assessor, lead):
    address = reverse("learners:marking", args=[work.public_id])
    assert Client().get(address).status_code == 302
    for user in (work.learner.user, lead):
        client.force_login(user)
        assert client.get(address).status_code == 404  # not theirs to mark
    client.force_login(assessor)
    assert client.get(address).status_code == 200

    assert not AccessEntry.objects.exists()


def test_asking_again_and_again_is_one_line_in_an_hour(work, other):
    first = note(other, work)

    assert first is not None
    assert note(other, work, NOON + timedelta(minutes=59)) is None
    assert note(other, work, NOON + timedelta(minutes=61)) is not None
    assert log().count() == 2


@pytest.mark.django_db(transaction=True)
def test_asking_at_the_same_moment_is_one_line(together, make_submission, make_user):
    work, other = make_submission(status="submitted"), make_user(Role.ASSESSOR)

    together(*[lambda: note(User.objects.get(pk=other.pk), work)] * 4)

    assert log().count() == 1


def test_the_log_shows_it_to_registrar_and_auditor_and_the_learner_is_not_told(
    client, work, other, registrar, make_user
):
    note(other, work)

    for reader in (registrar, make_user(Role.AUDITOR)):
        client.force_login(reader)
        page = client.get(reverse("learners:access-log")).content.decode()
        assert "Refused" in page
        assert work.number in page
        assert work.learner.display_name in page
    [looked] = [each for each in records.sections("access") if each.key == "looked"]
    assert looked.read(work.learner) == []


def test_the_log_names_no_learner_of_blind_work(client, make_version, make_submission, other, registrar):
    work = make_submission(version=make_version(is_blind=True), status="submitted")
    note(other, work)
    client.force_login(registrar)

    page = client.get(reverse("learners:access-log")).content.decode()

    assert work.number in page
    assert work.learner.display_name not in page


def test_the_database_keeps_the_line(work, other):
    entry = note(other, work)

    for change in (entry.delete, lambda: AccessEntry.objects.update(kind="looked")):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    for wrong in ({"reason": "review"}, {"submission": None}):
        with pytest.raises(IntegrityError), transaction.atomic():
            AccessEntry.objects.create(
                **{"actor": other, "learner": work.learner, "submission": work, "kind": "refused", "at": NOON} | wrong
            )


def test_a_refusal_opens_nothing(work, other, make_user, registrar):
    note(registrar, work)

    assert not services.may_open(actor=registrar, learner=work.learner, at=NOON)
    assert not services.is_unblinded(actor=registrar, submission=work, at=NOON)


# Auditors ------------------------------------------------------------------------------------------------------------
@pytest.fixture
def auditor(make_user):
    return make_user(Role.AUDITOR)


def test_an_auditor_gives_a_reason_by_one_press_once_for_a_learner_and_day(
    client, make_submission, make_version, work, auditor
):
    second = make_submission(learner=work.learner, version=make_version(), status="submitted")
    client.force_login(auditor)

    asked = client.get(work.get_absolute_url())
    opened = client.post(
        reverse("learners:work-open", args=[work.public_id]), {"reason": "review", "next": work.get_absolute_url()}
    )
    shown = client.get(opened.url)

    assert "Why do you open this work?" in asked.content.decode()
    assert opened.url == work.get_absolute_url()
    assert "Why do you open this work?" not in shown.content.decode()
    assert "Why do you open this work?" not in client.get(second.get_absolute_url()).content.decode()
    entry = AccessEntry.objects.get()
    assert (entry.kind, entry.actor, entry.learner, entry.reason) == ("opened", auditor, work.learner, "review")
    [looked] = [each for each in records.sections("access") if each.key == "looked"]
    assert [row["reason"] for row in looked.read(work.learner)] == ["Audit or accreditation"]
    tomorrow = timezone.now() + timedelta(days=1)
    assert services.must_say_why(actor=auditor, submission=work, at=tomorrow)


def test_a_file_is_not_read_before_the_reason(client, work, auditor):
    stored = StoredFile.objects.create(
        sha256="0" * 64,
        media_type="text/plain",
        size_bytes=1,
        path=default_storage.save("files/a", ContentFile(b"a")),
        uploaded_by=work.learner.user,
        uploaded_at=NOON,
        scan_state="clean",
    )
    EvidenceItem.objects.create(
        submission=work, kind="file", title="A", file=stored, added_by=work.learner.user, added_at=NOON
    )
    client.force_login(auditor)
    address = reverse("learners:file-download", args=[stored.public_id])

    assert client.get(address).url == work.get_absolute_url()
    services.open_work(actor=auditor, submission=work, reason="review", at=timezone.now())
    answer = client.get(address)
    assert b"".join(answer.streaming_content) == b"a"
    answer.close()


def test_only_an_auditor_with_a_reason_opens_work(work, auditor, lead, other):
    for actor, reason, error in [
        (auditor, "", Invalid),
        (auditor, "odd", Invalid),
        (lead, "review", NotAllowed),
        (other, "review", NotAllowed),
    ]:
        with pytest.raises(error):
            services.open_work(actor=actor, submission=work, reason=reason, at=NOON)
    assert not AccessEntry.objects.exists()

    first = services.open_work(actor=auditor, submission=work, reason="review", at=NOON)
    assert services.open_work(actor=auditor, submission=work, reason="review", at=NOON) == first


def test_leads_and_assessors_are_asked_nothing(client, work, lead, assessor):
    for user in (lead, assessor, work.learner.user):
        client.force_login(user)
        assert "Why do you open" not in client.get(work.get_absolute_url()).content.decode()


def test_blind_work_is_opened_one_by_one_and_the_log_names_nobody(
    client, make_version, make_submission, auditor, learner
):
    works = [
        make_submission(version=make_version(is_blind=True), learner=learner, status="submitted")
        for _number in range(2)
    ]
    services.open_work(actor=auditor, submission=works[0], reason="review", at=timezone.now())

    assert services.must_say_why(actor=auditor, submission=works[1], at=timezone.now())
    client.force_login(auditor)
    assert learner.display_name not in client.get(reverse("learners:access-log")).content.decode()
