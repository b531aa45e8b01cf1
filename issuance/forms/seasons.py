"""The dates of one application season."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


def _day(label: Any, hint: Any) -> forms.DateField:
    return forms.DateField(label=label, help_text=hint, required=False, widget=forms.DateInput(attrs={"type": "date"}))


class SeasonForm(forms.Form):
    """The dates of one season, each a whole day by the school's clock."""

    opens_on = _day(_("Applications open"), _("The day from which learners can begin one."))
    programs_read_on = _day(
        _("Programs read applications"), _("The day from which programs see applications and letters.")
    )
    letters_freeze_on = _day(
        _("Performance letters freeze"),
        _("The last day of awarding that letters take in; the registrar’s table begins with it."),
    )
    ends_on = forms.DateField(
        label=_("End of the season"),
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("Packets for this season are offered until then, and end then unless the learner says otherwise."),
        error_messages={"required": _("Say when the season ends.")},
    )
