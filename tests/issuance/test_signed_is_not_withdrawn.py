"""However late an undo arrives: what is signed is never withdrawn."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from config.errors import Conflict
from learners.models import Award, AwardEvent
from learners.services import withdraw_award
from tests.fixtures.records import NOON


def test_the_database_refuses(make_signed):
    award = make_signed().award

    with pytest.raises(IntegrityError, match="revoked, never withdrawn"), transaction.atomic():
        Award.objects.filter(pk=award.pk).update(status="withdrawn")


def test_an_undo_whose_clock_is_behind_is_told_that_the_award_is_signed(make_signed, lead):
    award = make_signed().award
    Award.objects.filter(pk=award.pk).update(sign_after=NOON + timedelta(days=3650))

    with pytest.raises(Conflict, match="This award is signed"):
        withdraw_award(award=award, actor=lead, at=NOON, note="Too late.")

    award.refresh_from_db()
    assert award.status == "active"
    assert not AwardEvent.objects.filter(award=award, moved_to="withdrawn").exists()


def test_one_that_is_not_signed_is_withdrawn(make_award, lead):
    award = make_award(sign_after=NOON + timedelta(minutes=5))

    assert withdraw_award(award=award, actor=lead, at=NOON, note="A level was wrong.").status == "withdrawn"
