"""The whole catalog as a file: what goes out comes in again, whole or not at all, and a second time nothing happens."""

import copy
import json
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command

from config.errors import Incomplete, NotAllowed
from config.permissions import Role
from credentials.models import (
    Competency,
    Credential,
    CredentialEvent,
    CredentialVersion,
    Framework,
    Organization,
    SpecialtyClaim,
)
from credentials.services import catalog_of, export_catalog, import_catalog, start_version
from tests.moments import LONG_AGO, NOON


@pytest.fixture
def catalog(organization, administrator, make_version):
    """Something offered, with a draft of its next version, asked for by something else; a designation; a draft."""
    first = make_version(title="First", limits="No license.")
    start_version(actor=administrator, credential=first.credential, at=NOON)
    make_version(title="Second", requires=[first.credential])
    make_version(kind="designation", title="Third")
    make_version(published=False, title="Fourth")
    SpecialtyClaim.objects.create(
        credential=first.credential, specialty="pediatrics", source="A society", stated_on=date(2026, 5, 1)
    )
    return catalog_of(organization)


@pytest.fixture
def elsewhere(make_organization, make_user):
    """Another school, with an administrator of its own."""
    school = make_organization(slug="elsewhere", is_issuer=True, did_path="orgs:elsewhere")
    return school, make_user(Role.ADMINISTRATOR, scope=school)


def said(catalog):
    """A catalog without what another registry gives anew."""
    found = copy.deepcopy(catalog)
    found.pop("organization")
    for each in found["credentials"]:
        each.pop("public_id")
        for version in each["versions"]:
            for criterion in version["criteria"]:
                criterion.pop("public_id")
    return found


def take(school, actor, data, **options):
    return import_catalog(actor=actor, organization=school, data=data, at=NOON, **options)


def test_what_goes_out_comes_in_the_same_at_another_school(catalog, elsewhere, administrator):
    administrator.role_grants.create(role=Role.LEAD, organization=elsewhere[0], from_at=LONG_AGO)

    report = take(*elsewhere, json.loads(json.dumps(catalog)))

    assert len(report.created) == 4
    assert said(catalog_of(elsewhere[0])) == said(catalog)


def test_a_second_import_changes_nothing(catalog, organization, administrator, elsewhere):
    assert len(take(organization, administrator, catalog).unchanged) == 4
    take(*elsewhere, catalog)
    events = CredentialEvent.objects.count()

    report = take(*elsewhere, catalog)

    assert (report.created, report.changed, len(report.unchanged)) == ([], [], 4)
    assert CredentialEvent.objects.count() == events
    assert catalog_of(organization) == catalog


def test_a_registry_that_lost_everything_gets_the_same_back_with_the_same_ids(catalog, organization, administrator):
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("TRUNCATE credentials_credential, credentials_credentialversion, credentials_framework CASCADE")
    assert Credential.objects.count() == Framework.objects.count() == 0

    administrator.role_grants.create(role=Role.ADMINISTRATOR, organization=organization, from_at=LONG_AGO)

    take(organization, administrator, catalog)

    assert catalog_of(organization) == catalog


def test_an_import_makes_nobody_an_owner_who_could_not_be_one(catalog, elsewhere, administrator, make_user):
    closed = make_user(Role.LEAD, scope=elsewhere[0], is_active=False)
    catalog["credentials"][0]["owner"] = closed.email

    report = take(*elsewhere, catalog)

    found = Credential.objects.filter(organization=elsewhere[0]).values_list("owner", flat=True)
    assert set(found) == {None}
    assert {path for path, _words in report.notes} >= {f"credentials[{number}].owner" for number in range(4)}
    assert "no lead or administrator here" in report.notes[-1][1]


def test_a_dry_run_says_what_it_would_do_and_does_nothing(catalog, elsewhere):
    report = take(*elsewhere, catalog, is_dry_run=True)

    assert len(report.created) == 4
    assert elsewhere[0].credentials.count() == 0


def test_a_draft_becomes_that_of_the_file(catalog, organization, administrator):
    catalog["credentials"][-1]["versions"][0]["summary"] = "Other words."

    report = take(organization, administrator, catalog)

    assert report.changed == [catalog["credentials"][-1]["code"]]
    assert CredentialVersion.objects.get(title="Fourth").summary == "Other words."


def broken(path, value):
    def change(data):
        place = data
        for step in path[:-1]:
            place = place[step]
        if value is KeyError:
            del place[path[-1]]
        else:
            place[path[-1]] = value

    return change


FIRST = ("credentials", 0, "versions", 0)


@pytest.mark.parametrize(
    ("change", "path"),
    [
        (broken(("format",), "other"), "format"),
        (broken(("credentials",), {}), "credentials"),
        (broken(("credentials", 0), 7), "credentials[0]"),
        (broken(("credentials", 0, "code"), KeyError), "credentials[0].code"),
        (broken(("credentials", 0, "extra"), 1), "credentials[0].extra"),
        (broken(("credentials", 0, "kind"), "diploma"), "credentials[0].kind"),
        (broken(("credentials", 0, "current_version"), 9), "credentials[0].current_version"),
        (broken(("credentials", 0, "status"), "draft"), "credentials[0].status"),
        (broken((*FIRST, "workload_hours"), "8"), "credentials[0].versions[0].workload_hours"),
        (broken((*FIRST, "workload_hours"), True), "credentials[0].versions[0].workload_hours"),
        (broken((*FIRST, "level"), "expert"), "credentials[0].versions[0].level"),
        (broken((*FIRST, "title"), "x" * 201), "credentials[0].versions[0].title"),
        (broken((*FIRST, "professions_admitted"), "medicine"), "credentials[0].versions[0].professions_admitted"),
        (broken((*FIRST, "published_at"), "May"), "credentials[0].versions[0].published_at"),
        (broken((*FIRST, "outcomes", 0), 3), "credentials[0].versions[0].outcomes[0]"),
        (
            broken((*FIRST, "criteria", 1, "levels", 2, "value"), 7),
            "credentials[0].versions[0].criteria[1].levels[2].value",
        ),
        (broken((*FIRST, "criteria", 0, "key"), "referral"), "credentials[0].versions[0].criteria[1].key"),
        (broken((*FIRST, "evidence", 0, "source"), "sky"), "credentials[0].versions[0].evidence[0].source"),
        (broken((*FIRST, "alignments", 0, "criterion"), "none"), "credentials[0].versions[0].alignments[0].criterion"),
        (broken((*FIRST, "alignments", 0, "code"), "ZZ9"), "credentials[0].versions[0]"),
        (broken((*FIRST, "prerequisites"), ["NONE"]), "credentials[0].versions[0]"),
        (broken((*FIRST, "summary"), ""), "credentials[0].versions[0]"),
        (broken(("frameworks", 0, "items", 0, "identifier"), "x"), "frameworks[0].items[0].identifier"),
    ],
)
def test_a_fault_is_named_by_its_path_and_nothing_is_written(catalog, elsewhere, change, path):
    change(catalog)

    with pytest.raises(Incomplete) as refused:
        take(*elsewhere, catalog)

    assert path in {line.split(": ")[0] for line in refused.value.missing}
    assert elsewhere[0].credentials.count() == 0


@pytest.mark.parametrize("data", [None, 3, [], {}, "x"])
def test_what_is_no_catalog_is_refused(elsewhere, data):
    with pytest.raises(Incomplete):
        take(*elsewhere, data)


def test_what_is_published_is_never_written_over(catalog, organization, administrator):
    catalog["credentials"][0]["versions"][0]["summary"] = "Other words."

    with pytest.raises(Incomplete) as refused:
        take(organization, administrator, catalog)

    assert refused.value.missing == [
        "credentials[0].versions[0]: This version is published here and says something else; it is frozen."
    ]


def test_only_an_administrator_of_the_school_does_it(catalog, organization, lead, elsewhere):
    for person in (lead, elsewhere[1]):
        with pytest.raises(NotAllowed):
            export_catalog(actor=person, organization=organization)
        with pytest.raises(NotAllowed):
            take(organization, person, catalog)


def test_the_command_writes_and_takes_over(catalog, elsewhere, tmp_path, capsys):
    file = tmp_path / "catalog.json"

    call_command("catalog", "export", "larkmoor", str(file))
    call_command("catalog", "import", "elsewhere", str(file), "--by", elsewhere[1].email, "--dry-run")
    assert "created: 4" in capsys.readouterr().out
    assert Organization.objects.get(slug="elsewhere").credentials.count() == 0
    call_command("catalog", "import", "elsewhere", str(file), "--by", elsewhere[1].email)

    assert json.loads(file.read_text()) == catalog
    assert Organization.objects.get(slug="elsewhere").credentials.count() == 4
    file.write_text("{")
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("catalog", "import", "elsewhere", str(file), "--by", elsewhere[1].email)


def test_the_page_gives_the_file_and_takes_it_after_a_look(signed_in, catalog, elsewhere, administrator, lead):
    ours, theirs = signed_in(administrator), signed_in(elsewhere[1])
    data = ours.get("/manage/catalog/catalog.json").content

    shown = theirs.post("/manage/catalog/", {"file": SimpleUploadedFile("c.json", data)})
    assert "4 new credentials" in shown.text
    assert elsewhere[0].credentials.count() == 0
    done = theirs.post("/manage/catalog/", {"text": data.decode(), "action": "import"}, follow=True)

    assert "Imported: 4 new" in done.text
    assert json.loads(data) == catalog
    odd = theirs.post("/manage/catalog/", {"file": SimpleUploadedFile("c.json", b"{")})
    assert (odd.status_code, "This is not JSON" in odd.text) == (422, True)
    assert signed_in(lead).get("/manage/catalog/").status_code == 404
    assert theirs.get(f"/manage/catalog/?school={administrator.public_id}").status_code == 404


def test_competencies_come_with_it(catalog, elsewhere):
    assert catalog["frameworks"][0]["items"][0]["code"] == "RR1"
    assert Competency.objects.count() == 1

    take(*elsewhere, catalog)

    assert Competency.objects.count() == 1
