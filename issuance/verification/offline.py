"""The bundle of what this registry publishes, for verifying without a connection."""

from datetime import datetime
from typing import Any

from django.conf import settings

from credentials.models import Organization
from issuance import core
from issuance import openbadges as ob
from issuance.models import StatusList
from issuance.services import status
from issuance.verification.registry import did_document, read_object

KIND = "SignetOfflineBundle"


def published_lists() -> list[StatusList]:
    """The status lists that are signed, without their bits."""
    signed = StatusList.objects.filter(signed_at__isnull=False)
    return list(signed.defer("bits", "permutation_key").order_by("organization", "number"))


def offline_bundle(*, at: datetime) -> dict[str, Any]:
    """Keys, status lists and contexts as they are published now. A fixed number of queries for each issuer."""
    contexts = core.contexts()
    issuers = Organization.objects.with_keys().order_by("pk")
    return {
        "type": KIND,
        "version": 1,
        "origin": settings.PUBLIC_ORIGIN,
        "madeAt": ob.timestamp(at, "madeAt"),
        "didDocuments": {core.did_of(each): did_document(each) for each in issuers},
        "statusLists": {status.list_url(each): read_object(bytes(each.signed_bytes)) for each in published_lists()},
        "contexts": {url: contexts.get(url) for url in contexts.urls()},
    }
