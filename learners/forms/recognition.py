"""The forms of recognized learning: a learner brings something in, staff decide, leads keep the rules."""

from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from credentials.models import Credential, Organization
from learners.models import RecognitionRule
from learners.services.recognition import KINDS_IN_WORDS, REASON_MAX_LETTERS
from learners.services.recognition_rules import NewProvider, RuleInput


def day_input() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class BringForm(forms.Form):
    rule = forms.ModelChoiceField(
        label=_("What you have"),
        queryset=RecognitionRule.objects.none(),
        to_field_name="public_id",
        empty_label=None,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose what you have."),
            "invalid_choice": _("This rule is no longer in force. Choose another one."),
        },
    )
    part = forms.CharField(
        label=_("Which part of the series"),
        help_text=_("Bring parts one by one, or the certificate of the whole."),
        required=False,
        max_length=200,
        widget=forms.Select,
    )
    earned_on = forms.DateField(
        label=_("Earned on"),
        help_text=_("As the certificate says."),
        widget=day_input(),
        error_messages={"required": _("Give the day on which you earned it.")},
    )
    link = forms.CharField(
        label=_("Address of the badge or certificate"),
        help_text=_("Starts with https://. Staff must be able to open it without your password."),
        required=False,
        max_length=500,
        widget=forms.TextInput(attrs={"type": "url"}),
    )
    file = forms.FileField(
        label=_("Or a file"),
        help_text=_("%(kinds)s. A badge is kept exactly as it is; from other files, location and author are taken out.")
        % {"kinds": KINDS_IN_WORDS},
        required=False,
        allow_empty_file=True,  # the service says so, with the name
        max_length=None,
    )

    def __init__(self, *args: Any, rules: Sequence[RecognitionRule], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast(forms.ModelChoiceField, self.fields["rule"])
        field.queryset = RecognitionRule.objects.filter(pk__in=[each.pk for each in rules])
        field.choices = [
            (each.public_id, _("%(title)s, %(provider)s") % {"title": each.title, "provider": each.provider.name})
            for each in rules
        ]
        if len(rules) == 1:
            field.initial = rules[0].public_id
        parts = list(dict.fromkeys(part for each in rules for part in each.parts))
        if parts:
            choices = [("", _("The whole, or it has no parts")), *((each, each) for each in parts)]
            self.fields["part"].widget = forms.Select(choices=choices)
        else:
            del self.fields["part"]

    def content(self) -> dict[str, Any]:
        """The arguments of the service, without the learner."""
        data = self.cleaned_data
        return {
            "rule": data["rule"],
            "earned_on": data["earned_on"],
            "part": data.get("part", ""),
            "link": data["link"],
            "upload": data["file"] or None,
        }


class DecideForm(forms.Form):
    satisfies = forms.MultipleChoiceField(
        label=_("What it stands for"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": _("The rule does not give that much.")},
    )
    valid_until = forms.DateField(
        label=_("Recognized until"), help_text=_("Only if it lapses."), required=False, widget=day_input()
    )
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("The learner reads it. Needed to decline, or to accept less than the rule gives."),
        required=False,
        max_length=REASON_MAX_LETTERS,
        widget=forms.Textarea,
    )

    def __init__(self, *args: Any, kinds: Sequence[str], is_whole: bool, gives_now: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.is_whole = is_whole
        field = cast(forms.MultipleChoiceField, self.fields["satisfies"])
        if not gives_now or (len(kinds) < 2 and not is_whole):
            del self.fields["satisfies"]
            return
        field.choices = [(each, each[:1].upper() + each[1:]) for each in kinds]
        if is_whole:
            field.label = _("Less than the whole: only these kinds of evidence")
            field.help_text = _("Choose none to recognize the whole credential, as the rule says.")
        else:
            field.initial = list(kinds)

    def satisfied(self) -> list[str] | None:
        """The kinds that were chosen; None for what the rule says."""
        if "satisfies" not in self.fields or (self.is_whole and not self.cleaned_data["satisfies"]):
            return None
        return list(self.cleaned_data["satisfies"])


class EndForm(forms.Form):
    reason = forms.CharField(
        label=_("Why it no longer holds"),
        help_text=_("For example: revoked by its provider on March 3. The learner reads it."),
        max_length=REASON_MAX_LETTERS,
        widget=forms.Textarea,
        error_messages={"required": _("Say why it no longer holds; the learner reads it.")},
    )


# Rules ---------------------------------------------------------------------------------------------------------------
class ChooseCredentialForm(forms.Form):
    credential = forms.ModelChoiceField(
        label=_("Credential"),
        queryset=Credential.objects.none(),
        to_field_name="public_id",
        empty_label=None,
        error_messages={"invalid_choice": _("Choose a credential that you lead.")},
    )

    def __init__(self, *args: Any, credentials: QuerySet[Credential], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast(forms.ModelChoiceField, self.fields["credential"])
        field.queryset = credentials
        field.label_from_instance = _named  # type: ignore[assignment]


def _named(credential: Credential) -> str:
    version = credential.current_version
    return f"{credential.code} {version.title}" if version is not None else credential.code


class RuleForm(forms.Form):
    provider = forms.ModelChoiceField(
        label=_("Provider"),
        queryset=Organization.objects.none(),
        to_field_name="public_id",
        required=False,
        empty_label=_("A new one, named below"),
        error_messages={"invalid_choice": _("Choose a provider of outside credentials.")},
    )
    provider_name = forms.CharField(label=_("Name of a new provider"), required=False, max_length=200)
    provider_website = forms.CharField(
        label=_("Its site"), required=False, max_length=200, widget=forms.TextInput(attrs={"type": "url"})
    )
    provider_country = forms.CharField(
        label=_("Its country"), help_text=_("Two letters, such as US."), required=False, max_length=2
    )
    title = forms.CharField(
        label=_("The provider’s credential"),
        help_text=_("As the provider writes it, so that badges can be compared with it."),
        max_length=200,
    )
    satisfies = forms.MultipleChoiceField(
        label=_("Stands for this evidence"),
        help_text=_("Choose none if it stands for the whole credential."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    parts = forms.CharField(
        label=_("Parts of the series"),
        help_text=_("One on each line, if the provider gives them one by one."),
        required=False,
        max_length=9000,
        widget=forms.Textarea,
    )
    parts_needed = forms.IntegerField(label=_("How many parts are needed"), required=False, min_value=1, max_value=40)
    max_age_months = forms.IntegerField(
        label=_("Not older than, in months"), required=False, min_value=1, max_value=600
    )
    issuer_ids = forms.CharField(
        label=_("Ids of the issuer in its badges"),
        help_text=_("One on each line; each starts with https:// or did:."),
        required=False,
        max_length=6000,
        widget=forms.Textarea,
    )
    badge_passes = forms.BooleanField(
        label=_("A badge of this issuer that passes every check is recognized at once, without a look by staff"),
        required=False,
    )
    note = forms.CharField(
        label=_("Words for learners"),
        help_text=_("What to bring, and what remains to be done here."),
        required=False,
        max_length=1000,
        widget=forms.Textarea,
    )
    valid_from = forms.DateField(label=_("In force from"), widget=day_input())

    def __init__(self, *args: Any, kinds: Sequence[str], providers: QuerySet[Organization], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.MultipleChoiceField, self.fields["satisfies"]).choices = [
            (each, each[:1].upper() + each[1:]) for each in kinds
        ]
        field = cast(forms.ModelChoiceField, self.fields["provider"])
        field.queryset = providers

    @staticmethod
    def initial_of(rule: RecognitionRule) -> dict[str, Any]:
        """What a rule says, as the form writes it; but for the day from which a change is in force."""
        plain = {name: getattr(rule, name) for name in ("title", "satisfies", "parts_needed", "max_age_months", "note")}
        return plain | {
            "provider": rule.provider.public_id,
            "parts": "\n".join(rule.parts),
            "issuer_ids": "\n".join(rule.issuer_ids),
            "badge_passes": rule.badge_passes,
        }

    def given(self) -> RuleInput:
        data = self.cleaned_data
        return RuleInput(
            title=data["title"],
            valid_from=data["valid_from"],
            satisfies=data["satisfies"],
            parts=data["parts"].splitlines(),
            parts_needed=data["parts_needed"],
            max_age_months=data["max_age_months"],
            issuer_ids=data["issuer_ids"].splitlines(),
            badge_passes=data["badge_passes"],
            note=data["note"],
        )

    def whose(self) -> Organization | NewProvider:
        data = self.cleaned_data
        if data["provider"] is not None:
            return data["provider"]
        return NewProvider(
            name=data["provider_name"],
            website=data["provider_website"],
            country=(data["provider_country"] or "US").upper(),
        )


class EndRuleForm(forms.Form):
    last_on = forms.DateField(label=_("Last day"), widget=day_input())
