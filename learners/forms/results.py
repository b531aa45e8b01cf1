"""The forms that record results of others: one by hand, many from a file."""

from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy

from credentials.models import EvidenceRequirement
from learners.forms.roster import clean_list
from learners.models.results import RaterKind
from learners.services.results import COMMENT_MAX, TITLE_MAX, Said


class ResultForm(forms.Form):
    """One result of one learner."""

    learner = forms.CharField(
        label=gettext_lazy("Student number or e-mail address"), help_text=gettext_lazy("In full."), max_length=254
    )
    requirement = forms.ChoiceField(label=gettext_lazy("What it is evidence of"))
    title = forms.CharField(
        label=gettext_lazy("Which quiz, station or occasion"),
        help_text=gettext_lazy("For example: Station 3, handing over. Name no patient."),
        max_length=TITLE_MAX,
    )
    rated_on = forms.DateField(
        label=gettext_lazy("Day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    score = forms.DecimalField(label=gettext_lazy("Points"), required=False, max_digits=8, decimal_places=2)
    out_of = forms.DecimalField(label=gettext_lazy("Out of"), required=False, max_digits=8, decimal_places=2)
    words = forms.CharField(
        label=gettext_lazy("Result in words"),
        help_text=gettext_lazy("Instead of points, or beside them."),
        required=False,
        max_length=200,
    )
    rater_kind = forms.ChoiceField(
        label=gettext_lazy("Rated by"),
        choices=[(value, capfirst(label)) for value, label in RaterKind.choices],
        initial=RaterKind.FACULTY,
    )
    rater = forms.CharField(label=gettext_lazy("Name of who rated it"), required=False, max_length=200)
    comment = forms.CharField(
        label=gettext_lazy("Remark"), required=False, max_length=COMMENT_MAX, widget=forms.Textarea
    )

    def __init__(self, *args: Any, requirements: Sequence[EvidenceRequirement], **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "result-%s"} | kwargs)
        field = cast(forms.ChoiceField, self.fields["requirement"])
        field.choices = [(each.kind, capfirst(each.kind)) for each in requirements]

    def said(self) -> Said:
        names = ("title", "rated_on", "rater_kind", "score", "out_of", "words", "comment", "rater")
        return Said(**{name: self.cleaned_data[name] for name in names})


class ResultFileForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("List of results"),
        help_text=gettext_lazy(
            "CSV with the columns student_number or email, title, rated_on, and score with out_of or words; if you like, "
            "evidence, rater_kind, rater and comment. Nothing happens before you have seen what it would do."
        ),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,text/csv,text/plain"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "list-%s"} | kwargs)

    def clean_file(self) -> Any:
        return clean_list(self.cleaned_data["file"])
