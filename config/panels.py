"""Panels: a page names slots, and a higher app fills them. Panels read; no rule and no write goes this way.

A page prints `{% panels "learners:award" award %}`. In `AppConfig.ready()` a higher app says
`panels.register("learners:award", selectors.documents_of, "issuance/_award_documents.html")`; the selector gets the
request and the subject and answers the template's context, or None to show nothing.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from django.http import HttpRequest

Selector = Callable[[HttpRequest, Any], dict[str, Any] | None]


class Panel(NamedTuple):
    selector: Selector
    template: str
    order: int


_slots: dict[str, list[Panel]] = {}


def register(slot: str, selector: Selector, template: str, *, order: int = 50) -> None:
    """Add a panel to a slot; a lower order comes first. Registering the same one twice changes nothing."""
    panel = Panel(selector, template, order)
    panels = _slots.setdefault(slot, [])
    if panel not in panels:
        panels.append(panel)
        panels.sort(key=lambda each: (each.order, each.template))


def panels_for(slot: str) -> list[Panel]:
    return list(_slots.get(slot, ()))
