"""`{% load seals %}{% seal credential size=96 %}`: the engraved seal of a credential, drawn on the page."""

from functools import lru_cache
from typing import Any
from uuid import UUID

from django import template
from django.utils.safestring import SafeString, mark_safe

from credentials.models import Credential
from issuance.openbadges.seal import State
from issuance.openbadges.seal import seal as draw

register = template.Library()


@lru_cache(maxsize=1024)
def markup(public_id: UUID, ink: str, theme: str, state: State, size: int, label: str) -> SafeString:
    """The SVG; it holds presentation attributes only, and `label` is escaped by the core."""
    return mark_safe(draw(public_id, ink=ink, theme=theme, state=state, size=size, label=label))  # noqa: S308


def seal_of(
    credential: Credential,
    *,
    size: int = 96,
    state: State = "issued",
    label: str = "",
    components: tuple[tuple[UUID, str], ...] = (),
) -> SafeString:
    """The seal of a credential whose current_version and organization are at hand (select_related)."""
    version = credential.current_version
    theme = version.theme if version is not None else ""
    ink = credential.organization.ink
    if components:
        return mark_safe(  # noqa: S308
            draw(credential.public_id, ink=ink, theme=theme, components=components, state=state, size=size, label=label)
        )
    return markup(credential.public_id, ink, theme, state, size, label)


@register.simple_tag
def seal(credential: Credential, size: int = 96, state: Any = "issued", label: str = "") -> SafeString:
    return seal_of(credential, size=size, state=state, label=label)
