"""The forms of opinions on a draft: the school asks, somebody outside answers, the school answers them."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from credentials.forms.choices import in_capitals
from credentials.models.opinions import Answer, AskedKind, Recommendation
from credentials.selectors.opinions import Part
from credentials.services.opinions import TEXT_MAX_LETTERS, naming_words


class AskOpinionForm(forms.Form):
    organization_name = forms.CharField(
        label=_("Organization"), help_text=_("A specialty society, a residency program, a peer school."), max_length=200
    )
    kind = forms.ChoiceField(label=_("What it is"), choices=in_capitals(AskedKind))
    email = forms.EmailField(
        label=_("E-mail address of the person"),
        help_text=_("The link goes there and works for three weeks. It is for that person alone."),
        widget=forms.EmailInput(attrs={"autocomplete": "off", "inputmode": "email"}),
    )
    note = forms.CharField(
        label=_("A few words to them"), required=False, max_length=TEXT_MAX_LETTERS, widget=forms.Textarea
    )


class OpinionForm(forms.Form):
    """A comment for each part of the draft, and what one thinks on the whole. The service says what is missing."""

    recommendation = forms.ChoiceField(
        label=_("What do you recommend on the whole?"),
        required=False,
        choices=Recommendation.choices,
        widget=forms.RadioSelect,
    )
    general = forms.CharField(
        label=_("In your own words"), required=False, max_length=TEXT_MAX_LETTERS, widget=forms.Textarea
    )
    name = forms.CharField(
        label=_("Your name"), required=False, max_length=200, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    role = forms.CharField(label=_("The role in which you speak"), required=False, max_length=200)
    may_be_named = forms.BooleanField(required=False)

    def __init__(self, *args: Any, parts: Sequence[Part], organization: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.parts = parts
        self.fields["may_be_named"].label = naming_words(organization)
        for part in parts:
            self.fields[f"comment-{part.key}"] = forms.CharField(
                label=part.about, required=False, max_length=TEXT_MAX_LETTERS, widget=forms.Textarea
            )

    def groups(self) -> list[dict[str, Any]]:
        """The fields of the parts under their headings."""
        found: dict[str, list[Any]] = {}
        for part in self.parts:
            found.setdefault(part.group, []).append(self[f"comment-{part.key}"])
        return [{"title": title, "fields": fields} for title, fields in found.items()]

    def said(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {
            "comments": {part.key: data[f"comment-{part.key}"] for part in self.parts},
            **{name: data[name] for name in ("recommendation", "general", "name", "role", "may_be_named")},
        }

    def kept(self) -> dict[str, Any]:
        """The same as the form's own fields, to begin with next time."""
        return {name: value for name, value in self.cleaned_data.items() if value}


class AnswerForm(forms.Form):
    answer = forms.ChoiceField(
        label=_("What comes of it"), required=False, choices=Answer.choices, widget=forms.RadioSelect
    )
    text = forms.CharField(
        label=_("Why, in a sentence"),
        help_text=_("The person who made the suggestion reads it."),
        required=False,
        max_length=TEXT_MAX_LETTERS,
        widget=forms.Textarea,
    )
