"""The surveys: what is asked when, on which scale, and what an answer speaks of (Kirkpatrick's levels). Pure.

Motivation is asked at every moment, so that it can be followed. Six months after, learners place themselves in the same
rubric by which they were judged: a re-rating of the task, without help and without the work before them.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from learners.models.surveys import SurveyMoment

# From when on each survey is due, and how long it stays open.
AFTER = {
    SurveyMoment.ENROLLMENT: timedelta(0),
    SurveyMoment.AWARD: timedelta(0),
    SurveyMoment.LATER: timedelta(days=182),
}
OPEN_FOR = timedelta(days=60)
AGREEMENT = [
    ("1", gettext_lazy("1 – not at all")),
    ("2", "2"),
    ("3", gettext_lazy("3 – partly")),
    ("4", "4"),
    ("5", gettext_lazy("5 – entirely")),
]
FREQUENCY = [
    ("1", gettext_lazy("never")),
    ("2", gettext_lazy("once or twice")),
    ("3", gettext_lazy("about weekly")),
    ("4", gettext_lazy("several times a week")),
    ("5", gettext_lazy("daily")),
]
RETENTION = "retention"  # asked of each criterion, on the levels of its rubric
HIGH = 4  # from here on an answer on a scale of five speaks for what is asked


@dataclass(frozen=True)
class Question:
    key: str
    text: Any
    kirkpatrick: Any
    scale: list[tuple[str, Any]]


MOTIVATION = Question(
    "motivation",
    gettext_lazy("I want to be good at this for my own work, not only to be done with it."),
    gettext_lazy("2a: attitudes"),
    AGREEMENT,
)
QUESTIONS: dict[str, list[Question]] = {
    SurveyMoment.ENROLLMENT: [MOTIVATION],
    SurveyMoment.AWARD: [
        MOTIVATION,
        Question("worth", gettext_lazy("It was worth the time that it took."), gettext_lazy("1: reaction"), AGREEMENT),
    ],
    SurveyMoment.LATER: [
        MOTIVATION,
        Question(
            "used",
            gettext_lazy("How often did you use it in the last month?"),
            gettext_lazy("3: behavior"),
            FREQUENCY,
        ),
    ],
    SurveyMoment.TERM: [
        Question(
            "fair",
            gettext_lazy("With the rubrics I could judge fairly."),
            gettext_lazy("1: reaction"),
            AGREEMENT,
        ),
        Question(
            "time",
            gettext_lazy("The time that assessing took was reasonable."),
            gettext_lazy("1: reaction"),
            AGREEMENT,
        ),
        Question(
            "teaching",
            gettext_lazy("I changed how I teach because of what I saw in the work of learners."),
            gettext_lazy("4a: practice of the organization"),
            AGREEMENT,
        ),
    ],
}
WORDS = {each.key: each.text for questions in QUESTIONS.values() for each in questions}
RETENTION_LEVEL = gettext_lazy("2b: knowledge and skill, rated by themselves")


def text_of(question: str) -> str:
    return str(WORDS.get(question, question))


def window(moment: str, began: datetime) -> tuple[datetime, datetime]:
    """From when until when a survey may be answered; began: when the learner enrolled, or was awarded."""
    opens = began + AFTER[SurveyMoment(moment)]
    return opens, opens + OPEN_FOR


# Terms ---------------------------------------------------------------------------------------------------------------
# Spring ends in June, fall in December; assessors are asked in the last two months of each.
FIRST_YEAR, LAST_YEAR = "2000", "2199"  # of four digits, so that they compare as text
SEASONS = {"spring": (1, 6), "fall": (7, 12)}


def term_of(day: date) -> str:
    return f"{day.year}-{'spring' if day.month <= 6 else 'fall'}"


def term_days(term: str) -> tuple[date, date] | None:
    """The first and the last day of a term; None for what is no term."""
    year, _dash, season = term.partition("-")
    if (
        not (year.isascii() and year.isdecimal() and len(year) == 4 and FIRST_YEAR <= year <= LAST_YEAR)
        or season not in SEASONS
    ):
        return None
    months = SEASONS[season]
    return date(int(year), months[0], 1), date(int(year), months[1], 30 if months[1] == 6 else 31)


def asked_from(term: str) -> date:
    days = term_days(term)
    if days is None:
        raise ValueError(term)
    return days[1].replace(month=days[1].month - 1, day=1)


def term_in_words(term: str) -> str:
    year, _dash, season = term.partition("-")
    return (_("Spring %(year)s") if season == "spring" else _("Fall %(year)s")) % {"year": year}


def terms_until(day: date, count: int) -> list[str]:
    """So many terms up to the one of a day, the newest first."""
    found = []
    for _number in range(count):
        found.append(term_of(day))
        days = term_days(found[-1])
        day = (days[0] if days else day) - timedelta(days=1)
    return found
