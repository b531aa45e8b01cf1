"""What leads and administrators see of the credentials that they prepare."""

from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Prefetch, QuerySet
from django.urls import reverse

from config.permissions import Role
from credentials.models import CredentialVersion
from credentials.workflow import VersionStatus

from .editing import is_overdue

if TYPE_CHECKING:
    from learners.models import User


def newest_first() -> "Prefetch[str, QuerySet[CredentialVersion], str]":
    """The versions of each credential, newest first, as `numbered`."""
    return Prefetch("versions", CredentialVersion.objects.order_by("-number"), to_attr="numbered")


def drafts_to_publish(user: "User") -> QuerySet[CredentialVersion]:
    """The drafts that wait until this person publishes them."""
    return CredentialVersion.objects.filter(
        user.scope_q({Role.ADMINISTRATOR}, "credential__"), status=VersionStatus.DRAFT
    )


def manage_rows(credentials: list[Any], *, on: date) -> list[dict[str, Any]]:
    """A row for each credential; its versions were prefetched by `newest_first`."""
    rows = []
    for credential in credentials:
        newest = credential.numbered[0] if credential.numbered else None
        is_draft = newest is not None and newest.status == VersionStatus.DRAFT
        rows.append(
            {
                "credential": credential,
                "title": newest.title if newest else credential.code,
                "version": newest,
                "is_draft": is_draft,
                "is_overdue": is_overdue(credential, on=on),
                "url": reverse("credentials:manage-detail", args=[credential.public_id]),
            }
        )
    return rows
