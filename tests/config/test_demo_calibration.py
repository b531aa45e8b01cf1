"""What the demo shows of calibration is real: a whole set, and a round that the printed assessor passed."""

import pytest
from django.urls import reverse
from django.utils import timezone

from config.demo import calibration
from config.permissions import Role
from learners.models import CalibrationRound


@pytest.mark.django_db
def test_the_set_is_whole_and_the_printed_assessor_has_passed_it(client, make_version, make_user):
    version = make_version()
    lead, assessor = make_user(Role.LEAD), make_user(Role.ASSESSOR)

    calibration.load(keeper=lead, assessor=assessor, version=version, at=timezone.now())

    assert version.model_works.filter(ready_at__isnull=False).count() == 5
    taken = CalibrationRound.objects.get()
    assert (taken.is_passed, taken.right, taken.works) == (True, 5, 5)
    assert taken.near == taken.criteria
    client.force_login(lead)
    page = client.get(reverse("learners:calibration-manage", args=[version.credential.public_id]))
    assert page.status_code == 200 and calibration.WORKS[0][0] in page.text
    client.force_login(assessor)
    assert calibration.WORKS[0][0] in client.get(reverse("learners:calibration-round", args=[taken.public_id])).text
