"""What learners said beside records that the school did not amend, for every page that shows such a record."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest

from learners.models import Amendment, Award, Decision


def statements_of(awards: Iterable[int]) -> dict[int, list[str]]:
    """The statements beside awards, by the award's key. One query."""
    found: dict[int, list[str]] = {}
    stated = Amendment.objects.stated().filter(award__in=list(awards)).order_by("stated_at", "pk")
    for award, statement in stated.values_list("award", "statement"):
        found.setdefault(award, []).append(statement)
    return found


def award_panel(request: HttpRequest, award: Award) -> dict[str, Any] | None:
    """The statements beside an award, on its page. One query."""
    return _shown(Amendment.objects.stated().filter(award=award))


def decision_panel(request: HttpRequest, decision: Decision) -> dict[str, Any] | None:
    """The statements beside a decision, wherever its result is shown. One query."""
    return _shown(Amendment.objects.stated().filter(decision=decision))


def _shown(stated: Any) -> dict[str, Any] | None:
    statements = list(stated.order_by("stated_at", "pk").values_list("statement", flat=True))
    return {"statements": statements} if statements else None
