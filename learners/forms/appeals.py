"""The forms of an appeal: the learner opens it, a lead names a reviewer, the reviewer answers."""

from typing import Any, cast

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from learners.models import User
from learners.models.appeals import AppealGround, AppealOutcome
from learners.services.appeals import TEXT_MAX_LETTERS
from learners.workflow import DecisionOutcome


class AppealForm(forms.Form):
    ground = forms.ChoiceField(label=_("Ground"), choices=AppealGround.choices, widget=forms.RadioSelect)
    text = forms.CharField(
        label=_("What happened"),
        help_text=_("The leads and the reviewer read it."),
        max_length=TEXT_MAX_LETTERS,
        widget=forms.Textarea,
    )


class ReviewerForm(forms.Form):
    reviewer = forms.ModelChoiceField(
        label=_("Reviewer"),
        help_text=_("Assessors of this credential who have not assessed or decided this work."),
        queryset=User.objects.none(),
        error_messages={
            "invalid_choice": _("Choose an assessor who has not assessed or decided this work before."),
            "required": _("Choose a reviewer."),
        },
    )

    def __init__(self, *args: Any, reviewers: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ModelChoiceField, self.fields["reviewer"]).queryset = reviewers


class AnswerForm(forms.Form):
    outcome = forms.ChoiceField(label=_("Outcome"), choices=AppealOutcome.choices, widget=forms.RadioSelect)
    corrected_to = forms.ChoiceField(
        label=_("Corrected to"),
        help_text=_("Only for a correction; a lead releases it."),
        required=False,
        choices=[("", _("No correction")), *DecisionOutcome.choices],
    )
    reasons = forms.CharField(
        label=_("Reasons"),
        help_text=_("The learner reads them."),
        max_length=TEXT_MAX_LETTERS,
        widget=forms.Textarea,
    )

    def __init__(self, *args: Any, is_awarded: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if is_awarded:  # what is awarded is revoked by two registrars, not corrected here
            outcome = cast(forms.ChoiceField, self.fields["outcome"])
            outcome.choices = [each for each in AppealOutcome.choices if each[0] == AppealOutcome.UPHELD]
            del self.fields["corrected_to"]

    def clean_corrected_to(self) -> str:
        return str(self.cleaned_data.get("corrected_to") or "")

    def clean(self) -> dict[str, Any]:
        return {"corrected_to": ""} | (super().clean() or {})
