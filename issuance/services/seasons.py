"""Application seasons: which are open, their dates as the school keeps them, and who is told of them."""

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import DateField, Exists, ExpressionWrapper, F, OuterRef, Q, Subquery, Value
from django.db.models.functions import ExtractYear
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from config.errors import Conflict, Invalid
from config.permissions import Can, require
from config.seasons import POSITIONS_START, Season, SeasonDay, graduating
from credentials.models import Organization
from issuance.models import SeasonDates, SeasonReminder
from learners import services as learners_services
from learners.models import Award, Enrollment, Learner, Notice, User
from learners.models.people import LearnerStatus
from learners.workflow import OPEN_ENROLLMENTS, AwardStatus

USUAL_END = (5, 31)  # of the year in which the positions start; where the school has set no dates
SEASONS_OPEN = 3
REMIND_BEFORE = timedelta(days=14)
REMINDED = {"letters-freeze", "opens"}
BATCH = 500


def open_seasons(today: date, organization: Organization | None = None) -> list[Season]:
    """The present season and the two after it, with the dates that the school has set. One query, none without a school."""
    years = range(today.year - 1, today.year + SEASONS_OPEN + 2)  # one that ends after its year is open still
    kept: dict[int, SeasonDates] = {}
    if organization is not None:
        found = SeasonDates.objects.filter(organization=organization, year__in=years)
        kept = {each.year: each for each in found.order_by("at", "pk")}
    seasons = (_season(year, kept.get(year)) for year in years)
    return [season for season in seasons if season.ends_on >= today][:SEASONS_OPEN]


def set_seasons(today: date) -> dict[int, list[Season]]:
    """By school, those of its open seasons whose dates it has set. One query."""
    kept = SeasonDates.objects.filter(year__in=range(today.year - 1, today.year + SEASONS_OPEN + 2))
    newest = {(each.organization_id, each.year): each for each in kept.order_by("at", "pk")}
    found: dict[int, list[Season]] = {}
    for (school, year), dates in sorted(newest.items()):
        if dates.ends_on >= today:
            found.setdefault(school, []).append(_season(year, dates))
    return found


class KeptSeasons:
    """What lower apps ask (`config.seasons.Calendar`). A class has the season of the July that comes after it graduates."""

    def of_class(self, cohort: int, on: date) -> Season | None:
        kept = SeasonDates.objects.filter(
            organization__cohorts=cohort, year=_year_of(F("organization__cohorts__graduates_on"))
        )
        newest = kept.order_by("-at", "-pk").first()
        return _season(newest.year, newest) if newest is not None and newest.ends_on >= on else None

    def freeze_day(self, school: str, graduates_on: str) -> Subquery:
        kept = SeasonDates.objects.filter(organization=OuterRef(school), year=_year_of(OuterRef(graduates_on)))
        return Subquery(kept.order_by("-at", "-pk").values("letters_freeze_on")[:1])


def _year_of(graduates_on: Any) -> ExtractYear:
    """`config.seasons.year_of` in the database: from July 1 to the end of a year it is as many days in every year."""
    rest = date(2000, 12, 31) - date(2000, *POSITIONS_START) + timedelta(days=1)
    return ExtractYear(ExpressionWrapper(graduates_on + Value(rest), output_field=DateField()))


def _season(year: int, kept: SeasonDates | None) -> Season:
    if kept is None:
        return Season(year, date(year, *USUAL_END))
    return Season(
        year,
        kept.ends_on,
        opens_on=kept.opens_on,
        programs_read_on=kept.programs_read_on,
        letters_freeze_on=kept.letters_freeze_on,
        is_set=True,
    )


@transaction.atomic
def set_season(
    *,
    actor: User,
    organization: Organization,
    year: int,
    ends_on: date,
    opens_on: date | None = None,
    programs_read_on: date | None = None,
    letters_freeze_on: date | None = None,
    at: datetime,
) -> SeasonDates:
    """Set the dates of a season. Packets that were made keep the end that their consent names.

    Raises NotAllowed, Invalid (a year that is not open, dates out of their order), Conflict (nothing would change).
    """
    organization = Organization.objects.select_for_update(no_key=True).get(pk=organization.pk)
    require(actor, Can.CALENDAR_EDIT, organization)
    present = next((each for each in open_seasons(at.date(), organization) if each.year == year), None)
    if present is None:
        raise Invalid(_("Choose a season that is still open."))
    if ends_on < at.date() or ends_on.year not in (year, year + 1):
        raise Invalid(_("A season ends in the year in which its positions start, or in the next, and not in the past."))
    if any(each is not None and each > ends_on for each in (opens_on, programs_read_on, letters_freeze_on)):
        raise Invalid(_("The end of the season is the last of its dates."))
    if opens_on is not None and (opens_on == ends_on or (programs_read_on is not None and programs_read_on < opens_on)):
        raise Invalid(_("Programs read applications after these have opened, and before the season ends."))
    wanted = Season(year, ends_on, opens_on, programs_read_on, letters_freeze_on, is_set=True)
    if wanted == present:
        raise Conflict(_("These are the dates already."))
    return SeasonDates.objects.create(
        organization=organization,
        year=year,
        ends_on=ends_on,
        opens_on=opens_on,
        programs_read_on=programs_read_on,
        letters_freeze_on=letters_freeze_on,
        set_by=actor,
        at=at,
    )


# Telling learners ----------------------------------------------------------------------------------------------------
def remind_of_seasons(*, at: datetime) -> int:
    """Tell learners of a class two weeks before its letters freeze and before its applications open; answer how many.

    Told is who is here (not on leave), has an account, and holds a badge or has work that is open, of a class that graduates
    in the season (`config.seasons.year_of`). Once for each season and date: a date that is moved is told anew, a second call
    tells nobody, and a reminder that nobody sent in time goes out late while the date lies ahead.
    """
    today = timezone.localdate(at)
    told = 0
    for school, seasons in set_seasons(today).items():
        for season in seasons:
            for day in season.days():
                if day.key in REMINDED and today <= day.on <= today + REMIND_BEFORE:
                    while count := _remind(school, day, at):
                        told += count
    return told


@transaction.atomic
def _remind(school: int, day: SeasonDay, at: datetime) -> int:
    """One batch; who is told is locked, so that two workers tell nobody twice."""
    first, last = graduating(day.year)
    reminded = SeasonReminder.objects.filter(learner=OuterRef("pk"), year=day.year, day=day.key, on=day.on)
    holding = Award.objects.filter(learner=OuterRef("pk"), status=AwardStatus.ACTIVE)
    working = Enrollment.objects.filter(learner=OuterRef("pk"), status__in=OPEN_ENROLLMENTS)
    due = (
        Learner.objects.select_for_update(of=("self",), no_key=True)
        .filter(
            ~Exists(reminded),
            Q(Exists(holding)) | Q(Exists(working)),
            organization=school,
            cohort__graduates_on__range=(first, last),
            status=LearnerStatus.ACTIVE,
            user__is_active=True,
        )
        .select_related("user")
        .order_by("pk")[:BATCH]
    )
    found = list(due)
    # Another worker may have told them while this one waited for the rows; what it told is seen now.
    told = SeasonReminder.objects.filter(learner__in=found, year=day.year, day=day.key, on=day.on)
    done = set(told.values_list("learner_id", flat=True))
    found = [each for each in found if each.pk not in done]
    SeasonReminder.objects.bulk_create(
        SeasonReminder(learner=each, year=day.year, day=day.key, on=day.on, at=at) for each in found
    )
    learners_services.tell_all(_reminder(each.user, day, at) for each in found if each.user is not None)
    return len(found)


def _reminder(user: User, day: SeasonDay, at: datetime) -> Notice:
    said = {"day": date_format(day.on, "F j, Y"), "year": day.year}
    if day.key == "letters-freeze":
        subject = _("Performance letters freeze on %(day)s") % said
        text = _(
            "Letters of the season %(year)s take in what is awarded by the end of that day. Submit early what you want in it: "
            "an answer takes time."
        )
        path = reverse("learners:home")
    else:
        subject = _("Applications open on %(day)s") % said
        text = _(
            "The season %(year)s begins. You can make an application packet of your badges, and see what it shows."
        )
        path = reverse("issuance:share-center")
    return Notice(user=user, kind="season", subject=subject, text=text % said, path=path, created_at=at)
