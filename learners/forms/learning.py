"""The forms of the workspace: what a learner adds, and what they declare."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from credentials.models import Criterion
from learners.models.evidence import DeclarationKind, EvidenceKind
from learners.services import DECLARATIONS
from learners.services.evidence import AI_USE_WORDING, TEXT_MAX_LETTERS
from learners.services.files import ALLOWED_IN_WORDS


class EvidenceForm(forms.Form):
    """What every kind of evidence has. `requirement` is the position of the requirement, empty for none."""

    kind = forms.CharField(widget=forms.HiddenInput)
    requirement = forms.IntegerField(required=False, widget=forms.HiddenInput)
    title = forms.CharField(label=_("Title"), required=False, max_length=200)

    def content(self) -> dict[str, Any]:
        """The arguments of the service, without the submission."""
        return {name: value for name, value in self.cleaned_data.items() if name not in {"kind", "requirement"}}


class TextForm(EvidenceForm):
    # The service says when it is empty or too long, and by how much.
    text = forms.CharField(label=_("Text"), widget=forms.Textarea, strip=False, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].help_text = _("At most %(limit)s letters. Name no patient.") % {"limit": TEXT_MAX_LETTERS}


class FileForm(EvidenceForm):
    """A file, or the id of one that came in parts."""

    file = forms.FileField(
        label=_("File"),
        help_text=_("%(kinds)s. Location and author are taken out of pictures and PDFs.") % {"kinds": ALLOWED_IN_WORDS},
        allow_empty_file=True,  # the service says so, with the name
        max_length=None,
        required=False,
    )
    sent = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not cleaned.get("file") and not cleaned.get("sent") and "file" not in self.errors:
            self.add_error("file", _("Choose a file."))
        return cleaned

    def content(self) -> dict[str, Any]:
        title, file = self.cleaned_data["title"], self.cleaned_data["file"]
        return {"title": title, "upload": file} if file else {"title": title, "sent": self.cleaned_data["sent"]}


class LinkForm(EvidenceForm):
    link = forms.CharField(
        label=_("Address"),
        help_text=_("Starts with https://. Your assessor must be able to open it."),
        max_length=500,
        widget=forms.TextInput(attrs={"type": "url"}),
        error_messages={"required": _("Give an address.")},
    )


class HoursForm(EvidenceForm):
    hours = forms.DecimalField(
        label=_("Hours"),
        min_value=0,
        max_digits=6,
        decimal_places=2,
        widget=forms.NumberInput(attrs={"step": "0.25"}),
        error_messages={
            "required": _("Give the hours, for example 2.5."),
            "invalid": _("Give the hours as a number, for example 2.5."),
            "min_value": _("Give a number above 0, for example 2.5."),
        },
    )
    text = forms.CharField(label=_("What they were spent on"), required=False, widget=forms.Textarea, max_length=2000)


FORMS: dict[str, type[EvidenceForm]] = {
    EvidenceKind.TEXT: TextForm,
    EvidenceKind.FILE: FileForm,
    EvidenceKind.LINK: LinkForm,
    EvidenceKind.HOURS: HoursForm,
}


def evidence_form(
    kind: str,
    position: int | None,
    data: Mapping[str, Any] | None = None,
    files: Any = None,
    *,
    draft: Mapping[str, str] | None = None,
) -> EvidenceForm:
    """The form of one kind below one requirement; ids differ, names do not. draft: what was typed and not added yet."""
    place = "other" if position is None else str(position)
    initial = {**(draft or {}), "kind": kind, "requirement": position}
    return FORMS[kind](data, files, initial=initial, auto_id=f"add-{place}-{kind}-%s")


class AttemptGrantForm(forms.Form):
    """The lead's meeting with a learner who has used all attempts."""

    met_on = forms.DateField(label=_("Met on"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    note = forms.CharField(
        label=_("What was agreed"),
        help_text=_("Kept with your name and the day; the learner does not see it."),
        max_length=2000,
        widget=forms.Textarea,
    )


class SubmitForm(forms.Form):
    """The declarations, in the wording that is stored. Which are needed is said by the service.

    kept: criteria that keep their level from the last attempt, by position; each may be judged anew at the learner's wish.
    """

    def __init__(self, *args: Any, kept: Sequence[Criterion] = (), **kwargs: Any) -> None:
        super().__init__(*args, auto_id="submit-%s", **kwargs)
        self.kept = {f"anew-{each.position}": each for each in kept}
        for name, criterion in self.kept.items():
            self.fields[name] = forms.BooleanField(
                label=_("Judge “%(criterion)s” anew; its level may then rise or fall") % {"criterion": criterion.name},
                required=False,
            )
        for kind, wording in DECLARATIONS.items():
            self.fields[str(kind)] = forms.BooleanField(label=wording, required=False)
        self.fields[str(DeclarationKind.AI_USE)] = forms.CharField(
            label=_("Use of AI"), help_text=AI_USE_WORDING, required=False, max_length=2000, widget=forms.Textarea
        )

    def declarations(self) -> dict[DeclarationKind, str]:
        """Those that were made, with the answer."""
        made = {kind: "" for kind in DECLARATIONS if self.cleaned_data[str(kind)]}
        answer = self.cleaned_data[str(DeclarationKind.AI_USE)]
        return made | ({DeclarationKind.AI_USE: answer} if answer else {})

    def judge_anew(self) -> list[int]:
        """The criteria that the learner wants judged although they are kept."""
        return [each.pk for name, each in self.kept.items() if self.cleaned_data[name]]
