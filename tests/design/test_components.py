"""Each component renders in each of its states, and says in words what it shows."""

from datetime import UTC, date, datetime

import pytest
from django import forms
from django.core.paginator import Paginator
from django.template import Context, Template
from django.template.loader import render_to_string as render_template

from config import gallery
from config.templatetags import signet

NOON = datetime(2026, 11, 14, 19, 2, tzinfo=UTC)


class Form(forms.Form):
    name = forms.CharField(label="Name on badges", help_text="As on a certificate.")
    note = forms.CharField(label="Note", required=False, widget=forms.Textarea)
    place = forms.ChoiceField(label="Where?", choices=[("ward", "On a ward")], widget=forms.RadioSelect)
    agree = forms.BooleanField(label="Nothing here identifies a patient.")
    token = forms.CharField(widget=forms.HiddenInput)


def render_to_string(*args, **kwargs):
    """The markup with single spaces: how a template is laid out is the formatter's business."""
    return " ".join(render_template(*args, **kwargs).split())


def field(form, name, options=""):
    html = Template(f"{{% load signet %}}{{% field form.{name} {options} %}}").render(Context({"form": form}))
    return " ".join(html.split())


@pytest.mark.parametrize("kind", signet.STATUS_ICONS)
def test_a_status_has_an_icon_and_a_word_for_every_kind(kind):
    html = render_to_string("components/status.html", {"kind": kind, "time": NOON})

    assert f"status--{kind}" in html
    assert f"#{signet.STATUS_ICONS[kind]}" in html
    assert str(signet.status_word(kind)) in html
    assert "Nov 14, 2026, 2:02 PM EST" in html


def test_a_status_that_nobody_knows_is_shown_as_not_known():
    html = render_to_string("components/status.html", {"kind": "molten"})

    assert "status--unknown" in html
    assert "Not known" in html


def test_an_icon_can_stand_on_the_page_itself():
    html = signet.icon("circle-check", inline=True)

    assert "<path" in html
    assert "<use" not in html


def test_an_icon_name_is_never_markup():
    with pytest.raises(ValueError, match="not the name"):
        signet.icon('"><script>')


def test_a_field_ties_label_hint_and_error_to_its_control():
    html = field(Form({}), "name")

    assert '<label class="field__label" for="id_name">Name on badges' in html
    assert 'aria-describedby="id_name_hint id_name_error"' in html
    assert 'aria-invalid="true"' in html
    assert "This field is required." in html


def test_a_field_that_may_stay_empty_says_so():
    assert "(optional)" in field(Form(), "note")
    assert "(optional)" not in field(Form(), "note", "optional=False")
    assert "(optional)" not in field(Form(), "name")


def test_radios_are_one_group_with_a_legend():
    html = field(Form(), "place")

    assert "<fieldset" in html
    assert "<legend" in html
    assert 'for="id_place_0"' in html


def test_options_of_a_field_become_attributes_of_its_control():
    html = field(Form(), "name", 'autocomplete="name" label="Your name" hint=""')

    assert 'autocomplete="name"' in html
    assert "Your name" in html
    assert "As on a certificate" not in html


def test_a_hidden_field_has_no_label():
    html = field(Form(), "token")

    assert 'type="hidden"' in html
    assert "<label" not in html


def test_a_summary_links_to_the_fields_in_error():
    html = render_to_string("components/form_errors.html", {"form": Form({})})

    assert 'role="alert"' in html
    assert 'href="#id_name"' in html
    assert render_to_string("components/form_errors.html", {"form": Form()}).strip() == ""


def test_a_judged_rubric_is_radios_with_the_names_of_the_form():
    form = gallery.JudgeForm({"level_1": "3", "feedback_1": "Clear."})
    html = render_to_string("components/rubric.html", {"mode": "judge", "criteria": gallery._criteria(form)})

    assert html.count('type="radio"') == 8
    assert html.count("checked") == 1
    assert 'name="level_1" value="3" checked' in html
    assert html.count("<fieldset") == 2
    assert "Passes from here" in html


def test_a_result_marks_the_level_reached_in_words():
    shown = {"mode": "result", "criteria": gallery._criteria(reached=(4, 2))}
    own = render_to_string("components/rubric.html", shown | {"is_own": True})
    others = render_to_string("components/rubric.html", shown)

    assert own.count("Your level") == 2
    assert "Next step:" in own
    assert "Your level" not in others
    assert others.count("Level given") == 2


def test_a_table_without_rows_says_what_to_do():
    html = render_to_string("components/data_table.html", {"rows": [], "empty_title": "Nothing is due"})

    assert "<table" not in html
    assert "Nothing is due" in html


def test_a_table_labels_its_cells_and_says_how_it_is_sorted():
    columns = [{"label": "Learner"}, {"label": "Due", "sort": "?sort=-due", "sorted": "ascending"}]
    rows = [{"value": "7", "label": "Nora", "cells": [{"text": "Nora", "url": "/n"}, "<b>Nov 20</b>"]}]
    html = render_to_string(
        "components/data_table.html", {"caption": "Queue", "columns": columns, "rows": rows, "select": "who"}
    )

    assert 'aria-sort="ascending"' in html
    assert 'data-label="Due"' in html
    assert "Select Nora" in html
    assert "&lt;b&gt;Nov 20" in html


def test_pages_of_a_list_keep_the_filters_in_the_address(rf):
    page = Paginator(range(100), 10).get_page(3)
    html = render_to_string("components/pagination.html", {"page": page}, request=rf.get("/catalog/?theme=ip&page=3"))

    assert "?theme=ip&amp;page=4" in html
    assert 'aria-current="page"' in html


def test_one_page_needs_no_pages(rf):
    page = Paginator(range(3), 10).get_page(1)

    assert "<nav" not in render_to_string("components/pagination.html", {"page": page}, request=rf.get("/"))


def test_progress_says_itself_in_words():
    html = render_to_string("components/progress.html", {"said": "3 of 5 required", "done": 3, "total": 5})

    assert "3 of 5 required" in html
    assert '<progress max="5" value="3"' in html


def test_a_message_is_read_out_and_can_be_closed():
    html = render_to_string("components/messages.html", {"messages": []})

    assert 'aria-live="polite"' in html


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Nora Lindqvist", "NL"),
        ("Tomás Etxeberria-Nguyễn", "TE"),
        ("王小明", "王"),
        ("Cher", "C"),
        ("", "?"),
        ("Dr. 7", "D"),
    ],
)
def test_initials_are_at_most_two_letters(name, letters):
    assert signet.initials(name) == letters


def test_times_are_told_in_the_time_of_the_school():
    assert signet.when(NOON) == '<time datetime="2026-11-14T14:02:00-05:00">Nov 14, 2026, 2:02 PM EST</time>'
    assert signet.when(date(2026, 3, 2)) == '<time datetime="2026-03-02">Mar 2, 2026</time>'
    assert signet.day(datetime(2026, 3, 2, 2, tzinfo=UTC)) == '<time datetime="2026-03-01">Mar 1, 2026</time>'
    assert signet.when(None) == ""
