"""Searching and narrowing the catalog."""

from collections import Counter
from typing import Any, cast

from django import forms
from django.utils.dateformat import format as format_date
from django.utils.translation import gettext_lazy as _

from credentials import selectors


class CatalogFilter(forms.Form):
    """Read from the address; an odd value is left out, so that an old link still shows something."""

    q = forms.CharField(label=_("Search"), required=False, max_length=100, widget=forms.SearchInput)
    sort = forms.ChoiceField(
        label=_("Sort by"),
        required=False,
        choices=[
            ("", _("Best match, then title")),
            ("title", _("Title")),
            ("hours", _("Shortest first")),
            ("-hours", _("Longest first")),
            ("level", _("Level")),
            ("newest", _("Newest first")),
            ("closing", _("Closing soonest")),
        ],
    )
    school = forms.ChoiceField(label=_("School"), required=False)
    theme = forms.ChoiceField(label=_("Theme"), required=False)
    level = forms.ChoiceField(label=_("Level"), required=False)
    setting = forms.ChoiceField(label=_("Setting"), required=False)
    hours = forms.ChoiceField(label=_("Hours"), required=False)
    format = forms.ChoiceField(label=_("Format"), required=False)
    profession = forms.ChoiceField(label=_("Profession"), required=False)
    competency = forms.ChoiceField(label=_("Competency"), required=False)
    specialty = forms.ChoiceField(label=_("Useful for"), required=False)
    finish_by = forms.DateField(
        label=_("Finish by"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    seats = forms.BooleanField(label=_("Open seats only"), required=False)

    def __init__(self, *args: Any, catalog: selectors.Catalog, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._choices = catalog.choices
        if not catalog.has_several_schools:
            del self.fields["school"]
        self._offer({})

    def _offer(self, counts: dict[str, Counter[str]]) -> None:
        """Put the values into the lists, grouped as they come, each with its count."""
        for name, choices in self._choices.items():
            if name not in self.fields:
                continue
            groups: dict[str, list[tuple[str, str]]] = {}
            for each in choices:
                label = f"{each.label} ({counts[name][each.value]})" if counts else each.label
                groups.setdefault(each.group, []).append((each.value, label))
            listed: list[Any] = [("", _("Any"))]
            for group, values in groups.items():
                listed += [(group, values)] if group else values
            cast(forms.ChoiceField, self.fields[name]).choices = listed

    def chosen(self) -> dict[str, Any]:
        """The values that hold."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}

    def count(self, found: selectors.Found) -> None:
        """Say at each value how many it would leave."""
        self._offer(found.counts)
        self["seats"].label = _("Open seats only (%(count)s)") % {"count": found.open_seats}

    def in_words(self, name: str, value: Any) -> str:
        """A chosen filter as it stands above the list: "Level: Foundation"."""
        if name == "seats":
            return str(_("Open seats only"))
        if name == "finish_by":
            return f"{self.fields[name].label}: {format_date(value, 'M j, Y')}"
        label = next((each.label for each in self._choices.get(name, []) if each.value == value), value)
        return f"{self.fields[name].label}: {label}"

    @property
    def filters(self) -> list[forms.BoundField]:
        """What narrows the list, apart from words and order."""
        return [self[name] for name in self.fields if name not in {"q", "sort"}]
