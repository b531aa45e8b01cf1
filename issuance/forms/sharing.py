"""Agreeing to share one badge or several: a badge's page, a link, a packet, a profile."""

import datetime
from collections.abc import Collection, Sequence
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from credentials.forms.choices import in_capitals
from issuance import services
from issuance.models.sharing import Purpose, Recipients
from issuance.services.consent import HIGHLIGHTS_MAX, LINK_BADGES_MAX
from learners.models import Award


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
    shows_levels = forms.BooleanField(
        label=_("Show the level that I reached in each criterion"),
        required=False,
        help_text=_("On the pages only, and on none of the files. The statement names every level that is shown."),
    )
    agree = forms.BooleanField(
        label=_("I agree to this statement"),
        error_messages={"required": _("Agree to the statement, or leave this page.")},
    )
    shown = forms.CharField(required=False, widget=forms.HiddenInput)
    # Whether another statement was agreed to before this one stood on the page.
    agreed = forms.BooleanField(required=False, widget=forms.HiddenInput)
    is_worded_anew = False

    def clean_ends_on(self) -> datetime.date | None:
        day = self.cleaned_data["ends_on"]
        if day is not None and day < timezone.localdate():
            raise forms.ValidationError(_t("The end date must lie in the future."))
        return day

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("purpose") == Purpose.OTHER and not values.get("purpose_text"):
            self.add_error("purpose_text", _t("Say for what purpose."))
        if self.has_error("agree") and values.get("agreed"):
            said = _t("Your choices changed the wording, so what you agreed to is not what it says. Agree to it anew.")
            self.errors["agree"] = self.error_class([said])
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
            "shows_levels": bool(values.get("shows_levels")),
        }

    def statement(self, awards: Sequence[Award]) -> str:
        """What these choices would store. The page then shows it, names it in `shown`, and asks again for the agreement.

        `is_worded_anew`: the agreement that was given was to other words, which the page has to say.
        """
        text = services.wording(awards=awards, **self.terms())
        name = services.digest(text)
        self.initial["shown"] = name
        if self.is_bound and self.data.get("shown") != name:
            data = self.data.copy()
            data["shown"] = name
            if data.pop("agree", None) and self.data.get("shown"):
                data["agreed"] = "1"
            self.data = data
        self.is_worded_anew = bool(self.data.get("agreed") and not self.data.get("agree"))
        return text


def _end_of(day: datetime.date | None) -> datetime.datetime | None:
    """The last second of a day, by the school's clock."""
    if day is None:
        return None
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time(23, 59, 59)))


PROGRAM, PROGRAMS, ANYONE = "program", "programs", "anyone"
ORDERED, BY_THEME = "ordered", "by-theme"
ARRANGEMENTS = [(ORDERED, _("As I ordered them")), (BY_THEME, _("By theme, and in my order within each"))]


class BadgesForm(ConsentForm):
    """Several badges: which, in what order, which of them are marked or show the levels reached, and the consent to it.

    with_levels: the keys of the awards that rest on an assessment here. The order is kept in a hidden place for each badge; a button posts `move`, "up:<id>" or "down:<id>".
    """

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
    levels = forms.MultipleChoiceField(label=_("Levels reached"), required=False, widget=forms.CheckboxSelectMultiple)
    arrangement = forms.ChoiceField(
        label=_("How they stand on the page"),
        choices=ARRANGEMENTS,
        initial=ORDERED,
        required=False,
        widget=forms.RadioSelect,
        help_text=_("On the page, the sheet to print and the lines to paste."),
    )

    def __init__(self, *args: Any, awards: Sequence[Award], with_levels: Collection[int] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["shows_levels"]  # asked of each badge
        self.awards = {str(award.public_id): award for award in awards}
        choices = [(key, award.credential_version.title) for key, award in self.awards.items()]
        self.fields["badges"].choices = self.fields["highlighted"].choices = choices
        self.fields["levels"].choices = [each for each in choices if self.awards[each[0]].pk in with_levels]
        for number, key in enumerate(self.awards, 1):
            self.fields[f"position_{key}"] = forms.IntegerField(
                required=False, min_value=1, max_value=999, initial=number, widget=forms.HiddenInput
            )

    def move(self, said: str) -> None:
        """Let a badge change places with its neighbor; before anything else is read of the form."""
        way, _sign, key = said.partition(":")
        order = self.order()
        if key not in order:
            return
        here = order.index(key)
        there = here + (-1 if way == "up" else 1)
        if 0 <= there < len(order):
            order[here], order[there] = order[there], order[here]
        data = self.data.copy()
        for number, each in enumerate(order, 1):
            data[f"position_{each}"] = str(number)
        self.data = data

    def order(self) -> list[str]:
        """Every badge by its place; those without one come last."""
        return sorted(self.awards, key=lambda key: _number(self[f"position_{key}"].value()))

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        if len(values.get("badges", ())) > LINK_BADGES_MAX:
            self.add_error("badges", _t("A link holds at most %(most)s badges.") % {"most": LINK_BADGES_MAX})
        marked = values.get("highlighted", ())
        if len(marked) > HIGHLIGHTS_MAX:
            self.add_error("highlighted", _t("Mark at most %(most)s as most meaningful.") % {"most": HIGHLIGHTS_MAX})
        if set(marked) - set(values.get("badges", ())):
            self.add_error("highlighted", _t("Mark only badges that are on the link."))
        return values

    def chosen(self) -> list[Award]:
        """The chosen badges in the learner's order."""
        keys = set(getattr(self, "cleaned_data", {}).get("badges", []))
        return [self.awards[key] for key in self.order() if key in keys]

    def marked(self) -> list[Award]:
        return [self.awards[key] for key in self.cleaned_data["highlighted"]]

    def is_by_theme(self) -> bool:
        return bool(self.cleaned_data.get("arrangement") == BY_THEME)

    def terms(self) -> dict[str, Any]:
        """The same, with the chosen badges whose levels are shown."""
        values = getattr(self, "cleaned_data", {})
        keys = set(values.get("levels") or ()) & set(values.get("badges") or ())
        shown = [award for key, award in self.awards.items() if key in keys]
        return super().terms() | {"shows_levels": bool(shown), "levels_for": shown}

    def details(self, at: datetime.datetime) -> dict[str, Any]:
        """What the service takes of the link itself, beside badges and consent."""
        return {}

    def rows(self) -> list[dict[str, Any]]:
        """The badges as a table in their order: the boxes, and the place of each."""
        picked, marked = set(self["badges"].value() or ()), set(self["highlighted"].value() or ())
        levels = set(self["levels"].value() or ())
        with_levels = {key for key, _title in self.fields["levels"].choices}
        order = self.order()
        return [
            {
                "key": key,
                "title": self.awards[key].credential_version.title,
                "award": self.awards[key],
                "is_picked": key in picked,
                "is_marked": key in marked,
                "has_levels": key in with_levels,
                "shows_levels": key in levels,
                "place": self[f"position_{key}"],
                "number": number,
                "is_first": number == 1,
                "is_last": number == len(order),
            }
            for number, key in enumerate(order, 1)
        ]


def _number(value: Any) -> int:
    return int(value) if str(value or "").isdecimal() else 1000


class LinkForm(BadgesForm):
    """A link for a program, for the programs that one applies to, or for anyone who has it."""

    recipients = forms.ChoiceField(
        label=_("Who may see them"),
        choices=[
            (PROGRAM, _("A program or person that I name; only this link shows them")),
            (PROGRAMS, _("The residency programs that I apply to; only this link shows them")),
            (ANYONE, _("Anyone with the link; each badge’s own address works too")),
        ],
        initial=PROGRAM,
        widget=forms.RadioSelect,
    )
    recipients_text = forms.CharField(
        label=_("The program or person"),
        required=False,
        max_length=200,
        help_text=_("As it should stand in the statement."),
    )
    fields_after = ["recipients", "recipients_text", "purpose", "purpose_text", "ends_on"]

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        if values.get("recipients") == PROGRAM and not values.get("recipients_text"):
            self.add_error("recipients_text", _t("Say to whom."))
        return values

    def terms(self) -> dict[str, Any]:
        values = getattr(self, "cleaned_data", {})
        chosen = values.get("recipients") or self.data.get("recipients") or PROGRAM
        text = {PROGRAMS: services.PROGRAMS, ANYONE: ""}.get(chosen, values.get("recipients_text") or "")
        return super().terms() | {
            "recipients": Recipients.ANYONE_WITH_LINK if chosen == ANYONE else Recipients.NAMED,
            "recipients_text": text,
        }


class PacketForm(BadgesForm):
    """One link for an application season, with what was awarded before a date."""

    season = forms.TypedChoiceField(label=_("Season"), coerce=int)
    as_of = forms.DateField(
        label=_("Badges awarded up to the end of"),
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_(
            "The packet says this date, and neither it nor the badges change later. What each is worth is live."
        ),
    )
    fields_before = ["season", "as_of"]
    fields_after = ["purpose_text", "ends_on"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["purpose"]
        self.fields["purpose_text"].help_text = _t("It replaces “residency application” in the statement.")
        today = timezone.localdate()
        school = next(iter(self.awards.values())).learner.organization if self.awards else None
        seasons = services.open_seasons(today, school)
        self.fields["season"].choices = [(each.year, _season_said(each)) for each in seasons]
        self.fields["as_of"].initial = today
        self.fields["ends_on"].initial = seasons[0].ends_on
        self.fields["title"].initial = _t("Badges for my residency application")

    def clean_as_of(self) -> datetime.date:
        day: datetime.date = self.cleaned_data["as_of"]
        if day > timezone.localdate():
            raise forms.ValidationError(_t("The date of a packet cannot lie in the future."))
        return day

    def terms(self) -> dict[str, Any]:
        return super().terms() | {"recipients": Recipients.NAMED, "recipients_text": services.PROGRAMS}

    def details(self, at: datetime.datetime) -> dict[str, Any]:
        return {"season": self.cleaned_data["season"], "as_of": min(_end_of(self.cleaned_data["as_of"]) or at, at)}


def _season_said(season: Any) -> str:
    said = _t("%(year)s (positions that start in July %(year)s)") % {"year": season.year}
    if season.programs_read_on is None:
        return said
    read = _t("programs read from %(day)s") % {"day": date_format(season.programs_read_on, "M j, Y")}
    return f"{said}; {read}"


class ProfileForm(BadgesForm):
    """The public profile: chosen badges, and whether search engines may list it."""

    is_discoverable = forms.BooleanField(
        label=_("Let search engines list it"),
        required=False,
        help_text=_("Without this, only who has the address finds it. Search engines take weeks to forget a page."),
    )
    fields_after = ["is_discoverable", "ends_on"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["purpose"], self.fields["purpose_text"]
        self.fields["title"].help_text = _t("Below your name, such as “Medical student, class of 2027”.")

    def terms(self) -> dict[str, Any]:
        is_found = getattr(self, "cleaned_data", {}).get("is_discoverable")
        return super().terms() | {
            "purpose": Purpose.PROFILE,
            "recipients": Recipients.ANYONE_WITH_LINK,
            "recipients_text": services.PUBLIC_AND_SEARCH if is_found else services.PUBLIC,
        }

    def details(self, at: datetime.datetime) -> dict[str, Any]:
        return {"is_discoverable": self.cleaned_data["is_discoverable"]}
