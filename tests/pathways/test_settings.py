"""Beginning a pathway, its settings, what the gate links, and who may own what."""

from datetime import date

import pytest
from django.urls import reverse

from config.errors import Conflict, Invalid, NotAllowed
from config.permissions import Role
from credentials.services import publish_version
from learners.models import Cohort
from pathways import gate, rules, selectors
from pathways.models import Pathway, PathwayVersion
from pathways.services import Asks, Settings, add_rule, begin_pathway, change_rule, remove_rule, save_settings
from tests.fixtures.records import NOON


@pytest.fixture
def draft(pathway_admin, organization):
    return begin_pathway(
        actor=pathway_admin, organization=organization, title="Rural Care", summary="Care far from towns.", at=NOON
    )


@pytest.fixture
def said(administrator):
    """Settings with everything filled in; a test changes what it is about."""
    everything = Settings(
        title="Rural and Remote Care",
        summary="Care far from towns.",
        statement_for_letters="Cares well far from towns.",
        setting="mixed",
        owner=administrator,
        review_on=date(2100, 1, 1),
        professions=["medicine"],
        cohorts=[],
        time_limit_months=48,
        components_valid_at_award=False,
        is_double_counting_allowed=False,
        shared_components_max=2,
        recognized_max=1,
        max_per_learner=2,
        committee="The rural committee",
        committee_on=date(2100, 5, 1),
        recorded_on=["transcript", " "],
    )
    return everything._replace


def at(version, name):
    return reverse(f"pathways:{name}", args=[version.pathway.public_id, version.number])


def test_a_pathway_begins_with_a_designation_and_the_committee(draft, organization):
    assert draft.status == draft.credential_version.status == "draft"
    assert draft.pathway.credential.organization == organization
    assert list(draft.requirements.values_list("kind", flat=True)) == ["confirmation"]
    assert draft.shared_components_max == 1


def test_two_of_one_title_have_two_names(draft, pathway_admin, organization):
    other = begin_pathway(actor=pathway_admin, organization=organization, title="Rural Care", summary="", at=NOON)

    assert {draft.pathway.slug, other.pathway.slug} == {"rural-care", "rural-care-2"}


def test_who_runs_no_pathways_begins_none(lead, pathway_admin, organization, make_organization):
    for actor, school in ((lead, organization), (pathway_admin, make_organization())):
        with pytest.raises(NotAllowed):
            begin_pathway(actor=actor, organization=school, title="Rural Care", summary="", at=NOON)
    with pytest.raises(Invalid, match="Give it a title"):
        begin_pathway(actor=pathway_admin, organization=organization, title=" ", summary="", at=NOON)

    assert not Pathway.objects.exists()


def test_settings_are_kept_and_read_as_sentences(draft, said, pathway_admin, cohort):
    save_settings(actor=pathway_admin, version=draft, settings=said(cohorts=[cohort]), at=NOON)

    draft = PathwayVersion.objects.get(pk=draft.pk)
    designation, credential = draft.credential_version, draft.pathway.credential
    assert (draft.title, designation.title) == ("Rural and Remote Care", "Rural and Remote Care")
    assert designation.statement_for_letters == "Cares well far from towns."
    assert (draft.time_limit_months, draft.shared_components_max, draft.recognized_max) == (48, 2, 1)
    assert (draft.recorded_on, list(draft.cohorts.all())) == (["transcript"], [cohort])
    assert credential.review_on == date(2100, 1, 1)
    assert draft.events.get(moved_to="settings").actor == pathway_admin
    sentences = rules.in_words(selectors.asked(draft).rules)
    assert "Badges count for 48 months from the day of their award." in sentences
    assert "At most 2 badges may count toward another designation as well." in sentences
    assert "The rural committee confirms; badges alone do not award it." in sentences


def test_a_second_save_names_no_second_committee(draft, said, pathway_admin):
    for _time in range(2):
        save_settings(actor=pathway_admin, version=draft, settings=said(), at=NOON)

    assert draft.requirements.filter(kind="confirmation").count() == 1


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"title": " "}, "Give it a title"),
        ({"review_on": date(2020, 1, 1)}, "must lie in the future"),
    ],
)
def test_settings_that_make_no_sense_change_nothing(draft, said, pathway_admin, wrong, words):
    with pytest.raises(Invalid, match=words):
        save_settings(actor=pathway_admin, version=draft, settings=said(**wrong), at=NOON)

    draft.refresh_from_db()
    assert (draft.title, draft.time_limit_months, draft.events.count()) == ("Rural Care", None, 1)


def test_somebody_without_a_role_owns_none_and_foreign_classes_are_refused(
    draft, said, pathway_admin, make_user, make_organization
):
    away = Cohort.objects.create(
        organization=make_organization(), name="Away", entered_on=date(2026, 1, 1), graduates_on=date(2030, 1, 1)
    )

    with pytest.raises(Invalid, match="must be a lead"):
        save_settings(actor=pathway_admin, version=draft, settings=said(owner=make_user()), at=NOON)
    with pytest.raises(Invalid, match="your own school"):
        save_settings(actor=pathway_admin, version=draft, settings=said(cohorts=[away]), at=NOON)
    with pytest.raises(NotAllowed):
        save_settings(actor=make_user(Role.COMMITTEE), version=draft, settings=said(), at=NOON)

    assert not draft.cohorts.exists()


def test_words_of_a_published_designation_stay(draft, said, pathway_admin, administrator, committee_member):
    save_settings(actor=pathway_admin, version=draft, settings=said(), at=NOON)
    draft.refresh_from_db()
    publish_version(actor=administrator, version=draft.credential_version, at=NOON)

    save_settings(actor=pathway_admin, version=draft, settings=said(time_limit_months=24), at=NOON)
    with pytest.raises(Conflict, match="published with its words"):
        save_settings(actor=pathway_admin, version=draft, settings=said(title="Another"), at=NOON)

    draft.refresh_from_db()
    assert (draft.title, draft.time_limit_months) == ("Rural and Remote Care", 24)


def test_a_published_version_keeps_its_settings(make_pathway, two_badges, said, pathway_admin):
    version = make_pathway(required=two_badges)

    with pytest.raises(Conflict, match="a change is a new version"):
        save_settings(actor=pathway_admin, version=version, settings=said(), at=NOON)


def test_each_thing_that_the_gate_misses_leads_to_where_it_is_said(signed_in, draft, pathway_admin):
    page = signed_in(pathway_admin).get(at(draft, "manage-detail"))

    found = {each["text"]: each["url"] for each in page.context["missing"]}
    settings, rows = at(draft, "settings-edit"), at(draft, "rule-list")
    assert found["The designation lacks: An owner: the person who answers for it."] == f"{settings}#id_owner"
    statement = "The designation lacks: A statement for performance letters."
    assert found[statement] == f"{settings}#id_statement_for_letters"
    assert found["Name at least one badge that it asks for."] == f"{rows}#rule-form"
    assert f'href="{settings}#id_owner"' in page.content.decode()
    assert [each for each in gate.blocking(draft, at=NOON) if each.place == "designation"]


def test_the_pages_begin_and_save(signed_in, pathway_admin, administrator, lead):
    client = signed_in(pathway_admin)

    refused = client.post(reverse("pathways:pathway-begin"), {"title": ""})
    begun = client.post(
        reverse("pathways:pathway-begin"),
        {"title": "Rural Care", "organization": pathway_admin.current_grants[0].organization_id},
    )
    version = PathwayVersion.objects.get()
    sent = {
        "title": "Rural Care",
        "summary": "Far away.",
        "owner": administrator.public_id,
        "review_on": "2100-01-01",
        "shared_components_max": 1,
    }
    wrong = client.post(begun.url, sent | {"shared_components_max": -1})
    saved = client.post(begun.url, sent)

    assert (refused.status_code, wrong.status_code) == (422, 422)
    assert begun.url == at(version, "settings-edit")
    assert saved.url == at(version, "manage-detail")
    version.refresh_from_db()
    assert version.summary == version.credential_version.summary == "Far away."
    assert signed_in(lead).get(begun.url).status_code == 404
    assert signed_in(lead).get(reverse("pathways:pathway-begin")).status_code == 404


def test_a_designation_is_published_from_its_pathway_by_an_administrator_alone(
    signed_in, draft, said, pathway_admin, administrator, committee_member
):
    save_settings(actor=pathway_admin, version=draft, settings=said(), at=NOON)

    refused = signed_in(pathway_admin).post(at(draft, "designation-publish"))
    assert (refused.status_code, PathwayVersion.objects.get().credential_version.status) == (404, "draft")
    signed_in(administrator).post(at(draft, "designation-publish"))

    assert PathwayVersion.objects.get().credential_version.status == "published"


# Rules ---------------------------------------------------------------------------------------------------------------
def test_a_badge_of_another_school_is_no_rule(draft, pathway_admin, make_organization, make_version, two_badges):
    foreign = make_version().credential
    foreign.organization = make_organization()
    foreign.save(update_fields=["organization"])
    row = add_rule(
        actor=pathway_admin, version=draft, kind="credential", asks=Asks(credential=two_badges[0].credential)
    )

    with pytest.raises(Invalid, match="another school"):
        add_rule(actor=pathway_admin, version=draft, kind="credential", asks=Asks(credential=foreign))
    with pytest.raises(Invalid, match="another school"):
        change_rule(actor=pathway_admin, rule=row, asks=Asks(credential=foreign))
    with pytest.raises(Invalid, match="ask for itself"):
        add_rule(actor=pathway_admin, version=draft, kind="credential", asks=Asks(credential=draft.pathway.credential))

    assert draft.requirements.filter(kind="credential").get().credential == two_badges[0].credential


def test_a_number_of_professions_that_is_removed_is_asked_no_more(make_pathway, two_badges, pathway_admin):
    version = make_pathway(required=two_badges, published=False, minimum_distinct_professions=3)
    row = add_rule(actor=pathway_admin, version=version, kind="professions", asks=Asks(minimum=3))

    remove_rule(actor=pathway_admin, rule=row)

    version.refresh_from_db()
    assert not [each for each in rules.in_words(selectors.asked(version).rules) if "profession" in each]


# Preview -------------------------------------------------------------------------------------------------------------
def test_the_preview_shows_the_sentence_and_writes_nothing(signed_in, pathway_admin, draft, two_badges):
    client, before = signed_in(pathway_admin), draft.requirements.count()
    sent = {"kind": "credential", "credential": two_badges[0].credential.pk}

    whole = client.post(at(draft, "rule-preview"), sent)
    part = client.post(at(draft, "rule-preview"), sent, headers={"HX-Request": "true"})
    hint = client.post(at(draft, "rule-preview"), {"kind": "hours"}, headers={"HX-Request": "true"})

    assert "Earn Informatics." in whole.content.decode()
    assert "<html" in whole.content.decode() and "<html" not in part.content.decode()
    assert "Earn Informatics." in part.content.decode()
    assert "Give it a name; learners read it." in hint.content.decode() or "Say how many" in hint.content.decode()
    assert draft.requirements.count() == before


def test_the_preview_of_a_change_replaces_the_rule(signed_in, pathway_admin, draft):
    row = add_rule(actor=pathway_admin, version=draft, kind="hours", asks=Asks(label="Together", minimum=30))

    answer = signed_in(pathway_admin).post(
        at(draft, "rule-preview"),
        {"rule": row.public_id, "label": "Together", "minimum": 45},
        headers={"HX-Request": "true"},
    )

    assert "at least 45 hours" in answer.content.decode()
    assert "30 hours" not in answer.content.decode()
    row.refresh_from_db()
    assert row.minimum == 30
