"""What is kept how long (DOMAIN 4.4): the kinds of records, what a school may choose, and the days that follow. Pure."""

import calendar
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Kept(TextChoices):
    """What goes once its time is over. What is not here stays: awards, versions, keys, consents, and events of them."""

    EVIDENCE = "evidence", _("Files of evidence")
    DRAFTS = "drafts", _("Drafts never submitted")
    RESULTS = "results", _("Feedback, and levels that led to no badge")
    ACCESS = "access", _("Who looked for a learner")
    MAIL = "mail", _("What was told by notice and mail")
    SURVEYS = "surveys", _("Whose survey answers are")


@dataclass(frozen=True)
class Term:
    """months: as long as nobody decides otherwise. A school chooses between least and most."""

    months: int
    least: int
    most: int
    since: Any


TERMS = {
    Kept.EVIDENCE: Term(12, 6, 120, _("after the decision, once the time to appeal and every appeal are over")),
    Kept.DRAFTS: Term(12, 6, 60, _("after the learner last worked on it")),
    Kept.RESULTS: Term(60, 36, 240, _("after the decision, and never before a year after the learner has left")),
    Kept.ACCESS: Term(36, 12, 120, _("after it was written down")),
    Kept.MAIL: Term(36, 12, 120, _("after it was told")),
    Kept.SURVEYS: Term(12, 3, 12, _("after the answer; the answers stay, without the person")),
}
AFTER_LEAVING_MONTHS = 12
# Ten working days with any holidays between them: so long after a decision its time to appeal is over for certain.
APPEAL_DAYS = 45
WARN_DAYS = 60
# What goes within a month of the day told is told in the same notice; a day that is longer past is told anew.
TOGETHER_DAYS = 30
TOLD_HOLDS_DAYS = 45


def months_before(moment: datetime, months: int) -> datetime:
    """The same day so many months before; the last of the month where it has fewer days."""
    number = moment.year * 12 + moment.month - 1 - months
    year, month = divmod(number, 12)
    day = min(moment.day, calendar.monthrange(year, month + 1)[1])
    return moment.replace(year=year, month=month + 1, day=day)


def warn_until(at: datetime) -> tuple[datetime, datetime]:
    """What is due by the first is told today, together with what is due by the second."""
    goes_at = at + timedelta(days=WARN_DAYS)
    return goes_at, goes_at + timedelta(days=TOGETHER_DAYS)
