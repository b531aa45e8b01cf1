"""Smaller versions and what builds toward something: links between items and larger programs, never in a circle."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from config.errors import Incomplete, Invalid, NotAllowed
from credentials import ctdl
from credentials.models import CredentialEvent, CredentialLink, Crosswalk, CrosswalkEvent, ItemCount
from credentials.services import (
    Link,
    add_link,
    drop_link,
    export_catalog,
    import_catalog,
    links_of,
    set_crosswalk,
    set_links,
)
from tests.fixtures.records import NOON

RESEARCH = Link("builds-toward", program="MD with Distinction in Research", program_kind="track")


def toward(version, kind="builds-toward"):
    return Link(kind, target=version.credential)


def link(actor, version, *links):
    return set_links(actor=actor, credential=version.credential, links=links, at=NOON)


def test_research_methods_shows_its_relation_to_a_research_distinction(client, lead, make_version):
    """DOMAIN A18."""
    version = make_version(title="Research Methods")
    link(lead, version, RESEARCH)

    for address in (version.credential.get_absolute_url(), version.get_absolute_url()):
        page = client.get(address).text
        assert "Builds toward" in page
        assert "MD with Distinction in Research" in page
    told = client.get(version.get_absolute_url(), {"format": "json"}).json()["related"]
    assert told == [
        {
            "kind": "builds-toward",
            "is_onward": True,
            "label": "Builds toward",
            "ends": [{"title": "MD with Distinction in Research", "url": "", "what": "track or distinction"}],
        }
    ]


def test_both_ends_of_a_link_show_it_and_drafts_stay_hidden(client, lead, make_version):
    small, large, draft = make_version(title="Small"), make_version(title="Large"), make_version(published=False)
    link(lead, small, toward(large, "smaller-version"), toward(draft))

    page = client.get(small.credential.get_absolute_url()).text
    assert "A smaller version of" in page
    assert draft.title not in page
    assert "Smaller versions of it" in client.get(large.credential.get_absolute_url()).text


def test_saying_the_same_twice_is_once_and_every_change_leaves_an_event(lead, make_version):
    version, other = make_version(), make_version()

    assert link(lead, version, RESEARCH, toward(other))
    assert not link(lead, version, RESEARCH, toward(other))
    assert drop_link(actor=lead, credential=version.credential, end=RESEARCH.end, at=NOON)
    assert not drop_link(actor=lead, credential=version.credential, end=RESEARCH.end, at=NOON)

    assert links_of(version.credential) == [toward(other)]
    assert CredentialEvent.objects.filter(action="links changed").count() == 2


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (Link("builds-toward"), "one of the two"),
        (Link("odd", program="MD", program_kind="degree"), "smaller version"),
        (Link("builds-toward", program="MD"), "kind of program"),
        (Link("builds-toward", program="MD", program_kind="degree", program_url="javascript:x"), "address in full"),
    ],
)
def test_what_makes_no_sense_is_refused(lead, make_version, made, words):
    with pytest.raises(Invalid, match=words):
        link(lead, make_version(), made)
    assert not CredentialLink.objects.exists()


def test_no_item_leads_to_itself_nor_in_a_circle(lead, make_version):
    one, two, three = make_version(), make_version(), make_version()
    with pytest.raises(Invalid, match="itself"):
        link(lead, one, toward(one))
    link(lead, one, toward(two))
    link(lead, two, toward(three, "smaller-version"))

    with pytest.raises(Invalid, match="never go in a circle"):
        link(lead, three, toward(one))
    with pytest.raises(Invalid, match="named once"):
        link(lead, one, toward(two), toward(two, "smaller-version"))
    assert CredentialLink.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_two_who_link_at_once_make_no_circle(together, lead, make_version):
    one, two = make_version(), make_version()

    answers = together(lambda: link(lead, one, toward(two)), lambda: link(lead, two, toward(one)))

    assert sorted(type(each).__name__ for each in answers) == ["Invalid", "bool"]
    assert CredentialLink.objects.count() == 1


def test_only_those_who_edit_link(assessor, make_version):
    with pytest.raises(NotAllowed):
        add_link(actor=assessor, credential=make_version().credential, link=RESEARCH, at=NOON)
    assert not CredentialLink.objects.exists()


def test_the_database_refuses_a_link_without_an_end_or_to_itself(make_version):
    credential = make_version().credential
    for fields in ({}, {"target": credential}, {"target": make_version().credential, "program": "MD"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            CredentialLink.objects.create(credential=credential, kind="builds-toward", position=1, **fields)


def test_links_are_added_and_taken_away_on_the_page(client, lead, make_version):
    version, other = make_version(), make_version()
    address = reverse("credentials:link-edit", args=[version.credential.public_id])
    client.force_login(lead)

    client.post(address, {"kind": "builds-toward", "target": str(other.credential.public_id)})
    refused = client.post(address, {"kind": "builds-toward", "program": "MD", "program_kind": ""})
    client.post(address, {"kind": "smaller-version", "program": "MD", "program_kind": "degree"})

    assert refused.status_code == 422
    assert len(links_of(version.credential)) == 2
    client.post(address, {"drop": "1", "end": "something else"})
    assert len(links_of(version.credential)) == 2
    client.post(address, {"drop": "1", "end": other.title})
    assert [each.program for each in links_of(version.credential)] == ["MD"]


def test_the_editor_names_drafts_by_their_titles(client, lead, make_version, django_assert_max_num_queries):
    own = make_version(published=False, title="Roles")
    draft, offered = make_version(published=False, title="Surgery"), make_version(title="Anatomy")
    bare = make_version(published=False).credential
    bare.versions.all().delete()
    address = reverse("credentials:link-edit", args=[own.credential.public_id])
    client.force_login(lead)
    client.post(address, {"kind": "builds-toward", "target": str(draft.credential.public_id)})

    with django_assert_max_num_queries(19):
        page = client.get(address).content.decode()

    assert f"Surgery ({draft.credential.code}, a draft)" in page
    assert f"Anatomy ({offered.credential.code})" in page and page.index("Anatomy (") < page.index("Surgery (")
    assert f"{bare.code} ({bare.code}, a draft)" in page
    assert "Roles" in page
    client.post(address, {"drop": "1", "end": "Surgery"})
    assert not links_of(own.credential)


def test_the_catalog_takes_its_links_along_and_a_turned_link_is_no_circle(administrator, organization, make_version):
    one, two = make_version(), make_version()
    link(administrator, one, toward(two), RESEARCH)
    data = export_catalog(actor=administrator, organization=organization)

    def bring():
        return import_catalog(actor=administrator, organization=organization, data=data, at=NOON)

    assert bring().changed == []
    link(administrator, one)
    link(administrator, two, toward(one))
    assert sorted(bring().changed) == sorted([one.credential.code, two.credential.code])
    assert links_of(one.credential) == [toward(two), RESEARCH]
    assert links_of(two.credential) == []
    for row in data["credentials"]:
        del row["links"]  # a file from before there were links
    assert bring().changed == []
    assert len(links_of(one.credential)) == 2
    data["credentials"][0]["links"] = [
        {"kind": "builds-toward", "target": "NONE", "program": "", "program_kind": "", "program_url": ""}
    ]
    with pytest.raises(Incomplete, match="No credential has this code"):
        bring()
    assert len(links_of(one.credential)) == 2


# Counting ----------------------------------------------------------------------------------------------------------------
def test_a_page_that_is_read_is_counted_without_by_whom(client, learner, lead, make_version):
    address = make_version().credential.get_absolute_url()

    client.get(address)
    client.get(address, headers={"Sec-Purpose": "prefetch"})
    client.head(address)
    client.force_login(learner.user)
    client.get(address)
    client.force_login(lead)
    client.get(address)

    counted = ItemCount.objects.get()
    assert (counted.kind, counted.count) == ("view", 2)
    assert {each.name for each in ItemCount._meta.get_fields()} == {"id", "credential", "on", "kind", "count"}


# CTDL --------------------------------------------------------------------------------------------------------------------
def test_the_criteria_page_speaks_ctdl(client, lead, make_version):
    version, other = make_version(title="Research Methods", cost="None"), make_version()
    link(lead, version, toward(other), RESEARCH)

    answer = client.get(version.get_absolute_url(), {"format": "ctdl"})

    assert answer["Content-Type"] == "application/ld+json"
    told = answer.json()
    assert told["@context"] == ctdl.CONTEXT
    owner, item = told["@graph"]
    assert item["@type"] == "ceterms:MicroCredential"
    assert item["ceterms:ctid"] == f"ce-{version.credential.public_id}"
    assert item["ceterms:name"] == {"en": "Research Methods"}
    assert item["ceterms:ownedBy"] == [owner["@id"]]
    assert item["ceterms:credentialStatusType"]["ceterms:targetNode"] == "credentialStat:Active"
    assert item["ceterms:estimatedDuration"][0]["ceterms:exactDuration"] == "PT8H"
    assert item["ceterms:isPartOf"] == [f"http://testserver{other.credential.get_absolute_url()}"]
    assert item["ceterms:isPreparationFor"][0]["ceterms:name"] == {"en": "MD with Distinction in Research"}
    [competency] = item["ceterms:requires"][0]["ceterms:targetCompetency"]
    assert competency["ceterms:codedNotation"] == "RR1"


def test_the_catalog_as_ctdl_names_what_is_offered_in_a_fixed_number_of_queries(
    client, lead, make_version, django_assert_num_queries
):
    versions = [make_version(), make_version(kind="designation"), make_version(published=False)]
    address = reverse("credentials:catalog-ctdl")
    with django_assert_num_queries(9):
        told = client.get(address).json()["@graph"]
    assert {each["ceterms:ctid"] for each in told if "ceterms:credentialId" in each} == {
        f"ce-{each.credential.public_id}" for each in versions[:2]
    }
    link(lead, versions[0], RESEARCH)
    make_version()

    with django_assert_num_queries(9):
        client.get(address)


def test_what_is_empty_is_left_out(client, make_version):
    def empties(value):
        if isinstance(value, dict):
            return any(map(empties, value.values())) or not value
        return any(map(empties, value)) or not value if isinstance(value, list) else value in ("", None)

    told = client.get(make_version(theme="", summary="").get_absolute_url(), {"format": "ctdl"}).json()

    assert not empties(told)


# Crosswalks --------------------------------------------------------------------------------------------------------------
def test_a_crosswalk_that_changes_leaves_an_event(administrator, organization, competency):
    from credentials.models import Competency, Framework

    newer = Framework.objects.create(
        slug="ipec-core",
        version="4",
        title="IPEC Core Competencies",
        publisher="IPEC",
        kind="competencies",
        organization=organization,
    )
    Competency.objects.create(framework=newer, code="RR1", short_name="Own role", verification="checked")

    def say(*rows):
        return set_crosswalk(
            actor=administrator,
            older=competency.framework,
            newer=newer,
            rows=list(rows),
            at=NOON,
        )

    say(("RR1", "RR1", "same"))
    say(("RR1", "RR1", "same"))
    say(("RR1", "RR1", "replaced"))
    say()

    assert list(CrosswalkEvent.objects.order_by("pk").values_list("added", "removed", "actor")) == [
        (1, 0, administrator.pk),
        (1, 1, administrator.pk),
        (0, 1, administrator.pk),
    ]
    assert not Crosswalk.objects.exists()
