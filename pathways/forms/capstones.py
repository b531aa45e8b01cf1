"""The forms of capstones that learners submit."""

from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from learners.models.evidence import DeclarationKind
from learners.services import DECLARATIONS
from learners.services.evidence import AI_USE_WORDING, TEXT_MAX_LETTERS
from learners.services.files import ALLOWED_IN_WORDS
from pathways.models import Requirement


class HandInForm(forms.Form):
    """A text, an address, a file, or several of them; the service says what is missing."""

    capstone = forms.ChoiceField(label=_("Capstone"))
    text = forms.CharField(label=_("Text"), required=False, strip=False, widget=forms.Textarea(attrs={"rows": 8}))
    link = forms.CharField(
        label=_("Address"),
        help_text=_("Starts with https://. Whoever reads it must be able to open it without your password."),
        required=False,
        max_length=500,
        widget=forms.TextInput(attrs={"type": "url"}),
    )
    file = forms.FileField(
        label=_("File"),
        help_text=_("%(kinds)s. Location and author are taken out of pictures and PDFs.") % {"kinds": ALLOWED_IN_WORDS},
        required=False,
        allow_empty_file=True,  # the service says so, with the name
        max_length=None,
    )
    ai_use = forms.CharField(
        label=_("Use of AI"),
        help_text=AI_USE_WORDING,
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, left: Sequence[Requirement], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rules = {str(each.public_id): each for each in left}
        field = cast(forms.ChoiceField, self.fields["capstone"])
        field.choices = [(key, rule.name) for key, rule in self.rules.items()]
        if len(self.rules) == 1:
            field.widget, field.initial = forms.HiddenInput(), next(iter(self.rules))
        self.fields["text"].help_text = _("At most %(limit)s letters. Name no patient.") % {"limit": TEXT_MAX_LETTERS}
        for kind, wording in DECLARATIONS.items():
            self.fields[str(kind)] = forms.BooleanField(label=wording, required=False)

    @property
    def declarations(self) -> list[forms.BoundField]:
        return [self[str(kind)] for kind in DECLARATIONS]

    def content(self) -> dict[str, Any]:
        """The arguments of the service, without actor, enrollment and time."""
        data = self.cleaned_data
        declared: list[DeclarationKind] = [kind for kind in DECLARATIONS if data[str(kind)]]
        return {
            "requirement": self.rules[data["capstone"]],
            "text": data["text"],
            "link": data["link"],
            "upload": data["file"] or None,
            "ai_use": data["ai_use"],
            "declared": declared,
        }


class AcceptForm(forms.Form):
    done_on = forms.DateField(label=_("Done on"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    note = forms.CharField(
        label=_("What was done, and who heard or read it"),
        help_text=_("The learner and the committee read it."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=1000,
    )


class ReturnForm(forms.Form):
    reason = forms.CharField(
        label=_("What is missing"),
        help_text=_("The learner reads it, and may submit another attempt."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
    )
