"""The credential core alone, in one process: signing by template, the general way, and raw Ed25519; verifying."""

import statistics
import time
from collections.abc import Callable, Sequence
from typing import Any

import orjson
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.utils import timezone

from config.bench.table import Table
from issuance import core
from issuance import openbadges as ob
from issuance.models import SignedDocument, StatusEntry
from issuance.services import keys

GENERAL, SIGNED, RAW, VERIFIED = 50, 3_500, 20_000, 200


class Published:
    """What verifiers fetch, kept in memory: the DID document and the status list that one badge names."""

    def __init__(self, document: SignedDocument) -> None:
        entry = StatusEntry.objects.select_related("list__organization").get(document=document)
        organization = entry.list.organization
        self._did = ob.did_document(core.did_of(organization), keys.published_keys(organization))
        self._list = bytes(entry.list.signed_bytes)

    def did(self, document_id: str) -> dict[str, Any]:
        return self._did

    def status_list(self, url: str) -> bytes:
        return self._list

    def document(self, url: str) -> bytes:
        raise ob.UnreachableError("No other document is needed here.")


def measure_core(table: Table) -> None:
    """Sign and verify badges of the site, as the worker and a verifier do, without database and network."""
    documents = list(SignedDocument.objects.filter(kind="credential").order_by("-pk")[:700])
    badges = [orjson.loads(bytes(document.bytes)) for document in documents]
    unsigned = [{key: value for key, value in badge.items() if key != "proof"} for badge in badges]
    _signing(table, unsigned, badges[0]["proof"][0]["verificationMethod"])
    _verifying(table, documents[0])


def _signing(table: Table, unsigned: Sequence[dict[str, Any]], method: str) -> None:
    key = Ed25519PrivateKey.generate()
    signer = ob.Ed25519Signer(key.private_bytes_raw(), method)
    contexts, created = core.contexts(), timezone.now()
    templates = ob.Templates(contexts)
    templates.sign(unsigned[0], signer=signer, created=created)  # the template is made once for a version
    many = [unsigned[number % len(unsigned)] for number in range(SIGNED)]

    raw = _rate(lambda _badge: key.sign(b"\0" * 64), range(RAW))
    filled = _rate(lambda badge: ob.to_bytes(templates.sign(badge, signer=signer, created=created).document), many)
    general = _rate(lambda badge: ob.sign(badge, signer=signer, created=created, contexts=contexts), many[:GENERAL])
    table.add("sign_template_per_second", filled, "badges/s", "one process; unsigned badge to signed bytes")
    table.add("sign_general_per_second", general, "badges/s", "the same through the general canonicalizer")
    table.add("sign_raw_ed25519_per_second", raw, "signatures/s", "of 64 bytes, nothing else")
    table.add("sign_ratio_to_raw", filled / raw, "", "template to raw")


def _verifying(table: Table, document: SignedDocument) -> None:
    contexts, now = core.contexts(), timezone.now()
    content, resolver = bytes(document.bytes), Published(document)
    templates = ob.Templates(contexts)

    def verify(own: ob.Templates | None) -> ob.Report:
        report = ob.verify(content, resolver=resolver, contexts=contexts, now=now, templates=own)
        if not report.is_valid:
            raise ValueError(f"A badge of this site does not verify: {report.checks}")
        return report

    verify(templates)
    own = _milliseconds(lambda: verify(templates))
    foreign = _milliseconds(lambda: verify(None))
    table.add("verify_own_ms", own, "ms", "all checks, template known, key and list at hand")
    table.add("verify_foreign_ms", foreign, "ms", "the same badge as a stranger's, no template")


def _rate(work: Callable[[Any], object], items: Sequence[Any]) -> float:
    """How many a second: the best of three runs, since only other work on the machine makes one slower."""
    best = float("inf")
    for _ in range(3):
        began = time.perf_counter()
        for item in items:
            work(item)
        best = min(best, time.perf_counter() - began)
    return len(items) / best


def _milliseconds(work: Callable[[], object]) -> float:
    times = []
    for _ in range(VERIFIED):
        began = time.perf_counter()
        work()
        times.append((time.perf_counter() - began) * 1000)
    return statistics.median(times)
