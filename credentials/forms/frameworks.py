"""The forms of loading: frameworks, crosswalks, the whole catalog."""

from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

FILE_MAX_BYTES = 1_500_000


class FileOrText(forms.Form):
    """A file, or (on the page that shows what it would do) its text once more."""

    file = forms.FileField(label=_("File"), required=False)
    text = forms.CharField(required=False, widget=forms.HiddenInput, strip=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        upload = data.get("file")
        if isinstance(upload, UploadedFile):
            if (upload.size or 0) > FILE_MAX_BYTES:
                raise forms.ValidationError(gettext("The file is too large: at most 1.5 MB."))
            try:
                data["text"] = upload.read().decode("utf-8-sig")
            except UnicodeDecodeError:
                raise forms.ValidationError(gettext("The file is not text in UTF-8.")) from None
        if "\x00" in data.get("text", ""):
            raise forms.ValidationError(gettext("The file is not text in UTF-8."))
        if not data.get("text", "").strip() and not self.errors:
            raise forms.ValidationError(gettext("Choose a file that is not empty."))
        return data


class FrameworkForm(FileOrText):
    """A CASE package or a CSV; what a CSV does not say is said beside it."""

    slug = forms.SlugField(
        label=_("Short name"),
        required=False,
        max_length=60,
        help_text=_("The same for each version of a framework, such as ipec-core. Empty: made from the title."),
    )
    version = forms.CharField(label=_("Version"), required=False, max_length=30)
    title = forms.CharField(label=_("Title"), required=False, max_length=200)
    publisher = forms.CharField(label=_("Publisher"), required=False, max_length=200)
    source_url = forms.URLField(label=_("Where it is published"), required=False, max_length=200, assume_scheme="https")

    def given(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in ("slug", "version", "title", "publisher", "source_url")}


class CrosswalkForm(forms.Form):
    older = forms.ChoiceField(label=_("From the older version"))
    lines = forms.CharField(
        label=_("Steps"),
        required=False,
        max_length=200_000,
        widget=forms.Textarea(attrs={"spellcheck": "false"}),
        help_text=_("One a line: older code, newer code, and “same”, “replaced” or “related”."),
    )

    def __init__(self, *args: Any, older: Sequence[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.versions = {str(each.public_id): each for each in older}
        cast(forms.ChoiceField, self.fields["older"]).choices = [
            (key, each.version) for key, each in self.versions.items()
        ]
