"""The least that would complete a pathway, and what nobody can meet."""

from __future__ import annotations

import heapq
from collections.abc import Collection, Sequence
from datetime import date

from .matching import Place, Seating, assign, places_of
from .model import AllOf, Choose, Held, Hours, Item, Pathway, Required, items_of
from .words import hours_in_words

LEAST_STEPS = 5_000  # sets looked at before giving up


def least(pathway: Pathway, counting: Sequence[Held], waived: frozenset[int]) -> tuple[Item, ...]:
    """Which items to earn, of the fewest hours together, so that every place is filled and the hours are reached."""
    places = places_of(pathway.rules, waived)
    asked = [number for number, place in enumerate(places) if not place.is_waived]
    minimum = max((r.minimum for r in pathway.rules if isinstance(r, Hours) and r.id not in waived), default=0)
    here = {each.credential_id for each in counting}
    left = sorted(
        (item for key, item in pathway.items.items() if key not in here),
        key=lambda item: (item.hours or 0, item.title, item.credential_id),
    )
    seating = Seating(places)
    for each in counting:
        seating.seat(each, asked)
    lacking = len(asked) - len(seating.taken)
    cheapest = tuple(item for item in left if seating.seat(_made_up(item), asked))
    if len(seating.taken) < len(asked):
        return ()

    def best_hours(items: Collection[Item]) -> int:
        used = assign(places, [*counting, *map(_made_up, items)])
        return sum(each.hours for awards in used.values() for each in awards)

    if best_hours(cheapest) >= minimum:  # of the sets that fill every place this one takes the fewest hours
        return cheapest
    if best_hours(left) < minimum:
        return ()
    return _fewest_hours(places, asked, counting, left, lacking, len(places), minimum - best_hours(()), minimum)


def _fewest_hours(
    places: Sequence[Place],
    asked: Sequence[int],
    counting: Sequence[Held],
    left: Sequence[Item],
    least_count: int,
    most_count: int,
    least_hours: int,
    minimum: int,
) -> tuple[Item, ...]:
    """Look at sets of items by ascending hours until one fills every place and reaches the minimum.

    left: by ascending hours. A set of fewer hours than least_hours, or of a size out of bounds, cannot be the one.
    """
    hours = [item.hours or 0 for item in left]
    waiting: list[tuple[int, int, tuple[int, ...]]] = [(hours[0], 1, (0,))]
    for _step in range(LEAST_STEPS):
        if not waiting:
            return ()
        total, size, chosen = heapq.heappop(waiting)
        last = chosen[-1]
        if last + 1 < len(left):
            if size < most_count:
                heapq.heappush(waiting, (total + hours[last + 1], size + 1, (*chosen, last + 1)))
            heapq.heappush(waiting, (total - hours[last] + hours[last + 1], size, (*chosen[:-1], last + 1)))
        if total < least_hours or size < least_count:
            continue
        items = tuple(left[number] for number in chosen)
        holding = [*counting, *map(_made_up, items)]
        seating = Seating(places)
        if sum(seating.seat(each, asked) for each in holding) < len(asked):
            continue
        used = assign(places, holding)
        if sum(each.hours for awards in used.values() for each in awards) >= minimum:
            return items
    return ()


def impossible(pathway: Pathway, open_to: Collection[int]) -> list[str]:
    """Why somebody who can earn only these credentials can never meet the rules; empty when they can."""
    found = []
    for rule in pathway.rules:
        closed = [item for item in items_of(rule) if item.credential_id not in open_to]
        if isinstance(rule, Required | AllOf):
            found += [f"{item.title} is required and cannot be earned." for item in closed]
        elif isinstance(rule, Choose) and len(rule.items) - len(closed) < rule.count:
            found.append(
                f"“{rule.label}” asks for {rule.count} and leaves {len(rule.items) - len(closed)} to choose from."
            )
    if found:
        return found
    places = places_of(pathway.rules, frozenset())
    used = assign(places, [_made_up(item) for key, item in pathway.items.items() if key in open_to])
    short = [rule for rule in pathway.rules if len(used.get(rule.id, ())) < sum(p.rule_id == rule.id for p in places)]
    for rule in short:
        name = rule.item.title if isinstance(rule, Required) else rule.label if isinstance(rule, AllOf | Choose) else ""
        found.append(f"“{name}” asks for badges that another rule needs; each counts once.")
    reached = sum(each.hours for awards in used.values() for each in awards)
    if not found and reached < pathway.minimum_hours:
        found.append(f"At most {hours_in_words(reached)} can be reached; {pathway.minimum_hours} are asked for.")
    return found


def _made_up(item: Item) -> Held:
    """An item as if it were held. Real awards have positive keys, so none is taken for another."""
    return Held(-item.credential_id, item.credential_id, item.title, item.hours or 0, date.min)
