"""The offerings that somebody can still take part in, and how many seats each has left."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from credentials.models import Credential, Offering

# Enrollments of these states sit nowhere: their seat is free for another. The states are those of learners.workflow.
TAKES_NO_SEAT = ("waitlisted", "withdrawn")


@dataclass(frozen=True)
class OpenOffering:
    """An offering with the number of seats taken and of people who wait."""

    offering: Offering
    taken: int
    waiting: int

    @property
    def left(self) -> int | None:
        """Free seats; None when there is no limit. Who waits comes first, so with a waitlist none is free."""
        if self.offering.seats is None:
            return None
        return 0 if self.waiting else max(0, self.offering.seats - self.taken)

    @property
    def is_open(self) -> bool:
        return self.left is None or self.left > 0

    @property
    def said(self) -> str:
        """The seats in words."""
        if self.left is None:
            return _("No limit on seats")
        if self.left:
            words = ngettext("%(left)s of %(seats)s seats free", "%(left)s of %(seats)s seats free", self.left)
            return words % {"left": self.left, "seats": self.offering.seats}
        if self.waiting:
            return ngettext("Full; %(count)s person waits", "Full; %(count)s people wait", self.waiting) % {
                "count": self.waiting
            }
        return _("Full; you can wait for a seat")


def with_seats(offerings: QuerySet[Offering]) -> QuerySet[Offering]:
    """The same with `taken` and `waiting` counted by the database."""
    return offerings.annotate(
        taken=Count("enrollments", filter=~Q(enrollments__status__in=TAKES_NO_SEAT)),
        waiting=Count("enrollments", filter=Q(enrollments__status="waitlisted")),
    )


def running(credential: Credential, on: date) -> list[OpenOffering]:
    """The offerings of one credential that take place and have not closed. One query for each object and day, however often asked."""
    kept: tuple[date, list[OpenOffering]] | None = vars(credential).get("_running")
    if kept is None or kept[0] != on:
        kept = (on, open_offerings([credential.pk], on).get(credential.pk, []))
        vars(credential)["_running"] = kept
    return kept[1]


def open_offerings(credentials: Iterable[int], on: date) -> dict[int, list[OpenOffering]]:
    """The offerings of these credentials that take place and have not closed, the soonest first, by credential. One query."""
    rows = with_seats(Offering.objects.running_on(on).filter(credential__in=credentials))
    found: dict[int, list[OpenOffering]] = {}
    for row in rows.select_related("delivered_by").order_by("opens_on", "starts_at", "closes_on", "pk"):
        found.setdefault(row.credential_id, []).append(OpenOffering(row, row.taken, row.waiting))  # type: ignore[attr-defined]
    return found
