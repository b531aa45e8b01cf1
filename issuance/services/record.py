"""Releases without consent, and the directory switch: what the law lets a school give out, written down."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from config.errors import Conflict, Invalid
from config.permissions import Can, require
from credentials.models import Organization
from issuance.models import DirectoryDecision, RecordRelease, ReleaseBasis
from learners.models import Learner, User


@transaction.atomic
def record_release(
    *,
    actor: User,
    learner: Learner,
    recipient: str,
    basis: str,
    interest: str,
    records: str,
    released_on: date,
    is_barred: bool = False,
    bar: str = "",
    barred_until: date | None = None,
    at: datetime,
) -> RecordRelease:
    """Write down that a record went to somebody outside without the learner's consent.

    It stands in the learner's own file at once, unless the law forbids telling, which is then named. Raises NotAllowed,
    Invalid (something is missing, or the day has not come).
    """
    learner = Learner.objects.select_related("organization").get(pk=learner.pk)
    require(actor, Can.RECORD_RELEASE, learner)
    recipient, interest, records, bar = (text.strip() for text in (recipient, interest, records, bar))
    if not recipient or not interest or not records:
        raise Invalid(_("Say to whom, for what interest, and what was given."))
    if basis not in ReleaseBasis.values:
        raise Invalid(_("Choose the basis."))
    if released_on > timezone.localdate(at):
        raise Invalid(_("A release is recorded when it was made."))
    if is_barred and not bar:
        raise Invalid(_("Name the order or law that forbids telling the learner."))
    return RecordRelease.objects.create(
        learner=learner,
        recorded_by=actor,
        recorded_at=at,
        released_on=released_on,
        recipient=recipient,
        basis=basis,
        interest=interest,
        records=records,
        is_barred=is_barred,
        bar=bar if is_barred else "",
        barred_until=barred_until if is_barred else None,
    )


# The directory -------------------------------------------------------------------------------------------------------
def is_directory_on(organization: Organization) -> bool:
    """Whether titles and dates of a school's badges are directory information; without a decision they are not. One query."""
    newest = DirectoryDecision.objects.filter(organization=organization).order_by("-at", "-pk").first()
    return newest is not None and newest.is_on


@transaction.atomic
def set_directory(
    *, actor: User, organization: Organization, is_on: bool, notice: str, at: datetime
) -> DirectoryDecision:
    """Turn a school's directory on or off. Raises NotAllowed, Invalid (no notice named), Conflict (it is so already).

    notice: where and when learners were told that they can opt out (34 CFR 99.37); for turning it off, why.
    """
    organization = Organization.objects.select_for_update().get(pk=organization.pk)
    require(actor, Can.DIRECTORY_SET, organization)
    notice = notice.strip()
    if not notice:
        raise Invalid(_("Say where and when learners were told, and how they opt out."))
    if is_directory_on(organization) == is_on:
        raise Conflict(_("It is on already.") if is_on else _("It is off already."))
    return DirectoryDecision.objects.create(organization=organization, is_on=is_on, notice=notice, actor=actor, at=at)
