"""Directory information: the switch, and looking somebody up."""

from django import forms
from django.utils.translation import gettext_lazy as _


class DirectoryForm(forms.Form):
    notice = forms.CharField(
        label=_("Where and when learners were told, and how they opt out"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("For turning it off: why. It is kept with your name and the time."),
        error_messages={"required": _("Say where and when learners were told, and how they opt out.")},
    )


class DirectorySearchForm(forms.Form):
    q = forms.CharField(
        label=_("Name"),
        max_length=100,
        required=False,
        help_text=_("At least three letters."),
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
