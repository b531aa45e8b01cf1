from datetime import timedelta

import pytest

from config.errors import Invalid, NotAllowed
from config.permissions import Role
from learners.models import LearnerName
from learners.services import change_name
from tests.fixtures.records import NOON


def test_the_new_name_holds_from_now_and_the_old_one_keeps_its_dates(learner, registrar):
    name = change_name(actor=registrar, learner=learner, full_name="  Robin   Beckwith ", at=NOON)

    learner.refresh_from_db()
    assert learner.display_name == name.full_name == "Robin Beckwith"
    old = LearnerName.objects.get(learner=learner, until_at__isnull=False)
    assert (old.full_name, old.until_at, name.from_at, name.until_at) == ("Robin Alder", NOON, NOON, None)


@pytest.mark.parametrize("name", ["", "   ", "Robin Alder"])
def test_an_empty_or_unchanged_name_is_refused(learner, registrar, name):
    with pytest.raises(Invalid):
        change_name(actor=registrar, learner=learner, full_name=name, at=NOON)

    assert LearnerName.objects.get(learner=learner).until_at is None


@pytest.mark.parametrize("role", [None, Role.LEAD, Role.ADMINISTRATOR, Role.AUDITOR])
def test_only_a_registrar_of_the_school_changes_a_name(learner, make_user, role):
    with pytest.raises(NotAllowed):
        change_name(actor=make_user(role), learner=learner, full_name="Robin Beckwith", at=NOON)


def test_a_registrar_elsewhere_or_of_oneself_does_not(learner, make_user, make_organization, make_learner, registrar):
    elsewhere = make_user(Role.REGISTRAR, scope=make_organization())

    with pytest.raises(NotAllowed):
        change_name(actor=elsewhere, learner=learner, full_name="Robin Beckwith", at=NOON)
    with pytest.raises(NotAllowed):
        change_name(actor=registrar, learner=make_learner(user=registrar), full_name="Other Name", at=NOON)


def test_names_follow_each_other(learner, registrar):
    change_name(actor=registrar, learner=learner, full_name="Robin Beckwith", at=NOON)
    change_name(actor=registrar, learner=learner, full_name="Robin Calloway", at=NOON + timedelta(days=1))

    assert list(
        LearnerName.objects.filter(learner=learner).order_by("from_at").values_list("full_name", flat=True)
    ) == [
        "Robin Alder",
        "Robin Beckwith",
        "Robin Calloway",
    ]
