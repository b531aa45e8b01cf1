"""The forms of calibration sets and rounds."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _

from credentials.models import Criterion
from learners.models import AgreedLevel, CalibrationJudgment
from learners.models.calibration import WORKS_LEAST, WORKS_MOST
from learners.services.calibration import TEXT_MAX_LETTERS, WORDS_MAX_LETTERS

LEVELS = [("1", "1"), ("2", "2"), ("3", "3"), ("4", "4")]


class CalibrationForm(forms.Form):
    is_required = forms.BooleanField(
        label=_("Give work only to calibrated assessors"),
        help_text=_("The engine then passes over whoever has not passed the set this year; you may override it."),
        required=False,
    )
    works_max = forms.IntegerField(
        label=_("Pieces of work in the set"), min_value=WORKS_LEAST, max_value=WORKS_MOST, widget=forms.NumberInput
    )


class ModelWorkForm(forms.Form):
    title = forms.CharField(
        label=_("Title"),
        help_text=_("Assessors see it. It says nothing of the levels."),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class PieceForm(forms.Form):
    """A text or a file."""

    title = forms.CharField(label=_("Title"), max_length=200, required=False)
    text = forms.CharField(
        label=_("Text"),
        help_text=_("Written for this, or by somebody who agreed; nothing that names a learner or a patient."),
        max_length=TEXT_MAX_LETTERS,
        required=False,
        widget=forms.Textarea,
    )
    file = forms.FileField(label=_("Or a file"), required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors and bool(data.get("text", "").strip()) == bool(data.get("file")):
            raise forms.ValidationError(_("Give a text or a file, one at a time."))
        return data


class LevelsForm(forms.Form):
    """A level and words for each criterion, numbered from 1 in the order of the rubric."""

    words_label: Any = _("Why this level")
    words_help: Any = _("Assessors read it after they have judged.")

    def __init__(
        self, *args: Any, criteria: Sequence[Criterion], given: Mapping[int, tuple[int | None, str]], **kwargs: Any
    ) -> None:
        self.criteria = criteria
        initial: dict[str, str] = {}
        for number, criterion in enumerate(criteria, 1):
            level, words = given.get(criterion.pk, (None, ""))
            initial |= {f"level_{number}": str(level or ""), f"words_{number}": words}
        kwargs["initial"] = initial
        super().__init__(*args, **kwargs)
        for number, criterion in enumerate(criteria, 1):
            self.fields[f"level_{number}"] = forms.ChoiceField(
                label=criterion.name, required=False, choices=LEVELS, widget=forms.RadioSelect
            )
            self.fields[f"words_{number}"] = forms.CharField(
                label=self.words_label,
                help_text=self.words_help,
                required=False,
                max_length=WORDS_MAX_LETTERS,
                widget=forms.Textarea,
            )

    def bound(self, number: int) -> dict[str, BoundField]:
        """The fields of a criterion, under the names that the rubric component reads."""
        return {"level": self[f"level_{number}"], "feedback": self[f"words_{number}"]}

    def levels(self) -> dict[int, tuple[int | None, str]]:
        data = self.cleaned_data
        return {
            criterion.pk: (
                int(data[f"level_{number}"]) if data[f"level_{number}"] else None,
                data[f"words_{number}"],
            )
            for number, criterion in enumerate(self.criteria, 1)
        }


class JudgeForm(LevelsForm):
    words_label = _("What you saw, for yourself")
    words_help = _("Kept beside what was agreed; nobody else reads it.")


def agreed_of(rows: Sequence[AgreedLevel]) -> dict[int, tuple[int | None, str]]:
    return {each.criterion_id: (each.level, each.reason) for each in rows}


def judged_of(rows: Sequence[CalibrationJudgment]) -> dict[int, tuple[int | None, str]]:
    return {each.criterion_id: (each.level, each.comment) for each in rows}
