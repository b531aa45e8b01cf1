"""A school's whole progress in one pass: 2,800 learners, 50 pathways of 12 rules, in the time of one core."""

import random
import time
from datetime import date, timedelta

from config.bench.table import Table
from pathways import rules

LEARNERS, PATHWAYS, RULES, ITEMS, EXPLAINED = 2_800, 50, 12, 60, 200
ON = date(2026, 9, 1)
CODES = [rules.Competency(f"C{key}", f"C{key}") for key in range(1, 25)]


def measure_pathways(table: Table) -> None:
    """Decide for every learner and pathway whether it is met, and explain some; say how much of it the solver took."""
    chance = random.Random(7)  # noqa: S311
    items = [
        rules.Item(
            key,
            f"Item {key}",
            chance.choice([6, 8, 10, 12, 16, 20, 30]),
            frozenset(each.key for each in chance.sample(CODES, 3)),
        )
        for key in range(1, ITEMS + 1)
    ]
    pathways = [_pathway(chance, items) for _number in range(PATHWAYS)]
    learners = [_held(chance, items) for _number in range(LEARNERS)]
    facts = rules.Facts(professions=3)
    rules.evaluate(pathways[0], learners[0], on=ON).least  # noqa: B018  the solver is loaded once in the life of a process
    rules.SHARE.clear()
    met = 0
    began = time.process_time()
    for held in learners:
        for pathway in pathways:
            met += rules.evaluate(pathway, held, on=ON, facts=facts).is_met
    spent = time.process_time() - began
    count = LEARNERS * PATHWAYS
    share = rules.SHARE
    table.add(
        "pathway_evaluations_per_second",
        count / spent,
        "evaluations/s",
        f"{LEARNERS:,} learners × {PATHWAYS} pathways of {RULES} rules; {met:,} met; the solver decided "
        f"{share.solved:,}, {share.seconds / spent:.1%} of the time",
    )
    rules.SHARE.clear()
    some = [(chance.choice(learners), chance.choice(pathways)) for _number in range(EXPLAINED)]
    began = time.process_time()
    for held, pathway in some:
        _ = rules.evaluate(pathway, held, on=ON, facts=facts).lines
    spent = time.process_time() - began
    table.add(
        "pathway_explanations_per_second",
        EXPLAINED / spent,
        "explanations/s",
        f"every rule in words, as a page shows one; the solver counted {share.solved:,} of {EXPLAINED:,}, "
        f"{share.seconds / spent:.0%} of the time",
    )
    began = time.process_time()
    for held in learners:
        for pathway in pathways:
            keys = {each.credential_id for each in held}
            all(key in keys for key in pathway.items)
    table.add(
        "pathway_evaluations_floor_per_second",
        count / (time.process_time() - began),
        "evaluations/s",
        "comparing two sets of keys, nothing chosen and nothing explained",
    )


def _pathway(chance: random.Random, items: list[rules.Item]) -> rules.Pathway:
    """Four badges, three groups that overlap, a choice among whole groups, hours, points, coverage, professions."""
    number = iter(range(1, 1000))
    some = chance.sample(items, 22)

    def leaves(count: int) -> tuple[rules.Required, ...]:
        return tuple(
            rules.Required(next(number), each, chance.randint(1, 3)) for each in chance.sample(some[4:], count)
        )

    made: list[rules.Rule] = [rules.Required(next(number), each) for each in some[:4]]
    made += [rules.Choose(next(number), f"Group {step}", chance.randint(1, 2), leaves(5)) for step in range(3)]
    either: tuple[rules.Rule, ...] = (rules.AllOf(next(number), "Both", leaves(2)), *leaves(2))
    made.append(rules.Choose(next(number), "Either", 1, either))
    made.append(rules.Points(next(number), 4, "Service", leaves(4)))
    made.append(rules.Hours(next(number), chance.choice([60, 80, 100])))
    made.append(rules.Coverage(next(number), 6, "Competencies", tuple(chance.sample(CODES, 9))))
    made.append(rules.Professions(next(number), 2))
    if len(made) != RULES:
        raise ValueError(f"The pathway has {len(made)} rules.")
    return rules.Pathway(tuple(made), time_limit_months=48)


def _held(chance: random.Random, items: list[rules.Item]) -> list[rules.Held]:
    """Between none and two thirds of the catalog, as over the years of a school."""
    mine = chance.sample(items, chance.randint(0, ITEMS * 2 // 3))
    return [
        rules.Held(
            each.credential_id,
            each.credential_id,
            each.title,
            each.hours or 0,
            ON - timedelta(days=chance.randint(1, 1400)),
            covers=each.covers,
        )
        for each in mine
    ]
