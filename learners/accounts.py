"""What allauth is told about our accounts."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from learners.models import User


class AccountAdapter(DefaultAccountAdapter):
    """Accounts come from the school; nobody signs up by themselves."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": _("The e-mail address or the password is not right."),
        "too_many_login_attempts": _("Too many attempts. Wait a few minutes, then try again."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def populate_username(self, request: HttpRequest, user: Any) -> None:
        """Users have no user name; e-mail is what they sign in with."""


class AccountBackend(AuthenticationBackend):
    """Sign-in by e-mail; who is signed in comes with what every page asks about them, in the same query.

    That is the number of new notices, and the learner that they are, if any.
    """

    def get_user(self, user_id: int) -> User | None:
        user = User.objects.with_new_notices(timezone.now()).select_related("learner").filter(pk=user_id).first()
        return user if user is not None and self.user_can_authenticate(user) else None
