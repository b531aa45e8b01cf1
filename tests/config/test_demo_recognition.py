"""What the demo shows of recognized learning is real: the badge verifies, one piece is recognized, one waits for staff."""

import pytest
from django.utils import timezone

from config.demo import recognition
from config.permissions import Role
from learners import services
from learners.models import RecognizedCredential
from tests.fixtures.recognizing import CERTIFICATE


@pytest.mark.django_db
def test_one_piece_is_recognized_and_one_waits_with_every_check_passed(
    improvement, make_learner, make_user, media, monkeypatch
):
    assert recognition.CERTIFICATE == CERTIFICATE
    monkeypatch.setattr(recognition, "ITEM", improvement.credential.slug)
    accounts = {"lead": make_user(Role.LEAD), "registrar": make_user(Role.REGISTRAR)}
    robin, wren = make_learner(), make_learner(name="Wren Sorrel")

    recognition.load(accounts=accounts, learner=robin, colleague=wren, at=timezone.now())

    mine = RecognizedCredential.objects.get(learner=robin)
    waiting = RecognizedCredential.objects.get(learner=wren)
    assert (mine.status, mine.satisfies) == ("accepted", [CERTIFICATE])
    assert (waiting.status, waiting.badge.state) == ("submitted", "valid")
    assert {each.outcome for each in waiting.badge.lines.all()} <= {"passed", "not-applicable"}
    assert services.check_recognized(limit=5, at=timezone.now()) == 0
