"""What is new for a person."""

from django.utils import timezone

from learners.models import Notice, User


def count_new(user: User) -> int:
    """How many notices somebody has not read; stands beside the entry of the navigation. No query for who is signed in."""
    known: int | None = getattr(user, "new_notices", None)
    return Notice.objects.shown_to(user, timezone.now()).unread().count() if known is None else known
