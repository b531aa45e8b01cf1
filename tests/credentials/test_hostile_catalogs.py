"""Files made to break the loading of frameworks and catalogs, and plans that outlive a right."""

import copy
import itertools
import json
import uuid
from datetime import timedelta

import pytest
from django.urls import reverse

from config.errors import NotAllowed
from config.permissions import Role
from credentials import content as contents
from credentials import frameworks
from credentials.models import Competency, Credential, Framework, PlannedChange
from credentials.services import (
    catalog_of,
    import_catalog,
    load_framework,
    plan_change,
    publish_version,
    run_planned,
    save_draft,
)
from learners.models import RoleGrant
from tests.moments import NOON

LATER = NOON + timedelta(days=3)


def package(*items, associations=(), **document):
    said = {"identifier": str(uuid.uuid4()), "title": "Core", "creator": "A board", "version": "1"} | document
    return json.dumps({"CFDocument": said, "CFItems": list(items), "CFAssociations": list(associations)})


def item(code="A1", statement="Listens.", **fields):
    return {"identifier": str(uuid.uuid4()), "humanCodingScheme": code, "fullStatement": statement} | fields


# Frameworks ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "text",
    [
        package(item(statement="a\0b")),
        package(item(code="A\0")),
        package(item(statement="\ud800")),
        package(item(), title="\0Core"),
        package(item(), description="\udfff"),
        "[" * 100_000,
        '{"CFDocument":' * 50_000,
        package(item(), officialSourceURL="javascript:alert(1)"),
        package(item(), officialSourceURL="//evil.example/x"),
        package(None, 5, [], "x"),
        package(item(identifier={"a": 1})),
        package(item(), associations=[{"associationType": [], "originNodeURI": [], "destinationNodeURI": 5}]),
        '{"CFPackage": 5}',
        '{"CFPackage": {"CFDocument": [], "CFItems": {}}}',
        "code,name\n" + "A," + "x" * 140_000,
        'code,name\n"A,B',
        "code,name,parent\nA,One,B\nB,Two,A",
        "code,name,parent\n" + "".join(f"C{n},N,C{n - 1}\n" for n in range(1, 500)) + "C0,N,C499",
    ],
    ids=itertools.count(),  # the texts hold identifiers, which each process makes anew
)
def test_a_hostile_framework_is_refused_on_the_page_and_loads_nothing(administrator, signed_in, text):
    client, before = signed_in(administrator), Framework.objects.count()
    given = {"text": text.encode("utf-8", "surrogatepass").decode("utf-8", "replace"), "action": "load"}
    given |= {"slug": "core", "version": "1"} if not text.startswith(("{", "[")) else {}
    given |= {"title": "Core", "publisher": "A board"} if not text.startswith(("{", "[")) else {}

    answer = client.post(reverse("credentials:framework-load"), given)

    assert answer.status_code == 422
    assert Framework.objects.count() == before


def test_a_chain_of_thousands_is_refused_before_the_database_is_asked(administrator, organization):
    text = "code,name,parent\n" + "".join(f"C{n},N,{f'C{n - 1}' if n else ''}\n" for n in range(4000))

    loaded = frameworks.read(text, slug="chain", version="1", title="Chain", publisher="A board")

    assert any("deep" in each.text for each in loaded.faults)


def test_a_file_with_a_hundred_thousand_wrong_rows_names_some_of_them():
    text = "code,name\n" + ",x\n" * 100_000

    loaded = frameworks.read(text, slug="many", version="1", title="Many", publisher="A board")

    assert 0 < len(loaded.faults) <= 600


def test_a_crosswalk_with_a_cell_beyond_measure_is_refused():
    found, faults = frameworks.read_crosswalk("A" * 150_000 + ",B", {"A"}, {"B"})

    assert not found and faults


# The catalog ---------------------------------------------------------------------------------------------------------
@pytest.fixture
def catalog(organization, make_version):
    make_version(title="First")
    return catalog_of(organization)


def _set(*path, value):
    def change(data):
        place = data
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = value

    return change


VERSION = ("credentials", 0, "versions", 0)
SPOILED = {
    "criterion key is a list": _set(*VERSION, "criteria", 0, "key", value=["a"]),
    "criterion key is an object": _set(*VERSION, "criteria", 0, "key", value={}),
    "level is a list": _set(*VERSION, "criteria", 0, "levels", 0, "value", value=[1]),
    "text holds a zero": _set(*VERSION, "summary", value="a\0b"),
    "text holds half a sign": _set(*VERSION, "summary", value="\ud800"),
    "outcomes hold half a sign": _set(*VERSION, "outcomes", value=["\ud800"]),
    "number is huge": _set(*VERSION, "number", value=10**30),
    "number is a truth": _set(*VERSION, "number", value=True),
    "versions are an object": _set("credentials", 0, "versions", value={"0": 1}),
    "credentials are text": _set("credentials", value="x"),
    "a credential is nothing": _set("credentials", 0, value=None),
    "code is a number": _set("credentials", 0, "code", value=5),
    "code is a list": _set("credentials", 0, "code", value=[]),
    "status is unknown": _set("credentials", 0, "status", value="free"),
    "slug is a path": _set("credentials", 0, "slug", value="../x"),
    "current version is a list": _set("credentials", 0, "current_version", value=[1]),
    "owner holds a zero": _set("credentials", 0, "owner", value="a\0@b.example"),
    "published at the end of time": _set(*VERSION, "published_at", value="9999-12-31T23:59:59-12:00"),
    "an alignment without shape": _set(
        *VERSION,
        "alignments",
        value=[{"framework": "x", "version": "1", "code": "A", "criterion": ["a"], "strength": ["b"]}],
    ),
    "professions are a number": _set(
        "frameworks",
        value=[
            {
                "slug": "x", "version": "1", "title": "X", "publisher": "P", "kind": "k", "source_url": "", "note": "",
                "professions": 5, "identifier": str(uuid.UUID(int=1)), "items": [], "crosswalk": [],
            }
        ],
    ),
    "a framework leads to a script": _set(
        "frameworks",
        value=[
            {
                "slug": "x", "version": "1", "title": "X", "publisher": "P", "kind": "k",
                "source_url": "javascript:alert(1)", "note": "", "professions": [],
                "identifier": str(uuid.UUID(int=1)), "items": [], "crosswalk": [],
            }
        ],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SPOILED)
def test_a_hostile_catalog_is_refused_whole_with_the_place_of_its_fault(administrator, organization, catalog, name):
    data = copy.deepcopy(catalog)
    for each in data["credentials"]:
        each["code"], each["slug"] = "NEW-1", "new-1"
    SPOILED[name](data)
    before = Credential.objects.count(), Framework.objects.count()

    report = import_catalog(actor=administrator, organization=organization, data=data, at=NOON, is_dry_run=True)

    assert report.faults
    assert (Credential.objects.count(), Framework.objects.count()) == before


def test_only_an_administrator_of_the_school_takes_a_catalog_or_framework_in(
    catalog, organization, make_user, make_organization
):
    elsewhere = make_organization(slug="elsewhere")
    for actor in (make_user(Role.LEAD), make_user(Role.REGISTRAR), make_user(Role.ADMINISTRATOR, scope=elsewhere)):
        with pytest.raises(NotAllowed):
            import_catalog(actor=actor, organization=organization, data=catalog, at=NOON)
        loaded = frameworks.read("code,name\nA,One", slug="x", version="1", title="X", publisher="P")
        with pytest.raises(NotAllowed):
            load_framework(actor=actor, organization=organization, loaded=loaded, at=NOON)
    assert not Competency.objects.filter(framework__slug="x").exists()


# Plans and drafts ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("how", ["ended", "deactivated"])
@pytest.mark.parametrize("kind", ["publish", "retire"])
def test_a_plan_of_somebody_who_lost_the_right_is_refused_when_due(make_user, make_version, kind, how):
    actor = make_user(Role.ADMINISTRATOR)
    version = make_version(published=kind == "retire")
    plan_change(actor=actor, credential=version.credential, kind=kind, due_at=LATER, at=NOON)
    if how == "ended":
        RoleGrant.objects.filter(user=actor).delete()
    else:
        type(actor).objects.filter(pk=actor.pk).update(is_active=False)

    run_planned(at=LATER)

    planned = PlannedChange.objects.get()
    version.credential.refresh_from_db()
    assert planned.status == "refused"
    assert version.credential.status == ("draft" if kind == "publish" else "offered")


def test_a_lead_changes_no_draft_after_its_publication_was_planned_unseen(administrator, lead, make_version):
    """Whoever may not publish would else publish what the administrator never read."""
    draft = make_version(published=False)
    plan_change(actor=administrator, credential=draft.credential, kind="publish", due_at=LATER, at=NOON)
    draft.refresh_from_db()
    text = contents.read(draft) | {"summary": "Something else."}
    save_draft(actor=lead, version=draft, seen=draft.revision, content=text, at=NOON + timedelta(hours=1))

    run_planned(at=LATER)

    draft.refresh_from_db()
    planned = PlannedChange.objects.get()
    assert (planned.status, draft.status) == ("refused", "draft")
    assert "changed" in planned.refusal


def test_what_the_planner_changes_themselves_is_published_as_planned(administrator, make_version):
    draft = make_version(published=False)
    plan_change(actor=administrator, credential=draft.credential, kind="publish", due_at=LATER, at=NOON)
    draft.refresh_from_db()
    text = contents.read(draft) | {"summary": "Something else."}
    save_draft(actor=administrator, version=draft, seen=draft.revision, content=text, at=NOON + timedelta(hours=1))

    run_planned(at=LATER)

    assert PlannedChange.objects.get().status == "done"


def test_a_lead_of_another_credential_saves_nothing_and_sees_no_editor(make_user, make_version, signed_in):
    draft, other = make_version(published=False), make_version(published=False)
    foreign = make_user(Role.LEAD, credential=other.credential)
    before = contents.read(draft)

    with pytest.raises(NotAllowed):
        save_draft(actor=foreign, version=draft, seen=draft.revision, content=before | {"title": "Mine"}, at=NOON)
    with pytest.raises(NotAllowed):
        publish_version(actor=foreign, version=draft, at=NOON)
    assert contents.read(draft) == before
    page = reverse("credentials:draft-edit", args=[draft.credential.public_id])
    assert signed_in(foreign).get(page).status_code in {403, 404}
    assert signed_in(foreign).post(page, {"title": "Mine"}).status_code in {403, 404}
