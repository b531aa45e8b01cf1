"""A designation and the badges that it counts: what one shows, and what its revocation tells, of the other."""

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from config.permissions import Role
from issuance import badge_page, services
from issuance.models import KeyPurpose
from learners.models import Award, AwardComponent, Notice


@pytest.fixture
def pair(make_signed, make_version, learner):
    """A component and a designation that counts it, of one learner; neither is shared."""
    component = make_signed(learner=learner).award
    designation = make_signed(learner=learner, version=make_version(kind="designation", title="Distinction")).award
    AwardComponent.objects.create(award=designation, component=component, requirement="Required", position=1)
    return component, designation


def page(client, award):
    return client.get(f"/v/{award.public_id}").content.decode()


def test_a_shared_component_does_not_tell_of_a_designation_that_is_not_shared(client, pair, give):
    component, designation = pair
    give(component)
    assert "Part of" not in page(client, component)

    give(designation)
    assert f"/v/{designation.public_id}" in page(client, component)


def made_of(client, designation):
    return page(client, designation).partition("What it is made of")[2].partition("</ul>")[0]


def test_who_shares_a_designation_agrees_to_show_how_each_of_its_badges_stands(client, pair, give, revoke):
    component, designation = pair
    title, day = component.credential_version.title, badge_page.day(component.awarded_at)

    agreed = give(designation)

    named = "with the title, date and status of each badge that it is made of"
    assert f"“{designation.credential_version.title}” {named} (“{title}” of {day})" in agreed.wording
    assert title in made_of(client, designation)
    assert day in made_of(client, designation) and ">Valid<" in made_of(client, designation)
    assert f"/v/{component.public_id}" not in made_of(client, designation)  # its own page is not shared
    revoke(component)
    assert ">Revoked by the issuer<" in made_of(client, designation)


def test_a_consent_in_older_words_shows_what_they_said_titles_alone(client, pair, give, revoke, monkeypatch):
    component, designation = pair
    with monkeypatch.context() as earlier:
        earlier.setattr("issuance.services.consent.WORDING_VERSION", "2026-12")
        give(designation)
    revoke(component)

    shown = made_of(client, designation)

    assert component.credential_version.title in shown
    assert "evoked" not in shown and badge_page.day(component.awarded_at) not in shown
    give(component)
    assert ">Revoked by the issuer<" in made_of(client, designation)


def test_the_words_for_a_badge_alone_name_no_other(pair, give):
    component, _designation = pair

    assert f"to show “{component.credential_version.title}”, with my name" in give(component).wording


def test_a_page_speaks_of_a_digest_only_where_the_signed_badge_holds_one(
    client, pair, give, make_signed, make_decision, learner, version
):
    decision = make_decision(learner=learner, version=version)
    with_evidence = make_signed(learner=learner, version=version, decision=decision)
    awards = [*pair, with_evidence.award]
    give(*awards)
    words = "Its digest is in the signed badge"

    in_badge = [b'"evidence"' in bytes(each.documents.get(kind="credential").bytes) for each in awards]
    on_page = [words in page(client, each) for each in awards]

    assert in_badge == on_page == [False, False, True]
    assert "Held by the school, and not public." in page(client, pair[1])


STATES = {
    "valid": "Valid",
    "expired": "Expired",
    "superseded": "Replaced by a newer award",
    "suspended": "Temporarily unavailable",
    "revoked": "Revoked by the issuer",
    "failed": "Not confirmed",
}


@pytest.mark.parametrize("state", STATES)
def test_a_list_says_of_a_badge_what_its_own_page_says(client, sign_in, pair, give, revoke, make_user, state):
    component, designation = pair
    give(component, designation)
    for (
        one
    ) in pair:  # each is in the other's list: a component on the designation's page, a designation under "Part of"
        if state == "revoked":
            revoke(one)
        elif state == "expired":
            Award.objects.filter(pk=one.pk).update(valid_until=timezone.now())
        elif state == "failed":
            with connection.cursor() as cursor:
                changed = bytes(one.documents.get(kind="credential").bytes).replace(b"Robin", b"Robyn")
                cursor.execute("UPDATE issuance_signeddocument SET bytes = %s WHERE award_id = %s", [changed, one.pk])
        elif state != "valid":
            Award.objects.filter(pk=one.pk).update(status=state)

    own = {one.pk: page(client, one) for one in pair}

    for one, other in [(component, designation), (designation, component)]:
        title = own[one.pk].partition("<title>")[2]
        assert title.startswith(STATES[state])
        listed = (
            own[other.pk].partition("What it is made of" if one is component else "Part of")[2].partition("</ul>")[0]
        )
        assert one.credential_version.title in listed
        assert f"status--{state}" in listed
        assert f">{STATES[state]}<" in listed
    if state != "failed":  # which the registry's own list does not look into
        registrar = sign_in(make_user(Role.REGISTRAR))
        shown = registrar.get(reverse("issuance:registrar-award", args=[component.public_id])).content.decode()
        assert f">{STATES[state]}<" in shown


def test_a_list_says_of_a_badge_with_a_withdrawn_key_that_it_is_unavailable(client, pair, give, issuer):
    component, designation = pair
    give(component, designation)
    services.revoke_key(organization=issuer, purpose=KeyPurpose.BADGE, number=1, at=timezone.now())

    listed = page(client, designation).partition("What it is made of")[2].partition("</ul>")[0]

    assert "status--suspended" in listed
    assert page(client, component).partition("<title>")[2].startswith("Temporarily unavailable")


def test_the_registrar_reads_first_what_a_revocation_touches(sign_in, pair, make_user):
    component, designation = pair
    request = services.request_revocation(
        actor=make_user(Role.REGISTRAR), award=component, reason="error", note="Wrong file.", at=timezone.now()
    )
    second = make_user(Role.REGISTRAR)

    client = sign_in(second)

    assert "A designation counts this badge" in client.get(request.get_absolute_url()).content.decode()
    assert (
        "A designation counts this badge"
        not in client.get(reverse("issuance:registrar-award", args=[designation.public_id])).content.decode()
    )


def test_other_registrars_are_told_of_a_request_and_see_it_at_home(sign_in, pair, make_user):
    asking, other, away = make_user(Role.REGISTRAR), make_user(Role.REGISTRAR), make_user(Role.REGISTRAR)
    away.role_grants.update(until_at=timezone.now())

    services.request_revocation(actor=asking, award=pair[0], reason="error", note="Wrong file.", at=timezone.now())

    assert list(Notice.objects.filter(kind="revocation").values_list("user", flat=True)) == [other.pk]
    assert "1 revocation waits for a second registrar" in sign_in(other).get("/home/").content.decode()
    assert "1 revocation that you asked for waits" in sign_in(asking).get("/home/").content.decode()


def test_the_holder_of_a_revoked_badge_reads_why_and_whom_to_ask(sign_in, pair, revoke, learner, issuer):
    issuer.contact_email = "registrar@larkmoor.example"
    issuer.save()
    revoke(pair[0])

    shown = sign_in(learner.user).get(pair[0].get_absolute_url()).content.decode()

    assert "you may appeal" in shown
    assert "mailto:registrar@larkmoor.example" in shown
    assert "Request " not in shown


@pytest.mark.parametrize("change", [str.upper, lambda address: address + "/", lambda address: address.upper() + "/"])
def test_an_address_as_mail_programs_write_it_leads_to_the_page(client, pair, give, change):
    give(pair[0])

    answer = client.get("/v/" + change(str(pair[0].public_id)))

    assert (answer.status_code, answer.url) == (301, f"/v/{pair[0].public_id}")


def test_what_is_no_id_at_all_is_the_one_404(client, db):
    assert client.get("/v/" + "-" * 36).status_code == 404


def test_opening_the_check_is_not_counted(client, db, settings):
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "check": 1}

    assert [client.get("/check/").status_code for _number in range(3)] == [200] * 3
    assert [client.post("/check/", {"text": "x"}).status_code for _number in range(2)] == [200, 429]
