"""The page at `/_components/`, in development only: every component in every state, light beside dark."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import segno
from django import forms
from django.contrib import messages
from django.contrib.messages.storage.base import Message
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import get_default_timezone
from django.views.decorators.http import require_safe

from config.templatetags.signet import STATUS_ICONS
from issuance.openbadges.seal import STATES, State, seal

SAMPLES = [
    "type",
    "color",
    "buttons",
    "seal",
    "status",
    "page_head",
    "facts",
    "callout",
    "messages",
    "field",
    "file_drop",
    "filter_bar",
    "data_table",
    "badge_card",
    "steps",
    "progress",
    "timeline",
    "rubric",
    "feedback",
    "pathway_map",
    "dialog",
    "copy_field",
    "copy_text",
    "qr",
    "avatar",
    "empty_state",
    "skeleton",
]
LEVELS = ["Not yet evident", "Developing", "Meets the standard", "Exceeds the standard"]
CRITERIA = [
    (
        "States own role and need",
        "Early, plainly, and in words that the other person uses.",
        True,
        [
            "Does not say who they are or what they need.",
            "Introduces self but need is unclear.",
            "States role, limits and request early and plainly.",
            "Also invites colleagues to state theirs and checks fit.",
        ],
    ),
    (
        "Reflection and growth plan",
        "",
        False,
        [
            "Retells events without judging own part.",
            "Names a strength or a gap in general terms.",
            "Judges own performance with an example and sets one dated next step.",
            "Links a pattern over several events to a tested change in own practice.",
        ],
    ),
]


class SampleForm(forms.Form):
    name = forms.CharField(label="Name on badges", help_text="As it should stand on a certificate.")
    email = forms.EmailField(label="E-mail address")
    note = forms.CharField(label="Note to your assessor", required=False, widget=forms.Textarea)
    level = forms.ChoiceField(
        label="Level",
        choices=[("foundation", "Foundation"), ("intermediate", "Intermediate"), ("advanced", "Advanced")],
    )
    setting = forms.ChoiceField(
        label="Where was this done?",
        help_text="Choose the place where most of the work happened.",
        choices=[("ward", "On a ward"), ("clinic", "In a clinic"), ("simulation", "In simulation")],
        widget=forms.RadioSelect,
    )
    kinds = forms.MultipleChoiceField(
        label="What do you submit?",
        required=False,
        choices=[("text", "A text"), ("recording", "A recording"), ("feedback", "Feedback from others")],
        widget=forms.CheckboxSelectMultiple,
    )
    done_on = forms.DateField(label="Done on", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    evidence = forms.FileField(label="Files", help_text="PDF, image, text or video, each up to 100 MB.")
    no_patients = forms.BooleanField(label="Nothing in this evidence identifies a patient.")


class FilterForm(forms.Form):
    q = forms.CharField(label="Search", required=False, widget=forms.SearchInput)
    theme = forms.ChoiceField(label="Theme", required=False, choices=[("", "Any theme"), ("ip", "Interprofessional")])
    hours = forms.ChoiceField(label="Hours", required=False, choices=[("", "Any length"), ("10", "Up to 10 hours")])


class JudgeForm(forms.Form):
    level_1 = forms.ChoiceField(choices=[(value, value) for value in range(1, 5)], widget=forms.RadioSelect)
    feedback_1 = forms.CharField(label="What you saw", widget=forms.Textarea)
    next_1 = forms.CharField(label="Next step", required=False, widget=forms.Textarea)
    level_2 = forms.ChoiceField(choices=[(value, value) for value in range(1, 5)], widget=forms.RadioSelect)
    feedback_2 = forms.CharField(label="What you saw", widget=forms.Textarea)
    next_2 = forms.CharField(label="Next step", required=False, widget=forms.Textarea)


def _criteria(form: forms.Form | None = None, reached: tuple[int, int] | None = None) -> list[dict[str, Any]]:
    criteria = []
    for number, (title, text, is_required, descriptors) in enumerate(CRITERIA, start=1):
        criterion: dict[str, Any] = {
            "title": title,
            "text": text,
            "is_required": is_required,
            "minimum": 3,
            "levels": [
                {"value": value, "label": label, "descriptor": descriptor}
                for value, (label, descriptor) in enumerate(zip(LEVELS, descriptors, strict=True), start=1)
            ],
        }
        if form:
            criterion |= {
                "level": form[f"level_{number}"],
                "feedback": form[f"feedback_{number}"],
                "next_step": form[f"next_{number}"],
            }
        if reached:
            criterion["reached"] = reached[number - 1]
            criterion["feedback"] = "You named your role in the first sentence and asked for what you needed."
            criterion["next_step"] = "Say aloud what you cannot do yet, before you are asked to do it."
        criteria.append(criterion)
    return criteria


def _context(theme: str) -> dict[str, Any]:
    """What the samples show; theme keeps the ids of the two halves apart."""
    noon = datetime(2026, 11, 14, 14, 2, tzinfo=get_default_timezone())
    bad = {f"{theme}-email": "nora@", f"{theme}-level": "foundation"}
    return {
        "theme": theme,
        "noon": noon,
        "kinds": list(STATUS_ICONS),
        "tokens": ["paper", "paper-2", "paper-3", "ink", "ink-2", "rule", "line", "wax", "ok", "wait", "bad", "off"],
        "messages": [
            Message(messages.SUCCESS, "Evidence submitted. You will hear by Nov 27, 2026."),
            Message(messages.INFO, "Your draft was saved at 2:02 PM."),
            Message(messages.WARNING, "This attempt is your last one."),
            Message(messages.ERROR, "The file is larger than 100 MB and was not added."),
        ],
        "seals": [(state, _seal(1, state)) for state in STATES],
        "seal": _seal(1, size=96),
        "small_seal": _seal(1, size=32),
        "large_seal": _seal(1, size=420),
        "other_seals": [_seal(number, size=96) for number in range(2, 5)],
        "form": SampleForm(prefix=theme),
        "bad_form": SampleForm(bad, prefix=f"{theme}", auto_id=f"bad-{theme}-%s"),
        "facts": [
            ("Total hours", "10"),
            ("Level", "Foundation"),
            ("How assessed", "Shows how"),
            ("Assessors", "2"),
            ("Supervision", "On site, identity checked"),
            ("Setting", "Curricular"),
        ],
        "columns": [
            {"label": "Learner"},
            {"label": "Credential", "sort": "?sort=credential"},
            {"label": "Due", "sort": "?sort=-due", "sorted": "ascending"},
            {"label": "State"},
            {"label": "Days", "number": True},
        ],
        "rows": [
            {
                "value": "1",
                "label": "Nora Lindqvist",
                "cells": [
                    {"text": "Nora Lindqvist", "url": "#"},
                    "Interprofessional Communication",
                    "Nov 20, 2026",
                    {"kind": "waiting", "word": "Waiting for an assessor"},
                    "2",
                ],
            },
            {
                "value": "2",
                "label": "Tomás Etxeberria-Nguyễn",
                "cells": [
                    {"text": "Tomás Etxeberria-Nguyễn", "url": "#"},
                    "Care Transitions and Discharge Across Professions",
                    "Dec 4, 2026",
                    {"kind": "returned"},
                    "11",
                ],
            },
        ],
        "criteria": _criteria(),
        "judged": _criteria(JudgeForm({f"{theme}-level_1": "3"}, prefix=theme, auto_id=f"judge-{theme}-%s")),
        "reached": _criteria(reached=(4, 2)),
        "steps": [
            {"title": "Enrolled", "state": "done"},
            {"title": "Gather evidence", "state": "now"},
            {"title": "Assessment", "state": "ahead"},
            {"title": "Decision", "state": "ahead"},
        ],
        "events": [
            {"title": "Submitted", "time": noon, "note": "Three pieces of evidence, attempt 2."},
            {
                "title": "Returned for changes",
                "time": noon,
                "kind": "returned",
                "note": "One criterion is below the standard.",
            },
            {"title": "Being assessed", "is_now": True, "time": date(2026, 11, 18)},
            {"title": "Decision promised by Nov 27, 2026", "is_ahead": True},
        ],
        "filter_form": FilterForm(prefix=theme),
        "designation_seal": _designation(),
        "qr": mark_safe(segno.make("http://localhost:8000/v/0e8f0c71-6a2b").svg_inline(omitsize=True)),  # noqa: S308
        "page_obj": Paginator(range(400), 25).get_page(7),
        "pathway": {
            "title": "Distinction in Interprofessional Collaboration",
            "kind": "waiting",
            "word": "3 of 6 met",
            "groups": [
                {
                    "title": "Required",
                    "rule": "all four",
                    "said": "3 of 4 met",
                    "nodes": [
                        {
                            "title": "Roles and Scope in the Care Team",
                            "kind": "awarded",
                            "url": "#",
                            "time": date(2026, 3, 2),
                        },
                        {
                            "title": "Interprofessional Communication",
                            "kind": "awarded",
                            "url": "#",
                            "time": date(2026, 5, 9),
                        },
                        {"title": "Values and Ethics", "kind": "awarded", "url": "#", "time": date(2026, 6, 1)},
                        {"title": "Team Problem Solving", "kind": "waiting", "word": "Being assessed", "url": "#"},
                    ],
                },
                {
                    "title": "Practice setting",
                    "rule": "choose one",
                    "said": "0 of 1 met",
                    "nodes": [
                        {"title": "Bedside Rounds", "url": "#"},
                        {"title": "Discharge Across Professions", "url": "#"},
                    ],
                },
            ],
        },
    }


def _seal(number: int, state: State = "issued", size: int = 192) -> SafeString:
    themes = ["Interprofessional practice", "Digital health", "Teaching", "Quality and safety", "Population health"]
    drawing = seal(UUID(int=number), ink="currentColor", theme=themes[number % 5], state=state, size=size)
    return mark_safe(drawing)  # noqa: S308 - drawn from numbers by the core


def _designation() -> SafeString:
    parts = [(UUID(int=number), "Interprofessional practice") for number in range(10, 16)]
    drawing = seal(UUID(int=9), ink="currentColor", theme="Designation", components=parts, size=192)
    return mark_safe(drawing)  # noqa: S308 - drawn from numbers by the core


@require_safe
def components(request: HttpRequest) -> HttpResponse:
    """Show every sample in both lights; `?only=rubric` shows one."""
    only = request.GET.get("only")
    names = [name for name in SAMPLES if only in (None, name)]
    return render(
        request,
        "config/gallery.html",
        {
            "samples": [{"name": name, "template": f"config/gallery/{name}.html"} for name in names],
            "sides": [_context("light"), _context("dark")],
        },
    )


@require_safe
def verification(request: HttpRequest) -> HttpResponse:
    """Show the public base with a page of the size of a verification page."""
    return render(request, "config/gallery/_verification.html", _context("light"))


@require_safe
def marking(request: HttpRequest) -> HttpResponse:
    """Show the two columns of judging: evidence beside rubric."""
    return render(request, "config/gallery/_marking.html", {**_context("light"), "messages": []})


urlpatterns = [
    path("", components, name="components"),
    path("verification/", verification, name="components-verification"),
    path("marking/", marking, name="components-marking"),
]
