"""What the core's verifier asks for: published by this registry itself, or fetched from others."""

import hashlib
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import orjson
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from credentials.models import Organization
from issuance import core
from issuance import openbadges as ob
from issuance.models import StatusList
from issuance.outside import Outside
from issuance.services import keys


@dataclass(frozen=True)
class ListVersion:
    """A status list as it was when something was looked up in it. digest: SHA-256 of its bytes, in hex."""

    url: str
    digest: str
    issued_at: datetime | None


class Registry:
    """The core's resolver, for one verification: what this registry publishes is read, other issuers are asked.

    outside: whoever fetches; None, and nobody else is asked.
    """

    def __init__(self, outside: Outside | None = None) -> None:
        self._outside = outside
        self.lists: dict[str, ListVersion] = {}  # those that were looked at

    def did(self, document_id: str) -> dict[str, Any] | bytes:
        if (organization := core.find_by_did(document_id)) is not None:
            return did_document(organization)
        return self._fetch(ob.web_did_url(document_id))

    def status_list(self, url: str) -> dict[str, Any] | bytes:
        start = core.url("/status/")
        if not url.startswith(start):
            content = self._fetch(url)
            self.lists[url] = ListVersion(url, hashlib.sha256(content).hexdigest(), _issued(content))
            return content
        try:
            found = StatusList.objects.filter(public_id=UUID(url.removeprefix(start))).first()
        except ValueError:
            found = None
        if found is None:
            raise ob.UnreachableError(_("The status list is not one of this registry."))
        self.lists[url] = ListVersion(url, found.sha256, found.signed_at)
        return read_object(bytes(found.signed_bytes))

    def document(self, url: str) -> bytes:
        return self._fetch(url)

    def _fetch(self, url: str) -> bytes:
        if self._outside is None:
            raise ob.UnreachableError(_("The issuer is not this registry, and other issuers are not asked here."))
        return self._outside.fetch(url)


def did_document(organization: Organization) -> dict[str, Any]:
    """What did:web publishes for an organization, with the history of its keys."""
    return ob.did_document(core.did_of(organization), keys.published_keys(organization))


def verify_bytes(
    content: bytes | str,
    *,
    at: datetime,
    templates: ob.Templates | None = None,
    outside: Outside | None = None,
    registry: Registry | None = None,
) -> ob.Report:
    """Verify a credential in any form that the core reads, by what this registry publishes, and others with `outside`.

    templates: the signer's own, for stored documents only; a stranger's file must not fill them. registry: in place of
    one of its own, for whoever wants to know which lists were looked at.
    """
    report = ob.verify(
        content, resolver=registry or Registry(outside), contexts=core.contexts(), now=at, templates=templates
    )
    return _in_school_time(report)


def _in_school_time(report: ob.Report) -> ob.Report:
    """A report whose lines say their moments in the school's time, as every page does."""
    return replace(
        report,
        checks=tuple(_said(check) for check in report.checks),
        inside=tuple(_in_school_time(each) for each in report.inside),
        endorsements=tuple(_in_school_time(each) for each in report.endorsements),
    )


def _said(check: ob.Check) -> ob.Check:
    sentence = {
        "not-yet-valid": _("It holds only from %(moment)s on."),
        "expired": _("It expired on %(moment)s."),
        "dates": _("It holds until %(moment)s."),
    }.get(check.code)
    if check.name != "dates" or sentence is None or check.moment is None:
        return check
    try:
        local = timezone.localtime(check.moment)
    except OverflowError:  # a year at the end of the calendar
        return check
    return replace(check, sentence=sentence % {"moment": date_format(local, "F j, Y, g:i:s A T")})


def _issued(content: bytes) -> datetime | None:
    """When a fetched status list says that it was issued."""
    try:
        return ob.read_timestamp(read_object(content).get("validFrom"), "validFrom").astimezone(UTC)
    except (ob.OpenBadgeError, ValueError, OverflowError, AttributeError, TypeError):
        return None


def read_object(content: bytes) -> dict[str, Any]:
    """A JSON object; empty when the bytes are none."""
    try:
        document = orjson.loads(content)
    except orjson.JSONDecodeError:
        return {}
    return document if isinstance(document, dict) else {}
