"""Endorsements: asked for by link, confirmed by the organization, signed by a worker, carried by badges, withdrawable."""

import re
import threading
from datetime import timedelta
from functools import partial

import orjson
import pytest
from django.core import mail
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from config.errors import Conflict, Invalid, NotAllowed
from config.permissions import Role
from credentials import content
from credentials import services as asking
from credentials.models import Endorsement, EndorsementMail, EndorsementRequest, Organization
from credentials.services import endorsements
from credentials.services.endorsements import (
    LINK_FOR,
    STANDING_MAX,
    STATEMENT_MAX_LETTERS,
    agreed_words,
    token_of,
)
from credentials.services.opinions import MOST_A_DAY, RequestOver
from issuance import badges, core, services, verification
from issuance.models import KeyPurpose, SignedDocument, SigningKey, StatusEntry, StatusList
from issuance.workflow import KeyState
from learners.models import Notice
from learners.services import tell_of_endorsements

OUTSIDE = "chair@society.example.org"
ASKED = {
    "organization_name": "Society of Team Care",
    "kind": "society",
    "website": "https://society.example.org",
    "country": "us",
    "email": OUTSIDE,
    "statement": "It assesses what we expect of a first-year resident.",
}
SAID = {
    "statement": "It assesses what our members expect.",
    "name": "Pat Chair",
    "role": "Chair of education",
    "is_agreed": True,
}


@pytest.fixture
def ask(version, administrator):
    def asked(*, at=None, actor=None, about=None, **fields):
        return asking.ask_endorsement(
            actor=actor or administrator, version=about or version, at=at or timezone.now(), **ASKED | fields
        )

    return asked


@pytest.fixture
def confirm(ask):
    def confirmed(*, request=None, about=None, **fields):
        request = request or ask(about=about)
        seen = {"seen_sha256": content.digest(request.version)}
        return asking.confirm_endorsement(request=request, at=timezone.now(), **SAID | seen | fields)

    return confirmed


@pytest.fixture
def signed(confirm, issuer):
    """A signed endorsement's document."""
    endorsement = confirm()
    services.settle_endorsements(limit=10, at=timezone.now())
    return SignedDocument.objects.select_related("endorsement__version__credential", "key").get(endorsement=endorsement)


def link_to(request):
    return reverse("credentials:endorse", args=[token_of(request)])


def list_of(version):
    return reverse("credentials:endorsement-list", args=[version.credential.public_id])


def client_of(user):
    client = Client()
    client.force_login(user)
    return client


def settle():
    return services.settle_endorsements(limit=10, at=timezone.now())


def verdict_of(endorsement):
    return verification.endorsement_verdict(endorsement.public_id, at=timezone.now())


# Asking --------------------------------------------------------------------------------------------------------------
def test_an_administrator_asks_and_a_link_goes_out_once(version, administrator):
    answer = client_of(administrator).post(list_of(version), ASKED | {"note": "We met in May."})
    request = EndorsementRequest.objects.get()

    assert answer.status_code == 302
    assert asking.send_endorsement_mail(limit=10, at=timezone.now()) == 1
    assert asking.send_endorsement_mail(limit=10, at=timezone.now()) == 0
    [message] = mail.outbox
    assert message.to == [OUTSIDE] and link_to(request) in message.body and "We met in May." in message.body
    assert token_of(request) not in map(str, EndorsementRequest.objects.values().get().values())
    assert version.credential.events.get(action="endorsement asked").actor == administrator
    assert not Organization.objects.filter(name=ASKED["organization_name"]).exists()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"email": "no address"}, "whole e-mail address"),
        ({"organization_name": " "}, "which organization"),
        ({"kind": "odd"}, "which organization"),
        ({"website": "society"}, "website"),
        ({"country": "USA"}, "two letters"),
        ({"statement": " "}, "Propose a statement"),
        ({"statement": "x" * (STATEMENT_MAX_LETTERS + 1)}, "at most"),
        ({"statement": "x\x01y"}, "control characters"),
        ({"note": "a\u202eb"}, "control characters"),
    ],
)
def test_a_request_that_says_too_little_or_too_much_is_refused(ask, change, words):
    with pytest.raises(Invalid, match=words):
        ask(**change)

    assert not EndorsementRequest.objects.exists()


def test_only_an_administrator_of_the_school_asks(ask, lead, make_user, make_organization):
    for user in (lead, make_user(Role.ADMINISTRATOR, scope=make_organization())):
        with pytest.raises(NotAllowed):
            ask(actor=user)

    assert not EndorsementMail.objects.exists()


def test_a_colleague_and_the_school_itself_are_not_outside(ask, assessor, version):
    with pytest.raises(Invalid, match="colleague"):
        ask(email=assessor.email)
    Organization.objects.filter(pk=version.credential.organization_id).update(is_issuer=True)
    with pytest.raises(Invalid, match="in this registry itself"):
        ask(organization_name=version.credential.organization.name.upper())


def test_an_organization_is_asked_once_while_its_link_works_and_not_when_it_endorses(ask, confirm):
    first = ask()
    with pytest.raises(Conflict, match="still works"):
        ask(organization_name="society of team  care")
    confirm(request=first)

    with pytest.raises(Conflict, match="endorses this version already"):
        ask()


def test_what_is_no_longer_offered_is_not_endorsed_and_mails_have_a_limit(ask, version, administrator, monkeypatch):
    monkeypatch.setattr("credentials.services.endorsements.MOST_A_DAY", 1)
    request = ask()
    with pytest.raises(Conflict, match="1 times"):
        ask(organization_name="Another")
    asking.retire_credential(actor=administrator, credential=version.credential, at=timezone.now())

    with pytest.raises(Conflict, match="no longer offered"):
        ask(organization_name="Another")
    answer = Client().get(link_to(request))
    assert answer.status_code == 410 and b"no longer offered" in answer.content
    assert MOST_A_DAY == 30


def test_a_name_belongs_to_the_domain_that_confirmed_under_it_first(ask, confirm, make_version):
    confirm()
    other = make_version()

    with pytest.raises(Conflict, match=r"from an address at society\.example\.org"):
        ask(about=other, email="somebody@elsewhere.example.org")
    second = confirm(request=ask(about=other, email="office@society.example.org"))

    assert second.organization == Endorsement.objects.order_by("pk")[0].organization


@pytest.mark.parametrize("address", ["someone@elsewhere.example.org", "someone@notboard.example.org"])
def test_the_name_of_an_organization_known_here_is_not_taken_from_outside_its_website(
    ask, confirm, make_organization, make_version, address
):
    known = make_organization(
        name="National Board of Examiners", kind="provider", website="https://www.board.example.org/about", slug="nb"
    )
    with pytest.raises(Conflict, match=r"website https://www\.board\.example\.org"):
        ask(organization_name="national board of examiners", email=address)
    assert not EndorsementRequest.objects.exists()

    made = confirm(request=ask(organization_name="National Board of Examiners", email="chair@mail.board.example.org"))

    assert made.organization == known


def test_a_name_that_became_known_after_the_link_went_out_is_not_confirmed_from_outside(
    ask, confirm, make_organization
):
    request = ask(organization_name="National Board")
    make_organization(name="National Board", kind="provider", website="https://board.example.org", slug="nb")

    with pytest.raises(Conflict, match="known here"):
        confirm(request=request)

    assert not Endorsement.objects.exists()


@pytest.mark.parametrize("domain", ["gmail.com", "GMX.de", "outlook.com"])
def test_an_address_at_a_mail_service_speaks_for_no_organization(ask, domain):
    with pytest.raises(Invalid, match="own domain"):
        ask(email=f"society.of.team.care@{domain}")

    assert not EndorsementRequest.objects.exists()


@pytest.mark.parametrize(
    "name",
    [
        "Society of Team Care\u200b",
        "Society of Team\u2060 Care",
        "S\u043eciety of Team Care",
        "S\u03bfciety of Team Care",
        "\u202aSociety of Team Care",
        "Society of Team Care\u3164",
        "Society of Team Care\ue000",
        "Society of Team Care\x01",
    ],
)
def test_a_name_with_letters_that_nobody_sees_or_of_two_alphabets_is_refused(ask, name):
    with pytest.raises(Invalid, match="by hand"):
        ask(organization_name=name)

    assert not EndorsementRequest.objects.exists()


@pytest.mark.parametrize(
    "name", ["\uff33ociety of Team Care", "SOCIETY\u00a0OF TEAM\u2003CARE", "Society of Team \u216dare"]
)
def test_another_way_to_write_a_name_is_the_same_name(ask, confirm, make_version, name):
    first = confirm()
    other = make_version()

    with pytest.raises(Conflict, match="has endorsed before"):
        ask(about=other, organization_name=name, email="somebody@elsewhere.example.org")
    with pytest.raises(Conflict, match="endorses this version already"):
        ask(organization_name=name)

    assert confirm(request=ask(about=other, organization_name=name)).organization == first.organization


def test_the_school_itself_is_not_outside_in_whatever_letters(ask, version):
    school = version.credential.organization
    Organization.objects.filter(pk=school.pk).update(is_issuer=True, name="Stra\u00dfe\u200b of Health")

    with pytest.raises(Invalid, match="in this registry itself"):
        ask(organization_name="STRASSE OF HEALTH")


def test_a_name_in_another_alphabet_is_a_name(ask):
    assert ask(organization_name="\u041e\u0431\u0449\u0435\u0441\u0442\u0432\u043e 2").organization_name.endswith(" 2")


def test_a_link_is_taken_back_once_and_then_says_so(ask, version, administrator):
    request = ask()
    address = reverse("credentials:endorsement-revoke", args=[version.credential.public_id, request.public_id])
    client_of(administrator).post(address)
    client_of(administrator).post(address)

    assert version.credential.events.filter(action="endorsement request taken back").count() == 1
    assert Client().get(link_to(request)).status_code == 410
    assert asking.send_endorsement_mail(limit=10, at=timezone.now()) == 0


def test_a_version_is_endorsed_by_so_many_and_no_more(ask, confirm, version, make_version, monkeypatch):
    monkeypatch.setattr("credentials.services.endorsements.STANDING_MAX", 1)
    late = ask(organization_name="A late society")
    confirm()

    with pytest.raises(Conflict, match="which is the most"):
        ask(organization_name="Another")
    with pytest.raises(Conflict, match="which is the most"):
        confirm(request=late)

    assert STANDING_MAX == 10
    assert Endorsement.objects.count() == 1
    assert confirm(request=ask(about=make_version())).is_standing


# Answering -----------------------------------------------------------------------------------------------------------
def test_somebody_outside_confirms_on_the_page_and_both_sides_are_told(ask, version):
    request = ask()
    page = Client().get(link_to(request))
    form = {
        "action": "confirm",
        "statement": "In our own words.",
        "name": "Pat Chair",
        "role": "Chair",
        "is_agreed": "on",
        "seen_sha256": page.context["form"]["seen_sha256"].value(),
    }
    answer = Client().post(link_to(request), form)

    assert page.status_code == 200 and ASKED["statement"].encode() in page.content
    assert page["X-Robots-Tag"] == "noindex, nofollow, noarchive"
    assert answer.status_code == 302
    endorsement = Endorsement.objects.get()
    assert (endorsement.statement, endorsement.name) == ("In our own words.", "Pat Chair")
    assert endorsement.agreed == agreed_words(request)
    assert endorsement.organization.did_path == f"endorsers:{endorsement.organization.public_id.hex}"
    assert not endorsement.organization.is_issuer
    assert tell_of_endorsements(at=timezone.now()) == 1
    assert tell_of_endorsements(at=timezone.now()) == 0
    assert "is endorsed" in Notice.objects.get(kind="opinion").subject
    assert asking.send_endorsement_mail(limit=10, at=timezone.now()) == 1
    assert "In our own words." in mail.outbox[0].body
    after = Client().get(link_to(request))
    assert b"Withdraw the endorsement" in after.content


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"statement": " "}, "statement of your organization"),
        ({"statement": "x" * (STATEMENT_MAX_LETTERS + 1)}, "at most"),
        ({"name": ""}, "who you are"),
        ({"role": " "}, "who you are"),
        ({"is_agreed": False}, "may speak for"),
        *(({"statement": f"x{bad}y"}, "control characters") for bad in "\x00\x01\x7f\ue000\u202e\ufffe"),
        ({"name": "Pat\x7fChair"}, "control characters"),
        ({"role": "Chair\ufffe"}, "control characters"),
    ],
)
def test_half_a_confirmation_is_refused(confirm, change, words):
    with pytest.raises(Invalid, match=words):
        confirm(**change)

    assert not Endorsement.objects.exists()
    assert not Organization.objects.filter(did_path__startswith="endorsers:").exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_who_confirm_at_once_under_a_new_name_one_makes_it_and_the_other_is_asked_again(
    confirm, ask, make_version, together, monkeypatch
):
    requests = [ask(about=make_version()) for _number in range(2)]
    both = threading.Barrier(2)
    make = endorsements._new_endorser

    def make_at_once(request):
        both.wait(timeout=30)
        return make(request)

    monkeypatch.setattr(endorsements, "_new_endorser", make_at_once)
    answers = together(*(partial(confirm, request=each) for each in requests))

    assert sorted(type(each).__name__ for each in answers) == ["Conflict", "Endorsement"]
    assert Organization.objects.filter(name=ASKED["organization_name"]).count() == 1
    [refused] = [each for each, answer in zip(requests, answers, strict=True) if isinstance(answer, Conflict)]
    refused.refresh_from_db()
    assert refused.answered_at is None
    confirm(request=refused)
    assert Endorsement.objects.values("organization").distinct().count() == 1


def test_a_refused_form_keeps_what_was_written(ask):
    answer = Client().post(link_to(ask()), {"action": "confirm", "statement": "Ours.", "name": "", "role": "Chair"})

    assert answer.status_code == 422
    assert b"Ours." in answer.content and b"who you are" in answer.content


def test_a_second_answer_changes_nothing(confirm, ask):
    endorsement = confirm()

    with pytest.raises(RequestOver):
        confirm(request=endorsement.request)
    with pytest.raises(RequestOver):
        asking.decline_endorsement(request=endorsement.request, reason="No.", at=timezone.now())

    assert Endorsement.objects.count() == 1


def test_an_organization_declines_with_a_reason_that_the_school_reads(ask, version, administrator):
    request = ask()
    refused = Client().post(link_to(request), {"action": "decline", "decline-reason": " "})
    answer = Client().post(link_to(request), {"action": "decline", "decline-reason": "Too early for us."})

    assert refused.status_code == 422
    assert answer.status_code == 200
    assert Client().get(link_to(request)).status_code == 410
    assert b"Too early for us." in client_of(administrator).get(list_of(version)).content
    assert tell_of_endorsements(at=timezone.now()) == 1
    assert not Endorsement.objects.exists()


def test_a_link_runs_out_and_an_unknown_one_leads_nowhere(ask):
    request = ask(at=timezone.now() - LINK_FOR)

    assert Client().get(link_to(request)).status_code == 410
    assert Client().get(reverse("credentials:endorse", args=["x" * 43])).status_code == 404


def test_a_draft_that_is_changed_while_it_is_read_is_not_confirmed(ask, make_version):
    draft = make_version(published=False)
    request = ask(about=draft)
    seen = content.digest(draft)
    draft.summary = "Something else."
    draft.save(update_fields=["summary"])

    with pytest.raises(Conflict, match="changed while you read"):
        asking.confirm_endorsement(request=request, seen_sha256=seen, at=timezone.now(), **SAID)

    assert not Endorsement.objects.exists()


@pytest.mark.parametrize("is_changed", [False, True])
def test_an_endorsed_draft_counts_only_if_it_is_published_as_it_was_read(
    confirm, make_version, administrator, is_changed
):
    draft = make_version(published=False)
    endorsement = confirm(about=draft)
    assert settle() == 0
    if is_changed:
        draft.summary = "Something else."
        draft.save(update_fields=["summary"])

    asking.publish_version(actor=administrator, version=draft, at=timezone.now())

    endorsement.refresh_from_db()
    assert (endorsement.lapsed_at is not None) == is_changed
    assert settle() == (0 if is_changed else 1)


# Signing -------------------------------------------------------------------------------------------------------------
def test_a_worker_signs_what_was_confirmed_once_under_a_key_of_the_organization(signed, version):
    endorsement = signed.endorsement
    document = orjson.loads(bytes(signed.bytes))
    did = core.did_of(endorsement.organization)

    assert settle() == 0
    assert document["type"] == ["VerifiableCredential", "EndorsementCredential"]
    assert (
        document["issuer"]["id"]
        == did
        == f"{core.did_of(version.credential.organization)}:{endorsement.organization.did_path}"
    )
    assert "kept by the registry" in document["issuer"]["description"]
    assert "society.example.org" in document["issuer"]["description"] and OUTSIDE not in bytes(signed.bytes).decode()
    assert document["credentialSubject"] == {
        "id": badges.version_url(version.credential.public_id, version.number),
        "type": ["EndorsementSubject"],
        "endorsementComment": SAID["statement"],
    }
    assert signed.key.organization == endorsement.organization
    assert verdict_of(endorsement).state == "valid"
    assert verification.check_file(bytes(signed.bytes), at=timezone.now()).state == "valid"


def test_what_cannot_be_signed_takes_no_index_of_a_status_list(confirm, issuer, version, make_version, ask):
    confirm()
    settle()
    other = confirm(request=ask(about=make_version(title="Team\x01care")))
    before = StatusList.objects.get(organization=other.organization).reserved

    assert (settle(), settle()) == (0, 0)

    assert StatusList.objects.get(organization=other.organization).reserved == before
    assert not SignedDocument.objects.filter(endorsement=other).exists()


def test_the_keys_of_an_endorser_are_published_and_one_kept_for_all_its_endorsements(
    client, signed, confirm, ask, make_version
):
    confirm(request=ask(about=make_version()))
    settle()
    organization = signed.endorsement.organization

    answer = client.get(f"/endorsers/{organization.public_id.hex}/did.json")

    assert answer.json()["id"] == core.did_of(organization)
    assert SigningKey.objects.filter(organization=organization).count() == 1
    assert client.get("/endorsers/nobody/did.json").status_code == 404


def test_badges_signed_from_then_on_carry_it_and_verify(signed, make_signed, version):
    badge = make_signed(version=version)
    document = orjson.loads(bytes(badge.bytes))

    [carried] = document["credentialSubject"]["achievement"]["endorsement"]
    report = verification.verify_bytes(bytes(badge.bytes), at=timezone.now())
    assert carried == orjson.loads(bytes(signed.bytes))
    assert report.state == "valid"
    assert [each.state for each in report.endorsements] == ["valid"]


def test_the_page_of_a_badge_the_item_and_its_version_name_who_endorses_it(
    client, make_shared, confirm, version, issuer
):
    earlier = make_shared(version=version)  # signed before anybody endorsed it
    assert b"Endorsed by" not in client.get(f"/v/{earlier.award.public_id}").content
    endorsement = confirm()
    settle()
    pages = [
        f"/v/{earlier.award.public_id}",
        version.credential.get_absolute_url(),
        version.get_absolute_url(),
    ]

    for address in pages:
        page = client.get(address).content.decode()
        assert "Endorsed by" in page and SAID["statement"] in page, address
        assert f"/endorsements/{endorsement.public_id}" in page
    asking.withdraw_own_endorsement(request=endorsement.request, reason="", at=timezone.now())
    for address in pages:  # before any worker has come to it
        assert SAID["statement"] not in client.get(address).content.decode(), address


def test_the_page_of_an_endorsement_says_who_and_how_and_gives_its_bytes(client, signed):
    address = f"/endorsements/{signed.endorsement.public_id}"
    page = client.get(address)

    text = page.content.decode()
    assert page.status_code == 200 and not page.cookies
    for words in (
        "Valid endorsement",
        "Society of Team Care",
        "Pat Chair",
        "an address at society.example.org",
        "no key of its own",
    ):
        assert words in text
    assert OUTSIDE not in text
    for got in (client.get(address, headers={"accept": "application/vc+ld+json"}), client.get(f"{address}.json")):
        assert got.content == bytes(signed.bytes)
    assert client.get("/endorsements/00000000-0000-4000-8000-000000000000").status_code == 404


def unfrozen():
    """Let a test do what the database refuses: change what was confirmed."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE credentials_endorsement DISABLE TRIGGER credentials_endorsement_frozen")


@pytest.mark.parametrize("column", ["statement", "name", "role", "confirmed_at", "version"])
def test_what_was_confirmed_is_frozen_and_fails_where_the_record_says_something_else(
    client, signed, make_version, column
):
    values = {"confirmed_at": timezone.now() + timedelta(days=1), "version": make_version().pk}
    found = Endorsement.objects.filter(pk=signed.endorsement_id)
    with pytest.raises(IntegrityError, match="frozen since"), transaction.atomic():
        found.update(**{column: values.get(column, "Forged words")})
    with pytest.raises(IntegrityError, match="frozen since"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM credentials_endorsement WHERE id = %s", [signed.endorsement_id])
    unfrozen()
    found.update(**{column: values.get(column, "Forged words")})

    page = client.get(f"/endorsements/{signed.endorsement.public_id}").content.decode()

    assert "Not confirmed" in page and "no longer says what was signed" in page
    assert "Forged words" not in page and SAID["statement"] not in page


def test_the_page_names_who_signed_and_not_what_the_organization_is_called_since(client, signed):
    Organization.objects.filter(pk=signed.endorsement.organization_id).update(
        name="American Board of Everything", website="https://elsewhere.example.com"
    )

    page = client.get(f"/endorsements/{signed.endorsement.public_id}").content.decode()

    assert "Valid endorsement" in page and ASKED["organization_name"] in page and ASKED["website"] in page
    assert "American Board" not in page and "elsewhere.example.com" not in page


def test_what_is_not_signed_yet_has_no_page(client, confirm):
    assert client.get(f"/endorsements/{confirm().public_id}").status_code == 404


def test_one_byte_changed_in_the_database_fails_and_is_neither_shown_nor_carried(client, signed, make_shared, version):
    badge = make_shared(version=version)
    changed = bytearray(bytes(signed.bytes))
    changed[changed.index(b"members") + 1] ^= 1
    with connection.cursor() as cursor:
        cursor.execute("UPDATE issuance_signeddocument SET bytes = %s WHERE id = %s", [bytes(changed), signed.pk])

    page = client.get(f"/endorsements/{signed.endorsement.public_id}").content.decode()

    assert "Not confirmed" in page and "changed after it was signed" in page and SAID["statement"] not in page
    assert "Endorsed by" not in client.get(f"/v/{badge.award.public_id}").content.decode()
    assert badges.signed_endorsements({version.pk}) == {}


def test_an_endorsement_whose_key_was_compromised_is_named_nowhere(client, signed, make_shared, version):
    badge = make_shared(version=version)
    pages = [f"/v/{badge.award.public_id}", version.credential.get_absolute_url(), version.get_absolute_url()]
    assert all("Endorsed by" in client.get(page).content.decode() for page in pages)

    SigningKey.objects.filter(pk=signed.key_id).update(state=KeyState.COMPROMISED, compromised_at=timezone.now())

    assert not any("Endorsed by" in client.get(page).content.decode() for page in pages)


# Ending --------------------------------------------------------------------------------------------------------------
def test_an_organization_withdraws_by_its_link_and_the_signed_form_says_so(client, signed, make_signed, version):
    badge = make_signed(version=version)
    request = signed.endorsement.request
    Client().post(link_to(request), {"action": "withdraw", "reason": "We no longer stand by it."})

    before = client.get(f"/endorsements/{signed.endorsement.public_id}").content.decode()
    assert settle() == 1
    assert settle() == 0
    for page in (before, client.get(f"/endorsements/{signed.endorsement.public_id}").content.decode()):
        assert "Withdrawn" in page and "it was withdrawn" in page
    assert "no longer stand by it" not in before  # the school reads why, and nobody else
    assert verification.check_file(bytes(signed.bytes), at=timezone.now()).state == "revoked"
    report = verification.verify_bytes(bytes(badge.bytes), at=timezone.now())
    assert report.state == "valid"  # it does not depend on who endorses it
    assert report.check("endorsements").outcome == "failed"
    assert (
        "endorsement" not in orjson.loads(bytes(make_signed(version=version).bytes))["credentialSubject"]["achievement"]
    )
    assert b"Withdraw the endorsement" not in Client().get(link_to(request)).content


def test_a_withdrawn_one_is_withdrawn_once_and_may_be_asked_for_anew(signed, ask, confirm):
    request = signed.endorsement.request
    asking.withdraw_own_endorsement(request=request, reason="", at=timezone.now())

    with pytest.raises(Conflict, match="no endorsement any more"):
        asking.withdraw_own_endorsement(request=request, reason="", at=timezone.now())
    again = confirm(request=ask())

    assert settle() == 2
    assert again.organization == signed.endorsement.organization
    assert verdict_of(again).state == "valid"


def test_the_registrar_ends_an_endorsement_with_a_reason(signed, version, registrar):
    address = reverse(
        "credentials:endorsement-end", args=[version.credential.public_id, signed.endorsement.request.public_id]
    )
    client = client_of(registrar)
    prefix = signed.endorsement.request.public_id.hex[:12]

    assert client.post(address, {f"{prefix}-reason": " "}).status_code == 422
    assert client.post(address, {f"{prefix}-reason": "They asked by letter."}).status_code == 302
    assert version.credential.events.get(action="endorsement ended").actor == registrar
    assert b"They asked by letter." in client.get(list_of(version)).content
    settle()
    assert verdict_of(signed.endorsement).state == "revoked"


def test_the_registrar_comes_to_it_from_an_award(make_signed, version, registrar, make_user):
    address = reverse("issuance:registrar-award", args=[make_signed(version=version).award.public_id])

    assert list_of(version) in client_of(registrar).get(address).content.decode()
    assert list_of(version) not in client_of(make_user(Role.AUDITOR)).get(address).content.decode()


def test_who_may_do_what_on_the_page_of_endorsements(signed, ask, version, lead, registrar, assessor):
    waiting = ask(organization_name="Another Society", email="b@another.example.org")
    end = reverse(
        "credentials:endorsement-end", args=[version.credential.public_id, signed.endorsement.request.public_id]
    )
    revoke = reverse("credentials:endorsement-revoke", args=[version.credential.public_id, waiting.public_id])

    assert client_of(lead).get(list_of(version)).status_code == 200
    assert client_of(lead).post(list_of(version), ASKED).status_code == 404
    assert client_of(lead).post(end, {}).status_code == 404
    assert client_of(registrar).post(revoke).status_code == 404
    assert client_of(assessor).get(list_of(version)).status_code == 404
    with pytest.raises(NotAllowed):
        asking.withdraw_endorsement(actor=lead, request=signed.endorsement.request, reason="x", at=timezone.now())
    signed.endorsement.refresh_from_db()
    assert signed.endorsement.is_standing


def test_a_withdrawn_key_has_the_endorsement_signed_anew_under_the_same_address(signed):
    organization = signed.endorsement.organization
    services.revoke_key(organization=organization, purpose=KeyPurpose.BADGE, number=1, at=timezone.now())
    assert settle() == 1
    services.refresh_status_lists(at=timezone.now())

    newest = SignedDocument.objects.get(endorsement=signed.endorsement, superseded_at=None)
    assert newest.sequence == 2 and newest.key.number == 2
    assert orjson.loads(bytes(newest.bytes))["id"] == orjson.loads(bytes(signed.bytes))["id"]
    assert verdict_of(signed.endorsement).state == "valid"


def test_the_database_holds_one_standing_endorsement_and_one_current_document(signed):
    endorsement = signed.endorsement
    with pytest.raises(IntegrityError, match="endorsement_once"), transaction.atomic():
        Endorsement.objects.create(version=endorsement.version, organization=endorsement.organization, statement="x")
    signed.pk = None
    signed.public_id, signed.sequence = "00000000-0000-4000-8000-000000000001", 2
    with pytest.raises(IntegrityError, match="endorsement_one_current_document"), transaction.atomic():
        signed.save(force_insert=True)
    assert StatusEntry.objects.filter(document__endorsement=endorsement).count() == 1


def test_an_endorsed_item_costs_who_waits_for_a_seat_fewer_than_twenty_questions(
    client, signed, learner, make_learner, version, make_offering, make_enrollment
):
    offering = make_offering(version=version, seats=1)
    make_enrollment(learner=make_learner(name="Seated"), version=version, offering=offering)
    for number in range(3):
        make_enrollment(
            learner=make_learner(name=f"Before {number}"), version=version, offering=offering, status="waitlisted"
        )
    make_enrollment(learner=learner, version=version, offering=offering, status="waitlisted")
    client.force_login(learner.user)
    client.get(version.credential.get_absolute_url())

    with CaptureQueriesContext(connection) as asked:
        page = client.get(version.credential.get_absolute_url()).content.decode()

    assert signed.endorsement.organization.name in page and "Number 4 on the waitlist" in re.sub(r"\s+", " ", page)
    assert len(asked) < 20


def test_the_pages_ask_the_database_a_fixed_number_of_times(signed, ask, version, administrator):
    client = client_of(administrator)
    client.get(list_of(version))
    with CaptureQueriesContext(connection) as few:
        client.get(list_of(version))
    for number in range(12):
        ask(organization_name=f"Society {number}", email=f"a@s{number}.example.org")
    with CaptureQueriesContext(connection) as many:
        client.get(list_of(version))
    with CaptureQueriesContext(connection) as outside:
        Client().get(link_to(EndorsementRequest.objects.order_by("-pk")[0]))

    assert len(few) == len(many) < 20
    assert len(outside) < 20
