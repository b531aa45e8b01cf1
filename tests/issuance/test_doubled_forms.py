"""A form that is sent twice makes what it makes once: two presses, a page brought back, two workers at the same moment."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from config.errors import Invalid
from config.once import Sent
from credentials import services as credentials_services
from credentials.models import EvidenceRequirement, SentForm
from credentials.services import SentAlready, made_once
from issuance import services
from issuance.models import BadgeList, Consent, PageVote, Receipt, RecordRelease, ShareLink
from learners.models import ObservationInvitation, RecognitionRule, ResultList, RosterImport, User
from tests.moments import NOON

KEY = re.compile(r'name="once" value="([0-9a-f-]{36})"')


def key_of(page):
    """The key of the form of a page that was just shown; all forms of a page may share one."""
    return KEY.search(page.content.decode())[1]


# What is sent, for each form: who sends it from which page to which address, what it holds, and what it makes ------------
@pytest.fixture
def link(sign_in, make_signed, learner):
    award, address = make_signed(learner=learner).award, reverse("issuance:link-create")
    client = sign_in(learner.user)
    values = {"title": "A program", "badges": [award.public_id], "recipients": "anyone", "purpose": "residency"}
    shown = client.post(address, values | {"preview": "1"}).context["form"]["shown"].value()
    return client, address, address, values | {"agree": "on", "shown": shown}, [ShareLink, Consent]


@pytest.fixture
def packet(sign_in, make_signed, learner):
    award, address = make_signed(learner=learner).award, reverse("issuance:packet-create")
    client = sign_in(learner.user)
    form = client.get(address).context["form"]
    values = {
        "title": "My season",
        "badges": [award.public_id],
        "season": form.fields["season"].choices[0][0],
        "as_of": timezone.localdate().isoformat(),
        "ends_on": form["ends_on"].value().isoformat(),
    }
    shown = client.post(address, values | {"preview": "1"}).context["form"]["shown"].value()
    return client, address, address, values | {"agree": "on", "shown": shown}, [ShareLink, Consent]


@pytest.fixture
def profile(sign_in, make_signed, learner):
    award, address = make_signed(learner=learner).award, reverse("issuance:profile-edit")
    client = sign_in(learner.user)
    values = {"title": "Robin", "badges": [award.public_id]}
    shown = client.post(address, values | {"preview": "1"}).context["form"]["shown"].value()
    return client, address, address, values | {"agree": "on", "shown": shown}, [ShareLink, Consent]


@pytest.fixture
def release(sign_in, registrar, learner):
    address = reverse("issuance:release-record", args=[learner.public_id])
    values = {
        "released_on": timezone.localdate().isoformat(),
        "recipient": "A court",
        "basis": "court",
        "interest": "A case before it.",
        "records": "The transcript.",
    }
    return sign_in(registrar), address, address, values, [RecordRelease]


@pytest.fixture
def vote(make_shared):
    page = f"/v/{make_shared().award.public_id}"
    return Client(), page, f"{page}/vote", {"helpful": "yes"}, [PageVote]


@pytest.fixture
def page_receipt(make_shared):
    page = f"/v/{make_shared().award.public_id}"
    return Client(), page, f"{page}/receipt", {}, [Receipt]


@pytest.fixture
def checked_list(issuer):
    address = reverse("issuance:list-check")
    return Client(), address, address, {"links": f"https://example.org/v/{uuid4()}"}, [BadgeList]


@pytest.fixture
def list_receipt(make_shared):
    link = f"/v/{make_shared().award.public_id}"
    found = services.start_list(rows=[services.Given(given=link)], at=timezone.now())
    while services.check_next_row(at=timezone.now()):
        pass
    page = found.get_absolute_url()
    return Client(), page, reverse("issuance:list-receipt", args=[found.token]), {}, [Receipt]


@pytest.fixture
def observation(sign_in, make_submission):
    work = make_submission()
    address = reverse("learners:observation-ask", args=[work.enrollment.public_id])
    return sign_in(work.learner.user), address, address, {"requirement": "", "email": ""}, [ObservationInvitation]


@pytest.fixture
def roster(sign_in, registrar):
    address = reverse("learners:roster-list")
    text = "student_number,name,email,profession,cohort\nS-900,Sky Reed,sky@larkmoor.example,medicine,\n"
    return sign_in(registrar), address, address, {"file": text}, [RosterImport]


@pytest.fixture
def results(sign_in, make_version, lead):
    version = make_version(published=False)
    EvidenceRequirement.objects.create(version=version, position=2, kind="OSCE", source="event")
    version.status, version.published_at, version.published_by = "published", NOON, version.credential.owner
    version.save()
    version.credential.status, version.credential.current_version = "offered", version
    version.credential.save()
    address = reverse("learners:results", args=[version.credential.public_id])
    text = "student_number,email,evidence,title,score,out_of,words,rated_on,rater_kind,rater,comment\nS-1,,OSCE,A,1,2,,,,,\n"
    return sign_in(lead), address, address, {"file": text, "list": "yes"}, [ResultList]


@pytest.fixture
def rule(sign_in, improvement, lead):
    address = reverse("learners:recognition-rule-add") + f"?credential={improvement.credential.public_id}"
    values = {
        "provider_name": "Northlight Open School",
        "provider_website": "https://northlight.example.org",
        "title": "Basics",
        "satisfies": ["external certificate"],
        "valid_from": timezone.localdate().isoformat(),
        "parts": "",
        "issuer_ids": "",
    }
    return sign_in(lead), address, address, values, [RecognitionRule]


FORMS = [
    "link",
    "packet",
    "profile",
    "release",
    "vote",
    "page_receipt",
    "checked_list",
    "list_receipt",
    "observation",
    "roster",
    "results",
    "rule",
]


def send(client, address, values, key):
    values = dict(values)
    if "file" in values:
        values["file"] = SimpleUploadedFile("list.csv", values["file"].encode(), content_type="text/csv")
    return client.post(address, values | ({"once": key} if key else {}))


@pytest.mark.parametrize("name", FORMS)
def test_a_form_that_is_sent_twice_makes_one_and_another_tab_makes_another(request, name):
    client, page, address, values, tables = request.getfixturevalue(name)
    before = [table.objects.count() for table in tables]
    key, of_another_tab = key_of(client.get(page)), str(uuid4())

    first, second = (send(client, address, values, key) for _number in range(2))

    assert first.status_code == second.status_code == 302
    assert first.url == second.url
    assert [table.objects.count() for table in tables] == [count + 1 for count in before]

    third = send(client, address, values, of_another_tab)

    assert third.status_code == 302
    assert [table.objects.count() for table in tables] == [count + 2 for count in before]


# The mechanism -------------------------------------------------------------------------------------------------------
def record(learner, registrar, recipient="A court"):
    return {
        "actor": registrar,
        "learner": learner,
        "recipient": recipient,
        "basis": "court",
        "interest": "A case.",
        "records": "The transcript.",
        "released_on": NOON.date(),
        "at": NOON,
    }


def test_each_page_has_a_key_of_its_own(sign_in, registrar, learner):
    client, address = sign_in(registrar), reverse("issuance:release-record", args=[learner.public_id])

    assert key_of(client.get(address)) != key_of(client.get(address))


def test_a_form_without_a_key_or_with_an_odd_one_is_taken_as_before(sign_in, release):
    client, _page, address, values, _tables = release

    for key in ("", "none", "x" * 4000):
        assert send(client, address, values, key).status_code == 302

    assert RecordRelease.objects.count() == 3
    assert not SentForm.objects.exists()


def test_a_form_that_was_refused_may_be_sent_again_with_its_key(registrar, learner):
    sent = Sent(uuid4(), registrar)
    with pytest.raises(Invalid):
        made_once(sent, services.record_release, **record(learner, registrar, recipient=" "))
    assert not SentForm.objects.exists()

    made = made_once(sent, services.record_release, **record(learner, registrar))

    assert made_once(sent, services.record_release, **record(learner, registrar)) == made
    assert RecordRelease.objects.get() == made


def test_a_key_opens_nothing_to_another_person(registrar, make_user, learner, organization):
    key, other = uuid4(), make_user("registrar")

    made = made_once(Sent(key, registrar), services.record_release, **record(learner, registrar))
    theirs = made_once(Sent(key, other), services.record_release, **record(learner, other))

    assert theirs != made


def test_what_is_gone_is_not_made_a_second_time(issuer):
    sent = Sent(uuid4(), None)
    rows = [services.Given(given=f"https://example.org/v/{uuid4()}")]
    made_once(sent, services.start_list, rows=rows, at=NOON).delete()

    with pytest.raises(SentAlready):
        made_once(sent, services.start_list, rows=rows, at=NOON)

    assert not BadgeList.objects.exists()


def test_keys_are_forgotten_after_a_month(registrar, learner):
    made_once(Sent(uuid4(), registrar), services.record_release, **record(learner, registrar))
    sent_at = SentForm.objects.get().at

    assert credentials_services.forget_sent_forms(at=sent_at + timedelta(days=29)) == 0
    assert credentials_services.forget_sent_forms(at=sent_at + timedelta(days=31)) == 1
    assert RecordRelease.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_workers_with_the_same_form_at_the_same_moment_make_one(together, make_learner, make_user):
    learner, registrar, key = make_learner(), make_user("registrar"), uuid4()

    def press():
        sender = User.objects.get(pk=registrar.pk)
        return made_once(Sent(key, sender), services.record_release, **record(learner, sender))

    answers = together(press, press, press)

    assert len({answer.pk for answer in answers}) == 1
    assert RecordRelease.objects.count() == 1
