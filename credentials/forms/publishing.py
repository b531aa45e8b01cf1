"""Publishing a draft, and who answers for a credential."""

from datetime import date
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from learners.models import User


NOTE_MAX_LETTERS = 2000


class PublishForm(forms.Form):
    # Which draft was looked at, so that a form sent twice cannot publish the next one.
    number = forms.IntegerField(widget=forms.HiddenInput, min_value=1, required=False)
    note = forms.CharField(
        label=_("Note"),
        required=False,
        max_length=NOTE_MAX_LETTERS,
        widget=forms.Textarea,
        help_text=_("Kept in the history of the credential: who approved it, and when."),
    )


class StewardshipForm(forms.Form):
    owner = forms.ChoiceField(label=_("Owner"), help_text=_("The person who answers for it."))
    review_on = forms.DateField(
        label=_("Review date"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("When it is looked at again."),
    )

    def __init__(self, *args: Any, owners: "list[User]", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._owners = {str(owner.public_id): owner for owner in owners}
        cast(forms.ChoiceField, self.fields["owner"]).choices = [
            ("", _("Choose a person")),
            *((public_id, owner.name) for public_id, owner in self._owners.items()),
        ]

    def steward(self) -> "tuple[User, date]":
        return self._owners[self.cleaned_data["owner"]], self.cleaned_data["review_on"]
