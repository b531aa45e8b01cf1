"""The catalog as searched, filtered, counted and sorted. The state is the address; the number of queries is fixed.

What is offered is a few hundred rows at most, so their filter values are read whole, and filters and counts are plain
Python over them: each value's count says how many would be shown if it were chosen, all else being kept.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from math import ceil
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from credentials.models import Alignment, Credential, SpecialtyClaim
from credentials.models.catalog import CredentialKind, Level, Setting

from .search import search
from .seats import OpenOffering, open_offerings
from .version import in_words

# The catalog's filter by hours: what takes no longer than so many, and what takes longer than all of them.
HOURS_MOST = {"5": 5, "10": 10, "20": 20}
LONGER = "more"
# What "finish by" reckons with where no offering sets the dates.
HOURS_A_WEEK = 10
NEAREST = 3


@dataclass(frozen=True)
class Entry:
    """One thing on offer with what the filters ask about."""

    pk: int
    title: str
    school: str
    kind: str
    theme: str
    level: str
    setting: str
    delivery: str
    hours: int | None
    answer_days: int
    professions: list[str]
    published_on: date
    competencies: list[str] = field(default_factory=list)
    specialties: list[str] = field(default_factory=list)
    offerings: list[OpenOffering] = field(default_factory=list)

    @property
    def lengths(self) -> list[str]:
        """Every choice of the filter by hours that it fits: one of 5 hours is within 10, too."""
        if not self.hours:
            return []
        return [name for name, most in HOURS_MOST.items() if self.hours <= most] or [LONGER]

    def has_open_seats(self) -> bool:
        """True too where no offering limits who takes part."""
        return not self.offerings or any(each.is_open for each in self.offerings)

    def can_be_finished(self, by: date, on: date) -> bool:
        """By an offering that closes in time; without any, by working HOURS_A_WEEK and waiting for the answer."""
        if self.offerings:
            return any(each.offering.closes_on <= by for each in self.offerings)
        if self.hours is None:
            return False
        days = 7 * ceil(self.hours / HOURS_A_WEEK) + ceil(self.answer_days * 7 / 5)
        return on + timedelta(days=days) <= by


# Each filter that has values to choose from: what an entry has of it.
FACETS: dict[str, Callable[[Entry], Iterable[str]]] = {
    "school": lambda entry: [entry.school],
    "theme": lambda entry: [entry.theme],
    "level": lambda entry: [entry.level],
    "setting": lambda entry: [entry.setting],
    "hours": lambda entry: entry.lengths,
    "format": lambda entry: [entry.delivery],
    "profession": lambda entry: entry.professions,
    "competency": lambda entry: entry.competencies,
    "specialty": lambda entry: entry.specialties,
}
HOUR_WORDS = {
    "5": gettext_lazy("Up to 5 hours"),
    "10": gettext_lazy("Up to 10 hours"),
    "20": gettext_lazy("Up to 20 hours"),
    LONGER: gettext_lazy("More than 20 hours"),
}
LEVELS = [str(each) for each in Level]


@dataclass(frozen=True)
class Choice:
    value: str
    label: str
    group: str = ""


@dataclass
class Catalog:
    """Everything on offer, read once for a page. `choices`: the values of each filter, in order."""

    on: date
    entries: list[Entry]
    choices: dict[str, list[Choice]]
    claims: list[SpecialtyClaim]

    @property
    def has_several_schools(self) -> bool:
        """Then each card says whose it is, and the school is a filter."""
        return len(self.choices["school"]) > 1

    def find(self, chosen: dict[str, Any]) -> "Found":
        """What fits every filter. One query where words are looked for, else none."""
        q = chosen.get("q", "")
        every, some = search(q) if q else ({}, {})
        tests = self._tests(chosen)
        if q:
            tests["q"] = lambda entry: entry.pk in every
        misses = {entry.pk: {name for name, fits in tests.items() if not fits(entry)} for entry in self.entries}
        counts = {
            name: Counter(
                value for entry in self.entries if misses[entry.pk] <= {name} for value in set(values(entry)) if value
            )
            for name, values in FACETS.items()
        }
        shown = _sorted([each for each in self.entries if not misses[each.pk]], str(chosen.get("sort", "")), every)
        seats = sum(entry.has_open_seats() for entry in self.entries if misses[entry.pk] <= {"seats"})
        nearest = [] if shown else self._nearest(misses, some, bool(q), len(tests))
        return Found([each.pk for each in shown], counts, seats, nearest)

    def _tests(self, chosen: dict[str, Any]) -> dict[str, Callable[[Entry], bool]]:
        tests: dict[str, Callable[[Entry], bool]] = {}
        for name, values in FACETS.items():
            if chosen.get(name):
                tests[name] = _having(values, chosen[name])
        if by := chosen.get("finish_by"):
            tests["finish_by"] = lambda entry: entry.can_be_finished(by, self.on)
        if chosen.get("seats"):
            tests["seats"] = Entry.has_open_seats
        return tests

    def _nearest(self, misses: dict[int, set[str]], some: dict[int, float], is_searched: bool, asked: int) -> list[int]:
        """Those that miss the fewest filters, and of these the best by words; none that fits in nothing."""
        near = [each for each in self.entries if len(misses[each.pk]) < asked or each.pk in some]
        if is_searched and some:
            near = [each for each in near if each.pk in some]
        near.sort(key=lambda each: (len(misses[each.pk]), -some.get(each.pk, 0), each.title, each.pk))
        return [each.pk for each in near[:NEAREST]]


@dataclass(frozen=True)
class Found:
    """pks: in their order. counts: by filter and value. open_seats: how many "open seats" would leave."""

    pks: list[int]
    counts: dict[str, Counter[str]]
    open_seats: int
    nearest: list[int]


def catalog(*, on: date) -> Catalog:
    """What is offered, with the values of its filters. Four queries, whatever the number of rows."""
    claims = list(SpecialtyClaim.objects.filter(credential__in=Credential.objects.offered()).order_by("pk"))
    offerings = open_offerings(Credential.objects.offered().values("pk"), on)  # type: ignore[arg-type]
    competencies, groups = _competencies()
    entries = [
        Entry(
            pk=row["pk"],
            title=row["current_version__title"],
            school=row["organization__name"],
            kind=row["kind"],
            theme=row["current_version__theme"] if row["kind"] == CredentialKind.MICROCREDENTIAL else "",
            level=row["current_version__level"],
            setting=row["current_version__setting"],
            delivery=row["current_version__delivery"],
            hours=row["current_version__workload_hours"],
            answer_days=row["current_version__review_target_working_days"],
            professions=row["current_version__professions_admitted"],
            published_on=row["current_version__published_at"].date(),
            competencies=competencies.get(row["current_version"], []),
            specialties=[each.specialty for each in claims if each.credential_id == row["pk"]],
            offerings=offerings.get(row["pk"], []),
        )
        for row in Credential.objects.offered().values(
            "pk",
            "kind",
            "organization__name",
            "current_version",
            *(
                f"current_version__{name}"
                for name in (
                    "title",
                    "theme",
                    "level",
                    "setting",
                    "delivery",
                    "workload_hours",
                    "review_target_working_days",
                    "professions_admitted",
                    "published_at",
                )
            ),
        )
    ]
    return Catalog(on, entries, _choices(entries, groups), claims)


def _having(values: Callable[[Entry], Iterable[str]], value: str) -> Callable[[Entry], bool]:
    return lambda entry: value in values(entry)


def _competencies() -> tuple[dict[int, list[str]], list[Choice]]:
    """The competencies of each version on offer, and all of them once, in the order of their frameworks."""
    rows = (
        Alignment.objects.filter(version__in=Credential.objects.offered().values("current_version"))
        .values_list(
            "version_id",
            "competency__framework__slug",
            "competency__code",
            "competency__short_name",
            "competency__framework__title",
        )
        .order_by("competency__framework__title", "competency__framework_id", "competency__position", "competency_id")
        .distinct()
    )
    by_version: dict[int, list[str]] = {}
    choices: dict[str, Choice] = {}
    for version, framework, code, name, title in rows:
        value = f"{framework}.{code}"
        by_version.setdefault(version, []).append(value)
        choices.setdefault(value, Choice(value, f"{code} {name}", title))
    return by_version, list(choices.values())


def _choices(entries: list[Entry], competencies: list[Choice]) -> dict[str, list[Choice]]:
    found = {name: {value for entry in entries for value in values(entry) if value} for name, values in FACETS.items()}
    plain = {
        name: [Choice(value, capfirst(in_words(value))) for value in sorted(found[name])]
        for name in ("theme", "format", "profession", "specialty")
    }
    return plain | {
        "school": [Choice(name, name) for name in sorted(found["school"])],
        "level": [Choice(each.value, capfirst(str(each.label))) for each in Level],
        "setting": [Choice(each.value, capfirst(str(each.label))) for each in Setting],
        "hours": [Choice(value, str(label)) for value, label in HOUR_WORDS.items()],
        "competency": competencies,
    }


def _sorted(entries: list[Entry], sort: str, scores: dict[int, float]) -> list[Entry]:
    def closing(entry: Entry) -> date:
        return min((each.offering.closes_on for each in entry.offerings), default=date.max)

    keys: dict[str, Callable[[Entry], Any]] = {
        "title": lambda entry: 0,
        "hours": lambda entry: entry.hours or 0,
        "-hours": lambda entry: -(entry.hours or 0),
        "level": lambda entry: LEVELS.index(entry.level) if entry.level in LEVELS else len(LEVELS),
        "newest": lambda entry: -entry.published_on.toordinal(),
        "closing": closing,
    }
    key = keys.get(sort, lambda entry: -scores.get(entry.pk, 0))
    return sorted(entries, key=lambda entry: (key(entry), entry.title, entry.pk))


def cards(found: Catalog, pks: list[int]) -> list[dict[str, Any]]:
    """What the cards of these say, in this order. One query."""
    rows = Credential.objects.select_related("organization", "current_version").in_bulk(pks)
    entries = {entry.pk: entry for entry in found.entries}
    shown = [card(rows[pk]) | {"seats": _seats(entries[pk])} for pk in pks]
    if found.has_several_schools:
        for each in shown:
            each["kicker"] = f"{each['kicker']} · {each['credential'].organization.name}"
    return shown


def _seats(entry: Entry) -> str:
    """How many seats are left, in a few words, where they are limited."""
    limited = [each for each in entry.offerings if each.left is not None]
    if not limited or len(limited) < len(entry.offerings):
        return ""
    left = sum(each.left or 0 for each in limited)
    return ngettext("%(left)s seat free", "%(left)s seats free", left) % {"left": left} if left else _("Waitlist")


def card(credential: Credential) -> dict[str, Any]:
    """What a card of the catalog says; the version and organization are at hand."""
    version = credential.current_version
    if version is None:
        raise ValueError("Only what is published stands in the catalog.")
    hours = ngettext("%(hours)s hour", "%(hours)s hours", version.workload_hours or 0) % {
        "hours": version.workload_hours
    }
    line = [version.get_level_display().capitalize(), hours if version.workload_hours else "", version.theme]
    return {
        "credential": credential,
        "title": version.title,
        "kicker": capfirst(credential.get_kind_display()),
        "url": credential.get_absolute_url(),
        "text": version.summary,
        "line": " · ".join(part for part in line if part),
    }
