from datetime import date, timedelta

import pytest

from config.errors import Invalid, NotAllowed
from config.permissions import Role
from credentials.services import set_stewardship
from tests.moments import NOON

MAY = date(2027, 5, 1)


def test_owner_and_review_date_are_set_and_recorded(administrator, lead, version):
    set_stewardship(actor=administrator, credential=version.credential, owner=lead, review_on=MAY, at=NOON)

    version.credential.refresh_from_db()
    assert (version.credential.owner, version.credential.review_on) == (lead, MAY)
    event = version.credential.events.get()
    assert (event.actor, event.action, event.at) == (administrator, "stewardship", NOON)


@pytest.mark.parametrize("days", [0, -1, -400])
def test_a_review_lies_ahead(administrator, version, days):
    before = version.credential.review_on

    with pytest.raises(Invalid, match="future"):
        set_stewardship(
            actor=administrator,
            credential=version.credential,
            owner=administrator,
            review_on=NOON.date() + timedelta(days=days),
            at=NOON,
        )

    version.credential.refresh_from_db()
    assert version.credential.review_on == before
    assert version.credential.events.count() == 0


def test_the_owner_is_a_lead_or_an_administrator_of_the_organization(
    administrator, assessor, make_user, make_organization, version
):
    elsewhere = make_user(Role.LEAD, scope=make_organization())

    for owner in (assessor, elsewhere):
        with pytest.raises(Invalid, match="lead or an administrator"):
            set_stewardship(actor=administrator, credential=version.credential, owner=owner, review_on=MAY, at=NOON)

    assert version.credential.events.count() == 0


def test_a_registrar_cannot_set_it(registrar, lead, version):
    with pytest.raises(NotAllowed):
        set_stewardship(actor=registrar, credential=version.credential, owner=lead, review_on=MAY, at=NOON)

    assert version.credential.events.count() == 0
