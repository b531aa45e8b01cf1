"""What the demo shows of waivers, capstones and versions is made by the services that people use."""

import pytest
from django.utils import timezone

from config.demo import versions
from pathways import selectors
from pathways.models import CapstoneRecord, Pathway, Waiver
from tests.pathways.conftest import make_pathway as make_pathway


@pytest.mark.django_db
def test_a_class_can_be_moved_and_somebody_gains_by_it(
    make_pathway, make_version, make_learner, administrator, cohort, committee_member, monkeypatch
):
    make_pathway(required=[make_version(workload_hours=30)], hours=30, capstone="oral defense")
    monkeypatch.setattr(versions, "PATHWAY", Pathway.objects.get().slug)
    colleagues = [make_learner(name=f"Colleague {number}") for number in range(3)]

    versions.load(administrator=administrator, colleagues=colleagues, at=timezone.now())

    newer = Pathway.objects.get().versions.get(number=2)
    report = selectors.move_report(newer, cohort, on=timezone.localdate())
    assert (newer.status, [row.outcome for row in report.rows]) == ("published", ["gains"] * 3)
    assert (Waiver.objects.count(), CapstoneRecord.objects.count()) == (1, 1)
