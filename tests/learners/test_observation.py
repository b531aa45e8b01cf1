"""Ward observation: asking, answering with an account or by a mailed link, once, in time, and as evidence."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from config.errors import Conflict, Invalid, NotAllowed
from config.permissions import Role
from credentials.models import EvidenceRequirement
from learners import services
from learners.models import EvidenceItem, Notice, Observation, ObservationInvitation
from learners.selectors import learning
from learners.services.observation import MOST_A_DAY, InvitationOver, token_of
from tests.fixtures.records import NOON

SAID = {"level": 4, "setting": "ward", "complexity": "high", "comment": "You asked the nurse first, and said why."}
OUTSIDE = "preceptor@clinic.example.org"


@pytest.fixture
def work(make_submission, make_version):
    """A draft of a version that wants an observation by staff."""
    version = make_version(published=False)
    EvidenceRequirement.objects.create(version=version, position=2, kind="direct observation", source="staff")
    version.status, version.published_at, version.published_by = "published", NOON, version.credential.owner
    version.save(update_fields=["status", "published_at", "published_by"])
    return make_submission(version=version)


@pytest.fixture
def observed(work):
    return work.credential_version.evidence_requirements.get(source="staff")


@pytest.fixture
def invite(work, observed):
    def invited(*, email="", at=None):
        return services.invite_observer(
            actor=work.learner.user,
            enrollment=work.enrollment,
            requirement=observed,
            email=email,
            at=at or timezone.now(),
        )

    return invited


def link_to(invitation):
    return reverse("learners:observation-link", args=[token_of(invitation)])


# Asking --------------------------------------------------------------------------------------------------------------
def test_a_learner_asks_with_a_code_that_staff_scan_or_write(client, work, assessor):
    client.force_login(work.learner.user)
    url = reverse("learners:observation-ask", args=[work.enrollment.public_id])

    answer = client.post(url, {"requirement": "2", "email": ""})

    invitation = ObservationInvitation.objects.get()
    page = client.get(url).content.decode()
    assert answer.status_code == 302
    assert re.search(r"[A-Z2-9]{5}-[A-Z2-9]{5}", page)
    assert "<svg" in page
    assert f"/o/{invitation.code}/" in page
    client.force_login(assessor)
    written = f"{invitation.code[:5].lower()}-{invitation.code[5:].lower()}"
    assert client.post(reverse("learners:observation-code"), {"code": written})["Location"] == f"/o/{invitation.code}/"
    assert client.post(reverse("learners:observation-code"), {"code": "NOSUCHCODE"}).status_code == 422


def test_a_link_is_mailed_once_and_its_token_is_kept_as_a_digest(invite):
    invitation = invite(email=f" {OUTSIDE.upper()} ")

    assert services.send_observation_links(limit=10, at=timezone.now()) == 1
    assert services.send_observation_links(limit=10, at=timezone.now()) == 0

    [sent] = mail.outbox
    assert sent.to == [OUTSIDE]
    assert link_to(invitation) in sent.body
    assert "works once" in sent.body
    assert sent.extra_headers["Message-ID"].startswith(f"<observation-{invitation.public_id}@")
    stored = ObservationInvitation.objects.filter(pk=invitation.pk).values().get()
    assert token_of(invitation) not in {str(value) for value in stored.values()}


def test_what_cannot_be_asked_is_refused_and_asks_nothing(work, observed, make_user, make_enrollment, make_version):
    learner = work.learner.user
    foreign = make_version().evidence_requirements.first()
    good = {"actor": learner, "enrollment": work.enrollment, "requirement": observed, "email": "", "at": NOON}

    for change, error in [
        ({"actor": make_user(Role.ASSESSOR)}, NotAllowed),
        ({"requirement": foreign}, Invalid),
        ({"email": "nobody"}, Invalid),
        ({"email": learner.email}, Invalid),
        ({"enrollment": make_enrollment(learner=work.learner), "requirement": None}, Conflict),
    ]:
        with pytest.raises(error):
            services.invite_observer(**good | change)

    assert not ObservationInvitation.objects.exists()


def test_nobody_is_mailed_without_end(invite):
    for _number in range(MOST_A_DAY):
        invite(email=OUTSIDE, at=NOON)

    with pytest.raises(Conflict, match="which is the most"):
        invite(email=OUTSIDE, at=NOON)
    invite(email=OUTSIDE, at=NOON + timedelta(days=1, seconds=1))


# Answering -----------------------------------------------------------------------------------------------------------
def test_staff_answer_by_code_and_it_counts_as_evidence_of_staff(client, work, observed, invite, assessor):
    invitation = invite()
    client.force_login(assessor)

    answer = client.post(f"/o/{invitation.code}/", SAID)

    observation = Observation.objects.get()
    assert answer.status_code == 200
    assert (observation.scale, observation.scale_direction, observation.level) == (
        "ottawa-5",
        "more-is-more-independent",
        4,
    )
    assert observation.observer == assessor
    item = EvidenceItem.objects.get(requirement=observed)
    assert "I needed to be there just in case" in item.text
    assert SAID["comment"] in item.text
    [place] = [each for each in learning.places(work) if each.requirement == observed]
    assert place.is_met
    [notice] = Notice.objects.filter(user=work.learner.user)
    assert SAID["comment"] not in notice.text
    client.force_login(work.learner.user)
    page = client.get(notice.path).content.decode()
    assert SAID["comment"] in page
    assert "I needed to be there just in case" in page


def test_somebody_outside_answers_by_the_link_without_an_account(client, invite):
    invitation = invite(email=OUTSIDE)

    shown = client.get(link_to(invitation))
    answer = client.post(link_to(invitation), SAID)

    observation = Observation.objects.get()
    assert shown.status_code == answer.status_code == 200
    assert shown["X-Robots-Tag"].startswith("noindex")
    assert "no-store" in shown["Cache-Control"]
    assert (observation.observer, observation.observer_email) == (None, OUTSIDE)


def test_expired_used_and_forged_links_get_a_clear_page(client, invite):
    used, expired = invite(email=OUTSIDE), invite(email=OUTSIDE)
    client.post(link_to(used), SAID)
    ObservationInvitation.objects.filter(pk=expired.pk).update(
        made_at=NOON - timedelta(days=8), expires_at=NOON - timedelta(days=1)
    )

    for address, status, words in [
        (link_to(used), 410, "This was answered already"),
        (link_to(expired), 410, "This has run out"),
        (reverse("learners:observation-link", args=["A" * 43]), 404, "This link leads nowhere"),
        (link_to(used)[:-2] + "/", 404, "This link leads nowhere"),
    ]:
        for answer in (client.get(address), client.post(address, SAID)):
            assert answer.status_code == status
            assert words in answer.content.decode()

    assert Observation.objects.count() == 1


def test_a_code_is_for_staff_of_the_school_and_never_for_oneself(client, invite, work, make_user, make_organization):
    invitation, link = invite(), invite(email=OUTSIDE)
    away = make_organization()
    for person in (work.learner.user, make_user(), make_user(Role.ASSESSOR, scope=away), make_user(Role.REGISTRAR)):
        client.force_login(person)

        assert client.post(f"/o/{invitation.code}/", SAID).status_code == 404
    client.force_login(make_user(Role.ASSESSOR))
    assert client.get(f"/o/{link.code}/").status_code == 404
    client.logout()
    assert client.get(f"/o/{invitation.code}/").status_code == 302
    assert not Observation.objects.exists()


@pytest.mark.parametrize(
    "change",
    [{"level": None}, {"level": 6}, {"setting": ""}, {"setting": "moon"}, {"complexity": "x"}, {"comment": " "}],
)
def test_what_is_missing_is_named_and_nothing_is_used_up(invite, assessor, change):
    invitation = invite()

    with pytest.raises(Invalid):
        services.record_observation(invitation=invitation, observer=assessor, at=timezone.now(), **SAID | change)

    invitation.refresh_from_db()
    assert invitation.used_at is None
    assert not Observation.objects.exists()
    assert not EvidenceItem.objects.filter(title__startswith="Observed").exists()


def test_it_can_be_finished_later(client, invite, assessor, make_user):
    invitation, link = invite(), invite(email=OUTSIDE)
    client.force_login(assessor)

    kept = client.post(f"/o/{invitation.code}/", {"level": "3", "comment": "Good", "action": "later"})

    assert "Kept for later" in kept.content.decode()
    assert "Good" in client.get(f"/o/{invitation.code}/").content.decode()
    assert invitation.code in client.get(reverse("learners:observation-code")).content.decode()
    client.force_login(make_user(Role.ASSESSOR))
    assert "Good" not in client.get(f"/o/{invitation.code}/").content.decode()
    client.logout()
    client.post(link_to(link), {"level": "2", "action": "later"})
    page = client.get(link_to(link)).content.decode()
    assert re.search(r'value="2"\s+checked', page)
    assert not Observation.objects.exists()


def test_it_is_added_to_what_is_handed_in_and_stays_with_the_enrollment_otherwise(invite, work, assessor):
    first, second = invite(), invite()
    type(work).objects.filter(pk=work.pk).update(status="submitted", submitted_at=NOON)

    services.record_observation(invitation=first, observer=assessor, at=timezone.now(), **SAID)
    type(work).objects.filter(pk=work.pk).update(status="decided")
    services.record_observation(invitation=second, observer=assessor, at=timezone.now(), **SAID)

    assert EvidenceItem.objects.filter(title__startswith="Observed").count() == 1
    assert work.enrollment.observations.count() == 2


@pytest.mark.django_db(transaction=True)
def test_of_two_answers_at_once_one_counts(invite, make_user, together):
    invitation, at = invite(), timezone.now()
    people = [make_user(Role.ASSESSOR), make_user(Role.ASSESSOR)]

    answers = together(
        *(
            lambda who=who: services.record_observation(invitation=invitation, observer=who, at=at, **SAID)
            for who in people
        )
    )

    assert [type(each) for each in answers].count(InvitationOver) == 1
    assert Observation.objects.count() == 1


def test_who_reads_an_observation(invite, work, assessor, make_user, lead):
    services.record_observation(invitation=invite(), observer=assessor, at=timezone.now(), **SAID)
    stranger, reader = make_user(Role.ASSESSOR), make_user(Role.ASSESSOR)
    work.assignments.create(assessor=reader, assigned_at=NOON)

    seen = {who: Observation.objects.visible_to(who).exists() for who in (work.learner.user, assessor, lead, reader)}

    assert set(seen.values()) == {True}
    assert not Observation.objects.visible_to(stranger).exists()


def test_the_pages_ask_few_questions(client, invite, work, assessor, django_assert_max_num_queries):
    for _number in range(3):
        services.record_observation(invitation=invite(), observer=assessor, at=timezone.now(), **SAID)
        invite()
    client.force_login(work.learner.user)

    with django_assert_max_num_queries(12):
        client.get(reverse("learners:observation-ask", args=[work.enrollment.public_id]))
