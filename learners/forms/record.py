"""The forms of one's own record: asking for an amendment, answering it, hearing it, the statement."""

from typing import Any, cast

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from learners.models import Award, Decision
from learners.services.amendments import TEXT_MAX


class AmendmentForm(forms.Form):
    about = forms.ChoiceField(label=_("Which record"), error_messages={"required": _("Name one record.")})
    part = forms.CharField(
        label=_("Another part of the record"),
        required=False,
        max_length=200,
        help_text=_("Needed for “another part”: name it as it stands on your record."),
    )
    wrong = forms.CharField(
        label=_("What is wrong, and what it should say"),
        max_length=TEXT_MAX,
        widget=forms.Textarea,
        help_text=_("For what is inaccurate or misleading. To have a judgment looked at again, appeal the decision."),
        error_messages={"required": _("Say what is wrong, and what it should say.")},
    )

    def __init__(self, *args: Any, awards: list[Award], decisions: list[Decision], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.records: dict[str, dict[str, Any]] = {f"award:{each.public_id}": {"award": each} for each in awards}
        self.records |= {f"decision:{each.public_id}": {"decision": each} for each in decisions}
        choices = [
            (f"award:{each.public_id}", _t("Award: %(title)s") % {"title": each.credential_version.title})
            for each in awards
        ]
        choices += [
            (
                f"decision:{each.public_id}",
                _t("Decision: %(title)s, attempt %(number)s")
                % {"title": each.credential_version.title, "number": each.attempt},
            )
            for each in decisions
        ]
        cast(forms.ChoiceField, self.fields["about"]).choices = [
            ("", _t("Choose")),
            *choices,
            ("other", _t("Another part of the record")),
        ]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("about") == "other" and not values.get("part"):
            self.add_error("part", _t("Name the part."))
        return values

    def record(self) -> dict[str, Any]:
        chosen = self.cleaned_data["about"]
        return self.records.get(chosen) or {"part": self.cleaned_data["part"]}


class AnswerForm(forms.Form):
    outcome = forms.ChoiceField(
        label=_("Answer"),
        choices=[("amended", _("The record was amended")), ("refused", _("The record is not amended"))],
        widget=forms.RadioSelect,
    )
    reasons = forms.CharField(
        label=_("Reasons"),
        max_length=TEXT_MAX,
        widget=forms.Textarea,
        help_text=_("The learner reads them."),
        error_messages={"required": _("Write the reasons; the learner reads them.")},
    )


class HearingForm(AnswerForm):
    held_on = forms.DateField(
        label=_("Held on"), widget=forms.DateInput(attrs={"type": "date"}), initial=timezone.localdate
    )
    reasons = forms.CharField(
        label=_("What was said, and why it is decided so"),
        max_length=TEXT_MAX,
        widget=forms.Textarea,
        error_messages={"required": _("Write down what was said and why it was decided so.")},
    )


class StatementForm(forms.Form):
    text = forms.CharField(
        label=_("Your statement"),
        required=False,
        max_length=TEXT_MAX,
        widget=forms.Textarea,
        help_text=_(
            "It stands beside the record wherever the record is shown, also to those with whom you share it. Empty takes "
            "it away."
        ),
    )
