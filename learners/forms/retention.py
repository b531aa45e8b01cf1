"""What is kept how long, holds, and what would go."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from learners.models import HoldCause
from learners.retention import Kept

REASON_MAX_LETTERS = 2000


def _why(label: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=REASON_MAX_LETTERS,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("It is kept with your name and the time."),
        error_messages={"required": _("Give the reason; it is kept.")},
    )


class RetentionRuleForm(forms.Form):
    kind = forms.ChoiceField(label=_("What is kept"), choices=Kept.choices)
    months = forms.IntegerField(label=_("Months"), min_value=1, max_value=600)
    reason = _why(_("Why this long"))


class HoldForm(forms.Form):
    learner = forms.CharField(label=_("E-mail address or student number of the learner"), max_length=200)
    cause = forms.ChoiceField(label=_("Cause"), choices=HoldCause.choices)
    reason = _why(_("Which matter"))


class LiftForm(forms.Form):
    reason = _why(_("Why it is lifted"))


class DryRunForm(forms.Form):
    until = forms.DateField(label=_("What would go until"), widget=forms.DateInput(attrs={"type": "date"}))
