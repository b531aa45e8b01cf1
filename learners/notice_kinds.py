"""What notices are about, how each may reach a person, and when. Pure: no database, no clock."""

from datetime import datetime, time, timedelta

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Way(TextChoices):
    """How a notice comes besides standing on the site."""

    AT_ONCE = "at-once", _("By mail at once")
    DIGEST = "digest", _("In one mail a day")
    SITE = "site", _("On the site only")


class About(TextChoices):
    SECURITY = "security", _("Your account and record")
    RESULTS = "results", _("Decisions and badges")
    LEARNING = "learning", _("Enrollment, teams and what is due")
    WORK = "work", _("New work to assess")
    URGENT = "urgent", _("Work that is late or waits for you")
    REGISTRY = "registry", _("Cases, revocations and lists")


ABOUT = {
    "invitation": About.SECURITY,
    "account": About.SECURITY,
    "record": About.SECURITY,
    "patient-data": About.SECURITY,
    "evidence-ends": About.SECURITY,
    "decision": About.RESULTS,
    "badge-ready": About.RESULTS,
    "badge-anew": About.RESULTS,
    "revoked": About.RESULTS,
    "expiring": About.RESULTS,
    "expired": About.RESULTS,
    "appeal": About.RESULTS,
    "enrolled": About.LEARNING,
    "submitted": About.LEARNING,
    "waitlist-moved": About.LEARNING,
    "offering": About.LEARNING,
    "team": About.LEARNING,
    "due": About.LEARNING,
    "season": About.LEARNING,
    "observation": About.LEARNING,
    "result": About.LEARNING,
    "file-refused": About.LEARNING,
    "version": About.LEARNING,
    "attempts-used": About.URGENT,
    "assigned": About.WORK,
    "reminder": About.URGENT,
    "late": About.URGENT,
    "reconcile": About.URGENT,
    "concern": About.URGENT,
    "calibration": About.WORK,
    "forecast": About.WORK,
    "agreement": About.WORK,
    "case": About.REGISTRY,
    "case-decided": About.RESULTS,
    "case-opened": About.RESULTS,
    "case-condition": About.RESULTS,
    "case-review": About.RESULTS,
    "waiver": About.RESULTS,
    "pathway-moved": About.RESULTS,
    "capstone": About.RESULTS,
    "capstone-waits": About.WORK,
    "component-revoked": About.REGISTRY,
    "revocation": About.REGISTRY,
    "roster": About.REGISTRY,
    "review": About.REGISTRY,
    "opinion": About.REGISTRY,
    "proposal": About.LEARNING,
    "plan-refused": About.REGISTRY,
    "recognition": About.RESULTS,
    "recognition-waits": About.WORK,
    "question": About.REGISTRY,
    "question-asked": About.RESULTS,
    "consent-ended": About.RESULTS,
    "amendment": About.REGISTRY,
}
# What nobody can turn off: security comes at once, results come by mail in one form or the other.
WAYS: dict[About, list[Way]] = {about: list(Way) for about in About} | {
    About.SECURITY: [Way.AT_ONCE],
    About.RESULTS: [Way.AT_ONCE, Way.DIGEST],
}
DEFAULTS: dict[About, Way] = dict.fromkeys(About, Way.AT_ONCE) | {About.WORK: Way.DIGEST}
DIGEST_HOUR = 7


def about(kind: str) -> About:
    """What a kind is about; one that nobody sorted in comes like what is due."""
    return ABOUT.get(kind, About.LEARNING)


def next_digest(moment: datetime, hour: int) -> datetime:
    """The first full hour of the digest after a moment, in the zone of the moment."""
    today = moment.replace(hour=hour, minute=0, second=0, microsecond=0, fold=0)
    return today if today > moment else today + timedelta(days=1)


def after_quiet(moment: datetime, quiet_from: int | None, quiet_until: int | None) -> datetime:
    """The moment itself, or the end of the quiet hours that it lies in; they may pass midnight. Same zone."""
    if quiet_from is None or quiet_until is None or quiet_from == quiet_until:
        return moment
    at, start, end = moment.time(), time(quiet_from), time(quiet_until)
    is_quiet = start <= at < end if start < end else at >= start or at < end
    return next_digest(moment, quiet_until) if is_quiet else moment
