"""Two versions of one pathway in the demo school: colleagues who follow the first, one with a waiver, one with a capstone."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.utils import timezone

from learners.models import Learner, User
from pathways import services
from pathways.models import Pathway, PathwayEnrollment, RequirementKind

PATHWAY, HOURS_LESS = "distinction-policy-equity", 10


def load(*, administrator: User, colleagues: Sequence[Learner], at: datetime) -> None:
    """Let colleagues join, waive a rule for the first, record the capstone of the second, and publish a newer version."""
    pathway = Pathway.objects.select_related("credential").get(slug=PATHWAY)
    joined = [_joined(each, pathway, at - timedelta(days=12)) for each in colleagues]
    version = pathway.versions.get()
    rule = version.requirements.filter(kind=RequirementKind.CREDENTIAL, parent=None).order_by("position")[0]
    services.grant_waiver(
        actor=administrator,
        enrollment=joined[0],
        requirement=rule,
        reason="Published a policy brief with the city's health department before entering.",
        at=at - timedelta(days=3),
    )
    services.record_capstone(
        actor=administrator,
        enrollment=joined[1],
        requirement=version.requirements.get(kind=RequirementKind.CAPSTONE),
        done_on=timezone.localdate(at) - timedelta(days=5),
        note="Reflective synthesis read, oral defense heard by two members of the faculty.",
        at=at - timedelta(days=2),
    )
    newer = services.start_version(actor=administrator, pathway=pathway, at=at - timedelta(days=1))
    hours = newer.requirements.get(kind=RequirementKind.HOURS)
    services.change_rule(
        actor=administrator,
        rule=hours,
        asks=services.Asks(label="Hours", minimum=(hours.minimum or 0) - HOURS_LESS),
    )
    services.publish_pathway(
        actor=administrator, version=newer, at=at, note=f"{HOURS_LESS} hours less, as its committee asked"
    )


def _joined(learner: Learner, pathway: Pathway, at: datetime) -> PathwayEnrollment:
    if learner.user is None:
        raise ValueError(f"{learner} has no account.")
    return services.join_pathway(actor=learner.user, learner=learner, pathway=pathway, at=at)
