"""The form of enrolling a class."""

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from learners.models import Cohort


class ClassForm(forms.Form):
    cohort = forms.ChoiceField(label=_("Class"))

    def __init__(self, *args: Any, cohorts: list[Cohort], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._cohorts = {str(each.pk): each for each in cohorts}
        cast(forms.ChoiceField, self.fields["cohort"]).choices = [
            ("", _("Choose a class")),
            *((key, each.name) for key, each in self._cohorts.items()),
        ]

    def chosen(self) -> Cohort:
        return self._cohorts[self.cleaned_data["cohort"]]
