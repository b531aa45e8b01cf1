"""The forms of those who plan and run offerings, and of a learner who chooses another date."""

from collections.abc import Sequence
from datetime import datetime, time
from typing import Any, cast
from uuid import UUID

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.html import escape
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from credentials.models import Criterion, EvidenceRequirement, Offering, Organization
from credentials.selectors import OpenOffering
from learners.models.results import RaterKind
from learners.services.attendance import REASON_MAX_LETTERS as ATTENDANCE_REASON_MAX
from learners.services.attendance import REMARK_MAX_LETTERS, STATION_MAX_LETTERS
from learners.services.offerings import REASON_MAX_LETTERS, SEATS_MAX, TIMES_MAX, WEEKS_MAX, Plan, when_and_where

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
NOT_SEEN = ""


class OfferingFilter(forms.Form):
    q = forms.CharField(label=gettext_lazy("Item, name, place or unit"), required=False, max_length=100)
    state = forms.ChoiceField(
        label=gettext_lazy("Which"),
        required=False,
        choices=[
            ("", gettext_lazy("To come and running")),
            ("over", gettext_lazy("Over")),
            ("canceled", gettext_lazy("Canceled")),
        ],
    )

    def chosen(self) -> dict[str, str]:
        self.is_valid()
        return {"q": self.cleaned_data.get("q", ""), "state": self.cleaned_data.get("state", "")}


class OfferingForm(forms.Form):
    """What an offering says. Hours are those of the school's clock."""

    name = forms.CharField(
        label=gettext_lazy("Name"), help_text=gettext_lazy("Short, such as “Block A” or “Skills day”."), max_length=200
    )
    opens_on = forms.DateField(label=gettext_lazy("First day"), widget=DAY)
    closes_on = forms.DateField(
        label=gettext_lazy("Last day"), help_text=gettext_lazy("Until then evidence is due."), widget=DAY
    )
    meets_on = forms.DateField(
        label=gettext_lazy("Day on which people meet"),
        help_text=gettext_lazy("With begin and end; leave the three empty where there is no such day."),
        required=False,
        widget=DAY,
    )
    begins = forms.TimeField(
        label=gettext_lazy("Begin"), required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    ends = forms.TimeField(
        label=gettext_lazy("End"), required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    place = forms.CharField(
        label=gettext_lazy("Place"), help_text=gettext_lazy("Building and room."), required=False, max_length=200
    )
    seats = forms.IntegerField(
        label=gettext_lazy("Seats"),
        help_text=gettext_lazy("Leave empty for no limit."),
        required=False,
        min_value=1,
        max_value=SEATS_MAX,
    )
    delivered_by = forms.ChoiceField(label=gettext_lazy("Delivered by"))
    new_unit = forms.CharField(
        label=gettext_lazy("A unit that is not in the list"),
        help_text=gettext_lazy("A skills center, a standardized-patient program, an office of continuing education."),
        required=False,
        max_length=200,
    )
    contact = forms.CharField(
        label=gettext_lazy("Contact"),
        help_text=gettext_lazy("Whom learners ask: a name, an address or a telephone number. It is public."),
        required=False,
        max_length=200,
    )

    def __init__(self, *args: Any, units: Sequence[Organization], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.units = {str(each.public_id): each for each in units}
        cast(forms.ChoiceField, self.fields["delivered_by"]).choices = [
            (key, each.name) for key, each in self.units.items()
        ]
        zone = format(timezone.localtime(), "%Z")
        self.fields["begins"].help_text = _("On the school’s clock (%(zone)s, now %(short)s).") % {
            "zone": settings.SCHOOL_TIME_ZONE.replace("_", " "),
            "short": zone,
        }

    @staticmethod
    def of(offering: Offering) -> dict[str, Any]:
        """An offering as the form's first values."""
        begin = timezone.localtime(offering.starts_at) if offering.starts_at else None
        end = timezone.localtime(offering.ends_at) if offering.ends_at else None
        return {
            "name": offering.name,
            "opens_on": offering.opens_on,
            "closes_on": offering.closes_on,
            "meets_on": begin.date() if begin else None,
            "begins": begin.time() if begin else None,
            "ends": end.time() if end else None,
            "place": offering.place,
            "seats": offering.seats,
            "delivered_by": str(offering.delivered_by.public_id),
            "contact": offering.contact,
        }

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        given = [found.get(name) for name in ("meets_on", "begins", "ends")]
        if any(given) and not all(each is not None for each in given):
            self.add_error("meets_on", _("Give the day, the begin and the end, or none of the three."))
        return found

    def plan(self, unit: Organization | None = None) -> Plan:
        data = self.cleaned_data
        return Plan(
            name=data["name"],
            opens_on=data["opens_on"],
            closes_on=data["closes_on"],
            starts_at=self._moment(data["begins"]),
            ends_at=self._moment(data["ends"]),
            place=data["place"],
            contact=data["contact"],
            seats=data["seats"],
            delivered_by=unit or self.units[data["delivered_by"]],
        )

    def _moment(self, hour: time | None) -> datetime | None:
        on = self.cleaned_data["meets_on"]
        if on is None or hour is None:
            return None
        return timezone.make_aware(datetime.combine(on, hour))


class RepeatForm(forms.Form):
    weeks = forms.IntegerField(label=gettext_lazy("Every so many weeks"), min_value=1, max_value=WEEKS_MAX, initial=1)
    times = forms.IntegerField(
        label=gettext_lazy("How often"),
        help_text=gettext_lazy("This many copies are planned, besides this one."),
        min_value=1,
        max_value=TIMES_MAX,
        initial=1,
    )


def dates(found: Sequence[OpenOffering]) -> list[tuple[str, str]]:
    """Offerings as choices."""
    return [
        (str(each.offering.public_id), f"{each.offering.name}, {when_and_where(each.offering)}. {each.said}.")
        for each in found
    ]


class CancelForm(forms.Form):
    to = forms.ChoiceField(
        label=gettext_lazy("Those who are enrolled"), required=False, widget=forms.RadioSelect, initial=""
    )
    reason = forms.CharField(
        label=gettext_lazy("Why it is canceled"),
        help_text=gettext_lazy("Those who are enrolled read it."),
        max_length=REASON_MAX_LETTERS,
        widget=forms.Textarea,
    )

    def __init__(self, *args: Any, others: Sequence[OpenOffering], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._others = {str(each.offering.public_id): each.offering for each in others}
        field = cast(forms.ChoiceField, self.fields["to"])
        field.choices = [("", _("Each chooses another date")), *dates(others)]

    def target(self) -> Offering | None:
        return self._others.get(self.cleaned_data["to"])


class MoveForm(forms.Form):
    who = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Learners"),
        coerce=UUID,
        error_messages={"required": gettext_lazy("Choose whom to move.")},
    )
    to = forms.ChoiceField(
        label=gettext_lazy("To"), error_messages={"required": gettext_lazy("Choose the offering to move them to.")}
    )
    reason = forms.CharField(
        label=gettext_lazy("Why they are moved"),
        help_text=gettext_lazy("They read it."),
        max_length=REASON_MAX_LETTERS,
    )

    def __init__(self, *args: Any, others: Sequence[OpenOffering], offered: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._others = {str(each.offering.public_id): each.offering for each in others}
        cast(forms.ChoiceField, self.fields["to"]).choices = [("", _("Choose an offering")), *dates(others)]
        cast(forms.TypedMultipleChoiceField, self.fields["who"]).choices = [(each, each) for each in offered]

    def target(self) -> Offering:
        return self._others[self.cleaned_data["to"]]


class DateForm(forms.Form):
    """A learner's choice of another date."""

    to = forms.ChoiceField(
        label=gettext_lazy("When and where"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose a date.")},
    )

    def __init__(self, *args: Any, others: Sequence[OpenOffering], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._others = {str(each.offering.public_id): each.offering for each in others}
        cast(forms.ChoiceField, self.fields["to"]).choices = dates(others)

    def target(self) -> Offering:
        return self._others[self.cleaned_data["to"]]


class WalkInForm(forms.Form):
    learner = forms.CharField(
        label=gettext_lazy("Student number or e-mail address"), help_text=gettext_lazy("In full."), max_length=254
    )
    reason = forms.CharField(
        label=gettext_lazy("Why they take part"),
        help_text=gettext_lazy("For example: takes the place of somebody who is ill."),
        max_length=ATTENDANCE_REASON_MAX,
    )


class StationForm(forms.Form):
    station = forms.CharField(
        label=gettext_lazy("Station"),
        help_text=gettext_lazy("Only where there are several."),
        required=False,
        max_length=STATION_MAX_LETTERS,
    )

    def chosen(self) -> str:
        return " ".join(self.cleaned_data.get("station", "").split()) if self.is_valid() else ""


class EventResultForm(forms.Form):
    """How somebody did at an event, by the rubric of the version that they work on."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput)
    requirement = forms.ChoiceField(label=gettext_lazy("What it is evidence of"))
    remark = forms.CharField(
        label=gettext_lazy("Remark"),
        help_text=gettext_lazy("The learner and the assessors read it. Name no patient."),
        required=False,
        max_length=REMARK_MAX_LETTERS,
        widget=forms.Textarea,
    )
    rater_kind = forms.ChoiceField(
        label=gettext_lazy("Rated by"),
        choices=[(value, capfirst(label)) for value, label in RaterKind.choices if value != RaterKind.COMPUTER],
        initial=RaterKind.FACULTY,
    )
    rater = forms.CharField(
        label=gettext_lazy("Name of who rated it"),
        help_text=gettext_lazy("Empty: you."),
        required=False,
        max_length=200,
    )

    def __init__(
        self,
        *args: Any,
        criteria: Sequence[Criterion],
        requirements: Sequence[EvidenceRequirement],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.requirements = {str(each.position): each for each in requirements}
        self.criteria = list(criteria)
        field = cast(forms.ChoiceField, self.fields["requirement"])
        field.choices = [(key, capfirst(each.kind)) for key, each in self.requirements.items()]
        if len(requirements) == 1:
            field.widget = forms.HiddenInput()
            field.initial = next(iter(self.requirements))
        for criterion in self.criteria:
            levels = sorted(criterion.levels.all(), key=lambda each: each.value)
            self.fields[f"criterion-{criterion.pk}"] = forms.TypedChoiceField(
                label=criterion.name,
                help_text=escape(criterion.looks_for),
                required=False,
                coerce=int,
                empty_value=None,
                widget=forms.RadioSelect,
                choices=[
                    *((str(each.value), f"{each.value} {each.label}") for each in levels),
                    (NOT_SEEN, _("Not seen here")),
                ],
            )

    def rows(self) -> list[forms.BoundField]:
        return [self[f"criterion-{each.pk}"] for each in self.criteria]

    def levels(self) -> dict[int, int]:
        found = {each.pk: self.cleaned_data.get(f"criterion-{each.pk}") for each in self.criteria}
        return {key: level for key, level in found.items() if level is not None}

    def chosen_requirement(self) -> EvidenceRequirement:
        return self.requirements[self.cleaned_data["requirement"]]
