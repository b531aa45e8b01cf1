"""The pages on a pathway cost the same whatever the pathway asks and whatever happened to its learner."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from learners.models import AwardComponent
from pathways.models import CapstoneAnswer, DesignationCase, EnrollmentMove, Requirement
from pathways.services import grant_waiver
from tests.fixtures.records import NOON


def queries(client, address):
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def every_kind(version, badges):
    """A rule of each kind that reads something of its own."""
    for place, (kind, label, fields) in enumerate(
        [
            ("coverage", "Competencies", {"minimum": 1, "codes": ["RR1"]}),
            ("observations", "Ward rounds", {"minimum": 1}),
            ("professions", "", {"minimum": 2}),
            ("outside", "Elsewhere", {"minimum": 1}),
            ("capstone", "oral defense", {}),
            ("confirmation", "", {}),
        ],
        50,
    ):
        row = Requirement.objects.create(version=version, position=place, kind=kind, label=label, **fields)
        if kind == "coverage":
            for number, each in enumerate(badges, 1):
                Requirement.objects.create(
                    version=version, parent=row, position=number, kind="credential", credential=each.credential
                )


@pytest.fixture
def make_full(make_pathway, make_version, make_award, join, administrator, pathway_admin, learner):
    """A pathway of every kind of rule, with so many badges, awards, waivers and moves; a case that was declined."""

    def make(size):
        badges = [make_version() for _ in range(size)]
        old = make_pathway(required=badges[:1])
        version = make_pathway(required=badges, groups=[("Depth", 1, badges)], pathway=old.pathway, published=False)
        every_kind(version, badges)
        version.status, version.published_at, version.published_by = "published", NOON, administrator
        version.save()
        enrollment = join(version)
        for each in badges[1:]:
            make_award(learner=learner, version=each)
        for rule in version.requirements.filter(kind="credential", parent=None)[:size]:
            grant_waiver(actor=pathway_admin, enrollment=enrollment, requirement=rule, reason="Taught it.", at=NOON)
        for _time in range(size):
            EnrollmentMove.objects.create(
                enrollment=enrollment, from_version=old, to_version=version, reason="x", actor=pathway_admin, at=NOON
            )
        case = DesignationCase.objects.create(
            learner=learner, pathway_version=version, opened_at=NOON, decided_at=NOON, status="declined"
        )
        for _time in range(size):
            case.conditions.create(text="Send it.", set_by=pathway_admin, set_at=NOON)
        return enrollment

    return make


def test_a_learner_reads_their_progress_in_a_fixed_number_of_queries(make_full, signed_in, learner):
    client = signed_in(learner.user)
    small, large = make_full(1), make_full(8)

    few = queries(client, small.pathway.get_absolute_url())
    many = queries(client, large.pathway.get_absolute_url())

    assert many == few < 20


def test_with_the_designation_looked_at_again_too(confirmed, signed_in):
    DesignationCase.objects.create(
        learner=confirmed.learner, pathway_version=confirmed.pathway_version, opened_at=NOON, reviews=confirmed.award
    )
    assert AwardComponent.objects.exists()

    assert queries(signed_in(confirmed.learner.user), confirmed.pathway_version.pathway.get_absolute_url()) < 20


def test_who_runs_it_reads_them_in_a_fixed_number_of_queries(make_full, signed_in, pathway_admin):
    client = signed_in(pathway_admin)
    small, large = make_full(1), make_full(8)

    assert queries(client, large.get_absolute_url()) == queries(client, small.get_absolute_url()) < 20


def test_the_committee_reads_a_case_in_a_fixed_number_of_queries(
    make_full, signed_in, member, pathway_admin, make_version
):
    """With every kind of rule, and with waivers, a substitute, a capstone, votes and conditions."""
    found = []
    for size in (2, 8):
        enrollment = make_full(size)
        case = DesignationCase.objects.create(
            learner=enrollment.learner, pathway_version=enrollment.version, opened_at=NOON
        )
        rules = enrollment.version.requirements
        group = rules.get(kind="choose")
        other = make_version().credential
        grant_waiver(
            actor=pathway_admin, enrollment=enrollment, requirement=group, substitute=other, reason="x", at=NOON
        )
        for number in range(1, size):
            record = enrollment.capstones.create(
                requirement=rules.get(kind="capstone"),
                number=number,
                done_on=NOON,
                note="x",
                actor=pathway_admin,
                at=NOON,
            )
            work = enrollment.works.create(requirement=record.requirement, attempt=number, text="x", at=NOON)
            CapstoneAnswer.objects.create(work=work, outcome="accepted", record=record, actor=pathway_admin, at=NOON)
            case.votes.create(member=member, vote="for", at=NOON)
            case.conditions.create(text="Send it.", set_by=member, set_at=NOON)
            case.events.create(actor=member, moved_to="condition", at=NOON)
        found.append(queries(signed_in(member), case.get_absolute_url()))

    assert found == [18, 18]  # a pathway of the school takes two fewer


def test_so_they_read_one_that_was_confirmed(make_full, signed_in, member, make_award):
    enrollment = make_full(3)
    award = make_award(learner=enrollment.learner, version=enrollment.version.credential_version)
    case = DesignationCase.objects.create(
        learner=enrollment.learner,
        pathway_version=enrollment.version,
        opened_at=NOON,
        status="confirmed",
        decided_at=NOON,
        award=award,
    )
    for place, each in enumerate(enrollment.learner.awards.exclude(pk=award.pk)):
        AwardComponent.objects.create(award=award, component=each, position=place, requirement="Required")

    assert queries(signed_in(member), case.get_absolute_url()) == 19


def test_a_draft_of_every_kind_stays_under_twenty(make_pathway, make_version, two_badges, signed_in, pathway_admin):
    found = []
    for number in (1, 6):
        badges = [make_version() for _ in range(number)]
        draft = make_pathway(required=badges, professions_admitted=["medicine", "nursing"], published=False)
        every_kind(draft, badges)
        address = reverse("pathways:manage-detail", args=[draft.pathway.public_id, draft.number])
        found.append(queries(signed_in(pathway_admin), address))

    assert found[0] == found[1] < 20
