"""The forms of the committee on content: putting something before it, voting, deciding, settling a condition, its quorum."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from credentials.committee import QUORUM_MAX
from credentials.forms.choices import in_capitals
from credentials.models import Organization
from credentials.models.committee import Vote
from credentials.services.committee import OUTCOMES, TEXT_MAX_LETTERS
from credentials.workflow import ContentCaseStatus


class PutForm(forms.Form):
    note = forms.CharField(
        label=_("What the committee should know"),
        required=False,
        max_length=TEXT_MAX_LETTERS,
        widget=forms.Textarea,
    )


class VoteForm(forms.Form):
    vote = forms.ChoiceField(label=_("Your vote"), choices=in_capitals(Vote), widget=forms.RadioSelect)
    reason = forms.CharField(
        label=_("Why"),
        help_text=_("Needed for a vote against. The members read it, and who put it forward."),
        required=False,
        max_length=TEXT_MAX_LETTERS,
        widget=forms.Textarea,
    )


class DecideForm(forms.Form):
    outcome = forms.ChoiceField(label=_("What the committee decides"), widget=forms.RadioSelect)
    reason = forms.CharField(
        label=_("Why"),
        help_text=_("Needed to refuse and to defer."),
        required=False,
        max_length=TEXT_MAX_LETTERS,
        widget=forms.Textarea,
    )
    conditions = forms.CharField(
        label=_("Conditions of a yes, one on each line"),
        help_text=_("Nothing is published while one of them is open."),
        required=False,
        max_length=TEXT_MAX_LETTERS,
        widget=forms.Textarea,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["outcome"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  for the type checker
        field.choices = [(value, label) for value, label in in_capitals(ContentCaseStatus) if value in OUTCOMES]

    def said(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {
            "outcome": ContentCaseStatus(data["outcome"]),
            "reason": data["reason"],
            "conditions": data["conditions"].splitlines(),
        }


class SettleForm(forms.Form):
    note = forms.CharField(
        label=_("What was done, or why it is no longer asked for"),
        required=False,
        max_length=TEXT_MAX_LETTERS,
        widget=forms.Textarea,
    )
    seen_sha256 = forms.CharField(required=False, widget=forms.HiddenInput)


class ContentQuorumForm(forms.Form):
    organization = forms.ModelChoiceField(label=_("School"), queryset=Organization.objects.none(), empty_label=None)
    quorum = forms.IntegerField(
        label=_("How many members have to vote"),
        help_text=_("0: no committee decides on content; administrators publish by themselves."),
        min_value=0,
        max_value=QUORUM_MAX,
    )
    reason = forms.CharField(label=_("Why"), max_length=TEXT_MAX_LETTERS, widget=forms.Textarea)

    def __init__(self, *args: Any, organizations: list[Organization], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["organization"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101  for the type checker
        field.queryset = Organization.objects.filter(pk__in=[each.pk for each in organizations]).order_by("name", "pk")
