"""A pathway tried with what a learner holds, with awards that are made up, or with both. Nothing is written."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import NamedTuple

from learners.models import Learner
from pathways import rules
from pathways.models import PathwayEnrollment
from pathways.workflow import PathwayEnrollmentStatus

from .asking import Asked
from .holding import Known, as_if_held


class MadeUp(NamedTuple):
    """An award that nobody was given."""

    credential_id: int
    awarded_on: date
    is_shared: bool = False


class Facts(NamedTuple):
    """What is taken for known beside awards: the keys of capstones, and numbers."""

    recorded: frozenset[int] = frozenset()
    professions: int = 0
    observations: int = 0
    contexts: int = 1
    assessors: int = 1
    recognized: int = 0


def simulate(
    asked: Asked, *, learner: Learner | None, awards: Sequence[MadeUp], facts: Facts, on: date
) -> rules.Progress:
    """What would be met and missing on a day. No query without a learner; at most nine with one."""
    made_up = [
        as_if_held(
            asked, asked.credentials[each.credential_id], each.awarded_on, number=number, is_shared=each.is_shared
        )
        for number, each in enumerate(awards)
    ]
    if learner is None:
        return rules.evaluate(asked.rules, made_up, on=on, facts=_also(asked, rules.Facts(), facts, on))
    enrollment = (
        PathwayEnrollment.objects.filter(learner=learner, pathway__credential=asked.designation_id)
        .exclude(status=PathwayEnrollmentStatus.LEFT)
        .first()
    )
    known = Known([learner], [asked], [enrollment] if enrollment else [])
    found = _also(asked, known.facts(learner.pk, asked, enrollment), facts, on)
    return known.progress(asked, learner.pk, on=on, enrollment=enrollment, also=made_up, facts=found)


def _also(asked: Asked, known: rules.Facts, facts: Facts, on: date) -> rules.Facts:
    """What is known, and what is made up besides."""
    rows = [rule for rule in rules.walk(asked.rules.rules) if isinstance(rule, rules.Observed)]
    providers = [rule.provider for rule in rules.walk(asked.rules.rules) if isinstance(rule, rules.Outside)] or [""]
    seen = [
        rules.Seen(
            on - timedelta(days=1),
            f"setting {number % facts.contexts}",
            f"observer {number % facts.assessors}",
            next(iter(rule.credentials), 0),
        )
        for rule in rows
        for number in range(facts.observations)
    ]
    return replace(
        known,
        recorded=known.recorded | facts.recorded,
        professions=max(known.professions or 0, facts.professions) or None,
        observations=(*known.observations, *seen),
        providers=(*known.providers, *(provider for provider in providers for _time in range(facts.recognized))),
    )
