"""What allauth is told about our accounts."""

import logging
from smtplib import SMTPException
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.account.models import EmailAddress
from django.core.mail import EmailMessage
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from learners.models import User
from learners.services import notices

logger = logging.getLogger("signet.mail")

# What allauth tells of, by the last part of the name of its template.
CHANGES = {
    "address_confirmed": _("One more e-mail address can be used to sign in:"),
    "email_changed": _("Mail of your account goes to another e-mail address now:"),
    "email_deleted": _("An e-mail address was removed from your account:"),
    "password_changed": _("Your password was changed."),
    "password_set": _("A password was set for your account."),
    "password_reset": _("Your password was set anew by a link that was mailed to you."),
    "totp_activated": _("Signing in asks for a code of your authenticator app now."),
    "totp_deactivated": _("Signing in asks for no code of an authenticator app any more."),
    "recovery_codes_generated": _("New recovery codes were made; those before no longer count."),
}


class AccountAdapter(DefaultAccountAdapter):
    """Accounts come from the school; nobody signs up by themselves."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": _("The e-mail address or the password is not right."),
        "too_many_login_attempts": _("Too many attempts. Wait a few minutes, then try again."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def confirm_email(self, request: HttpRequest, email_address: EmailAddress) -> bool:
        """A confirmed address can be signed in with: whoever has the account reads that there is one more."""
        is_confirmed = super().confirm_email(request, email_address)
        if is_confirmed:
            self.send_notification_mail("address_confirmed", email_address.user, {"address": email_address.email})
        return is_confirmed

    def send_notification_mail(
        self, template_prefix: str, user: Any, context: dict[str, Any] | None = None, email: str | None = None
    ) -> None:
        """What changed about an account, as a notice like any other; an address that is left is written to as well."""
        about = context or {}
        left = email or about.get("deleted_email")
        said = str(CHANGES.get(template_prefix.rpartition("/")[2], _("Something about your account has changed.")))
        if address := about.get("address") or about.get("to_email") or about.get("deleted_email"):
            said = f"{said} {address}"
        subject, at = str(_("A change of your account")), timezone.now()
        text = f"{said}\n\n{_('If it was not you, tell the registrar of your school at once.')}"
        notices.tell(user=user, kind="account", subject=subject, text=text, path=reverse("account_email"), at=at)
        if left and left != user.email:
            try:
                EmailMessage(subject, f"{text}\n\n{notices.footer()}", to=[left]).send()
            except (SMTPException, OSError) as error:
                logger.warning("mail not sent", extra={"cause": type(error).__name__})

    def populate_username(self, request: HttpRequest, user: Any) -> None:
        """Users have no user name; e-mail is what they sign in with."""


class AccountBackend(AuthenticationBackend):
    """Sign-in by e-mail; who is signed in comes with what every page asks about them, in the same query.

    That is the number of new notices, and the learner that they are, if any.
    """

    def get_user(self, user_id: int) -> User | None:
        user = User.objects.with_new_notices(timezone.now()).select_related("learner").filter(pk=user_id).first()
        return user if user is not None and self.user_can_authenticate(user) else None
