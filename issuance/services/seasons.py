"""Application seasons: which are open, and their dates, as the school keeps them."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from config.errors import Conflict, Invalid
from config.permissions import Can, require
from credentials.models import Organization
from issuance.models import SeasonDates
from learners.models import User

USUAL_END = (5, 31)  # of the year in which the positions start; where the school has set no dates
SEASONS_OPEN = 3


@dataclass(frozen=True)
class Season:
    """year: in which the positions start. is_set: by the school; else only the usual end is known."""

    year: int
    ends_on: date
    opens_on: date | None = None
    programs_read_on: date | None = None
    letters_freeze_on: date | None = None
    is_set: bool = False


def open_seasons(today: date, organization: Organization | None = None) -> list[Season]:
    """The present season and the two after it, with the dates that the school has set. One query, none without a school."""
    years = range(today.year - 1, today.year + SEASONS_OPEN + 2)  # one that ends after its year is open still
    kept: dict[int, SeasonDates] = {}
    if organization is not None:
        found = SeasonDates.objects.filter(organization=organization, year__in=years)
        kept = {each.year: each for each in found.order_by("at", "pk")}
    seasons = (_season(year, kept.get(year)) for year in years)
    return [season for season in seasons if season.ends_on >= today][:SEASONS_OPEN]


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
