"""How learning and judging go, from surveys and from what is known anyway: for a committee, in numbers that name nobody.

A figure about fewer than `FEWEST` people is never given, on the page or in the file, and answers to surveys come in steps
of so many.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from statistics import median
from typing import Any

from django.db.models import Aggregate, Count, DurationField, ExpressionWrapper, F, Q, QuerySet
from django.utils import timezone
from django.utils.crypto import salted_hmac

from config.permissions import Role
from credentials.models import Credential, Organization
from credentials.models.catalog import CredentialKind
from learners import surveys
from learners.models import (
    Assessment,
    Award,
    ConfidenceRating,
    Decision,
    Enrollment,
    RoleGrant,
    SurveyAnswer,
    SurveyMoment,
    SurveyResponse,
    User,
)
from learners.selectors.class_view import FEWEST
from learners.selectors.surveys import EARNED, STARTED, had_at
from learners.workflow import DecisionStatus

READERS = {Role.LEAD, Role.ADMINISTRATOR, Role.COMMITTEE, Role.AUDITOR}
# Of the whole school: what assessors say of a term is about no single item.
SCHOOL_READERS = {Role.ADMINISTRATOR, Role.COMMITTEE, Role.AUDITOR}
ASKED_WITHIN = timedelta(days=365)
# A mark that was begun and finished within this time was made in one sitting; others say nothing about minutes.
SITTING = timedelta(hours=2)
CONFIDENCE = {"before": 0, "submission": 1, "retrospective": 2}


def items(user: User) -> QuerySet[Credential]:
    """The microcredentials whose evaluation somebody reads; by code."""
    return (
        Credential.objects.filter(user.scope_q(READERS), kind=CredentialKind.MICROCREDENTIAL)
        .exclude(current_version=None)
        .select_related("current_version", "organization")
        .order_by("code", "pk")
    )


def schools(user: User) -> list[Organization]:
    """The schools whose faculty report somebody reads. No query."""
    found = {
        each.organization_id: each.organization
        for each in user.current_grants
        if each.role in SCHOOL_READERS and each.credential_id is None
    }
    return sorted(found.values(), key=lambda each: each.name)


@dataclass(frozen=True)
class Figure:
    """Answers to one question. middle: the median; high: percent at 4 or 5 (at the standard, for levels of a rubric).

    Where fewer than `FEWEST` answered, n is told as "fewer" and the rest is None.
    """

    text: str
    moment: str
    kirkpatrick: str
    n: int | None
    middle: float | None
    high: int | None


def _figure(
    text: Any, moment: Any, kirkpatrick: Any, values: Counter[int], *, people: int, high: int = surveys.HIGH
) -> Figure:
    n = values.total()
    if people < FEWEST:
        return Figure(str(text), str(moment), str(kirkpatrick), None, None, None)
    reached = sum(count for value, count in values.items() if value >= high)
    return Figure(str(text), str(moment), str(kirkpatrick), n, median(values.elements()), round(100 * reached / n))


@dataclass(frozen=True)
class Asked:
    """How many were asked at a moment, may answer now, and answered. percent: None where nobody was asked."""

    moment: str
    asked: int
    is_open: int
    answered: int

    @property
    def percent(self) -> int | None:
        return round(100 * self.answered / self.asked) if self.asked else None


def response_rates(credential: Credential, at: datetime) -> list[Asked]:
    """The schedule of a year: who was due at each moment and who answered. Three queries."""
    answered = dict(
        SurveyResponse.objects.filter(credential=credential, answered_at__gt=at - ASKED_WITHIN)
        .values("moment")
        .annotate(n=Count("pk"))
        .values_list("moment", "n")
    )
    began = (
        Enrollment.objects.filter(STARTED, credential=credential, learner__user__isnull=False)
        .annotate(had_at=had_at())
        .filter(Q(had_at__isnull=True) | Q(had_at__gt=F("enrolled_at")))
        .aggregate(**_due(SurveyMoment.ENROLLMENT, "enrolled_at", at, still=Q(had_at__isnull=True) | Q(had_at__gt=at)))
    )
    earned = Award.objects.filter(
        EARNED, credential=credential, decision__isnull=False, learner__user__isnull=False
    ).aggregate(**_due(SurveyMoment.AWARD, "awarded_at", at), **_due(SurveyMoment.LATER, "awarded_at", at))
    counted = began | earned
    return [
        Asked(
            str(SurveyMoment(moment).label),
            counted[f"{moment}_asked"],
            counted[f"{moment}_open"],
            answered.get(moment, 0),
        )
        for moment in (SurveyMoment.ENROLLMENT, SurveyMoment.AWARD, SurveyMoment.LATER)
    ]


def _due(moment: SurveyMoment, column: str, at: datetime, still: Q | None = None) -> dict[str, Count]:
    """still: whether it may be answered yet, where more than the days decide that."""
    opened = at - surveys.AFTER[moment]
    within = Q(**{f"{column}__lte": opened, f"{column}__gt": opened - ASKED_WITHIN})
    is_open = Q(**{f"{column}__lte": opened, f"{column}__gt": opened - surveys.OPEN_FOR})
    return {
        f"{moment}_asked": Count("pk", filter=within),
        f"{moment}_open": Count("pk", filter=is_open & (still or Q())),
    }


def figures(credential: Credential) -> list[Figure]:
    """What was answered about an item. Three queries."""
    of_item = SurveyAnswer.objects.filter(response__credential=credential)
    released = _released(SurveyResponse.objects.filter(credential=credential))
    people: Counter[tuple[str, str, str]] = Counter()
    for moment, question, key, n in (
        of_item.filter(response__in=released)
        .values_list("response__moment", "question", "criterion__key")
        .annotate(n=Count("response__study", distinct=True))
        .order_by()
    ):
        people[moment, question, key or ""] = n
    counted: dict[tuple[str, str, str], Counter[int]] = {}
    names: dict[str, tuple[str, int]] = {}
    rows = (
        of_item.values_list(
            "response__moment",
            "question",
            "criterion__key",
            "criterion__name",
            "criterion__is_required",
            "criterion__version__required_minimum_level",
            "criterion__version__optional_minimum_level",
            "value",
        )
        .annotate(n=Count("pk", filter=Q(response__in=released)))
        .order_by("criterion__version__number", "criterion__position")
    )
    for moment, question, key, name, is_required, required, optional, value, n in rows:
        counted.setdefault((moment, question, key or ""), Counter())[value] += n
        if key:
            names[key] = (name, required if is_required else optional)
    found = [
        _figure(
            each.text,
            SurveyMoment(moment).label,
            each.kirkpatrick,
            counted[moment, each.key, ""],
            people=people[moment, each.key, ""],
        )
        for moment, questions in surveys.QUESTIONS.items()
        for each in questions
        if (moment, each.key, "") in counted
    ]
    return found + [
        _figure(
            name,
            SurveyMoment.LATER.label,
            surveys.RETENTION_LEVEL,
            counted[SurveyMoment.LATER, surveys.RETENTION, key],
            people=people[SurveyMoment.LATER, surveys.RETENTION, key],
            high=minimum,
        )
        for key, (name, minimum) in names.items()
        if (SurveyMoment.LATER, surveys.RETENTION, key) in counted
    ]


def confidence(credential: Credential) -> list[tuple[str, list[Figure]]]:
    """How sure learners were of each outcome, before, at submission and looking back; who skipped is not counted. One query."""
    counted: dict[str, dict[str, Counter[int]]] = {}
    rows = (
        ConfidenceRating.objects.filter(enrollment__credential=credential)
        .values_list("outcome__text", "moment", "value")
        .annotate(n=Count("pk"))
        .order_by("outcome__version__number", "outcome__position")
    )
    for outcome, moment, value, n in rows:
        counted.setdefault(outcome, {}).setdefault(moment, Counter())[value] += n
    return [
        (
            outcome,
            [
                _figure(outcome, moment, "", values, people=values.total())
                for moment, values in ((each, by_moment.get(each, Counter())) for each in CONFIDENCE)
            ],
        )
        for outcome, by_moment in counted.items()
    ]


def answers(credential: Credential) -> Iterator[Sequence[Any]]:
    """The answers about an item for a file: a study ID, no name, no day; of cells of few people nothing but that.

    The ID is one for each item, so that files of two items do not tell whose answers belong together. Two queries.
    """
    of_item = SurveyAnswer.objects.filter(response__credential=credential)
    released = _released(SurveyResponse.objects.filter(credential=credential))
    cells: dict[tuple[str, str, str], list[tuple[str, int]]] = {}
    for response, code, moment, question, key, value in of_item.order_by(
        "response__moment", "question", "criterion__key"
    ).values_list("response", "response__study__code", "response__moment", "question", "criterion__key", "value"):
        cell = cells.setdefault((moment, question, key), [])
        if response in released:
            cell.append((study_id(code, credential), value))
    for where, given in cells.items():
        if len({code for code, _value in given}) < FEWEST:
            yield ["", *where, "withheld: fewer than five answered"]
        else:
            yield from ([code, *where, value] for code, value in sorted(given))


def study_id(code: str, credential: Credential) -> str:
    """Under which ID a person's answers about an item are given out."""
    return salted_hmac("learners.evaluation.study", f"{code} {credential.public_id}", algorithm="sha256").hexdigest()[
        :12
    ]


def _released(responses: QuerySet[SurveyResponse]) -> set[int]:
    """The keys of the answered surveys that are told. One query.

    Those of each moment come out in steps of `FEWEST` people, in the order in which they answered: what changed since the
    last look is never of one person.
    """
    found: set[int] = set()
    waiting: dict[str, list[int]] = {}
    people: dict[str, set[int]] = {}
    for key, study, moment in responses.order_by("answered_at", "pk").values_list("pk", "study", "moment"):
        waiting.setdefault(moment, []).append(key)
        people.setdefault(moment, set()).add(study)
        if len(people[moment]) >= FEWEST:
            found.update(waiting.pop(moment))
            del people[moment]
    return found


# Faculty -------------------------------------------------------------------------------------------------------------
class Middle(Aggregate):
    """The median, computed by the database."""

    function = "PERCENTILE_CONT"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = DurationField()


@dataclass(frozen=True)
class Faculty:
    """A term at a school. Minutes and days are None where fewer than `FEWEST` people stand behind them."""

    asked: int
    answered: int
    figures: list[Figure]
    marks: int
    minutes: float | None
    in_one_sitting: int
    answers: int
    days: float | None

    @property
    def percent(self) -> int | None:
        return round(100 * self.answered / self.asked) if self.asked else None


def faculty(organization: Organization, term: str) -> Faculty:
    """What assessors said of a term, and what judging took: minutes for a mark, days until a learner had an answer. Six queries."""
    begin, end = _moments(term)
    grants = RoleGrant.objects.filter(
        Q(until_at__isnull=True) | Q(until_at__gt=begin),
        role=Role.ASSESSOR,
        organization=organization,
        from_at__lt=end,
        user__is_active=True,
    )
    responses = SurveyResponse.objects.filter(organization=organization, term=term)
    counted: dict[str, Counter[int]] = {}
    said = SurveyAnswer.objects.filter(response__in=_released(responses)).values_list("question", "value")
    for question, value, n in said.annotate(n=Count("pk")).order_by():
        counted.setdefault(question, Counter())[value] += n
    marks = Assessment.objects.filter(
        submission__enrollment__credential__organization=organization,
        is_agreed=False,
        finished_at__gte=begin,
        finished_at__lt=end,
    )
    took = ExpressionWrapper(F("finished_at") - F("started_at"), output_field=DurationField())
    sitting = Q(took__lte=SITTING)
    worked = marks.annotate(took=took).aggregate(
        marks=Count("pk"),
        sat=Count("pk", filter=sitting),
        people=Count("assessor", distinct=True, filter=sitting),
        minutes=Middle("took", filter=sitting),
    )
    waited = ExpressionWrapper(F("effective_at") - F("submission__submitted_at"), output_field=DurationField())
    told = Decision.objects.filter(
        enrollment__credential__organization=organization,
        status=DecisionStatus.RELEASED,
        effective_at__gte=begin,
        effective_at__lt=end,
        submission__submitted_at__isnull=False,
    ).aggregate(n=Count("pk"), people=Count("enrollment__learner", distinct=True), days=Middle(waited))
    return Faculty(
        asked=grants.values("user").distinct().count(),
        answered=responses.count(),
        figures=[
            _figure(each.text, SurveyMoment.TERM.label, each.kirkpatrick, values, people=values.total())
            for each, values in (
                (each, counted.get(each.key, Counter())) for each in surveys.QUESTIONS[SurveyMoment.TERM]
            )
        ],
        marks=worked["marks"],
        minutes=_told(worked["minutes"], worked["people"], timedelta(minutes=1)),
        in_one_sitting=worked["sat"],
        answers=told["n"],
        days=_told(told["days"], told["people"], timedelta(days=1)),
    )


def _told(value: timedelta | None, people: int, unit: timedelta) -> float | None:
    return None if value is None or people < FEWEST else value / unit


def _moments(term: str) -> tuple[datetime, datetime]:
    """From midnight to midnight on the school's clock."""
    days = surveys.term_days(term)
    if days is None:
        raise ValueError(term)
    first, last = days
    return _midnight(first), _midnight(last + timedelta(days=1))


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
