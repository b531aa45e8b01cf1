"""A way out for mail on a site that is being tried: everything goes to one address instead of to people."""

from collections.abc import Sequence
from copy import copy
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend


class OneAddressBackend(BaseEmailBackend):
    """Hands messages to the backend of EMAIL_BACKEND, each to MAIL_ONLY_TO alone; for whom it was is in a header."""

    def __init__(self, fail_silently: bool = False, **kwargs: Any) -> None:
        super().__init__(fail_silently=fail_silently)
        self._inner: BaseEmailBackend = get_connection(settings.MAIL_SENT_BY, fail_silently=fail_silently, **kwargs)

    def open(self) -> bool | None:
        return self._inner.open()

    def close(self) -> None:
        self._inner.close()

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        return self._inner.send_messages([_redirected(each) for each in email_messages])


def _redirected(message: EmailMessage) -> EmailMessage:
    sent = copy(message)
    sent.extra_headers = message.extra_headers | {"X-Meant-For": ", ".join(message.recipients())}
    sent.to, sent.cc, sent.bcc = [settings.MAIL_ONLY_TO], [], []
    return sent
