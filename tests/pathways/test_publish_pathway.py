"""Publishing a pathway: the gate, the freezing, who may."""

import pytest
from django.db import IntegrityError, transaction

from config.errors import IllegalMove, Incomplete, NotAllowed
from config.permissions import Role
from credentials.models import Credential, Prerequisite
from credentials.services import set_seal_parts
from issuance.templatetags.seals import seal_of
from pathways import gate
from pathways.models import PathwayEvent, Requirement
from pathways.services import publish_pathway
from tests.fixtures.records import NOON


@pytest.fixture
def draft(make_pathway, two_badges):
    return make_pathway(required=two_badges, hours=30, published=False)


def is_draft(version):
    version.refresh_from_db()
    return version.status == "draft" and not PathwayEvent.objects.filter(moved_to="published").exists()


@pytest.mark.parametrize("role", [Role.PATHWAY_ADMIN, Role.ADMINISTRATOR])
def test_a_version_is_published_with_who_and_when(draft, make_user, role):
    actor = make_user(role)

    version = publish_pathway(actor=actor, version=draft, at=NOON, note="Approved.")

    version.refresh_from_db()
    assert (version.status, version.published_at, version.published_by) == ("published", NOON, actor)
    event = PathwayEvent.objects.get()
    assert (event.actor, event.moved_to, event.note, event.at) == (actor, "published", "Approved.", NOON)


@pytest.mark.parametrize("role", [None, Role.LEAD, Role.COMMITTEE, Role.REGISTRAR, Role.AUDITOR, Role.ASSESSOR])
def test_nobody_else_publishes(draft, make_user, role):
    with pytest.raises(NotAllowed):
        publish_pathway(actor=make_user(role), version=draft, at=NOON)

    assert is_draft(draft)


def test_an_administrator_of_another_school_does_not(draft, make_user, make_organization):
    with pytest.raises(NotAllowed):
        publish_pathway(actor=make_user(Role.PATHWAY_ADMIN, scope=make_organization()), version=draft, at=NOON)


def test_it_is_published_once(draft, pathway_admin):
    publish_pathway(actor=pathway_admin, version=draft, at=NOON)

    with pytest.raises(IllegalMove):
        publish_pathway(actor=pathway_admin, version=draft, at=NOON)

    assert PathwayEvent.objects.count() == 1


def test_the_seal_of_the_designation_shows_its_badges_from_then_on(draft, two_badges, pathway_admin, make_version):
    designation = draft.pathway.credential
    plain = str(seal_of(designation, size=192))

    publish_pathway(actor=pathway_admin, version=draft, at=NOON)

    designation.refresh_from_db()
    assert [public_id for public_id, _theme in designation.seal_components] == [
        each.credential.public_id for each in two_badges
    ]
    drawn = str(seal_of(designation, size=192))
    assert drawn != plain
    set_seal_parts(designation=designation, components=[make_version().credential])
    designation.refresh_from_db()
    assert str(seal_of(designation, size=192)) == drawn


def test_a_seal_shows_as_many_badges_as_can_be_told_apart(draft, make_version):
    many = [make_version().credential for _number in range(14)]

    set_seal_parts(designation=draft.pathway.credential, components=many)

    designation = Credential.objects.get(pk=draft.pathway.credential_id)
    assert len(designation.seal_components) == 12
    assert "<svg" in seal_of(designation, size=32)


def test_published_rules_are_frozen_in_the_database(draft, pathway_admin):
    publish_pathway(actor=pathway_admin, version=draft, at=NOON)

    for change in (
        lambda: Requirement.objects.filter(version=draft).update(position=9),
        lambda: Requirement.objects.filter(version=draft).first().delete(),
        lambda: type(draft).objects.filter(pk=draft.pk).update(minimum_hours=1),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


# The gate ------------------------------------------------------------------------------------------------------------
def refused(version, actor):
    with pytest.raises(Incomplete) as refusal:
        publish_pathway(actor=actor, version=version, at=NOON)
    assert is_draft(version)
    assert refusal.value.missing == gate.missing(version, at=NOON)
    return refusal.value.missing


def test_a_pathway_that_asks_for_nothing(make_pathway, pathway_admin):
    assert refused(make_pathway(published=False), pathway_admin) == ["Name at least one badge that it asks for."]


def test_a_designation_that_is_a_draft(draft, make_version, pathway_admin, committee_member):
    draft.credential_version = make_version(kind="designation", published=False, credential=draft.pathway.credential)
    draft.save()

    assert refused(draft, pathway_admin) == ["Publish the designation first: it says what is awarded."]


def test_the_designation_of_another_pathway(draft, make_version, pathway_admin):
    draft.credential_version = make_version(kind="designation")
    draft.save()

    assert refused(draft, pathway_admin) == ["The designation that it awards is that of another pathway."]


def test_badges_that_cannot_be_earned_are_named(make_pathway, make_version, pathway_admin):
    unpublished, retired = make_version(published=False), make_version(title="Retired Item")
    retired.credential.status = "retired"
    retired.credential.save()

    missing = refused(make_pathway(required=[unpublished, retired], published=False), pathway_admin)

    assert missing == [f"{unpublished.credential.code} is not published.", "Retired Item is no longer offered."]


def test_a_profession_that_cannot_meet_it_is_named(make_pathway, make_version, pathway_admin):
    everybody, few = make_version(title="Everybody"), make_version(title="Few", professions_admitted=["medicine"])
    version = make_pathway(
        required=[few],
        groups=[("Depth", 1, [few, everybody])],
        professions_admitted=["medicine", "nursing", "social-work"],
        published=False,
    )

    assert refused(version, pathway_admin) == [
        "For nursing, social work: Few is required and cannot be earned.",
        "For social work: “Depth” asks for 1 and leaves 0 to choose from.",
    ]


def test_hours_that_nobody_reaches_are_named_once(make_pathway, two_badges, pathway_admin):
    version = make_pathway(required=two_badges, hours=31, professions_admitted=["medicine", "nursing"], published=False)

    assert refused(version, pathway_admin) == ["At most 30 hours can be reached; 31 are asked for."]


def test_an_item_that_two_rules_need_is_named(make_pathway, version, pathway_admin):
    twice = make_pathway(required=[version], groups=[("Depth", 1, [version])], published=False)

    assert refused(twice, pathway_admin) == ["“Depth” asks for badges that another rule needs; each counts once."]


def test_more_than_a_group_holds(make_pathway, two_badges, pathway_admin):
    version = make_pathway(groups=[("Depth", 3, two_badges)], published=False)

    assert refused(version, pathway_admin) == ["“Depth” asks for 3 and leaves 2 to choose from."]


def test_an_empty_group_is_named(make_pathway, two_badges, pathway_admin):
    version = make_pathway(groups=[("Depth", 1, two_badges)], published=False)
    group = version.requirements.get(kind="choose")
    Requirement.objects.create(version=version, parent=group, position=9, kind="all-of", label="Inner")

    assert refused(version, pathway_admin) == ["“Inner” is empty."]


def test_a_rule_below_a_badge_is_refused_in_words(draft, two_badges, pathway_admin):
    badge = draft.requirements.filter(kind="credential").first()
    Requirement.objects.create(
        version=draft, parent=badge, position=1, kind="credential", credential=two_badges[1].credential, label="Below"
    )

    assert refused(draft, pathway_admin) == ["“Below” stands below something that is not a group."]


def test_badges_that_wait_for_each_other_are_named(make_pathway, make_version, pathway_admin):
    one = make_version(title="One")
    other = make_version(title="Other", requires=[one.credential])
    newer = make_version(title="One", credential=one.credential, requires=[other.credential])
    assert Prerequisite.objects.filter(version=newer).exists()

    [missing] = refused(make_pathway(required=[other], published=False), pathway_admin)

    assert missing in {
        "Nobody can begin: One needs Other, Other needs One.",
        "Nobody can begin: Other needs One, One needs Other.",
    }


def test_a_designation_that_needs_itself_through_another(make_pathway, pathway_admin, version):
    first = make_pathway(required=[version], published=False, title="First")
    second = make_pathway(required=[first.credential_version], title="Second")
    Requirement.objects.create(
        version=first, position=5, kind="credential", credential=second.credential_version.credential
    )

    [missing] = refused(first, pathway_admin)

    assert "First needs Second" in missing
    assert "Second needs First" in missing


def test_the_gate_costs_the_same_for_any_size(
    make_pathway, make_version, django_assert_max_num_queries, django_assert_num_queries
):
    small = make_pathway(required=[make_version()], published=False)
    large = make_pathway(
        required=[make_version() for _ in range(4)],
        groups=[("Depth", 2, [make_version() for _ in range(6)])],
        hours=8,
        published=False,
        professions_admitted=["medicine", "nursing"],
    )
    with django_assert_max_num_queries(8) as counted:
        gate.missing(small, at=NOON)
    with django_assert_num_queries(len(counted)):
        gate.missing(large, at=NOON)
