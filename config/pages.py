"""What pages share: answering with a whole page or the part that htmx asked for, and the navigation."""

from collections.abc import Callable
from typing import Any, NamedTuple

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers


class NavItem(NamedTuple):
    label: str
    url: str
    is_current: bool
    new: int = 0
    is_under_more: bool = False


class NavEntry(NamedTuple):
    order: int
    label: Any
    url_name: str
    is_shown: Callable[[Any], bool]
    count_new: Callable[[Any], int] | None
    yields: int


# So many entries stand in one row of the masthead; the others go under "More".
NAV_ROW = 8
_nav: list[NavEntry] = []


def add_nav(
    label: Any,
    url_name: str,
    *,
    is_shown: Callable[[Any], bool],
    order: int,
    count_new: Callable[[Any], int] | None = None,
    yields: int = 1,
) -> None:
    """Register an entry of the navigation, from `AppConfig.ready()`; is_shown gets the user (never anonymous).

    count_new: what is new there, asked once for each page. yields: where the row is full, those with the highest number
    go under "More" first, and of the same number the last; 0 stays in the row.
    """
    entry = NavEntry(order, label, url_name, is_shown, count_new, yields)
    if not any(each.url_name == url_name for each in _nav):
        _nav.append(entry)
        _nav.sort(key=lambda each: each.order)


def more_of(shown: list[NavEntry]) -> list[NavEntry]:
    """The entries that leave the row for "More": none where all fit, else as many as leave room for it."""
    surplus = len(shown) - NAV_ROW
    leaving = sorted((each for each in shown if each.yields), key=lambda each: (-each.yields, -each.order))
    return leaving[: surplus + 1] if surplus > 0 else []


def site(request: HttpRequest) -> dict[str, Any]:
    """Context processor: the navigation of this person, and the site's own address."""

    def nav() -> list[NavItem]:
        from django.urls import reverse

        user = getattr(request, "user", None)
        if user is None or not user.is_authenticated:
            return []
        shown = [entry for entry in _nav if entry.is_shown(user)]
        under_more = more_of(shown)
        items = []
        for entry in shown:
            url = reverse(entry.url_name)
            new = entry.count_new(user) if entry.count_new else 0
            items.append(NavItem(str(entry.label), url, request.path.startswith(url), new, entry in under_more))
        return items

    return {"nav": nav, "public_origin": settings.PUBLIC_ORIGIN}


def render_page(
    request: HttpRequest, template: str, context: dict[str, Any], *, part: str = "", status: int = 200
) -> HttpResponse:
    """Answer with the page; an htmx request gets `part` alone, so that the markup exists once."""
    is_part = bool(part) and request.headers.get("HX-Request") == "true" and not request.headers.get("HX-Boosted")
    response = render(request, part if is_part else template, context, status=status)
    if part:
        patch_vary_headers(response, ["HX-Request"])
    return response
