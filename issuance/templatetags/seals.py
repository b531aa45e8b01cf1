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


Parts = tuple[tuple[UUID, str], ...]


@lru_cache(maxsize=1024)
def markup(public_id: UUID, ink: str, theme: str, parts: Parts, state: State, size: int, label: str) -> SafeString:
    """The SVG; it holds presentation attributes only, and `label` is escaped by the core."""
    return mark_safe(  # noqa: S308
        draw(public_id, ink=ink, theme=theme, components=parts, state=state, size=size, label=label)
    )


def seal_of(credential: Credential, *, size: int = 96, state: State = "issued", label: str = "") -> SafeString:
    """The seal of a credential whose current_version and organization are at hand (select_related)."""
    version = credential.current_version
    theme = version.theme if version is not None else ""
    return markup(
        credential.public_id, credential.organization.ink, theme, credential.seal_components, state, size, label
    )


@register.simple_tag
def seal(credential: Credential, size: int = 96, state: Any = "issued", label: str = "") -> SafeString:
    return seal_of(credential, size=size, state=state, label=label)
