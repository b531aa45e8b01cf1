"""People at the edges, in the demo school: what seldom happens, so that every desk has seen it once."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from django.utils import timezone

from credentials.models import CredentialVersion
from learners import services
from learners.models import Award, Learner, User
from learners.models.appeals import AppealGround

from . import history

APPEALED_ITEM, REPORTED_ITEM = "ip-values", "evidence-appraisal"
FORMER_NAME = "Sorrel Oldmeadow"
PEOPLE = 5


def load(
    *,
    accounts: dict[str, User],
    colleagues: Sequence[Learner],
    published: Callable[[str], CredentialVersion],
    award: Callable[[str, Learner], Award],
    at: datetime,
) -> None:
    """An appeal, a report of patient data, another name, a record that is contested, and a leave of absence."""
    appeals, reported, renamed, contests, away = colleagues[:PEOPLE]
    assessor = [accounts["assessor"]]
    decisions = history.prepare_decisions(
        version=published(APPEALED_ITEM), learners=[appeals], assessors=assessor, at=at - timedelta(days=9), level=2
    )
    services.release_decisions(actor=accounts["lead"], decisions=decisions, at=at - timedelta(days=6))
    decisions[0].refresh_from_db()
    services.open_appeal(
        actor=account(appeals),
        decision=decisions[0],
        ground=AppealGround.EVIDENCE,
        text="The second page of my case was not looked at; it holds what the comment says is missing.",
        at=at - timedelta(days=2),
    )
    (submission,) = history.prepare_submissions(
        version=published(REPORTED_ITEM), learners=[reported], assessors=assessor, at=at - timedelta(days=1)
    )
    services.report_patient_data(actor=accounts["assessor"], submission=submission, at=at - timedelta(hours=2))
    present = renamed.display_name
    services.change_name(
        actor=accounts["registrar"], learner=renamed, full_name=FORMER_NAME, at=at - timedelta(days=30)
    )
    award(APPEALED_ITEM, renamed)
    services.change_name(actor=accounts["registrar"], learner=renamed, full_name=present, at=at)
    services.ask_amendment(
        actor=account(contests),
        learner=contests,
        wrong="The date is that of the repeat. I was observed two weeks before.",
        award=award(REPORTED_ITEM, contests),
        at=at,
    )
    today = timezone.localdate(at)
    services.set_leave(
        actor=accounts["registrar"], learner=away, from_on=today, until_on=today + timedelta(days=45), at=at
    )


def account(learner: Learner) -> User:
    if learner.user is None:
        raise ValueError(f"{learner} has no account.")
    return learner.user
