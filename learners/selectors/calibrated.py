"""Who is calibrated for which item, and until when."""

from collections.abc import Collection
from datetime import datetime

from credentials.models import Credential
from learners.models import AgreedLevel, Calibration, CalibrationRound
from learners.models.calibration import HOLDS


def held_until(credentials: Collection[Credential | int], at: datetime) -> dict[int, dict[int, datetime]]:
    """By item: until when each of its calibrated people is. Passed rounds, and who set down agreed levels. Two queries.

    Both hold for a year, also when a newer version is published meanwhile: its set has to be written first.
    """
    keys = {each if isinstance(each, int) else each.pk for each in credentials}
    found: dict[int, dict[int, datetime]] = {key: {} for key in keys}
    rounds = CalibrationRound.objects.holding(at).filter(credential__in=keys)
    authors = AgreedLevel.objects.filter(
        work__version__credential__in=keys, work__ready_at__gt=at - HOLDS, work__retired_at__isnull=True
    )
    rows = [
        (credential, user, until)
        for credential, user, until in rounds.values_list("credential", "assessor", "valid_until")
        if until is not None
    ]
    rows += [
        (credential, user, ready_at + HOLDS)
        for credential, user, ready_at in authors.values_list("work__version__credential", "set_by", "work__ready_at")
        if ready_at is not None
    ]
    for credential, user, until in rows:
        found[credential][user] = max(found[credential].get(user, until), until)
    return found


def asking(credentials: Collection[int]) -> set[int]:
    """Which of these items ask for calibration. One query."""
    return set(
        Calibration.objects.filter(credential__in=credentials, is_required=True).values_list("credential", flat=True)
    )
