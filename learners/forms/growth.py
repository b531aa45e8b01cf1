"""The forms of the growth page."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from credentials.models import Outcome


class GoalForm(forms.Form):
    text = forms.CharField(label=_("What I want to reach"), max_length=300)
    due_on = forms.DateField(
        label=_("By when"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


class ConfidenceForm(forms.Form):
    """One question for each outcome; every one may be skipped."""

    SCALE = [
        ("1", _("1 – not at all sure")),
        ("2", "2"),
        ("3", _("3 – fairly sure")),
        ("4", "4"),
        ("5", _("5 – completely sure")),
    ]

    def __init__(self, *args: Any, outcomes: list[Outcome], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._names = {f"outcome_{each.position}": each.pk for each in outcomes}
        for each in outcomes:
            self.fields[f"outcome_{each.position}"] = forms.ChoiceField(
                label=each.text, choices=self.SCALE, widget=forms.RadioSelect, required=False
            )

    def values(self) -> dict[int, int]:
        """What was answered, by the key of the outcome."""
        return {pk: int(self.cleaned_data[name]) for name, pk in self._names.items() if self.cleaned_data[name]}
