"""The documents of a graduating class."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from learners.models import Cohort


class ClassExportForm(forms.Form):
    cohort = forms.TypedChoiceField(label=_("Class"))
    recipient = forms.CharField(
        label=_("Who gets the file"), max_length=200, help_text=_("An office or a body, such as “Alumni Office”.")
    )
    reason = forms.CharField(
        label=_("What for"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Each learner reads this in their own file once it was taken."),
    )

    def __init__(self, *args: Any, cohorts: Sequence[Cohort], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = {str(each.pk): each for each in cohorts}
        self.fields["cohort"].choices = [("", _t("Choose")), *((key, each.name) for key, each in known.items())]
        self.fields["cohort"].coerce = known.__getitem__
