"""The form in which a person says how they want to be told."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from learners.notice_kinds import WAYS, About, Way
from learners.services.preferences import Wishes

HOURS = [(hour, f"{hour % 12 or 12} {'am' if hour < 12 else 'pm'}") for hour in range(24)]
CHOSEN = [each for each in About if len(WAYS[each]) > 1]


class PreferencesForm(forms.Form):
    digest_hour = forms.TypedChoiceField(label=_("The one mail a day comes at"), choices=HOURS, coerce=int)
    quiet_from = forms.TypedChoiceField(
        label=_("No mail from"),
        help_text=_("What comes in these hours is mailed afterward; what concerns your account comes at once."),
        choices=[("", _("No quiet hours")), *HOURS],
        coerce=int,
        empty_value=None,
        required=False,
    )
    quiet_until = forms.TypedChoiceField(
        label=_("until"),
        choices=[("", _("No quiet hours")), *HOURS],
        coerce=int,
        empty_value=None,
        required=False,
    )

    def __init__(self, *args: Any, wishes: Wishes, **kwargs: Any) -> None:
        kwargs["initial"] = {
            "digest_hour": wishes.digest_hour,
            "quiet_from": wishes.quiet_from,
            "quiet_until": wishes.quiet_until,
        }
        super().__init__(*args, **kwargs)
        for about in CHOSEN:
            self.fields[about.value] = forms.ChoiceField(
                label=about.label,
                choices=[(way.value, way.label) for way in WAYS[about]],
                initial=wishes.ways[about].value,
                widget=forms.RadioSelect,
            )
        self.order_fields([each.value for each in CHOSEN])

    def ways(self) -> dict[About, Way]:
        return {about: Way(self.cleaned_data[about.value]) for about in CHOSEN}
