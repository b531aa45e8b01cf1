"""My record shows everything that is held, at once; what is wrong in it can be asked to be amended, and contradicted."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from config import records
from config.errors import Conflict, IllegalMove, Invalid, NotAllowed
from config.permissions import Role
from issuance import services as issuance_services
from learners import services
from learners.models import Amendment, Award
from learners.workflow import AMENDMENT_MOVES, AmendmentStatus
from tests.moments import NOON

LATER = NOON + timedelta(days=3)


@pytest.fixture
def signed_in():
    def act(user):
        client = Client()
        client.force_login(user)
        return client

    return act


# The data map --------------------------------------------------------------------------------------------------------
def test_every_table_is_a_section_of_the_record_or_says_why_not():
    tables = {
        model._meta.label
        for name in ("learners", "pathways", "issuance")
        for model in apps.get_app_config(name).get_models()
    }

    named = records.data_map()

    assert tables - set(named) == set()
    assert set(named) - {model._meta.label for model in apps.get_models()} == set()


def test_what_was_brought_in_from_elsewhere_is_told_step_by_step(signed_in, make_brought, registrar, learner):
    found = make_brought()
    services.withdraw_recognition(actor=learner.user, recognized=found, at=LATER)

    page = signed_in(learner.user).get(reverse("learners:record-part", args=["elsewhere"]))

    assert page.status_code == 200
    text = page.content.decode()
    assert "Brought in" in text and "Withdrawn" in text


def test_each_part_of_the_record_is_read_in_a_fixed_number_of_questions(
    signed_in, make_decision, make_award, learner, django_assert_num_queries
):
    client = signed_in(learner.user)
    urls = [reverse("learners:record"), *(reverse("learners:record-part", args=[each]) for each in records.GROUPS)]

    def release(decision):
        type(decision).objects.filter(pk=decision.pk).update(status="released", effective_at=NOON)

    release(make_decision(learner=learner))
    make_award(learner=learner)
    client.get(urls[0])
    counts = []
    for url in urls:
        with CaptureQueriesContext(connection) as asked:
            assert client.get(url).status_code == 200
        counts.append(len(asked))
    for _ in range(3):
        release(make_decision(learner=learner))
        make_award(learner=learner)
    for url, count in zip(urls, counts, strict=True):
        with django_assert_num_queries(count):
            client.get(url)
        assert count < 20, url
    assert client.get(reverse("learners:record-part", args=["nothing"])).status_code == 404


def test_the_record_holds_levels_and_feedback_once_they_are_released(signed_in, make_decision, learner):
    decision = make_decision(learner=learner)
    client, url = signed_in(learner.user), reverse("learners:record-part", args=["results"])
    assert "You named each role." not in client.get(url).content.decode()

    type(decision).objects.filter(pk=decision.pk).update(status="released", effective_at=NOON)

    page = client.get(url).content.decode()
    assert "You named each role." in page
    assert decision.actor.name not in page


def test_staff_have_no_record_of_their_own(signed_in, registrar):
    assert signed_in(registrar).get(reverse("learners:record")).status_code == 404


# Amendments ----------------------------------------------------------------------------------------------------------
@pytest.fixture
def ask(learner, make_award):
    def act(**fields):
        given = {"actor": learner.user, "learner": learner, "wrong": "It was in May.", "at": NOON} | fields
        if not {"award", "decision", "part"} & set(fields):
            given["award"] = make_award(learner=learner)
        return services.ask_amendment(**given)

    return act


def refuse(registrar, amendment, **fields):
    return services.decide_amendment(
        **{
            "actor": registrar,
            "amendment": amendment,
            "is_amended": False,
            "reasons": "The file says June.",
            "at": LATER,
        }
        | fields
    )


def test_every_status_has_its_moves():
    assert set(AMENDMENT_MOVES) == set(AmendmentStatus.values)


def test_a_refused_request_leaves_the_learners_statement_beside_the_record(ask, registrar, learner, signed_in):
    amendment = ask()
    assert registrar.notices.filter(kind="amendment").count() == 1

    refuse(registrar, amendment)
    services.place_statement(actor=learner.user, amendment=amendment, text="It was in May; I was there.", at=LATER)

    assert learner.user.notices.filter(kind="record").count() == 1
    client = signed_in(learner.user)
    for url in (
        amendment.award.get_absolute_url(),
        reverse("learners:record-part", args=["badges"]),
        amendment.get_absolute_url(),
    ):
        assert "I was there." in client.get(url).content.decode(), url
    assert [event.moved_to for event in amendment.events.order_by("pk")] == ["requested", "refused", "stated"]


def test_a_statement_is_shown_wherever_the_award_is_shown(ask, registrar, learner, make_signed, signed_in):
    award = make_signed(learner=learner).award
    link = issuance_services.share_together(
        actor=learner.user,
        awards=[award],
        title="Mine",
        purpose="residency",
        recipients="anyone-with-link",
        sign_in_method="password",
        at=timezone.now(),
    )
    page = Client().get(f"/v/{award.public_id}").content
    assert b"Statement of the holder" not in page
    amendment = ask(award=award)
    refuse(registrar, amendment)
    services.place_statement(actor=learner.user, amendment=amendment, text="<b>May</b>, not June.", at=LATER)
    services.search_learners(actor=registrar, said=learner.display_name, reason="records", at=timezone.now())

    staff = signed_in(registrar)
    for client, url in (
        (Client(), f"/v/{award.public_id}"),
        (Client(), f"/s/{link.token}"),
        (Client(), f"/s/{link.token}/summary"),
        (staff, reverse("learners:learner-record", args=[learner.public_id])),
        (staff, award.get_absolute_url()),
    ):
        text = client.get(url).content.decode()
        assert "&lt;b&gt;May&lt;/b&gt;, not June." in text and "<b>May</b>" not in text, url

    services.place_statement(actor=learner.user, amendment=amendment, text="", at=LATER)
    assert b"not June" not in Client().get(f"/v/{award.public_id}").content


def test_a_hearing_is_held_by_somebody_else_and_its_outcome_answers(ask, registrar, make_user, learner, signed_in):
    amendment = refuse(registrar, ask())
    services.place_statement(actor=learner.user, amendment=amendment, text="May.", at=LATER)
    services.ask_hearing(actor=learner.user, amendment=amendment, at=LATER)
    heard = {
        "amendment": amendment,
        "held_on": LATER.date(),
        "is_amended": True,
        "note": "A letter shows May.",
        "at": LATER,
    }
    with pytest.raises(NotAllowed, match="somebody else"):
        services.note_hearing(actor=registrar, **heard)
    with pytest.raises(Conflict):
        refuse(registrar, amendment)
    with pytest.raises(Invalid):
        services.note_hearing(actor=make_user(Role.REGISTRAR), **heard | {"held_on": LATER.date() + timedelta(days=2)})
    assert b"Another registrar hears it" in signed_in(registrar).get(amendment.get_absolute_url()).content

    done = services.note_hearing(actor=make_user(Role.REGISTRAR), **heard)

    assert (done.status, done.statement) == ("amended", "")
    with pytest.raises(Conflict):
        services.note_hearing(actor=make_user(Role.REGISTRAR), **heard)
    with pytest.raises(DatabaseError), transaction.atomic():
        Amendment.objects.filter(pk=done.pk).update(heard_by=done.decided_by)


def test_a_request_names_one_record_of_ones_own(ask, learner, make_award, make_decision, make_learner):
    other = make_award()
    for wrong in (
        {"award": other},
        {"part": " "},
        {"part": "My name", "wrong": " "},
        {"award": make_award(learner=learner), "part": "My name"},
        {"decision": make_decision(learner=learner)},  # not released
        {"part": "My name", "wrong": "x" * 4001},
    ):
        with pytest.raises(Invalid):
            ask(**wrong)
    with pytest.raises(NotAllowed):
        ask(actor=make_learner(name="Kim Alder").user, part="My name")
    ask(part="My  name")
    with pytest.raises(Conflict):
        ask(part="My name")
    assert Amendment.objects.count() == 1


def test_only_the_registrar_answers_with_reasons_and_once(ask, registrar, lead, learner):
    amendment = ask()
    for actor in (lead, learner.user):
        with pytest.raises(NotAllowed):
            refuse(actor, amendment)
    with pytest.raises(Invalid):
        refuse(registrar, amendment, reasons=" ")
    with pytest.raises(Conflict):
        services.place_statement(actor=learner.user, amendment=amendment, text="No.", at=LATER)
    with pytest.raises(IllegalMove):
        services.ask_hearing(actor=learner.user, amendment=amendment, at=LATER)
    amendment.refresh_from_db()
    assert (amendment.status, amendment.events.count()) == ("requested", 1)

    services.withdraw_amendment(actor=learner.user, amendment=amendment, at=LATER)
    with pytest.raises(IllegalMove):
        refuse(registrar, amendment)


def test_the_database_takes_no_answer_without_reasons(ask):
    amendment = ask()

    for change in ({"status": "refused"}, {"statement": "x"}, {"part": "y"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Amendment.objects.filter(pk=amendment.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        amendment.events.all().delete()


def test_the_pages_lead_from_the_request_to_the_statement(
    signed_in, learner, registrar, make_user, make_award, version
):
    award: Award = make_award(learner=learner)
    owner, staff, second = signed_in(learner.user), signed_in(registrar), signed_in(make_user(Role.REGISTRAR))
    ask_url = reverse("learners:amendment-ask")
    assert owner.get(ask_url).status_code == 200
    assert owner.post(ask_url, {"about": "other", "wrong": "x"}).status_code == 422
    made = owner.post(ask_url, {"about": f"award:{award.public_id}", "wrong": "It was in May."})
    amendment = Amendment.objects.get()
    assert made["Location"] == amendment.get_absolute_url()

    def url(name):
        return reverse(f"learners:{name}", args=[amendment.public_id])

    assert (
        amendment.get_absolute_url()
        in staff.get(reverse("learners:amendment-list") + "?status=requested").content.decode()
    )
    assert owner.post(url("amendment-decide"), {"outcome": "amended", "reasons": "x"}).status_code == 403
    assert staff.post(url("amendment-decide"), {"outcome": "refused", "reasons": ""}).status_code == 422
    staff.post(url("amendment-decide"), {"outcome": "refused", "reasons": "The file says June."})
    assert "The file says June." in owner.get(amendment.get_absolute_url()).content.decode()
    owner.post(url("hearing-ask"))
    heard = {"outcome": "refused", "reasons": "Nothing new.", "held_on": timezone.localdate().isoformat()}
    assert staff.post(url("amendment-hear"), heard).status_code == 403
    assert second.post(url("amendment-hear"), heard | {"held_on": ""}).status_code == 422
    assert second.post(url("amendment-hear"), heard).status_code == 302
    owner.post(url("statement-place"), {"text": "It was in May."})
    amendment.refresh_from_db()
    assert (amendment.status, amendment.statement) == ("upheld", "It was in May.")
    assert signed_in(make_user()).get(amendment.get_absolute_url()).status_code == 404
