"""Making a pathway with its designation, as the demo loader and later the builder do."""

from datetime import date

import pytest

from config.errors import Conflict, Incomplete, NotAllowed
from config.permissions import Role
from credentials.gate import missing
from credentials.models import Credential
from credentials.services import publish_version
from pathways.models import Pathway, Requirement
from pathways.services import create_pathway, publish_pathway
from tests.fixtures.records import NOON


@pytest.fixture
def create(organization, administrator, two_badges, make_version):
    def make(**fields):
        badges = [version.credential for version in two_badges]
        options = [make_version().credential for _ in range(3)]
        return create_pathway(
            **{
                "actor": administrator,
                "organization": organization,
                "slug": "digital-health",
                "title": "Digital Health",
                "summary": "Appraise the technology of care.",
                "professions": ["medicine", "nursing"],
                "required": badges,
                "groups": [("Apply", 1, options)],
                "minimum_hours": 38,
                "minimum_distinct_professions": 1,
                "time_limit_months": 48,
                "components_valid_at_award": True,
                "is_double_counting_allowed": False,
                "shared_components_max": 1,
                "max_per_learner": 2,
                "capstone_form": "",
                "recorded_on": ["award page"],
                "setting": "mixed",
                "statement_for_letters": "Earned the designation.",
                "owner": administrator,
                "review_on": date(2027, 6, 30),
                "at": NOON,
            }
            | fields
        )

    return make


def test_a_designation_is_published_once_rules_lead_to_it_and_somebody_confirms_it(create, administrator, make_user):
    version = create()
    designation = version.credential_version
    assert [each.text for each in missing(designation)] == [
        "A committee: somebody with the role of a committee member, who confirms it."
    ]
    with pytest.raises(Incomplete, match="A committee"):
        publish_version(actor=administrator, version=designation, at=NOON)
    make_user(Role.COMMITTEE)

    assert missing(designation) == []
    publish_version(actor=administrator, version=designation, at=NOON)


def test_the_draft_holds_the_rules_and_the_designation(create, administrator):
    version = create()

    assert version.status == "draft"
    assert version.credential_version.status == "draft"
    assert version.credential_version.credential.kind == "designation"
    kinds = Requirement.objects.filter(version=version, parent=None).order_by("position").values_list("kind", "minimum")
    assert list(kinds) == [
        ("credential", None),
        ("credential", None),
        ("choose", 1),
        ("hours", 38),
        ("confirmation", None),
    ]
    assert Requirement.objects.filter(parent__label="Apply").count() == 3
    event = version.events.get()
    assert (event.actor, event.moved_to, event.at) == (administrator, "draft", NOON)


def test_its_two_gates_let_it_through(create, administrator, committee_member):
    version = create(capstone_form="oral defense")

    publish_version(actor=administrator, version=version.credential_version, at=NOON)
    published = publish_pathway(actor=administrator, version=version, at=NOON)

    assert published.status == "published"
    assert published.requirements.get(kind="capstone").label == "oral defense"


def test_each_designation_has_its_own_code(create):
    codes = {create(slug=f"pathway-{number}").credential_version.credential.code for number in range(3)}

    assert len(codes) == 3


def test_who_may_not_edit_credentials_makes_none(create, make_user):
    with pytest.raises(NotAllowed):
        create(actor=make_user())

    assert not Pathway.objects.exists()


def test_a_name_is_taken_once(create):
    create()

    with pytest.raises(Conflict):
        create()

    assert Pathway.objects.count() == 1
    assert Credential.objects.filter(kind="designation").count() == 1
