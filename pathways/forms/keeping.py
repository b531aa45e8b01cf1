"""The forms of whoever keeps the learners of a pathway."""

from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from credentials.models import Credential
from credentials.models.catalog import CredentialKind
from learners.models import Cohort
from pathways import selectors
from pathways.forms.building import BadgeField
from pathways.models import PathwayEnrollment, RequirementKind


class LearnerFilterForm(forms.Form):
    """All in the address; anything odd is as if it were not there."""

    name = forms.CharField(
        label=_("Learner"), required=False, max_length=100, widget=forms.TextInput(attrs={"type": "search"})
    )
    cohort = forms.ModelChoiceField(
        label=_("Class"), queryset=Cohort.objects.none(), required=False, empty_label=_("any")
    )
    waived = forms.BooleanField(label=_("With a waiver or substitution"), required=False)

    def __init__(self, *args: Any, cohorts: QuerySet[Cohort], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ModelChoiceField, self.fields["cohort"]).queryset = cohorts


class WaiverForm(forms.Form):
    """What is waived, or what may stand in. The service says what goes together."""

    rule = forms.ChoiceField(label=_("Rule or badge"))
    substitute = BadgeField(
        label=_("Another badge in its place"),
        help_text=_("Leave it empty to waive the rule altogether."),
        queryset=Credential.objects.none(),
        required=False,
        empty_label=_("none: it need not be met"),
    )
    reason = forms.CharField(
        label=_("Why"),
        help_text=_("The learner and the committee read it. Say nothing private in it."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=500,
    )

    def __init__(
        self, *args: Any, places: Sequence[selectors.Place], enrollment: PathwayEnrollment, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.places = {str(each.rule.public_id): each for each in places if each.takes_waiver or each.takes_substitute}
        cast(forms.ChoiceField, self.fields["rule"]).choices = [
            ("", _("Choose")),
            *((key, "– " * each.depth + each.rule.name) for key, each in self.places.items()),
        ]
        cast(forms.ModelChoiceField, self.fields["substitute"]).queryset = (
            Credential.objects.filter(
                organization=enrollment.pathway.credential.organization_id,
                kind=CredentialKind.MICROCREDENTIAL,
                current_version__isnull=False,
            )
            .select_related("current_version")
            .order_by("current_version__title", "pk")
        )


class CapstoneForm(forms.Form):
    capstone = forms.ChoiceField(label=_("Capstone"))
    done_on = forms.DateField(label=_("Done on"), widget=forms.DateInput(attrs={"type": "date"}))
    note = forms.CharField(
        label=_("What was done, and who heard or read it"),
        help_text=_("The learner and the committee read it."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=1000,
    )

    def __init__(self, *args: Any, places: Sequence[selectors.Place], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rules = {
            str(each.rule.public_id): each.rule for each in places if each.rule.kind == RequirementKind.CAPSTONE
        }
        cast(forms.ChoiceField, self.fields["capstone"]).choices = [
            (key, rule.name) for key, rule in self.rules.items()
        ]


class WithdrawForm(forms.Form):
    reason = forms.CharField(label=_("Why"), max_length=500)


class MoveForm(forms.Form):
    """seen: the fingerprint of the report that was read; the class stands in the page's form."""

    seen = forms.CharField(max_length=64, widget=forms.HiddenInput)
    reason = forms.CharField(
        label=_("Why"), help_text=_("The learners read it."), widget=forms.Textarea(attrs={"rows": 3}), max_length=500
    )
