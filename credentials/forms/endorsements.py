"""The forms of endorsements: the school asks, somebody outside confirms, declines or withdraws."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from credentials.forms.choices import in_capitals
from credentials.models.opinions import AskedKind
from credentials.services.endorsements import STATEMENT_MAX_LETTERS
from credentials.services.opinions import TEXT_MAX_LETTERS


class AskEndorsementForm(forms.Form):
    organization_name = forms.CharField(
        label=_("Organization"),
        help_text=_("Its whole name, as it calls itself: it stands on the endorsement."),
        max_length=200,
    )
    kind = forms.ChoiceField(label=_("What it is"), choices=in_capitals(AskedKind))
    website = forms.URLField(label=_("Its website"), max_length=200, assume_scheme="https")
    country = forms.CharField(label=_("Its country"), help_text=_("Two letters, such as US."), max_length=2)
    email = forms.EmailField(
        label=_("E-mail address of the person who speaks for it"),
        help_text=_(
            "At the organization’s own domain, if there is one: everybody sees the domain, and later endorsements of the same "
            "organization come from the same one. The link works for sixty days."
        ),
        widget=forms.EmailInput(attrs={"autocomplete": "off", "inputmode": "email"}),
    )
    statement = forms.CharField(
        label=_("The statement that you propose"),
        help_text=_(
            "What the organization says of it, in a few sentences. It may change the words before it confirms."
        ),
        max_length=STATEMENT_MAX_LETTERS,
        widget=forms.Textarea,
    )
    note = forms.CharField(
        label=_("A few words to them"), required=False, max_length=TEXT_MAX_LETTERS, widget=forms.Textarea
    )


class ConfirmForm(forms.Form):
    """The service says what is missing."""

    statement = forms.CharField(
        label=_("The statement of your organization"),
        help_text=_("Change it as you wish; it is public, and stands as it is once you confirm."),
        required=False,
        max_length=STATEMENT_MAX_LETTERS,
        widget=forms.Textarea,
    )
    name = forms.CharField(
        label=_("Your name"), required=False, max_length=200, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    role = forms.CharField(label=_("The role in which you speak"), required=False, max_length=200)
    is_agreed = forms.BooleanField(required=False)
    seen_sha256 = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, agreed: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["is_agreed"].label = agreed


class EndorsementReasonForm(forms.Form):
    """Why an organization declines, or why an endorsement ends. Whether a reason is needed, the service says."""

    reason = forms.CharField(required=False, max_length=TEXT_MAX_LETTERS, widget=forms.Textarea)

    def __init__(self, *args: Any, label: str, help_text: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].label = label
        self.fields["reason"].help_text = help_text
