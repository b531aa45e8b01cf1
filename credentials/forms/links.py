"""The form that links an item to something larger."""

from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from credentials.forms.choices import in_capitals
from credentials.models import LinkKind, ProgramKind
from credentials.services.links import Link


class LinkForm(forms.Form):
    kind = forms.ChoiceField(label=gettext_lazy("This item"), choices=in_capitals(LinkKind), widget=forms.RadioSelect)
    target = forms.ChoiceField(label=gettext_lazy("An item of the registry"), required=False)
    program = forms.CharField(
        label=gettext_lazy("Or a program outside it"),
        help_text=gettext_lazy("Its title, such as “MD with Distinction in Research”."),
        required=False,
        max_length=200,
    )
    program_kind = forms.ChoiceField(
        label=gettext_lazy("Kind of program"),
        required=False,
        choices=[("", gettext_lazy("Choose for a program")), *in_capitals(ProgramKind)],
    )
    program_url = forms.URLField(label=gettext_lazy("Its page"), required=False, max_length=200, assume_scheme="https")

    def __init__(self, *args: Any, items: Sequence[Any], **kwargs: Any) -> None:
        """items: as `selectors.linkable` answers them."""
        super().__init__(*args, **kwargs)
        self._items = {str(each.public_id): each for each in items}
        cast(forms.ChoiceField, self.fields["target"]).choices = [
            ("", _("None; a program")),
            *(
                (
                    key,
                    _("%(title)s (%(code)s)") % {"title": each.shown, "code": each.code}
                    if each.current_version
                    else _("%(title)s (%(code)s, a draft)") % {"title": each.shown, "code": each.code},
                )
                for key, each in self._items.items()
            ),
        ]

    def link(self) -> Link:
        data = self.cleaned_data
        return Link(
            kind=data["kind"],
            target=self._items.get(data["target"]),
            program=data["program"],
            program_kind=data["program_kind"],
            program_url=data["program_url"],
        )
