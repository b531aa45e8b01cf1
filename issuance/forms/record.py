"""What the school gave to others about a learner, and the end of what the learner shared."""

from django import forms
from django.utils.translation import gettext_lazy as _

from credentials.forms.choices import in_capitals
from issuance.models.record import ReleaseBasis, SharingEndReason


class ReleaseForm(forms.Form):
    released_on = forms.DateField(label=_("Given on"), widget=forms.DateInput(attrs={"type": "date"}))
    recipient = forms.CharField(label=_("To whom"), max_length=200)
    basis = forms.ChoiceField(label=_("On what basis"), choices=[("", _("Choose")), *in_capitals(ReleaseBasis)])
    interest = forms.CharField(
        label=_("Their legitimate interest"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )
    records = forms.CharField(label=_("What was given"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))
    is_barred = forms.BooleanField(
        label=_("The law forbids telling the learner"),
        required=False,
        help_text=_("Only for a court order or a law that says so. Else the learner reads it in their record."),
    )
    bar = forms.CharField(label=_("Which order or law"), required=False, max_length=2000)
    barred_until = forms.DateField(
        label=_("Until"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("From this day on the learner reads it. Without a day, never."),
    )


class SharingEndForm(forms.Form):
    reason = forms.ChoiceField(
        label=_("Why"),
        choices=in_capitals(SharingEndReason),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose the reason.")},
    )
    note = forms.CharField(
        label=_("In your words"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Needed for another reason. It stands in the learner’s record, and nobody outside reads it."),
    )
