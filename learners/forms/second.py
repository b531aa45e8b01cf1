"""The form in which two assessors record what they agreed on."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _

from credentials.models import Criterion
from learners.forms.assessing import CANNOT, WORDS_MAX_LETTERS
from learners.models import Judgment
from learners.services import JudgmentInput

LEVELS = [
    ("1", _("1, not yet evident")),
    ("2", _("2, developing")),
    ("3", _("3, meets the standard")),
    ("4", _("4, exceeds")),
    (CANNOT, _("Cannot be judged")),
]


class AgreeForm(forms.Form):
    """A level, feedback and a next step for each criterion, numbered from 1; they begin with what the first one judged.

    A level is left open where the two differ, so that nobody agrees by pressing the button. kept: criteria that keep what
    the last attempt gave them.
    """

    reason = forms.CharField(
        label=_("Why you agreed on this"),
        help_text=_("Kept beside both judgments; the learner does not see it."),
        max_length=WORDS_MAX_LETTERS,
        widget=forms.Textarea,
    )

    def __init__(
        self,
        *args: Any,
        criteria: Sequence[Criterion],
        judged: Mapping[int, Judgment],
        differing: set[int],
        kept: Collection[int] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.open = [(number, each) for number, each in enumerate(criteria, 1) if each.pk not in kept]
        for number, criterion in self.open:
            before = judged.get(criterion.pk)
            level = ""
            if before is not None and criterion.pk not in differing:
                level = CANNOT if before.cannot_judge else str(before.level or "")
            labels = {str(each.value): f"{each.value}, {each.label}" for each in criterion.levels.all()}
            self.fields[f"level_{number}"] = forms.ChoiceField(
                label=_("Agreed level"),
                choices=[(value, labels.get(value, label)) for value, label in LEVELS],
                widget=forms.RadioSelect,
                initial=level,
                error_messages={"required": _("Choose the level that you agreed on.")},
            )
            self.fields[f"comment_{number}"] = self._words(_("Feedback to the learner"), before and before.comment)
            self.fields[f"next_step_{number}"] = self._words(_("Next step"), before and before.next_step)

    def _words(self, label: Any, initial: str | None) -> forms.CharField:
        return forms.CharField(
            label=label, required=False, max_length=WORDS_MAX_LETTERS, widget=forms.Textarea, initial=initial or ""
        )

    def bound(self, number: int) -> dict[str, BoundField]:
        names = [name for name in ("level", "comment", "next_step") if f"{name}_{number}" in self.fields]
        return {name: self[f"{name}_{number}"] for name in names}

    def judgments(self) -> list[JudgmentInput]:
        data = self.cleaned_data
        return [
            JudgmentInput(
                criterion_id=criterion.pk,
                level=None if data[f"level_{number}"] == CANNOT else int(data[f"level_{number}"]),
                cannot_judge=data[f"level_{number}"] == CANNOT,
                comment=data[f"comment_{number}"],
                next_step=data[f"next_step_{number}"],
            )
            for number, criterion in self.open
        ]
