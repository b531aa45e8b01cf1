"""The forms of sharing, and of the registrar."""

import datetime
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from credentials.forms import in_capitals
from issuance import services
from issuance.models.revocation import RevocationReason
from issuance.models.sharing import Purpose, Recipients
from issuance.services.consent import HIGHLIGHTS_MAX, LINK_BADGES_MAX
from issuance.workflow import RevocationStatus
from learners.models import Award
from learners.workflow import AwardStatus


class ConsentForm(forms.Form):
    """The parts of a consent. The statement is made of the choices; `shown` names the one that was on the page."""

    purpose = forms.ChoiceField(
        label=_("For what purpose"), choices=in_capitals(Purpose), initial=Purpose.RESIDENCY, widget=forms.RadioSelect
    )
    purpose_text = forms.CharField(
        label=_("The purpose in your words"),
        required=False,
        max_length=200,
        help_text=_("Needed for “other”. For any purpose it replaces the words above in the statement."),
    )
    ends_on = forms.DateField(
        label=_("Until the end of"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("Without a date it holds until you withdraw it."),
    )
    agree = forms.BooleanField(
        label=_("I agree to this statement"),
        error_messages={"required": _("Agree to the statement, or leave this page.")},
    )
    shown = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean_ends_on(self) -> datetime.date | None:
        day = self.cleaned_data["ends_on"]
        if day is not None and day < timezone.localdate():
            raise forms.ValidationError(_t("The end date must lie in the future."))
        return day

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("purpose") == Purpose.OTHER and not values.get("purpose_text"):
            self.add_error("purpose_text", _t("Say for what purpose."))
        return values

    def forgive(self) -> None:
        """Read what is filled in so far, and complain about nothing: the statement is only looked at."""
        self.errors.clear()

    def terms(self) -> dict[str, Any]:
        """The choices so far, as the services take them; what is missing or wrong is as at the start."""
        values = getattr(self, "cleaned_data", {})
        return {
            "purpose": values.get("purpose") or Purpose.RESIDENCY,
            "purpose_text": values.get("purpose_text") or "",
            "ends_at": _end_of(values.get("ends_on")),
        }

    def statement(self, awards: Sequence[Award]) -> str:
        """What these choices would store. The page then shows it, names it in `shown`, and asks again for the agreement."""
        text = services.wording(awards=awards, **self.terms())
        name = services.digest(text)
        self.initial["shown"] = name
        if self.is_bound and self.data.get("shown") != name:
            data = self.data.copy()
            data["shown"] = name
            data.pop("agree", None)
            self.data = data
        return text


def _end_of(day: datetime.date | None) -> datetime.datetime | None:
    """The last second of a day, by the school's clock."""
    if day is None:
        return None
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time(23, 59, 59)))


class LinkForm(ConsentForm):
    """A link over several badges: which, in what order, which of them are marked, for whom, and the consent to it."""

    title = forms.CharField(
        label=_("Title of the page"), max_length=200, help_text=_("Whoever opens the link reads it first.")
    )
    badges = forms.MultipleChoiceField(
        label=_("Badges"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one badge.")},
    )
    highlighted = forms.MultipleChoiceField(
        label=_("Most meaningful"), required=False, widget=forms.CheckboxSelectMultiple
    )
    recipients = forms.ChoiceField(
        label=_("Who may see them"),
        choices=[
            (Recipients.ANYONE_WITH_LINK, _("Anyone with the link; each badge's own address works too")),
            (Recipients.NAMED, _("A program that I name; only this link shows them")),
        ],
        initial=Recipients.NAMED,
        widget=forms.RadioSelect,
    )
    recipients_text = forms.CharField(
        label=_("The program or person"),
        required=False,
        max_length=200,
        help_text=_("As it should stand in the statement."),
    )
    field_order = [
        "title",
        "badges",
        "highlighted",
        "recipients",
        "recipients_text",
        "purpose",
        "purpose_text",
        "ends_on",
    ]

    def __init__(self, *args: Any, awards: Sequence[Award], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.awards = {str(award.public_id): award for award in awards}
        choices = [(key, award.credential_version.title) for key, award in self.awards.items()]
        self.fields["badges"].choices = self.fields["highlighted"].choices = choices
        for number, key in enumerate(self.awards, 1):
            self.fields[f"position_{key}"] = forms.IntegerField(
                label=_("Place"), required=False, min_value=1, max_value=999, initial=number
            )

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        if values.get("recipients") == Recipients.NAMED and not values.get("recipients_text"):
            self.add_error("recipients_text", _t("Say to whom."))
        if len(values.get("badges", ())) > LINK_BADGES_MAX:
            self.add_error("badges", _t("A link holds at most %(most)s badges.") % {"most": LINK_BADGES_MAX})
        marked = values.get("highlighted", ())
        if len(marked) > HIGHLIGHTS_MAX:
            self.add_error("highlighted", _t("Mark at most %(most)s as most meaningful.") % {"most": HIGHLIGHTS_MAX})
        if set(marked) - set(values.get("badges", ())):
            self.add_error("highlighted", _t("Mark only badges that are on the link."))
        return values

    def chosen(self) -> list[Award]:
        """The chosen badges in the learner's order; those without a place come last."""
        values = getattr(self, "cleaned_data", {})
        keys = values.get("badges", [])
        return [self.awards[key] for key in sorted(keys, key=lambda key: values.get(f"position_{key}") or 1000)]

    def marked(self) -> list[Award]:
        return [self.awards[key] for key in self.cleaned_data["highlighted"]]

    def terms(self) -> dict[str, Any]:
        values = getattr(self, "cleaned_data", {})
        recipients = values.get("recipients") or self.data.get("recipients") or Recipients.NAMED
        if recipients not in Recipients.values:
            recipients = Recipients.NAMED
        text = values.get("recipients_text") or ""
        return super().terms() | {
            "recipients": recipients,
            "recipients_text": text if recipients == Recipients.NAMED else "",
        }

    def rows(self) -> list[dict[str, Any]]:
        """The badges as a table: the boxes and the place of each."""
        picked, marked = set(self["badges"].value() or ()), set(self["highlighted"].value() or ())
        return [
            {
                "key": key,
                "title": award.credential_version.title,
                "award": award,
                "is_picked": key in picked,
                "is_marked": key in marked,
                "place": self[f"position_{key}"],
            }
            for key, award in self.awards.items()
        ]


class AwardFilter(forms.Form):
    """What of the registry is listed; read from the address, and an odd value shows everything."""

    q = forms.CharField(
        label=_("Learner, title, code or address"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    status = forms.ChoiceField(label=_("State"), required=False, choices=[("", _("Any state")), *AwardStatus.choices])


class RevocationFilter(forms.Form):
    status = forms.ChoiceField(
        label=_("State"), required=False, choices=[("", _("Any state")), *RevocationStatus.choices]
    )


class RevocationForm(forms.Form):
    reason = forms.ChoiceField(label=_("Reason"), choices=[("", _("Choose a reason")), *RevocationReason.choices])
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


def id_in(text: str) -> UUID | None:
    """The public id in what somebody pasted: the id itself, or a badge's address."""
    part = text.strip().rstrip("/").rsplit("/", 1)[-1].split(".")[0]
    try:
        return UUID(part)
    except ValueError:
        return None
