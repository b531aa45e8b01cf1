"""The forms of the catalog and of publishing."""

from datetime import date
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.db.models import TextChoices
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from credentials import selectors
from credentials.models.catalog import Level, Setting

if TYPE_CHECKING:
    from learners.models import User

NOTE_MAX_LETTERS = 2000


def in_capitals(choices: type[TextChoices]) -> list[tuple[str, str]]:
    """Choices as they stand in a list, each with a capital."""
    return [(value, capfirst(str(label))) for value, label in choices.choices]


class CatalogFilter(forms.Form):
    """Read from the address; an odd value is left out, so that an old link still shows something."""

    q = forms.CharField(label=_("Search"), required=False, max_length=100, widget=forms.SearchInput)
    theme = forms.ChoiceField(label=_("Theme"), required=False)
    level = forms.ChoiceField(label=_("Level"), required=False, choices=[("", _("Any level")), *in_capitals(Level)])
    setting = forms.ChoiceField(
        label=_("Setting"), required=False, choices=[("", _("Any setting")), *in_capitals(Setting)]
    )
    profession = forms.ChoiceField(label=_("Profession"), required=False)
    hours = forms.ChoiceField(
        label=_("Hours"),
        required=False,
        choices=[
            ("", _("Any length")),
            ("5", _("Up to 5 hours")),
            ("10", _("6 to 10 hours")),
            ("20", _("11 to 20 hours")),
            ("more", _("More than 20 hours")),
        ],
    )

    def __init__(self, *args: Any, themes: list[str], professions: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ChoiceField, self.fields["theme"]).choices = [
            ("", _("Any theme")),
            *((each, each) for each in themes),
        ]
        cast(forms.ChoiceField, self.fields["profession"]).choices = [
            ("", _("Any profession")),
            *((each, capfirst(selectors.in_words(each))) for each in professions),
        ]

    def chosen(self) -> dict[str, str]:
        """The values that hold."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


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
