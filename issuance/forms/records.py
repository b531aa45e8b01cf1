"""The registrar's list of awards, and revoking."""

from django import forms
from django.utils.translation import gettext_lazy as _

from credentials.forms.choices import in_capitals
from issuance import selectors
from issuance.models.revocation import RevocationReason
from issuance.workflow import RevocationStatus


class AwardFilter(forms.Form):
    """What of the registry is listed; read from the address, and an odd value shows everything."""

    q = forms.CharField(
        label=_("Title, code, address or learner"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    status = forms.ChoiceField(
        label=_("State"), required=False, choices=[("", _("Any state")), *selectors.AWARD_STATES.items()]
    )


class RevocationFilter(forms.Form):
    status = forms.ChoiceField(
        label=_("State"), required=False, choices=[("", _("Any state")), *in_capitals(RevocationStatus)]
    )


class RevocationForm(forms.Form):
    reason = forms.ChoiceField(label=_("Reason"), choices=[("", _("Choose a reason")), *in_capitals(RevocationReason)])
    note = forms.CharField(
        label=_("What happened"),
        max_length=4000,
        widget=forms.Textarea,
        help_text=_("The second registrar reads it. Nobody outside does."),
        error_messages={"required": _("Say why; the second registrar reads it, and nobody outside.")},
    )


class RefusalForm(forms.Form):
    note = forms.CharField(
        label=_("Why it is refused"),
        max_length=4000,
        widget=forms.Textarea,
        error_messages={"required": _("Say why it is refused.")},
    )
