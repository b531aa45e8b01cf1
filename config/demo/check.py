"""Verify again everything that the demo made: the files in build/demo, and every document in the database."""

from pathlib import Path
from typing import Any

import orjson
from django.utils import timezone

from config.demo.report import Report
from issuance import core, verification
from issuance import openbadges as ob
from issuance.models import SignedDocument, SigningKey, StatusEntry
from issuance.pdf import sign

EXPECTED = {
    "badge.json": "valid",
    "badge.png": "valid",
    "badge.svg": "valid",
    "altered.json": "altered",
    "revoked.json": "revoked",
}


class CheckError(Exception):
    """Something that was made does not verify as it should."""


class Folder:
    """The core's resolver over the files that an outsider could fetch; neither database nor network is asked."""

    def __init__(self, folder: Path) -> None:
        self._did: dict[str, Any] = orjson.loads((folder / "did.json").read_bytes())
        lists = [orjson.loads(path.read_bytes()) for path in sorted(folder.glob("statuslist-*.json"))]
        self._lists = {each["id"]: each for each in lists}

    def did(self, document_id: str) -> dict[str, Any]:
        if document_id != self._did["id"]:
            raise ob.UnreachableError("The DID document is not in the folder.")
        return self._did

    def status_list(self, url: str) -> dict[str, Any]:
        if url not in self._lists:
            raise ob.UnreachableError("The status list is not in the folder.")
        return dict(self._lists[url])

    def document(self, url: str) -> dict[str, Any]:
        raise ob.UnreachableError("Nothing else is in the folder.")


def check_folder(folder: Path, report: Report) -> None:
    """Verify the files by what lies beside them alone. Raises CheckError."""
    resolver, now = Folder(folder), timezone.now()
    for name, expected in EXPECTED.items():
        found = ob.verify((folder / name).read_bytes(), resolver=resolver, contexts=core.contexts(), now=now)
        if found.state != expected:
            raise CheckError(f"{name} is {found.state}, not {expected}.")
    root = (folder / "root.pem").read_text(encoding="utf-8")
    for name in ("certificate.pdf", "transcript.pdf"):
        verdict = sign.check((folder / name).read_bytes(), roots=[root], at=now)
        if not verdict.is_good or not verdict.attachments:
            raise CheckError(f"The signature of {name} does not hold.")
        for attached in verdict.attachments.values():
            inside = ob.verify(attached, resolver=resolver, contexts=core.contexts(), now=now)
            if inside.check("proof").outcome != "passed":
                raise CheckError(f"What is attached to {name} does not verify.")
    report.fact(f"{len(EXPECTED) + 2} files verified by what lies beside them: {', '.join(EXPECTED)}, both PDFs")


def check_documents(report: Report) -> None:
    """Verify every signed document in the database. Raises CheckError."""
    now = timezone.now()
    credentials = SignedDocument.objects.filter(kind="credential").select_related("award").order_by("pk")
    total = credentials.count()
    for done, document in enumerate(credentials.iterator(chunk_size=100), 1):
        found = verification.verify_bytes(bytes(document.bytes), at=now)
        award = document.award
        wanted = "revoked" if award is not None and award.status == "revoked" else "valid"
        if found.state not in {wanted, "expired"}:
            raise CheckError(f"Document {document.public_id} is {found.state}, not {wanted}.")
        report.progress(done, total, "badges verified")
    if StatusEntry.objects.filter(document__kind="credential").count() != total:
        raise CheckError("Badges and status indexes differ in number.")
    roots = list(SigningKey.objects.filter(purpose="document").values_list("root_certificate", flat=True))
    _check_pdfs(roots, report)
    report.fact(f"{total} badges in the database verify, each with one status index")


def _check_pdfs(roots: list[str], report: Report, most: int = 25) -> None:
    pdfs = SignedDocument.objects.filter(kind__in=["certificate", "transcript"])
    found = pdfs.order_by("-pk")[:most]
    for document in found:
        if not sign.check(bytes(document.bytes), roots=roots, at=timezone.now()).is_good:
            raise CheckError(f"The signature of {document.kind} {document.public_id} does not hold.")
    report.fact(f"the newest {len(found)} of {pdfs.count()} PDFs verify")
