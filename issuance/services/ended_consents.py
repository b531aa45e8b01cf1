"""Telling learners that a consent has ended by its date: what it showed is not shown any more."""

from datetime import datetime, timedelta

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from issuance.models import Consent
from learners import services as learners_services
from learners.models import Notice

KIND = "consent-ended"
TOLD_LATE = timedelta(days=7)  # what nobody looked at for longer is not told afterwards


@transaction.atomic
def tell_of_ended_consents(*, at: datetime) -> int:
    """Tell of each consent whose end date has come, once; answer how many. Who withdrew it before knows.

    Two runs at once tell nobody twice: they lock the consents, and read what was told when they have them.
    """
    ended = list(
        Consent.objects.select_for_update(of=("self",), no_key=True)
        .filter(
            withdrawn_at__isnull=True,
            ends_at__gt=at - TOLD_LATE,
            ends_at__lte=at,
            learner__user__isnull=False,
        )
        .select_related("learner__user")
        .order_by("pk")
    )
    since = at - TOLD_LATE - timedelta(days=1)
    told = (
        set(Notice.objects.filter(kind=KIND, created_at__gt=since).values_list("path", flat=True)) if ended else set()
    )
    notices = [notice for each in ended if (notice := _notice(each, at)) is not None and notice.path not in told]
    learners_services.tell_all(notices)
    return len(notices)


def _notice(consent: Consent, at: datetime) -> Notice | None:
    """It names when, for what and until when; no badge, and no level."""
    user = consent.learner.user
    if user is None or consent.ends_at is None:
        return None
    return Notice(
        user=user,
        kind="consent-ended",
        subject=_("A consent of yours has ended"),
        text=_(
            "The consent that you gave on %(given)s (%(purpose)s) held until %(ended)s. What it showed is not shown any more, "
            "unless another consent of yours covers it. Under Sharing you can give a new one."
        )
        % {
            "given": _day(consent.given_at),
            "purpose": consent.purpose_text or consent.get_purpose_display(),
            "ended": _day(consent.ends_at),
        },
        path=f"{reverse('issuance:share-center')}#consent-{consent.public_id}",
        created_at=at,
    )


def _day(at: datetime) -> str:
    return date_format(timezone.localtime(at), "M j, Y")
