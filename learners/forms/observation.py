"""The forms of a ward observation: the learner asks, the observer answers."""

from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from credentials.models import EvidenceRequirement
from learners.models.observation import ANCHORS, Complexity, Setting
from learners.services.observation import COMMENT_MAX_LETTERS


class AskForm(forms.Form):
    requirement = forms.ChoiceField(label=_("What is observed"), required=False)
    email = forms.EmailField(
        label=_("E-mail address, for somebody outside"),
        help_text=_("They get a link that works once, for a week. Leave it empty for staff, who scan a code."),
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "off", "inputmode": "email"}),
    )

    def __init__(self, *args: Any, requirements: Sequence[EvidenceRequirement], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.requirements = {str(each.position): each for each in requirements}
        choices = [(key, capfirst(each.kind)) for key, each in self.requirements.items()]
        cast(forms.ChoiceField, self.fields["requirement"]).choices = choices
        if not choices:
            del self.fields["requirement"]

    def content(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {"requirement": self.requirements.get(data.get("requirement", "")), "email": data["email"]}


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("Code"),
        help_text=_("Ten letters and digits, below the learner’s QR code."),
        max_length=12,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )


class ObserveForm(forms.Form):
    """At most six taps and one comment. Nothing is required here: an answer can be put off; the service says what is missing."""

    level = forms.TypedChoiceField(
        label=_("How much help did the learner need?"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=[(value, f"{words}") for value, (words, _help) in ANCHORS.items()],
        widget=forms.RadioSelect,
    )
    setting = forms.ChoiceField(label=_("Where"), required=False, choices=Setting.choices, widget=forms.RadioSelect)
    complexity = forms.ChoiceField(
        label=_("The case"), required=False, choices=Complexity.choices, widget=forms.RadioSelect
    )
    comment = forms.CharField(
        label=_("What you saw, and what would help next"),
        help_text=_("One or two sentences; you may dictate. Name no patient."),
        required=False,
        max_length=COMMENT_MAX_LETTERS,
        widget=forms.Textarea,
    )

    def said(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("level", "setting", "complexity", "comment")}
