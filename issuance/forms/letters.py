"""The designations of a class, for performance letters."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from learners.models import Cohort
from learners.models.access import AccessReason


class LettersForm(forms.Form):
    cohort = forms.TypedChoiceField(label=_("Class"), error_messages={"required": _("Choose the class.")})
    until_on = forms.DateField(
        label=_("Awarded until the end of"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("The day on which your letters freeze. Without a date everything that stands today is listed."),
    )
    reason = forms.ChoiceField(
        label=_("Why you need the list"),
        choices=AccessReason.choices,
        widget=forms.RadioSelect,
        help_text=_("Kept with your name and the time, and shown to each learner in the list."),
        error_messages={"required": _("Say why you need the list; it is kept.")},
    )

    def __init__(self, *args: Any, cohorts: Sequence[Cohort], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = {str(each.pk): each for each in cohorts}
        self.fields["cohort"].choices = [("", _t("Choose")), *((key, each.name) for key, each in known.items())]
        self.fields["cohort"].coerce = known.__getitem__
