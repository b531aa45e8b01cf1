"""The forms of surveys; every question may be skipped."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from credentials.models import Criterion
from learners import surveys


class SurveyForm(forms.Form):
    """The questions of a moment, and one for each criterion that learners are asked to place themselves on."""

    def __init__(self, *args: Any, moment: str, criteria: Sequence[Criterion] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._meant: dict[str, tuple[str, int | None]] = {}
        for question in surveys.QUESTIONS[moment]:
            self._ask(question.key, (question.key, None), question.text, question.scale)
        for criterion in criteria:
            levels = [(str(each.value), each.descriptor) for each in criterion.levels.all()]
            text = _("%(criterion)s: what would you do today, without help?") % {"criterion": criterion.name}
            self._ask(f"criterion_{criterion.position}", (surveys.RETENTION, criterion.pk), text, levels)

    def _ask(self, name: str, meant: tuple[str, int | None], label: Any, choices: Sequence[tuple[str, Any]]) -> None:
        self._meant[name] = meant
        self.fields[name] = forms.ChoiceField(label=label, choices=choices, widget=forms.RadioSelect, required=False)

    def answers(self) -> dict[tuple[str, int | None], int]:
        return {meant: int(self.cleaned_data[name]) for name, meant in self._meant.items() if self.cleaned_data[name]}
