"""The private address of one's deadlines: made, made anew, taken back. For oneself alone."""

import hashlib
import secrets
from datetime import datetime

from learners.models import CalendarFeed, User


def digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def make_feed(*, actor: User, is_discreet: bool, at: datetime) -> str:
    """Make the address; answer its token, which is shown once. The former address answers nobody any more."""
    token = secrets.token_urlsafe(32)
    CalendarFeed.objects.update_or_create(
        user=actor, defaults={"token_digest": digest(token), "is_discreet": is_discreet, "made_at": at}
    )
    return token


def drop_feed(*, actor: User) -> None:
    """Take the address back; a second call changes nothing."""
    CalendarFeed.objects.filter(user=actor).delete()
