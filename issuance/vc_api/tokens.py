"""API tokens: made and shown once, kept as a digest, used, revoked."""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from config.errors import Conflict, Invalid, NotAllowed, RegistryError
from credentials.models import Organization
from issuance.models import ApiToken, Scope

PREFIX = "signet_"
VALID_DAYS, VALID_DAYS_MAX = 365, 730
USE_NOTED_EVERY = timedelta(minutes=1)


class NoToken(RegistryError):
    code = "token"
    http_status = 401


@transaction.atomic
def create_token(
    *, organization: Organization, name: str, scopes: list[Scope], at: datetime, valid_for_days: int = VALID_DAYS
) -> tuple[ApiToken, str]:
    """Make a token; answers the row and the token itself, which is nowhere else. Raises Conflict, Invalid."""
    organization = Organization.objects.select_for_update().get(pk=organization.pk)
    if not organization.is_issuer:
        raise Invalid(_("This organization does not issue credentials."))
    if not 1 <= valid_for_days <= VALID_DAYS_MAX:
        raise Invalid(_("A token is valid for 1 to %(days)s days.") % {"days": VALID_DAYS_MAX})
    if ApiToken.objects.filter(organization=organization, name=name, revoked_at__isnull=True).exists():
        raise Conflict(_("There is a token of this name; revoke it first, or take another name."))
    token = PREFIX + secrets.token_urlsafe(32)
    row = ApiToken.objects.create(
        organization=organization,
        name=name,
        digest=digest_of(token),
        scopes=list(dict.fromkeys(scopes)),
        created_at=at,
        expires_at=at + timedelta(days=valid_for_days),
    )
    return row, token


@transaction.atomic
def revoke_token(*, organization: Organization, name: str, at: datetime) -> ApiToken:
    """End a token at once. Raises Conflict when there is none of this name that is not revoked."""
    token = (
        ApiToken.objects.select_for_update()
        .filter(organization=organization, name=name, revoked_at__isnull=True)
        .first()
    )
    if token is None:
        raise Conflict(_("There is no token of this name, or it was revoked before."))
    token.revoked_at = at
    token.save(update_fields=["revoked_at"])
    return token


def use_token(*, header: str, scope: Scope, at: datetime) -> ApiToken:
    """The token that an Authorization header shows; notes its use, at most once a minute. Raises NoToken, NotAllowed."""
    kind, _space, shown = header.strip().partition(" ")
    if kind.lower() != "bearer" or not shown.strip():
        raise NoToken(_("Show an API token: “Authorization: Bearer …”."))
    token = (
        ApiToken.objects.select_related("organization")
        .filter(digest=digest_of(shown.strip()), revoked_at__isnull=True, expires_at__gt=at)
        .first()
    )
    if token is None:
        raise NoToken(_("The API token is unknown, has expired, or was revoked."))
    if scope not in token.scopes:
        raise NotAllowed(_("The API token does not have the scope %(scope)s.") % {"scope": scope})
    unnoted = Q(last_used_at__isnull=True) | Q(last_used_at__lt=at - USE_NOTED_EVERY)
    ApiToken.objects.filter(unnoted, pk=token.pk).update(last_used_at=at)
    return token


def digest_of(token: str) -> str:
    """Tokens hold 256 random bits, so a plain digest is enough."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
