"""A learner's own goals and confidence; private to the learner."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from django.db import connection, transaction
from django.utils.translation import gettext as _

from config.errors import Conflict, Invalid
from config.permissions import Can, require
from learners.models import ConfidenceRating, Decision, Enrollment, Goal, Learner, User
from learners.workflow import DecisionStatus, EnrollmentStatus

GOALS_MAX = 100
# Coming back within this time is the same visit.
VISIT = timedelta(minutes=30)


@transaction.atomic
def add_goal(*, actor: User, learner: Learner, text: str, due_on: date | None, at: datetime) -> Goal:
    """Keep a goal. Raises NotAllowed, Invalid (empty, too many open), Conflict (there is the same one)."""
    learner = Learner.objects.select_for_update().get(pk=learner.pk)
    require(actor, Can.GROWTH_WRITE, learner)
    text = " ".join(text.split())
    if not text:
        raise Invalid(_("Say what you want to reach."))
    standing = learner.goals.filter(reached_at__isnull=True)
    if standing.filter(text=text).exists():
        raise Conflict(_("You have this goal already."))
    if standing.count() >= GOALS_MAX:
        raise Invalid(_("You have many goals open; finish or remove one first."))
    return Goal.objects.create(learner=learner, text=text[:300], due_on=due_on, made_at=at)


@transaction.atomic
def reach_goal(*, actor: User, goal: Goal, at: datetime) -> Goal:
    """Mark a goal as reached; a second call keeps the first time. Raises NotAllowed."""
    goal = Goal.objects.select_for_update(of=("self",)).select_related("learner").get(pk=goal.pk)
    require(actor, Can.GROWTH_WRITE, goal.learner)
    if goal.reached_at is None:
        goal.reached_at = at
        goal.save(update_fields=["reached_at"])
    return goal


@transaction.atomic
def drop_goal(*, actor: User, goal: Goal) -> None:
    """Remove a goal; it is nobody's record but the learner's. Raises NotAllowed."""
    require(actor, Can.GROWTH_WRITE, goal.learner)
    Goal.objects.filter(pk=goal.pk).delete()


def moment_of(enrollment: Enrollment) -> str:
    """Which rating is asked for now: "before" anything was submitted, at "submission", or in "retrospective". Two queries."""
    if Decision.objects.filter(enrollment=enrollment, status=DecisionStatus.RELEASED).exists():
        return "retrospective"
    handed_in = enrollment.submissions.filter(submitted_at__isnull=False).exists()
    return "submission" if handed_in else "before"


@transaction.atomic
def rate_confidence(
    *, actor: User, enrollment: Enrollment, values: Mapping[int, int], at: datetime
) -> list[ConfidenceRating]:
    """Keep how sure a learner is of outcomes, 1 to 5, for the moment at which they stand; what is left out is skipped.

    values: by the key of the outcome. A later rating at the same moment replaces the former. Raises NotAllowed, Conflict
    (withdrawn), Invalid (not an outcome of this version, or not 1 to 5).
    """
    enrollment = Enrollment.objects.select_for_update(of=("self",)).select_related("learner").get(pk=enrollment.pk)
    require(actor, Can.GROWTH_WRITE, enrollment.learner)
    if enrollment.status in {EnrollmentStatus.WITHDRAWN, EnrollmentStatus.WAITLISTED}:
        raise Conflict(_("There is nothing to rate here."))
    outcomes = set(enrollment.credential_version.outcomes.values_list("pk", flat=True))
    if not outcomes >= values.keys() or not all(1 <= value <= 5 for value in values.values()):
        raise Invalid(_("Rate each outcome from 1 to 5, or leave it out."))
    moment = moment_of(enrollment)
    return [
        ConfidenceRating.objects.update_or_create(
            enrollment=enrollment, outcome_id=outcome, moment=moment, defaults={"value": value, "at": at}
        )[0]
        for outcome, value in values.items()
    ]


NOTE_VISIT = """
INSERT INTO learners_homevisit AS visit (learner_id, seen_at) VALUES (%s, %s)
ON CONFLICT (learner_id) DO UPDATE SET
    before_at = CASE WHEN EXCLUDED.seen_at - visit.seen_at > make_interval(secs => %s) THEN visit.seen_at ELSE visit.before_at END,
    seen_at = EXCLUDED.seen_at
RETURNING before_at
"""


def note_visit(*, learner: Learner, at: datetime) -> datetime | None:
    """Remember that a learner looks at their home page; answer when they did before this visit, if ever. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(NOTE_VISIT, [learner.pk, at, VISIT.total_seconds()])
        before: datetime | None = cursor.fetchone()[0]
    return before
