"""The forms of committees, what-if and plans."""

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from credentials.models.committee import Vote
from learners.models import ConflictKind
from learners.professions import PROFESSIONS
from pathways.models import Pathway


class DesignationField(forms.ModelChoiceField):
    def label_from_instance(self, pathway: Pathway) -> str:
        current = pathway.credential.current_version
        return current.title if current else pathway.credential.code


class CaseFilterForm(forms.Form):
    """All in the address; anything odd is as if it were not there."""

    show = forms.ChoiceField(
        label=_("Cases"),
        required=False,
        choices=[
            ("", _("that wait for a decision")),
            ("unvoted", _("that wait for my vote")),
            ("review", _("that look at a designation again")),
            ("decided", _("that are decided")),
        ],
    )
    designation = DesignationField(
        label=_("Designation"),
        queryset=Pathway.objects.none(),
        required=False,
        empty_label=_("any"),
        to_field_name="public_id",
    )
    profession = forms.ChoiceField(label=_("Profession"), required=False, choices=[])
    name = forms.CharField(
        label=_("Learner"), required=False, max_length=100, widget=forms.TextInput(attrs={"type": "search"})
    )

    def __init__(self, *args: Any, designations: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ModelChoiceField, self.fields["designation"]).queryset = designations
        field = cast(forms.ChoiceField, self.fields["profession"])
        field.choices = [("", _("any")), *((key, key.replace("-", " ")) for key in PROFESSIONS)]


class ConfirmManyForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("Stays with each of the cases."),
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=2000,
    )


class VoteForm(forms.Form):
    vote = forms.ChoiceField(label=_("Your vote"), choices=Vote.choices, widget=forms.RadioSelect)
    reason = forms.CharField(
        label=_("Why"),
        help_text=_("Needed for a vote against. Members read it; the learner does not."),
        widget=forms.Textarea(attrs={"rows": 2}),
        required=False,
        max_length=2000,
    )


class ConditionForm(forms.Form):
    text = forms.CharField(
        label=_("What has to be done first"),
        help_text=_("The learner reads it."),
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=1000,
    )
    due_on = forms.DateField(label=_("By"), required=False, widget=forms.DateInput(attrs={"type": "date"}))


class SettleForm(forms.Form):
    note = forms.CharField(label=_("What was seen"), max_length=1000)


class ConflictForm(forms.Form):
    kind = forms.ChoiceField(
        label=_("Conflict"),
        help_text=_("Private to you. From then on you neither read nor decide cases of this learner."),
        choices=ConflictKind.choices,
    )


class QuorumForm(forms.Form):
    quorum = forms.IntegerField(
        label=_("Members who have to vote"), help_text=_("On each case of this pathway."), min_value=1, max_value=25
    )
    reason = forms.CharField(label=_("Why"), widget=forms.Textarea(attrs={"rows": 2}), max_length=1000)


class HoursForm(forms.Form):
    hours = forms.IntegerField(label=_("Hours that you want to spend in a term"), min_value=1, max_value=600)


class PlanAddForm(forms.Form):
    item = forms.ChoiceField(label=_("Microcredential"))
    term = forms.ChoiceField(label=_("Term"))

    def __init__(self, *args: Any, items: Any, terms: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ChoiceField, self.fields["item"]).choices = items
        cast(forms.ChoiceField, self.fields["term"]).choices = terms
