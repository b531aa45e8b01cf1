"""When a badge that lapses can be renewed: a question of days, and no query."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils import timezone

from credentials.models import CredentialVersion
from learners.models import Award


@dataclass(frozen=True)
class Window:
    """The first and the last day on which a renewal can be begun, and the last day on which the badge counts."""

    opens_on: date
    expires_on: date
    closes_on: date

    def is_open(self, on: date) -> bool:
        return self.opens_on <= on <= self.closes_on


def window(award: Award, version: CredentialVersion) -> Window | None:
    """When an award can be renewed, as the version that is offered now says; None for one that never lapses."""
    if award.valid_until is None:
        return None
    until = timezone.localdate(award.valid_until)
    return Window(
        opens_on=until - timedelta(days=version.renewal_opens_days),
        expires_on=until,
        closes_on=until + timedelta(days=version.renewal_grace_days),
    )


def days_left(award: Award, at: datetime) -> int | None:
    """Whole days until it lapses, by the school's calendar; negative when it has lapsed."""
    if award.valid_until is None:
        return None
    return (timezone.localdate(award.valid_until) - timezone.localdate(at)).days
