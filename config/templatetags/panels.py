"""`{% panels "slot" subject %}` prints the panels that higher apps registered for a slot."""

from typing import Any

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from config.panels import panels_for

register = template.Library()


@register.simple_tag(takes_context=True)
def panels(context: template.Context, slot: str, subject: Any) -> SafeString:
    request = context["request"]
    parts = []
    for panel in panels_for(slot):
        values = panel.selector(request, subject)
        if values is not None:
            parts.append(render_to_string(panel.template, {"subject": subject, **values}, request=request))
    return mark_safe("".join(parts))  # noqa: S308  each part was escaped by its own template
