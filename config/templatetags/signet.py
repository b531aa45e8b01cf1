"""Template tags of the design system: icons, fields, the navigation, dates, initials. See `templates/components/`."""

import re
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from django import template
from django.contrib.staticfiles import finders
from django.core.paginator import Page
from django.forms import BoundField
from django.template.context import Context
from django.templatetags.static import static
from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from config.once import FIELD, new_key

register = template.Library()

SPRITE = "vendor/icons.svg"
SYMBOL = re.compile(r'<symbol\b[^>]*\bid="([a-z0-9-]+)"[^>]*>(.*?)</symbol>', re.DOTALL)
NAME = re.compile(r"[a-z0-9-]+")


@lru_cache(maxsize=1)
def _symbols() -> dict[str, str]:
    """The drawings of the sprite by name; empty before the assets are installed."""
    found = finders.find(SPRITE)
    return dict(SYMBOL.findall(Path(found).read_text("utf-8"))) if isinstance(found, str) else {}


@register.simple_tag
def icon(name: str, *, inline: bool = False) -> SafeString:
    """Draw an icon of the sprite, hidden from screen readers: the word beside it says what it means.

    inline: put the drawing itself on the page, for pages that must need no further request.
    """
    if not NAME.fullmatch(name):
        raise ValueError(f"{name!r} is not the name of an icon.")
    if inline:
        body = mark_safe(_symbols().get(name, ""))  # noqa: S308 - from our own sprite
    else:
        body = format_html('<use href="{}#{}"/>', static(SPRITE), name)
    return format_html('<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">{}</svg>', body)


@register.simple_tag
def once() -> SafeString:
    """The hidden key of a form that makes something: sent twice, it makes one (see `config/once.py`)."""
    return format_html('<input type="hidden" name="{}" value="{}">', FIELD, new_key())


# Status --------------------------------------------------------------------------------------------------------------
# kind: (icon, word). The word can be replaced; the icon and the color follow the kind.
STATUS_ICONS = {
    "valid": "circle-check",
    "expired": "clock",
    "superseded": "repeat",
    "revoked": "ban",
    "suspended": "circle-pause",
    "draft": "circle-dashed",
    "waiting": "hourglass",
    "returned": "undo-2",
    "awarded": "award",
    "not-met": "circle-slash",
    "failed": "circle-x",
    "unknown": "circle-help",
}


def status_word(kind: str) -> str:
    """The plain word of a state, in the reader's language."""
    return {
        "valid": _("Valid"),
        "expired": _("Expired"),
        "superseded": _("Replaced"),
        "revoked": _("Revoked"),
        "suspended": _("Suspended"),
        "draft": _("Draft"),
        "waiting": _("Waiting"),
        "returned": _("Returned for changes"),
        "awarded": _("Awarded"),
        "not-met": _("Not met"),
        "failed": _("Failed"),
        "unknown": _("Not known"),
    }[kind]


@register.simple_tag
def status_parts(kind: str) -> dict[str, str]:
    """The kind, icon and word of a state; a kind that nobody knows is shown as "unknown"."""
    known = str(kind) if str(kind) in STATUS_ICONS else "unknown"
    return {"kind": known, "icon": STATUS_ICONS[known], "word": status_word(known)}


# Fields --------------------------------------------------------------------------------------------------------------
GROUPS = {"radioselect", "checkboxselectmultiple"}


@register.inclusion_tag("components/field.html")
def field(bound: BoundField, **options: Any) -> dict[str, Any]:
    """Render a form field with its label, hint and error: `{% field form.note %}`.

    options: `label`, `hint` replace the form's own words (an empty hint leaves it out); `optional=False` keeps "(optional)" off; `short=True` is a
    low text area; other names with underscores become attributes of the control (`autocomplete="email"`).
    """
    kind = bound.widget_type
    label = options.pop("label", None) or bound.label
    hint = options.pop("hint", bound.help_text)
    optional = options.pop("optional", True)
    classes = ["input"]
    if options.pop("short", False):
        classes.append("input--short")
    described = [f"{bound.auto_id}_hint"] if hint else []
    if bound.errors:
        described.append(f"{bound.auto_id}_error")
    attrs: dict[str, Any] = {name.replace("_", "-"): value for name, value in options.items() if value is not None}
    attrs["aria-describedby"] = " ".join(described) or None
    if kind not in GROUPS and kind != "checkbox":
        attrs["class"] = " ".join([*str(bound.field.widget.attrs.get("class", "")).split(), *classes])
    if bound.errors:
        attrs["aria-invalid"] = "true"
    return {
        "bound": bound,
        "kind": "hidden" if bound.is_hidden else "group" if kind in GROUPS else kind,
        "label": label,
        "hint": hint,
        "optional": optional and not bound.field.required and kind != "checkbox",
        "described": " ".join(described),
        "control": bound.as_widget(attrs={k: v for k, v in attrs.items() if v is not None}),
    }


# Navigation ----------------------------------------------------------------------------------------------------------
@register.inclusion_tag("components/nav.html", takes_context=True)
def nav(context: Context) -> dict[str, Any]:
    """The navigation of the person who reads: what `config.pages` put into the context, or the entries for anyone."""
    given = context.get("nav")
    items = (given() if callable(given) else given) or []
    more = [item for item in items if item.is_under_more]
    row = [item for item in items if not item.is_under_more]
    return {
        "items": row,
        "more": more,
        "is_within_more": any(item.is_current for item in more),
        "request": context.get("request"),
        "user": context.get("user"),
    }


@register.simple_tag
def page_numbers(page: Page[Any]) -> list[int | str]:
    """The page numbers to offer, with an ellipsis where some are left out."""
    return list(page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1))


# Words ---------------------------------------------------------------------------------------------------------------
@register.filter
def initials(name: str) -> str:
    """At most two letters for an avatar: of the first and the last word."""
    words = [word for word in str(name).split() if word[:1].isalpha()]
    return "".join(word[0] for word in ([words[0], words[-1]] if len(words) > 1 else words)).upper() or "?"


@register.filter
def when(at: date | datetime | None) -> SafeString | str:
    """A time in the school's zone, with its zone's name, as a <time> element; a plain date stays a date."""
    if not isinstance(at, datetime):
        return day(at)
    local = timezone.localtime(at) if timezone.is_aware(at) else at
    text = format_date(local, "M j, Y, g:i A T" if timezone.is_aware(at) else "M j, Y, g:i A")
    return format_html('<time datetime="{}">{}</time>', local.isoformat(timespec="seconds"), text)


@register.filter
def day(on: date | datetime | None) -> SafeString | str:
    """A date without the time, as a <time> element; of an aware time it is the school's day."""
    if on is None:
        return ""
    if isinstance(on, datetime):
        on = timezone.localtime(on).date() if timezone.is_aware(on) else on.date()
    return format_html('<time datetime="{}">{}</time>', on.isoformat(), format_date(on, "M j, Y"))
