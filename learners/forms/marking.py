"""The forms around judging: keys, words to use again, examples, concerns."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from credentials.models import Criterion, Organization
from learners.models.marking import ConcernKind
from learners.services.marking import EXAMPLE_MAX_LETTERS, KEY_WORDS, KEYS, SNIPPET_MAX_LETTERS


class ShortcutForm(forms.Form):
    """Whether single keys are used, and which."""

    is_on = forms.BooleanField(label=_("Use single keys on the marking screen"), required=False)

    def __init__(self, *args: Any, is_on: bool, keys: Mapping[str, str], **kwargs: Any) -> None:
        initial = {"is_on": is_on} | {f"key_{name}": key for name, key in keys.items()}
        kwargs["initial"] = initial
        super().__init__(*args, **kwargs)
        for name in KEYS:
            self.fields[f"key_{name}"] = forms.CharField(
                label=KEY_WORDS[name],
                max_length=1,
                strip=True,
                widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "off", "size": 2}),
            )

    def keys(self) -> dict[str, str]:
        return {name: self.cleaned_data[f"key_{name}"] for name in KEYS}


class SnippetForm(forms.Form):
    abbreviation = forms.CharField(
        label=_("Abbreviation"),
        help_text=_("Letters, digits and hyphens. Write / and the abbreviation in a comment, then a space."),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "off"}),
    )
    text = forms.CharField(label=_("Words"), max_length=SNIPPET_MAX_LETTERS, widget=forms.Textarea)
    shared_in = forms.ChoiceField(label=_("Who may use it"), required=False)

    def __init__(self, *args: Any, schools: Sequence[Organization], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.schools = {str(each.pk): each for each in schools}
        cast(forms.ChoiceField, self.fields["shared_in"]).choices = [
            ("", _("Only I")),
            *((key, _("All assessors of %(school)s") % {"school": each}) for key, each in self.schools.items()),
        ]

    def content(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {
            "abbreviation": data["abbreviation"],
            "text": data["text"],
            "shared_in": self.schools.get(data["shared_in"]),
        }


class ConcernForm(forms.Form):
    kind = forms.ChoiceField(
        label=_("What keeps you from judging it"),
        widget=forms.RadioSelect,
        choices=[
            (ConcernKind.NOT_MY_FIELD, _("It is not my field; pass it on to another assessor")),
            (ConcernKind.MISCONDUCT, _("I see signs of misconduct")),
        ],
    )
    text = forms.CharField(
        label=_("For the lead of the credential"),
        help_text=_("The learner does not see this."),
        max_length=SNIPPET_MAX_LETTERS,
        widget=forms.Textarea,
    )


class ConcernAnswerForm(forms.Form):
    answer = forms.CharField(
        label=_("What was decided"),
        help_text=_("Kept with the concern and shown to whoever raised it."),
        max_length=SNIPPET_MAX_LETTERS,
        widget=forms.Textarea,
    )


class ExampleForm(forms.Form):
    criterion = forms.ChoiceField(label=_("Criterion"))
    level = forms.TypedChoiceField(label=_("Level"), coerce=int)
    text = forms.CharField(
        label=_("Example"),
        help_text=_("From work that its author let you use, or made up; nothing that names a learner or a patient."),
        max_length=EXAMPLE_MAX_LETTERS,
        widget=forms.Textarea,
    )

    def __init__(self, *args: Any, criteria: Sequence[Criterion], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.criteria = {str(each.position): each for each in criteria}
        labels = {level.value: level.label for each in criteria for level in each.levels.all()}
        cast(forms.ChoiceField, self.fields["criterion"]).choices = [
            (key, each.name) for key, each in self.criteria.items()
        ]
        cast(forms.ChoiceField, self.fields["level"]).choices = [
            (value, f"{value} – {label}") for value, label in sorted(labels.items())
        ]

    def content(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {"criterion": self.criteria[data["criterion"]], "level": data["level"], "text": data["text"]}
