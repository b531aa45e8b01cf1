"""One rule of a pathway."""

import re
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from credentials.models import Credential, Organization
from credentials.workflow import CredentialStatus
from pathways.models import GROUPS, OF_BADGES, PathwayVersion, Requirement, RequirementKind
from pathways.services import Asks


class BadgeField(forms.ModelChoiceField):
    def label_from_instance(self, credential: Credential) -> str:
        title = credential.current_version.title if credential.current_version else credential.code
        return f"{title} ({credential.code})"


class RuleForm(forms.Form):
    """One rule. The service says which of these a kind needs."""

    PARENTS = GROUPS | OF_BADGES

    kind = forms.ChoiceField(label=_("Kind of rule"), choices=RequirementKind.choices)
    parent = forms.ModelChoiceField(
        label=_("Below"),
        queryset=Requirement.objects.none(),
        required=False,
        empty_label=_("nothing: a rule of its own"),
    )
    credential = BadgeField(
        label=_("Badge"), help_text=_("For a badge."), queryset=Credential.objects.none(), required=False
    )
    label = forms.CharField(
        label=_("Name"), help_text=_("Learners read it. For a capstone: what it is."), max_length=200, required=False
    )
    minimum = forms.IntegerField(
        label=_("How many"),
        help_text=_("Badges to choose, hours, points, competencies, observations, professions or credentials."),
        min_value=1,
        max_value=100_000,
        required=False,
    )
    points = forms.IntegerField(
        label=_("Points"), help_text=_("What a badge brings."), min_value=0, max_value=1000, initial=1, required=False
    )
    repeats_max = forms.IntegerField(
        label=_("How often the same badge counts"),
        help_text=_("For sums over badges."),
        min_value=1,
        max_value=100,
        initial=1,
        required=False,
    )
    codes = forms.CharField(
        label=_("Competencies"),
        help_text=_("Their codes, with commas between: EPA1, RR3."),
        max_length=2000,
        required=False,
    )
    contexts_min = forms.IntegerField(
        label=_("Settings"),
        help_text=_("Of observations, at least."),
        min_value=1,
        max_value=20,
        initial=1,
        required=False,
    )
    assessors_min = forms.IntegerField(
        label=_("Observers"), help_text=_("At least."), min_value=1, max_value=50, initial=1, required=False
    )
    window_days = forms.IntegerField(
        label=_("Within so many days"), help_text=_("Empty: at any time."), min_value=1, max_value=4000, required=False
    )
    provider = forms.ModelChoiceField(
        label=_("Provider"), queryset=Organization.objects.none(), required=False, empty_label=_("any")
    )

    def __init__(
        self,
        *args: Any,
        version: PathwayVersion,
        rule: Requirement | None = None,
        parent: Requirement | None = None,
        **kwargs: Any,
    ) -> None:
        if rule is not None:
            kwargs["initial"] = {
                "kind": rule.kind,
                "parent": rule.parent_id,
                "credential": rule.credential_id,
                "label": rule.label,
                "minimum": rule.minimum,
                "points": rule.points,
                "repeats_max": rule.repeats_max,
                "codes": ", ".join(rule.codes),
                "contexts_min": rule.contexts_min,
                "assessors_min": rule.assessors_min,
                "window_days": rule.window_days,
                "provider": rule.provider_id,
            }
        elif parent is not None:
            kwargs["initial"] = {"kind": RequirementKind.CREDENTIAL, "parent": parent.pk}
        else:
            kwargs["initial"] = {"kind": RequirementKind.CREDENTIAL}
        super().__init__(*args, **kwargs)
        self.rule = rule
        badges = Credential.objects.exclude(status=CredentialStatus.RETIRED).exclude(pk=version.pathway.credential_id)
        self._among("credential").queryset = (
            badges.filter(organization=version.pathway.credential.organization)
            .select_related("current_version")
            .order_by("code", "pk")
        )
        self._among("provider").queryset = Organization.objects.order_by("name", "pk")
        self._among("parent").queryset = version.requirements.filter(kind__in=self.PARENTS).order_by("label", "pk")
        if rule is not None:  # its kind stays, and it moves with buttons
            del self.fields["kind"], self.fields["parent"]

    SELDOM = ("points", "repeats_max", "codes", "contexts_min", "assessors_min", "window_days", "provider")

    def usual(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name not in self.SELDOM]

    def seldom(self) -> list[forms.BoundField]:
        """What only some kinds of rules ask for."""
        return [self[name] for name in self.fields if name in self.SELDOM]

    def is_seldom_open(self) -> bool:
        return self.rule is not None or any(each.errors for each in self.seldom())

    def _among(self, name: str) -> forms.ModelChoiceField:
        return cast(forms.ModelChoiceField, self.fields[name])

    def refuse(self, reason: str) -> None:
        """Show a refusal above a form that was not sent."""
        self.is_bound, self.cleaned_data = False, {}
        self._errors = forms.utils.ErrorDict()
        self.add_error(None, reason)

    def asks(self) -> Asks:
        given = self.cleaned_data
        return Asks(
            label=given["label"],
            credential=given["credential"],
            minimum=given["minimum"],
            points=1 if given["points"] is None else given["points"],
            repeats_max=given["repeats_max"] or 1,
            contexts_min=given["contexts_min"] or 1,
            assessors_min=given["assessors_min"] or 1,
            window_days=given["window_days"],
            provider=given["provider"],
            codes=[each for each in re.split(r"[,;\s]+", given["codes"]) if each],
        )
