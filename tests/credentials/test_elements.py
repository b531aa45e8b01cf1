"""The European elements of each item: none empty, and the page and the file say the same."""

from html import unescape

import pytest
from django.utils import timezone

from config.demo import catalog as demo
from config.permissions import Role
from credentials import selectors
from credentials.models import CredentialVersion

MANDATORY = [
    "learner",
    "title",
    "country",
    "awarding_body",
    "date",
    "learning_outcomes",
    "workload",
    "level",
    "assessment",
    "participation",
    "quality_assurance",
]


def plain(page):
    return " ".join(unescape(page.text).split()).replace("<dd> ", "<dd>").replace(" </dd>", "</dd>")


def test_every_demo_item_has_every_mandatory_element(make_user, administrator, organization, client):
    competencies = demo.load_frameworks()
    demo.load_microcredentials(
        organization=organization,
        competencies=competencies,
        publisher=administrator,
        owners=[make_user(Role.LEAD)],
        at=timezone.now(),
    )
    versions = selectors.with_children(
        CredentialVersion.objects.select_related("credential__organization").order_by("pk")
    )

    assert len(versions) == 33
    for version in versions:
        found = selectors.elements(selectors.sheet(version), "https://example.edu/criteria")
        assert [each.key for each in found if each.is_mandatory] == MANDATORY
        assert [each.key for each in found if not each.value] == []


def test_from_rr4_the_browser_reaches_each_aligned_demo_item(make_user, administrator, organization, client):
    competencies = demo.load_frameworks()
    demo.load_microcredentials(
        organization=organization,
        competencies=competencies,
        publisher=administrator,
        owners=[make_user(Role.LEAD)],
        at=timezone.now(),
    )
    data = [item for item in demo.read("catalog.json")["microcredentials"] if item["id"] != demo.STORY_ITEM]

    for (framework, code), competency in competencies.items():
        wanted = {
            item["title"]
            for item in data
            for each in (*item["alignments"], *(a for c in item["rubric"]["criteria"] for a in c["alignments"]))
            if (each["framework"], each["code"]) == (framework, code)
        }
        reached = selectors.aligned_to(competency)["assesses"]
        assert {each.version.title for each in reached} == wanted, code
        assert len(reached) == len(wanted)
    ipec = competencies["ipec-core", "RR4"].framework
    counts = {row.competency.code: row.assesses for row in selectors.browse(ipec)}
    assert counts["RR4"] == len(selectors.aligned_to(competencies["ipec-core", "RR4"])["assesses"]) > 0


@pytest.mark.parametrize("kind", ["microcredential", "designation"])
def test_the_page_and_the_file_say_the_same(client, make_version, kind):
    version = make_version(kind=kind, claim="Names five roles.")
    url = version.get_absolute_url()

    page, data = plain(client.get(url)), client.get(url, {"format": "json"}).json()

    assert [each["key"] for each in data["elements"] if each["mandatory"]] == MANDATORY
    for each in data["elements"]:
        if each["mandatory"]:
            assert each["value"] != []
        if each["value"]:
            assert f"<dd>{'; '.join(each['value'])}</dd>" in page
    assert data["claim"] in page
