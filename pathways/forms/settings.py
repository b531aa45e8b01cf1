"""The forms of a pathway's settings and of its simulator."""

from datetime import date
from typing import Any, cast
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from credentials.models import Organization
from credentials.models.catalog import Setting
from credentials.professions import PROFESSIONS
from credentials.workflow import VersionStatus
from learners.models import Cohort, User
from pathways import rules, selectors, services
from pathways.models import PathwayVersion, RequirementKind


def _day(label: Any, hint: Any = "", **options: Any) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, help_text=hint, widget=widget, **options)


def _number(label: Any, hint: Any = "", *, least: int = 1, most: int = 600, **options: Any) -> forms.IntegerField:
    return forms.IntegerField(label=label, help_text=hint, min_value=least, max_value=most, **options)


class BeginForm(forms.Form):
    title = forms.CharField(
        label=gettext_lazy("Title"), help_text=gettext_lazy("What the designation is called."), max_length=200
    )
    summary = forms.CharField(
        label=gettext_lazy("What it is for"), widget=forms.Textarea(attrs={"rows": 3}), max_length=2000, required=False
    )
    organization = forms.ModelChoiceField(label=gettext_lazy("School"), queryset=Organization.objects.none())

    def __init__(self, *args: Any, schools: list[Organization], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast(forms.ModelChoiceField, self.fields["organization"])
        field.queryset = Organization.objects.filter(pk__in=[each.pk for each in schools]).order_by("name", "pk")
        if len(schools) == 1:
            field.initial, field.widget = schools[0].pk, forms.HiddenInput()


class SettingsForm(forms.Form):
    title = forms.CharField(label=gettext_lazy("Title"), max_length=200)
    summary = forms.CharField(
        label=gettext_lazy("What it is for"), widget=forms.Textarea(attrs={"rows": 3}), max_length=2000, required=False
    )
    statement_for_letters = forms.CharField(
        label=gettext_lazy("Statement for performance letters"),
        help_text=gettext_lazy("At most two sentences."),
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=1000,
        required=False,
    )
    setting = forms.ChoiceField(
        label=gettext_lazy("Setting"),
        choices=[("", gettext_lazy("Not said")), *Setting.choices],
        required=False,
    )
    owner = forms.ChoiceField(
        label=gettext_lazy("Owner"), help_text=gettext_lazy("The person who answers for it."), required=False
    )
    review_on = _day(gettext_lazy("Review date"), gettext_lazy("When it is looked at again."), required=False)
    professions = forms.MultipleChoiceField(
        label=gettext_lazy("Professions admitted"),
        help_text=gettext_lazy("None chosen: all."),
        choices=list(PROFESSIONS.items()),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    cohorts = forms.ModelMultipleChoiceField(
        label=gettext_lazy("For these entry classes alone"),
        help_text=gettext_lazy("None chosen: for all. Whoever has joined keeps the version of the day."),
        queryset=Cohort.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    time_limit_months = _number(
        gettext_lazy("Time limit in months"),
        gettext_lazy("Badges count so long from the day of their award. Empty: for good."),
        required=False,
    )
    components_valid_at_award = forms.BooleanField(
        label=gettext_lazy("Badges have to be in force on the day of the award"), required=False
    )
    is_double_counting_allowed = forms.BooleanField(
        label=gettext_lazy("Badges may count toward other designations without limit"), required=False
    )
    shared_components_max = _number(
        gettext_lazy("Shared with another designation, at most"),
        gettext_lazy("How many badges, where there is a limit."),
        least=0,
        most=100,
    )
    recognized_max = _number(
        gettext_lazy("Credentials of other providers, at most"),
        gettext_lazy("How many may stand in for badges. Empty: any number."),
        least=0,
        most=100,
        required=False,
    )
    max_per_learner = _number(
        gettext_lazy("Designations for one learner, at most"),
        gettext_lazy("Empty: any number."),
        most=100,
        required=False,
    )
    committee = forms.CharField(
        label=gettext_lazy("Committee"),
        help_text=gettext_lazy("Its name, as learners read it. Empty: “the committee”."),
        max_length=200,
        required=False,
    )
    committee_on = _day(
        gettext_lazy("The committee meets on"),
        gettext_lazy("Badges that are over before are named on publishing."),
        required=False,
    )
    recorded_on = forms.CharField(
        label=gettext_lazy("Recorded on"),
        help_text=gettext_lazy("Where the designation is noted, with commas between: performance letter, transcript."),
        max_length=500,
        required=False,
    )
    WORDS = ("title", "summary", "statement_for_letters", "setting")

    def __init__(self, *args: Any, version: PathwayVersion, owners: list[User], **kwargs: Any) -> None:
        designation, credential = version.credential_version, version.pathway.credential
        row = version.requirements.filter(kind=RequirementKind.CONFIRMATION, parent=None).first()
        words = services.words_of(designation) if designation else {}
        same = (
            "time_limit_months",
            "components_valid_at_award",
            "is_double_counting_allowed",
            "shared_components_max",
            "recognized_max",
            "max_per_learner",
            "committee_on",
        )
        kwargs["initial"] = {
            **{name: getattr(version, name) for name in same},
            **words,
            "owner": str(credential.owner.public_id) if credential.owner else "",
            "review_on": credential.review_on,
            "professions": version.professions_admitted,
            "cohorts": list(version.cohorts.values_list("pk", flat=True)),
            "committee": row.label if row else "",
            "recorded_on": ", ".join(version.recorded_on),
        }
        super().__init__(*args, **kwargs)
        self._owners = {str(each.public_id): each for each in owners}
        if credential.owner:
            self._owners.setdefault(str(credential.owner.public_id), credential.owner)
        cast(forms.ChoiceField, self.fields["owner"]).choices = [
            ("", _("Nobody yet")),
            *((key, each.name) for key, each in self._owners.items()),
        ]
        cast(forms.ModelMultipleChoiceField, self.fields["cohorts"]).queryset = Cohort.objects.filter(
            organization=credential.organization
        ).order_by("entered_on", "pk")
        self.is_frozen = designation is not None and designation.status != VersionStatus.DRAFT
        if self.is_frozen:
            for name in self.WORDS:
                self.fields[name].disabled = True

    def part(self, *names: str) -> list[forms.BoundField]:
        return [self[name] for name in names]

    def words(self) -> list[forms.BoundField]:
        return self.part(*self.WORDS)

    def stewards(self) -> list[forms.BoundField]:
        return self.part("owner", "review_on")

    def learners(self) -> list[forms.BoundField]:
        return self.part("professions", "cohorts")

    def limits(self) -> list[forms.BoundField]:
        return self.part(
            "time_limit_months",
            "components_valid_at_award",
            "is_double_counting_allowed",
            "shared_components_max",
            "recognized_max",
            "max_per_learner",
        )

    def decision(self) -> list[forms.BoundField]:
        return self.part("committee", "committee_on", "recorded_on")

    def settings(self) -> services.Settings:
        given = self.cleaned_data | {
            "owner": self._owners.get(self.cleaned_data["owner"]),
            "cohorts": list(self.cleaned_data["cohorts"]),
            "recorded_on": self.cleaned_data["recorded_on"].split(","),
        }
        return services.Settings(**given)


class SimulateForm(forms.Form):
    """A made-up set of awards, in addition to what a chosen learner holds."""

    on = _day(gettext_lazy("On the day"), gettext_lazy("A day in the future shows what has lapsed by then."))

    def __init__(self, *args: Any, asked: selectors.Asked, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asked = asked
        self.fields["on"].initial = today
        self.has_limit = asked.rules.shared_max is not None
        for item in sorted(asked.rules.items.values(), key=lambda each: each.title):
            key = asked.credentials[item.credential_id].public_id
            self.fields[f"held-{key}"] = forms.BooleanField(label=item.title, required=False)
            self.fields[f"day-{key}"] = _day(
                _("%(title)s: awarded on") % {"title": item.title}, required=False, initial=today
            )
            if self.has_limit:
                words = _("%(title)s: counts toward another designation") % {"title": item.title}
                self.fields[f"shared-{key}"] = forms.BooleanField(label=words, required=False)
        every = list(rules.walk(asked.rules.rules))
        self.capstones = [each for each in every if isinstance(each, rules.Capstone)]
        for each in self.capstones:
            words = _("The capstone is accepted: %(what)s") % {"what": each.form}
            self.fields[f"capstone-{each.id}"] = forms.BooleanField(label=words, required=False)
        kinds = {type(each) for each in every}
        if rules.Professions in kinds:
            self.fields["professions"] = _number(_("Professions in team evidence"), least=0, most=50, required=False)
        if rules.Observed in kinds:
            self.fields["observations"] = _number(_("Observations"), least=0, most=200, required=False)
            self.fields["contexts"] = _number(_("Settings of the observations"), most=20, required=False)
            self.fields["assessors"] = _number(_("Observers"), most=50, required=False)
        if rules.Outside in kinds:
            self.fields["recognized"] = _number(
                _("Credentials of other providers, recognized"), least=0, most=50, required=False
            )

    def rows(self) -> list[dict[str, Any]]:
        keys: list[UUID] = [
            self.asked.credentials[item.credential_id].public_id
            for item in sorted(self.asked.rules.items.values(), key=lambda each: each.title)
        ]
        return [
            {
                "held": self[f"held-{key}"],
                "day": self[f"day-{key}"],
                "shared": self[f"shared-{key}"] if self.has_limit else None,
            }
            for key in keys
        ]

    def others(self) -> list[forms.BoundField]:
        return [
            self[name] for name in self.fields if name != "on" and not name.startswith(("held-", "day-", "shared-"))
        ]

    def awards(self) -> list[selectors.MadeUp]:
        given = self.cleaned_data
        return [
            selectors.MadeUp(
                key, given.get(f"day-{one.public_id}") or given["on"], given.get(f"shared-{one.public_id}", False)
            )
            for key, one in self.asked.credentials.items()
            if given.get(f"held-{one.public_id}")
        ]

    def facts(self) -> selectors.Facts:
        given = self.cleaned_data
        return selectors.Facts(
            recorded=frozenset(each.id for each in self.capstones if given.get(f"capstone-{each.id}")),
            professions=given.get("professions") or 0,
            observations=given.get("observations") or 0,
            contexts=given.get("contexts") or 1,
            assessors=given.get("assessors") or 1,
            recognized=given.get("recognized") or 0,
        )
