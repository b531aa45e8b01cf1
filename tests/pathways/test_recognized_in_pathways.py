"""Learning that was credentialed elsewhere, where a pathway counts badges."""

from datetime import date

import pytest

from learners.models import RecognizedCredential
from pathways import selectors
from tests.fixtures.records import NOON


@pytest.mark.parametrize(
    ("credit", "valid_until", "counts"),
    [("whole", None, True), ("whole", date(2020, 1, 1), False), ("partial", None, False), ("part", None, False)],
)
def test_only_what_stands_for_a_whole_badge_counts_as_one(
    digital, join, learner, organization, registrar, credit, valid_until, counts
):
    """And only while it stands: the rest of what is partly recognized is still to be assessed here."""
    join(digital)
    badge = digital.requirements.exclude(credential=None).first()
    RecognizedCredential.objects.create(
        learner=learner,
        provider=organization,
        title="Certificate of elsewhere",
        earned_on=date(2019, 1, 1),
        counts_toward=badge.credential,
        status="accepted",
        credit=credit,
        satisfies=["essay"] if credit == "partial" else [],
        valid_until=valid_until,
        decided_by=registrar,
        decided_at=NOON,
    )

    known = selectors.Known([learner.pk], [selectors.asked(digital)])

    assert [each.title for each in known.held(learner.pk)] == (["Certificate of elsewhere"] if counts else [])
