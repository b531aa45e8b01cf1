"""The form that brings in a list of learners."""

from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from credentials.models import Organization

FILE_MAX_BYTES = 20 * 1024 * 1024


def clean_list(upload: UploadedFile) -> UploadedFile:
    """Refuse a file that is larger than any list."""
    size = upload.size or 0
    if size > FILE_MAX_BYTES:
        raise forms.ValidationError(
            gettext("The file has %(size)s; the most is %(most)s.")
            % {"size": filesizeformat(size), "most": filesizeformat(FILE_MAX_BYTES)}
        )
    return upload


class RosterForm(forms.Form):
    organization = forms.ChoiceField(label=_("School"))
    file = forms.FileField(
        label=_("List of learners"),
        help_text=_(
            "CSV with the columns student_number, name, email, profession and, if you like, cohort. "
            "Nothing happens before you have seen what it would do."
        ),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,text/csv,text/plain"}),
    )
    is_inviting = forms.BooleanField(
        label=_("Write to whoever is new that they can choose a password"), required=False, initial=False
    )

    def __init__(self, *args: Any, schools: Sequence[Organization], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._schools = {str(each.pk): each for each in schools}
        field = cast(forms.ChoiceField, self.fields["organization"])
        field.choices = [(key, each.name) for key, each in self._schools.items()]
        if len(schools) == 1:
            field.required, field.widget = False, forms.HiddenInput()

    def clean_file(self) -> UploadedFile:
        return clean_list(self.cleaned_data["file"])

    def school(self) -> Organization:
        return self._schools.get(self.cleaned_data["organization"]) or next(iter(self._schools.values()))
