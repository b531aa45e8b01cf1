"""The form of enrolling a class."""

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from credentials.models import Offering
from credentials.selectors import OpenOffering
from learners.models import Cohort


class ClassForm(forms.Form):
    cohort = forms.ChoiceField(label=_("Class"))

    offering = forms.ChoiceField(label=_("When and where"))

    def __init__(self, *args: Any, cohorts: list[Cohort], offerings: list[OpenOffering], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._offerings = {str(each.offering.public_id): each.offering for each in offerings}
        if len(offerings) > 1:
            cast(forms.ChoiceField, self.fields["offering"]).choices = [
                ("", _("Choose an offering")),
                *((str(each.offering.public_id), f"{each.offering.name} ({each.said})") for each in offerings),
            ]
        else:
            del self.fields["offering"]  # there is nothing to choose
        self._cohorts = {str(each.pk): each for each in cohorts}
        cast(forms.ChoiceField, self.fields["cohort"]).choices = [
            ("", _("Choose a class")),
            *((key, each.name) for key, each in self._cohorts.items()),
        ]

    def chosen_offering(self) -> Offering | None:
        return self._offerings.get(self.cleaned_data.get("offering", ""))

    def chosen(self) -> Cohort:
        return self._cohorts[self.cleaned_data["cohort"]]
