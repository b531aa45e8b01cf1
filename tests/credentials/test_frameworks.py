"""Frameworks: loaded in versions, browsed by anybody, never edited, and left by nothing without a person."""

import json
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from config.errors import Conflict, Incomplete, NotAllowed
from config.permissions import Role
from credentials import content as contents
from credentials import frameworks as files
from credentials.models import Alignment, Competency, Crosswalk, Framework
from credentials.services import as_loaded, load_framework, set_crosswalk, take_over_alignments
from tests.moments import NOON

CSV = """code,name,statement,parent,verification
RR,Roles,Uses roles well.,,checked
RR1,Own role,,RR,
RR4,Call on others,"Involves others, in time.",RR,checked
"""
GIVEN = {"slug": "ipec-core", "version": "4", "title": "IPEC Core", "publisher": "IPEC"}


def load(actor, organization, text=CSV, **given):
    loaded = files.read(text, **GIVEN | given)
    return load_framework(actor=actor, organization=organization, loaded=loaded, at=NOON)


def case_of(framework, edition="v1p1"):
    return files.write_case(
        as_loaded(framework), origin="https://example.edu", changed_at=framework.loaded_at, edition=edition
    )


# Files ---------------------------------------------------------------------------------------------------------------
def test_a_csv_is_read_and_written_the_same():
    loaded = files.read(CSV, **GIVEN)

    assert loaded.faults == []
    assert [each.parent for each in loaded.items] == ["", "RR", "RR"]
    again = files.read(files.write_csv(loaded.items), **GIVEN)
    assert again.items == loaded.items


@pytest.mark.parametrize(
    ("row", "place", "words"),
    [
        (",No code,,,", "line 5", "no code"),
        ("RR1,Again,,,", "line 5", "twice"),
        ("RR9,,,,", "line 5", "no name"),
        ("RR9,Nine,,XX,", "RR9", "parent XX is not"),
        ("RR9,Nine,,RR9,", "RR9", "its own parent"),
        ("RR9,Nine,,,,more", "line 5", "more cells"),
        (f"{'R' * 41},Nine,,,", "line 5", "At most|at most"),
    ],
)
def test_a_faulty_row_is_named(row, place, words):
    faults = files.read(CSV + row + "\n", **GIVEN).faults

    assert [each.place for each in faults] == [place]
    assert any(word in faults[0].text for word in words.split("|"))


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "{}", '{"CFDocument": 3}', "a;b\n1;2\n", '{"CFDocument": {}, "CFItems": 3}']
)
def test_what_is_no_framework_has_faults_and_raises_nothing(text):
    assert files.read(text, **GIVEN).faults != []


@pytest.mark.parametrize("edition", ["v1p0", "v1p1"])
def test_a_case_package_leads_back_to_the_same_framework(administrator, organization, edition):
    framework, _new = load(administrator, organization)

    again = files.read(json.dumps(case_of(framework, edition)), slug="ipec-core")

    assert again.faults == []
    known = as_loaded(framework)
    assert [(each.code, each.name, each.statement, each.parent, each.identifier) for each in again.items] == [
        (each.code, each.name, each.statement, each.parent, each.identifier) for each in known.items
    ]
    assert (again.title, again.version, again.publisher, again.identifier) == (
        known.title,
        known.version,
        known.publisher,
        known.identifier,
    )


def test_a_case_package_has_what_the_standard_requires(administrator, organization):
    framework, _new = load(administrator, organization)
    package = case_of(framework)

    document = {"identifier", "uri", "creator", "title", "lastChangeDateTime", "CFPackageURI"}
    assert document <= package["CFDocument"].keys()
    for each in package["CFItems"]:
        assert {"identifier", "uri", "fullStatement", "lastChangeDateTime", "CFDocumentURI"} <= each.keys()
        assert each["fullStatement"]
    for each in package["CFAssociations"]:
        wanted = {"identifier", "uri", "associationType", "originNodeURI", "destinationNodeURI", "lastChangeDateTime"}
        assert wanted <= each.keys()
    assert case_of(framework) == package


def test_case_faults_are_named_by_path():
    package = {
        "CFDocument": {"identifier": "x", "title": "T", "version": "1", "creator": "C"},
        "CFItems": [{"identifier": str(uuid.uuid4()), "fullStatement": "No code"}, 7],
        "CFAssociations": [{"associationType": "isChildOf", "originNodeURI": {}, "destinationNodeURI": {}}],
    }

    places = {each.place for each in files.read(json.dumps(package)).faults}

    assert {
        "CFDocument.identifier",
        "CFItems[0]",
        "CFItems[1]",
        "CFAssociations[0].originNodeURI",
    } <= places


# Loading -------------------------------------------------------------------------------------------------------------
def test_the_same_file_a_second_time_changes_nothing(administrator, organization):
    framework, is_new = load(administrator, organization)
    again, is_new_again = load(administrator, organization)

    assert (is_new, is_new_again, again) == (True, False, framework)
    assert (framework.loaded_by, framework.loaded_at, Competency.objects.count()) == (administrator, NOON, 3)


def test_a_loaded_version_is_never_changed_by_another_file(administrator, organization):
    load(administrator, organization)

    with pytest.raises(Conflict, match="never"):
        load(administrator, organization, CSV.replace("Own role", "Other role"))

    assert Competency.objects.get(code="RR1").short_name == "Own role"


def test_a_file_with_faults_and_a_lead_load_nothing(administrator, lead, organization):
    with pytest.raises(Incomplete):
        load(administrator, organization, CSV + ",x,,,\n")
    with pytest.raises(NotAllowed):
        load(lead, organization)

    assert Framework.objects.count() == 0


@pytest.mark.parametrize("model", [Framework, Competency])
def test_the_database_refuses_to_change_what_is_loaded(administrator, organization, model):
    load(administrator, organization)
    name = "title" if model is Framework else "short_name"

    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        model.objects.update(**{name: "Other"})


# Crosswalk and review ------------------------------------------------------------------------------------------------
@pytest.fixture
def newer(administrator, organization, competency):
    return load(administrator, organization)[0]


def walk(administrator, organization, competency, newer, relation="replaced"):
    return set_crosswalk(
        actor=administrator,
        older=competency.framework,
        newer=newer,
        rows=[("RR1", "RR4", relation)],
        at=NOON,
    )


def test_a_newer_version_changes_no_alignment_until_a_person_does(
    administrator, lead, organization, competency, version, newer
):
    walk(administrator, organization, competency, newer)
    before = contents.read(version)
    assert Alignment.objects.filter(competency__framework=newer).count() == 0

    draft = take_over_alignments(actor=lead, credential=version.credential, newer=newer, at=NOON)

    assert (draft.number, draft.status) == (2, "draft")
    assert [(each["version"], each["code"]) for each in contents.read(draft)["alignments"]] == [("4", "RR4")]
    version.refresh_from_db()
    assert contents.read(version) == before


@pytest.mark.parametrize("relation", [None, "related"])
def test_without_a_certain_counterpart_nothing_is_taken_over(
    administrator, organization, competency, version, newer, relation
):
    if relation:
        walk(administrator, organization, competency, newer, relation)

    with pytest.raises(Conflict, match="counterpart"):
        take_over_alignments(actor=administrator, credential=version.credential, newer=newer, at=NOON)

    assert version.credential.versions.count() == 1


def test_the_review_list_shows_what_would_change_and_brings_it_over(
    signed_in, administrator, organization, competency, version, newer
):
    walk(administrator, organization, competency, newer)
    client = signed_in(administrator)
    url = f"/manage/frameworks/{newer.public_id}/review/"

    page = client.get(url)
    client.post(f"/manage/credentials/{version.credential.public_id}/alignments/{newer.public_id}/")

    assert version.title in page.text
    assert "Replaced by" in page.text
    assert version.credential.versions.filter(status="draft").exists()
    assert "Nothing to review" in client.get(url).text


def test_a_crosswalk_is_written_on_the_page_and_its_faults_are_named(signed_in, administrator, lead, competency, newer):
    client, url = signed_in(administrator), f"/manage/frameworks/{newer.public_id}/crosswalk/"
    older = str(competency.framework.public_id)

    faulty = client.post(url, {"older": older, "lines": "RR1, RR4\nXX, RR4\nRR1, YY\nRR1, RR, odd"})
    saved = client.post(url, {"older": older, "lines": "RR1, RR4, replaced\n"})

    assert faulty.status_code == 422
    assert [f"line {number}" in faulty.text for number in (1, 2, 3, 4)] == [False, True, True, True]
    assert saved.status_code == 302
    assert Crosswalk.objects.get().relation == "replaced"
    assert "RR1, RR4, replaced" in client.get(url).text
    assert signed_in(lead).get(url).status_code == 404


def test_a_crosswalk_travels_with_the_case_package(administrator, organization, competency, newer):
    walk(administrator, organization, competency, newer)
    package = case_of(newer)
    for each in package["CFItems"]:
        each["fullStatement"] += " "  # the same, as a later edition would say it
    package["CFDocument"]["version"] = "5"
    del package["CFDocument"]["identifier"]
    package["CFDocument"]["identifier"] = str(uuid.uuid4())

    loaded = files.read(json.dumps(package), slug="ipec-core")
    later, _new = load_framework(actor=administrator, organization=organization, loaded=loaded, at=NOON)

    assert Crosswalk.objects.filter(target__framework=later, source=competency, relation="replaced").count() == 1


def test_another_school_changes_nothing_that_this_one_relies_on(
    signed_in, make_organization, make_user, administrator, organization, competency, newer
):
    walk(administrator, organization, competency, newer)
    away = make_organization(slug="elsewhere")
    stranger = make_user(Role.ADMINISTRATOR, scope=away)
    url = f"/manage/frameworks/{newer.public_id}/crosswalk/"

    with pytest.raises(NotAllowed):
        set_crosswalk(actor=stranger, older=competency.framework, newer=newer, rows=[], at=NOON)
    with pytest.raises(Conflict, match="keeps the framework"):
        load(stranger, away, version="5", text=CSV.replace("Own role", "Another role"))

    assert signed_in(stranger).get(url).status_code == 404
    assert signed_in(stranger).post(url, {"lines": ""}).status_code == 404
    assert Crosswalk.objects.count() == 1
    assert Framework.objects.filter(slug="ipec-core").count() == 2


def test_another_school_may_bring_in_the_same_version_and_changes_nothing(
    make_organization, make_user, organization, newer
):
    away = make_organization(slug="elsewhere")

    same, is_new = load(make_user(Role.ADMINISTRATOR, scope=away), away)

    assert (same, is_new, same.organization) == (newer, False, organization)


def test_nobody_of_one_school_changes_a_framework_that_came_with_the_site(administrator, organization, newer):
    shared = Framework.objects.create(slug="shared", version="1", title="Shared", publisher="P", kind="k")

    with pytest.raises(NotAllowed):
        set_crosswalk(actor=administrator, older=shared, newer=shared, rows=[], at=NOON)
    with pytest.raises(Conflict, match="keeps the framework"):
        load(administrator, organization, slug="shared", version="2")


# Pages ---------------------------------------------------------------------------------------------------------------
def test_a_dry_run_names_faulty_rows_and_loads_nothing(signed_in, administrator):
    client = signed_in(administrator)
    upload = SimpleUploadedFile("f.csv", (CSV + "RR1,Again,,,\n,x,,,\n").encode())

    page = client.post("/manage/frameworks/load/", GIVEN | {"file": upload})

    assert page.status_code == 422
    assert "line 5" in page.text
    assert "line 6" in page.text
    assert Framework.objects.count() == 0


def test_what_the_dry_run_showed_is_loaded_when_it_is_confirmed(signed_in, administrator, lead):
    client = signed_in(administrator)
    shown = client.post("/manage/frameworks/load/", GIVEN | {"file": SimpleUploadedFile("f.csv", CSV.encode())})
    assert "Load this version" in shown.text
    assert Framework.objects.count() == 0

    loaded = client.post("/manage/frameworks/load/", GIVEN | {"text": CSV, "action": "load"}, follow=True)

    assert "The framework is loaded." in loaded.text
    assert Competency.objects.count() == 3
    assert signed_in(lead).get("/manage/frameworks/load/").status_code == 404


@pytest.mark.parametrize("data", [b"\xff\xfe\x00", b"", b"   "])
def test_an_odd_file_is_refused_with_the_form(signed_in, administrator, data):
    upload = SimpleUploadedFile("f.csv", data)

    assert signed_in(administrator).post("/manage/frameworks/load/", GIVEN | {"file": upload}).status_code == 422


def test_from_a_code_everybody_reaches_each_aligned_item_and_the_counts_are_those_of_the_catalog(
    client, make_version, competency
):
    both, taught = make_version(title="Both"), make_version(published=False, title="Taught")
    Alignment.objects.filter(version=taught).update(strength="addresses")
    hidden, retired = make_version(published=False, title="Hidden"), make_version(title="Retired")
    retired.credential.status = "retired"
    retired.credential.save()
    from credentials.services import publish_version

    publish_version(actor=taught.credential.owner, version=taught, at=NOON)

    listing = client.get(competency.framework.get_absolute_url())
    page = client.get(competency.get_absolute_url())

    assert 'class="number">1</td>' in " ".join(listing.text.split()).replace('"number" >', '"number">')
    assert both.title in page.text
    assert taught.title in page.text
    assert hidden.title not in page.text
    assert retired.title not in page.text


def test_other_systems_read_the_frameworks_as_case(client, newer):
    listing = client.get("/ims/case/v1p1/CFDocuments").json()
    package = client.get(f"/ims/case/v1p0/CFPackages/{newer.public_id}").json()

    assert str(newer.public_id) in {each["identifier"] for each in listing["CFDocuments"]}
    assert len(package["CFItems"]) == 3
    assert "caseVersion" not in package["CFDocument"]
    unknown = client.get(f"/ims/case/v1p1/CFPackages/{uuid.uuid4()}")
    assert (unknown.status_code, unknown.json()["imsx_codeMajor"]) == (404, "failure")
    assert client.get("/ims/case/v9/CFDocuments").status_code == 404


def test_the_browser_costs_a_fixed_number_of_queries(client, signed_in, administrator, make_version, competency, newer):
    counts = []
    admin = signed_in(administrator)
    make_version()
    for _round in range(2):
        found = []
        for reader, url in (
            (client, "/competencies/"),
            (client, competency.framework.get_absolute_url()),
            (client, competency.get_absolute_url()),
            (admin, f"/manage/frameworks/{newer.public_id}/review/"),
        ):
            with CaptureQueriesContext(connection) as seen:
                assert reader.get(url).status_code == 200
            found.append(len(seen))
        counts.append(found)
        for _number in range(4):
            make_version()

    assert counts[0] == counts[1]
    assert max(counts[0]) < 20


@pytest.mark.parametrize("role", [None, Role.ASSESSOR, Role.COMMITTEE])
def test_nobody_else_finds_the_review_list(signed_in, make_user, newer, role):
    client = signed_in(make_user(role))

    assert client.get(f"/manage/frameworks/{newer.public_id}/review/").status_code == 404
