"""The forms of proposals: what is wished for, and what comes of it."""

from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from credentials.models import Organization
from credentials.services.proposals import TEXT_MAX_LETTERS


class ProposalForm(forms.Form):
    organization = forms.ChoiceField(label=_("School"))
    title = forms.CharField(
        label=_("What"), help_text=_("A title that says what one can do afterwards."), max_length=200
    )
    need = forms.CharField(
        label=_("Why"),
        help_text=_("What is missing without it, and how you know."),
        max_length=TEXT_MAX_LETTERS,
        widget=forms.Textarea,
    )
    audience = forms.CharField(
        label=_("For whom"),
        help_text=_("Who would earn it, and when."),
        max_length=TEXT_MAX_LETTERS,
        widget=forms.Textarea,
    )

    mission = forms.CharField(
        label=_("Which part of the school’s mission it serves"),
        required=False,
        max_length=TEXT_MAX_LETTERS,
        widget=forms.Textarea,
    )
    demand_shown = forms.CharField(
        label=_("What shows that it is wanted"),
        help_text=_("A survey, a program that asks for it, numbers; with where they come from."),
        required=False,
        max_length=TEXT_MAX_LETTERS,
        widget=forms.Textarea,
    )
    resources = forms.CharField(
        label=_("What it takes"),
        help_text=_("People, rooms, equipment, money, as far as you know."),
        required=False,
        max_length=TEXT_MAX_LETTERS,
        widget=forms.Textarea,
    )

    def __init__(self, *args: Any, organizations: Sequence[Organization], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.organizations = {str(each.public_id): each for each in organizations}
        field = cast(forms.ChoiceField, self.fields["organization"])
        field.choices = [(key, each.name) for key, each in self.organizations.items()]
        if len(self.organizations) == 1:
            field.widget = forms.HiddenInput()
            field.initial = next(iter(self.organizations))

    def said(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {
            "organization": self.organizations[data["organization"]],
            **{name: data[name] for name in ("title", "need", "audience", "mission", "demand_shown", "resources")},
        }


class TakeOverForm(forms.Form):
    code = forms.CharField(
        label=_("Code"), help_text=_("As the school counts its items; it does not change."), max_length=40
    )


class DeclineForm(forms.Form):
    reason = forms.CharField(
        label=_("Why not"),
        help_text=_("The person who proposed it reads it, and so does everybody who wants it."),
        max_length=TEXT_MAX_LETTERS,
        widget=forms.Textarea,
    )
