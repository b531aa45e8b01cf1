"""What a learner answers to feedback, and why staff open blind work."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from learners.models import FeedbackResponse, Usefulness
from learners.models.access import AccessReason
from learners.services.responses import PLAN_MAX_LETTERS

NOTE_MAX_LETTERS = 500


class FeedbackForm(forms.Form):
    plan = forms.CharField(
        label=_("What I will do"),
        help_text=_("Your assessor reads this, without your name."),
        max_length=PLAN_MAX_LETTERS,
        required=False,
        widget=forms.Textarea,
    )
    plan_by = forms.DateField(
        label=_("By when"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    useful = forms.ChoiceField(
        label=_("Was this feedback useful?"),
        help_text=_("Counted for your assessor from five answers on, never with your name."),
        required=False,
        choices=[("", _("No answer")), *Usefulness.choices],
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, standing: FeedbackResponse | None, **kwargs: Any) -> None:
        if standing is not None:
            kwargs["initial"] = {
                "plan": standing.plan,
                "plan_by": standing.plan_by,
                "useful": standing.useful,
            }
        super().__init__(*args, **kwargs)


class UnblindForm(forms.Form):
    reason = forms.ChoiceField(label=_("Why you need to know"), choices=AccessReason.choices)
    note = forms.CharField(
        label=_("In a sentence"),
        help_text=_("Kept with your name, and read by the registrar and auditors."),
        max_length=NOTE_MAX_LETTERS,
        widget=forms.Textarea,
    )
