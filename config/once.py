"""The key of a form that makes something: a random name in a hidden field, made when the form is shown.

`{% once %}` writes the field, `sent(request)` reads it, and `credentials.services.made_once` answers a second sending with
what the first one made. A form without a key (an older page, a program) is taken as it always was.
"""

import uuid
from typing import TYPE_CHECKING, NamedTuple

from django.http import HttpRequest

if TYPE_CHECKING:
    from learners.models import User

FIELD = "once"


class Sent(NamedTuple):
    """A form that came in. key: None where it has none that can be read. sender: None for strangers."""

    key: uuid.UUID | None
    sender: "User | None"


def new_key() -> str:
    return str(uuid.uuid4())


def sent(request: HttpRequest) -> Sent:
    user = getattr(request, "user", None)
    return Sent(_read(request.POST.get(FIELD, "")), user if user is not None and user.is_authenticated else None)


def sent_by_stranger(request: HttpRequest) -> Sent:
    """The same where no cookie is read, so that nobody is known."""
    return Sent(_read(request.POST.get(FIELD, "")), None)


def _read(said: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(said)
    except ValueError:
        return None
