"""What is read of what learners hold: the competencies that it covers, and who counts it already."""

from datetime import timedelta

from django.utils import timezone

from learners.models import AwardComponent
from pathways import selectors
from pathways.services import grant_waiver
from tests.fixtures.records import NOON


def said(enrollment):
    progress = selectors.progress(version=enrollment.version, learner=enrollment.learner, on=NOON.date())
    return [line.sentence for line in progress.lines]


def test_an_award_and_a_substitute_cover_what_their_versions_assess(
    make_pathway, make_version, make_award, learner, join, pathway_admin
):
    named, other = make_version(title="Roles"), make_version(title="Elsewhere")  # each assesses RR1
    pathway = make_pathway(published=False)
    rule = pathway.requirements.create(position=1, kind="coverage", label="Roles", minimum=1, codes=["RR1"])
    pathway.requirements.create(parent=rule, position=1, kind="credential", credential=named.credential)
    enrollment = join(pathway)
    nothing = said(enrollment)
    make_award(learner=learner, version=other)
    assert said(enrollment) == nothing

    grant_waiver(
        actor=pathway_admin,
        enrollment=enrollment,
        requirement=rule,
        substitute=other.credential,
        reason="The same content.",
        at=NOON,
    )
    by_substitute = said(enrollment)
    learner.awards.all().delete()
    make_award(learner=learner, version=named)

    assert "0 of 1" in nothing[0] and "1 of 1" in by_substitute[0]
    assert "1 of 1" in said(enrollment)[0]


def test_what_another_designation_counts_in_force_is_shared(make_pathway, make_version, make_award, learner, join):
    badge = make_version(title="Roles")
    enrollment = join(make_pathway(required=[badge], shared_components_max=0))
    award = make_award(learner=learner, version=badge)
    other = make_award(learner=learner, version=make_version(kind="designation"))
    before = said(enrollment)

    AwardComponent.objects.create(award=other, component=award, position=1, requirement="Required")
    during = said(enrollment)
    other.status, other.revoked_at = "revoked", NOON
    other.save()

    assert before != during
    assert said(enrollment) == before


def test_an_award_that_ended_within_today_is_over_as_its_page_says(make_award, learner, make_pathway, join):
    join(make_pathway())
    now = timezone.now()
    ends = {"over": now - timedelta(seconds=1), "stands": now + timedelta(hours=1), "never": None}
    awards = {name: make_award(learner=learner, valid_until=until) for name, until in ends.items()}

    held = {each.award_id: each.is_over for each in selectors.Known([learner.pk], []).held(learner.pk)}

    assert {name: held[award.pk] for name, award in awards.items()} == {"over": True, "stands": False, "never": False}
