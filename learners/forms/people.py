"""The forms of Student Affairs: name, class, leave of absence, the end of a course."""

from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from learners.models import Cohort
from learners.models.people import LearnerStatus
from learners.professions import PROFESSIONS


class NameForm(forms.Form):
    full_name = forms.CharField(
        label=_("Name"),
        help_text=_("Badges and pages follow it; the old name is kept with its dates and shown nowhere public."),
        max_length=200,
    )


class FactsForm(forms.Form):
    cohort = forms.ChoiceField(label=_("Class"), required=False)
    profession = forms.ChoiceField(label=_("Profession"), choices=list(PROFESSIONS.items()))
    student_number = forms.CharField(label=_("Student number"), max_length=40, required=False)

    def __init__(self, *args: Any, cohorts: Sequence[Cohort], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._cohorts = {str(each.pk): each for each in cohorts}
        cast(forms.ChoiceField, self.fields["cohort"]).choices = [
            ("", _("None")),
            *((key, each.name) for key, each in self._cohorts.items()),
        ]

    def chosen(self) -> Cohort | None:
        return self._cohorts.get(self.cleaned_data["cohort"])


class LearnerLeaveForm(forms.Form):
    from_on = forms.DateField(label=_("First day away"), widget=forms.DateInput(attrs={"type": "date"}))
    until_on = forms.DateField(label=_("Last day away"), widget=forms.DateInput(attrs={"type": "date"}))


class EndForm(forms.Form):
    status = forms.ChoiceField(
        label=_("Studies end"),
        help_text=_("Sign-in, badges and what was shared stay as they are."),
        choices=[(LearnerStatus.GRADUATED, _("Graduated")), (LearnerStatus.LEFT, _("Left without graduating"))],
        widget=forms.RadioSelect,
    )


class CohortForm(forms.Form):
    name = forms.CharField(label=_("Name of the class"), max_length=100)
    entered_on = forms.DateField(label=_("Entered on"), widget=forms.DateInput(attrs={"type": "date"}))
    graduates_on = forms.DateField(label=_("Graduates on"), widget=forms.DateInput(attrs={"type": "date"}))
