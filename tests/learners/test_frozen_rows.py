"""What the database itself refuses, whoever asks."""

import pytest
from django.db import IntegrityError, transaction

from learners.models import Award, AwardEvent
from tests.moments import NOON


def test_event_rows_are_added_and_never_changed(make_award):
    event = AwardEvent.objects.create(award=make_award(), moved_to="active", at=NOON)

    with pytest.raises(IntegrityError), transaction.atomic():
        AwardEvent.objects.filter(pk=event.pk).update(note="something else")
    with pytest.raises(IntegrityError), transaction.atomic():
        AwardEvent.objects.filter(pk=event.pk).delete()


def test_a_learner_holds_one_active_award_of_a_credential(make_award):
    first = make_award()

    with pytest.raises(IntegrityError, match="award_one_active"), transaction.atomic():
        make_award(learner=first.learner, version=first.credential_version)


@pytest.mark.django_db(transaction=True)
def test_an_award_cannot_name_the_version_of_another_credential(make_award, make_version):
    award = make_award()
    other = make_version()

    with pytest.raises(IntegrityError, match="version_of_credential"):
        Award.objects.filter(pk=award.pk).update(credential_version=other)


def test_makers_give_a_decision_ready_to_release(make_decision):
    decision = make_decision()

    assert decision.status == "proposed"
    assert decision.submission.assessments.get().judgments.count() == 3
