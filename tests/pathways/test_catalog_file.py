"""Pathways in the file of a catalog: out as a tree by code, in as drafts, a second time nothing; faults by their place."""

import copy

import pytest

from config.errors import Incomplete
from config.permissions import Role
from credentials.services import catalog_of, import_catalog
from pathways import services
from pathways.models import Pathway, PathwayVersion, Requirement
from tests.fixtures.records import NOON


@pytest.fixture
def catalog(organization, administrator, make_pathway, make_version):
    """A published pathway of two badges, a choice with a group in it, hours and a capstone."""
    badges = [make_version(title=f"Badge {number}") for number in range(4)]
    version = make_pathway(
        required=badges[:1],
        groups=[("Depth", 1, badges[1:3])],
        hours=20,
        capstone="oral defense",
        title="Rural Care",
        professions_admitted=["medicine"],
        time_limit_months=48,
        published=False,
    )
    group = version.requirements.get(kind="choose")
    both = Requirement.objects.create(version=version, parent=group, position=9, kind="all-of", label="Both")
    for place, each in enumerate(badges[2:], 1):
        Requirement.objects.create(
            version=version, parent=both, position=place, kind="credential", credential=each.credential, points=2
        )
    PathwayVersion.objects.filter(pk=version.pk).update(
        status="published", published_at=NOON, published_by=administrator
    )
    return catalog_of(organization)


@pytest.fixture
def elsewhere(make_organization, make_user):
    school = make_organization(slug="elsewhere", is_issuer=True, did_path="orgs:elsewhere")
    return school, make_user(Role.ADMINISTRATOR, scope=school)


def take(school, actor, data, **options):
    return import_catalog(actor=actor, organization=school, data=data, at=NOON, **options)


def test_a_pathway_goes_out_with_its_rules_as_a_tree_by_code(catalog):
    row = catalog["pathways"][0]

    assert (row["professions_admitted"], row["time_limit_months"]) == (["medicine"], 48)
    assert [each["kind"] for each in row["rules"]] == ["credential", "choose", "hours", "capstone"]
    choice = row["rules"][1]
    assert [each["kind"] for each in choice["parts"]] == ["credential", "credential", "all-of"]
    codes = {each["code"] for each in catalog["credentials"]}
    assert {each["credential"] for each in choice["parts"][2]["parts"]} <= codes


def test_it_comes_into_a_new_school_as_a_draft_and_a_second_time_nothing(catalog, elsewhere):
    school, actor = elsewhere

    report = take(school, actor, catalog)

    assert report.pathways == ["Rural Care"]
    version = PathwayVersion.objects.get(pathway__credential__organization=school)
    assert (version.status, version.number, version.title) == ("draft", 1, "Rural Care")
    assert version.credential_version == version.pathway.credential.current_version
    assert {each.credential.organization for each in version.requirements.filter(kind="credential")} == {school}
    mine, theirs = catalog_of(school)["pathways"][0], catalog["pathways"][0]
    assert mine | {"slug": ""} == theirs | {"slug": ""}
    rows = set(version.requirements.values_list("pk", flat=True))
    assert take(school, actor, catalog).pathways == []
    assert set(version.requirements.values_list("pk", flat=True)) == rows


def test_what_is_the_same_here_stays_and_a_change_is_the_next_draft_with_the_keys_kept(
    catalog, organization, administrator
):
    assert take(organization, administrator, catalog).pathways == []
    data = copy.deepcopy(catalog)
    data["pathways"][0]["rules"][2]["minimum"] = 30
    published = PathwayVersion.objects.get()

    assert take(organization, administrator, data, is_dry_run=True).pathways == ["Rural Care"]
    assert PathwayVersion.objects.count() == 1
    assert take(organization, administrator, data).pathways == ["Rural Care"]

    draft = PathwayVersion.objects.get(number=2)
    assert (draft.status, draft.requirements.get(kind="hours").minimum) == ("draft", 30)
    assert published.requirements.get(kind="hours").minimum == 20
    keys = [set(each.requirements.values_list("key", flat=True)) for each in (published, draft)]
    assert keys[0] == keys[1]
    assert take(organization, administrator, data).pathways == []


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (lambda row: row.update(designation="none"), "pathways[0].designation"),
        (lambda row: row.pop("rules"), "pathways[0].rules"),
        (lambda row: row.update(time_limit_months="x"), "pathways[0].time_limit_months"),
        (lambda row: row["rules"][0].update(credential="none"), "pathways[0].rules[0].credential"),
        (lambda row: row["rules"][1].update(kind="odd"), "pathways[0].rules[1].kind"),
        (lambda row: row["rules"][1].update(minimum=None), "pathways[0].rules[1]"),
        (
            lambda row: row["rules"][1]["parts"][2]["parts"][0].update(key="x"),
            "pathways[0].rules[1].parts[2].parts[0].key",
        ),
        (lambda row: row["rules"][2].update(parts=copy.deepcopy(row["rules"][3:])), "pathways[0].rules[2].parts[0]"),
        (lambda row: row["rules"][3].update(key=row["rules"][2]["key"]), "pathways[0].rules[3].key"),
    ],
)
def test_what_is_wrong_is_named_by_its_place_and_nothing_comes_in(catalog, elsewhere, change, place):
    change(catalog["pathways"][0])

    with pytest.raises(Incomplete) as refusal:
        take(*elsewhere, catalog)

    assert any(each.startswith(f"{place}:") for each in refusal.value.missing), refusal.value.missing
    assert Pathway.objects.count() == 1


def test_a_file_from_before_says_nothing_of_pathways(catalog, organization, administrator):
    del catalog["pathways"]

    assert take(organization, administrator, catalog).pathways == []
    assert PathwayVersion.objects.count() == 1


def test_a_draft_that_is_here_takes_over_what_the_file_says(catalog, organization, administrator):
    pathway = Pathway.objects.get()
    draft = services.start_version(actor=administrator, pathway=pathway, at=NOON)
    services.remove_rule(actor=administrator, rule=draft.requirements.get(kind="capstone"))

    assert take(organization, administrator, catalog).pathways == ["Rural Care"]

    assert pathway.versions.count() == 2
    assert draft.requirements.filter(kind="capstone").exists()


def test_owners_who_are_not_here_are_noted_with_the_title(catalog, elsewhere):
    notes = take(*elsewhere, catalog, is_dry_run=True).notes

    assert any("Badge 0: " in words for _path, words in notes)
    assert any("Rural Care: " in words for _path, words in notes)
