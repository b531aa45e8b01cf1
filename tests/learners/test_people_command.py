"""How a real school begins: a school, people, roles."""

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.urls import reverse

from config.permissions import Role
from credentials.models import Organization
from issuance.models import SigningKey
from learners.models import Learner, RoleGrant, User


def add(*more, email="ada@larkmoor.example.edu", name="Ada Alder"):
    call_command("people", "add", "larkmoor", email, name, *more)


def test_a_school_is_made_with_its_keys_once(db):
    arguments = ["school", "create", "hill", "Hill School", "--country", "US", "--website", "https://hill.example.edu"]
    call_command(*arguments)

    assert SigningKey.objects.filter(organization__slug="hill", state="active").count() == 2
    with pytest.raises(CommandError, match="already"):
        call_command(*arguments)
    assert Organization.objects.count() == 1


@pytest.mark.parametrize(("slug", "country"), [("Hill School", "US"), ("hill", "usa")])
def test_odd_words_are_named(db, slug, country):
    with pytest.raises(CommandError):
        call_command("school", "create", slug, "Hill", "--country", country, "--website", "https://hill.example.edu")
    assert not Organization.objects.exists()


def test_a_person_with_roles_can_set_a_password(client, organization):
    add("--role", "assessor", "--role", "lead")

    user = User.objects.get()
    assert not user.has_usable_password()
    assert user.roles() == {Role.ASSESSOR, Role.LEAD}
    client.post(reverse("account_reset_password"), {"email": user.email})
    assert [message.to for message in mail.outbox] == [[user.email]]
    assert mail.outbox[0].subject == "Set a new password"
    assert "/accounts/password/reset/key/" in mail.outbox[0].body


def test_a_learner_is_added_to_a_cohort(organization, cohort):
    add("--learner", "medicine", "--cohort", cohort.name, "--number", "17")

    learner = Learner.objects.get()
    assert (learner.cohort, learner.names.get().full_name, learner.student_number) == (cohort, "Ada Alder", "17")


@pytest.mark.parametrize(
    ("more", "said"),
    [({"email": "ada"}, "no e-mail address"), ({"name": "  "}, "name"), ({}, "There is an account")],
)
def test_what_cannot_be_added_is_named_and_changes_nothing(organization, more, said):
    add()

    with pytest.raises(CommandError, match=said):
        add("--role", "lead", **more)
    assert (User.objects.count(), RoleGrant.objects.count()) == (1, 0)


def test_a_second_learner_of_one_number_is_refused_whole(organization):
    add("--learner", "medicine", "--number", "17")

    with pytest.raises(CommandError, match="student number is taken"):
        add("--learner", "nursing", "--number", "17", email="bea@larkmoor.example.edu")
    assert User.objects.count() == 1


def test_roles_are_given_once_ended_and_listed(organization, capsys):
    add()
    email = User.objects.get().email
    call_command("people", "grant", "larkmoor", email, "registrar")
    with pytest.raises(CommandError, match="has this role already"):
        call_command("people", "grant", "larkmoor", email, "registrar")
    call_command("people", "list", "larkmoor")
    assert "registrar      Ada Alder" in capsys.readouterr().out

    call_command("people", "end", "larkmoor", email, "registrar")

    assert User.objects.get().roles() == set()
    with pytest.raises(CommandError, match="does not have this role"):
        call_command("people", "end", "larkmoor", email, "registrar")


def test_an_unknown_school_is_named_with_those_there_are(organization):
    with pytest.raises(CommandError, match="There are: larkmoor"):
        call_command("people", "list", "nowhere")
