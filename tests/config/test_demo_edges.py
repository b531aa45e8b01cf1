"""The people at the edges of the demo school get there by the services that people use."""

import pytest
from django.utils import timezone

from config.demo import edges, history
from learners import services
from learners.models import Amendment, Appeal, Award, Learner, LearnerLeave, LearnerName, PatientDataReport


@pytest.mark.django_db
def test_each_of_them_is_there_once(make_version, make_learner, make_user, lead, registrar, assessor):
    versions = {slug: make_version() for slug in (edges.APPEALED_ITEM, edges.REPORTED_ITEM)}
    colleagues = [make_learner(name=f"Colleague {number}") for number in range(edges.PEOPLE)]
    at = timezone.now()

    def award(slug, learner):
        decisions = history.prepare_decisions(version=versions[slug], learners=[learner], assessors=[assessor], at=at)
        services.release_decisions(actor=lead, decisions=decisions, at=at)
        return Award.objects.get(learner=learner)

    edges.load(
        accounts={"lead": lead, "registrar": registrar, "assessor": assessor},
        colleagues=colleagues,
        published=versions.__getitem__,
        award=award,
        at=at,
    )

    assert Appeal.objects.get().decision.outcome == "returned"
    assert PatientDataReport.objects.standing().count() == 1
    assert Amendment.objects.get().award == Award.objects.get(learner=colleagues[3])
    assert LearnerLeave.objects.get().learner == colleagues[4]
    renamed = Learner.objects.get(pk=colleagues[2].pk)
    assert renamed.display_name == "Colleague 2"
    assert LearnerName.objects.filter(learner=renamed, full_name=edges.FORMER_NAME).exists()
