"""Certificates and transcripts: rendered and signed by a worker, from what is signed already.

Nothing is locked while a PDF is drawn: an advisory lock keeps two workers off the same award, and the unique constraint
decides if they meet all the same.
"""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import orjson
from django.db import IntegrityError, connection, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from config import handoff
from config.errors import Conflict, NotAllowed
from credentials import rubric
from credentials.models import Organization
from credentials.models.catalog import CredentialKind
from issuance import badge_page, badges, core, verification
from issuance import openbadges as ob
from issuance.models import DocumentKind, KeyPurpose, SignedDocument, SigningKey, Transcript
from issuance.services import codes, keys
from issuance.services.signing import process_name
from issuance.workflow import KeyState
from learners.models import Award, AwardComponent, Learner, RecognizedCredential, User
from learners.selectors.amendments import statements_of
from learners.workflow import AwardStatus

LOCK_CERTIFICATE, LOCK_TRANSCRIPT = 7301, 7302


def render_pending(*, limit: int, at: datetime) -> int:
    """Make up to `limit` documents that are waiting: transcripts that were asked for, then certificates, newest first.

    Answers how many were made. Raises KeyUnavailable.
    """
    made = 0
    for transcript in _waiting_transcripts()[:limit]:
        with alone(LOCK_TRANSCRIPT, transcript.pk) as is_ours:
            made += is_ours and make_transcript(transcript, at)
    for document in _without_certificate()[: limit - made]:
        with alone(LOCK_CERTIFICATE, document.award_id or 0) as is_ours:
            made += is_ours and make_certificate(document, at)
    return made


def _waiting_transcripts() -> QuerySet[Transcript]:
    made = SignedDocument.objects.current(DocumentKind.TRANSCRIPT).filter(transcript=OuterRef("pk"))
    return Transcript.objects.filter(~Exists(made)).select_related("learner").order_by("requested_at", "pk")


def _without_certificate() -> QuerySet[SignedDocument]:
    certificate = SignedDocument.objects.current(DocumentKind.CERTIFICATE).filter(award=OuterRef("award"))
    return (
        SignedDocument.objects.current(DocumentKind.CREDENTIAL)
        .filter(~Exists(certificate), award__status=AwardStatus.ACTIVE)
        .exclude(key__state=KeyState.COMPROMISED)  # it is about to be issued anew
        .select_related("award__credential__organization", "award__credential_version")
        .order_by("-pk")
    )


@contextmanager
def alone(space: int, number: int) -> Iterator[bool]:
    """An advisory lock of this session on one thing; given back by the database when the process dies."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [space, number])
        (is_ours,) = cursor.fetchone()
        try:
            yield bool(is_ours)
        finally:
            if is_ours:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [space, number])


def make_certificate(document: SignedDocument, at: datetime) -> bool:
    """Render and store the certificate of an award's credential, unless there is one. Answers whether it was made."""
    award = document.award
    if award is None or SignedDocument.objects.current(DocumentKind.CERTIFICATE).filter(award=award).exists():
        return False
    from issuance.pdf import render  # WeasyPrint takes a second; only who draws needs it

    content = bytes(document.bytes)
    organization = award.credential.organization
    pdf = render.render(
        "issuance/pdf/certificate.html",
        certificate_context(award, orjson.loads(content)),
        identifier=award.public_id.bytes,
        attachments=[render.Attached("badge.json", content, "The signed Open Badge", document.signed_at)],
    )
    return _store(organization, pdf, DocumentKind.CERTIFICATE, at, award=award, valid_from=document.valid_from)


def certificate_context(award: Award, credential: dict[str, Any]) -> dict[str, Any]:
    """What the certificate's template prints; the holder's name is the one in the signed badge."""
    version, organization = award.credential_version, award.credential.organization
    address = badges.award_url(award.public_id)
    components = AwardComponent.objects.filter(award=award)
    is_designation = award.credential.kind == CredentialKind.DESIGNATION
    return {
        "language": version.language,
        "kind": _("Designation") if is_designation else _("Microcredential"),
        "title": version.title,
        "holder": verification.holder_name(credential),
        "summary": version.summary,
        "organization": organization,
        "version": version,
        "seal": badge_page.seal(version, "issued", size=400),
        "facts": [
            (_("Issued"), badge_page.day(award.awarded_at)),
            (_("Valid until"), badge_page.day(award.valid_until) or _("does not expire")),
            *badge_page.facts(version),
        ],
        "passing": badge_page.passing(version),
        "rule": rubric.rule_of(version, list(version.criteria.all())),
        "components": badge_page.parts(components, "component", at=timezone.now()) if is_designation else [],
        "address": address,
        "short": str(award.public_id)[:8],
        "code": str(codes.code_of(award, at=timezone.now())),
        "code_address": core.url("/c/"),
        "limits": version.limits,
        "qr": mark_safe(badge_page.qr(address)),  # noqa: S308  drawn by segno from our own address
    }


def request_transcript(*, actor: User, learner: Learner, at: datetime) -> Transcript:
    """Ask for a transcript over all of a learner's awards, as of the moment when it is made.

    One that still waits is answered instead of another. Raises NotAllowed, Conflict (there is nothing to list).
    """
    if learner.user_id != actor.pk:
        raise NotAllowed(_("You may only ask for your own transcript."))
    if not SignedDocument.objects.filter(award__learner=learner, kind=DocumentKind.CREDENTIAL).exists():
        raise Conflict(_("There is no signed badge to list yet."))
    with transaction.atomic():
        Learner.objects.select_for_update().get(pk=learner.pk)
        waiting = _waiting_transcripts().filter(learner=learner).first()
        transcript = waiting or Transcript.objects.create(learner=learner, requested_at=at)
        handoff.after_commit("issuance.render_pending")
    return transcript


def make_transcript(transcript: Transcript, at: datetime) -> bool:
    """Render and store a transcript: a signed PDF with the signed CLR 2.0 inside. Answers whether it was made."""
    if SignedDocument.objects.current(DocumentKind.TRANSCRIPT).filter(transcript=transcript).exists():
        return False
    learner = transcript.learner
    documents = list(
        SignedDocument.objects.current(DocumentKind.CREDENTIAL)
        .filter(award__learner=learner, award__status__in=[AwardStatus.ACTIVE, AwardStatus.SUPERSEDED])
        .select_related("award__credential__organization", "award__credential_version")
        .prefetch_related(
            "award__credential_version__criteria",
            "award__credential_version__alignments__competency__framework",
            "award__components__component__credential_version",
        )
        .order_by("award__awarded_at", "pk")
    )
    if not documents:
        return False
    from issuance.pdf import render

    organization = documents[0].award.credential.organization  # type: ignore[union-attr]
    clr, signer = _record(transcript, organization, documents, at)
    pdf = render.render(
        "issuance/pdf/transcript.html",
        _transcript_context(learner, organization, documents, at),
        identifier=transcript.public_id.bytes,
        attachments=[render.Attached("clr.json", clr, "The signed Comprehensive Learner Record", at)],
    )
    with transaction.atomic():
        _keep(clr, DocumentKind.CLR, signer.key, at, transcript=transcript, valid_from=at)
        return _store(organization, pdf, DocumentKind.TRANSCRIPT, at, transcript=transcript, valid_from=at)


def _record(
    transcript: Transcript, organization: Organization, documents: Sequence[SignedDocument], at: datetime
) -> tuple[bytes, keys.BadgeSigner]:
    """The signed CLR over the signed badges, as stored."""
    signer = keys.badge_signer(organization)
    record = ob.ClrCredential(
        id=f"urn:uuid:{transcript.public_id}",
        name=_("Transcript of %(name)s") % {"name": transcript.learner.display_name},
        issuer=badges.profile(organization),
        credentials=[orjson.loads(bytes(document.bytes)) for document in documents],
        valid_from=at,
        identities=[ob.IdentityObject.of_name(transcript.learner.display_name)],
        partial=False,
    )
    signed = ob.sign(record.to_dict(), signer=signer, created=at, contexts=core.contexts())
    return ob.to_bytes(signed.document), signer


def _transcript_context(
    learner: Learner, organization: Organization, documents: Sequence[SignedDocument], at: datetime
) -> dict[str, Any]:
    rows: dict[str, list[dict[str, Any]]] = {CredentialKind.DESIGNATION: [], CredentialKind.MICROCREDENTIAL: []}
    for document in documents:
        award = document.award
        if award is not None:
            rows[award.credential.kind].append(_transcript_row(award))
    statements = statements_of(document.award_id for document in documents if document.award_id)
    for row in (row for group in rows.values() for row in group):
        row["statements"] = statements.get(row["award_id"], [])
    hours = sum(
        document.award.credential_version.workload_hours or 0
        for document in documents
        if document.award and document.award.credential.kind == CredentialKind.MICROCREDENTIAL
    )
    recognized = (
        RecognizedCredential.objects.standing_on(timezone.localdate(at))
        .filter(learner=learner)
        .select_related("provider")
    )
    return {
        "holder": learner.display_name,
        "organization": organization,
        "as_of": badge_page.day(at),
        "said": _in_all(len(rows[CredentialKind.MICROCREDENTIAL]), hours, len(rows[CredentialKind.DESIGNATION])),
        "groups": [
            {"title": title, "rows": rows[kind]}
            for kind, title in (
                (CredentialKind.DESIGNATION, _("Designations")),
                (CredentialKind.MICROCREDENTIAL, _("Microcredentials")),
            )
            if rows[kind]
        ],
        "recognized": [{"title": each.title, "provider": each.provider.name} for each in recognized.order_by("pk")],
        "footer": organization.name.replace('"', "'"),
        "check_address": core.url("/check/"),
    }


def _in_all(badges: int, hours: int, designations: int) -> str:
    """What a transcript holds, in one sentence."""
    said = ngettext(
        "%(count)s microcredential of %(hours)s hours", "%(count)s microcredentials of %(hours)s hours together", badges
    ) % {"count": badges, "hours": hours}
    if designations:
        also = ngettext("%(count)s designation", "%(count)s designations", designations) % {"count": designations}
        said = _("%(badges)s, and %(designations)s") % {"badges": said, "designations": also}
    return f"{said}."


def _transcript_row(award: Award) -> dict[str, Any]:
    version = award.credential_version
    until = (
        _("valid until %(day)s") % {"day": badge_page.day(award.valid_until)}
        if award.valid_until
        else _("does not expire")
    )
    line = [
        _("Awarded %(day)s") % {"day": badge_page.day(award.awarded_at)},
        until,
        _("%(hours)s hours") % {"hours": version.workload_hours} if version.workload_hours else "",
        version.get_level_display() if version.level else "",
        _("version %(number)s") % {"number": version.number},
        _("replaced by a newer award") if award.status == AwardStatus.SUPERSEDED else "",
    ]
    own = [row for row in version.alignments.all() if row.criterion_id is None]
    return {
        "award_id": award.pk,
        "title": version.title,
        "line": " · ".join(part for part in line if part),
        "criteria": ", ".join(row.name for row in sorted(version.criteria.all(), key=lambda each: each.position)),
        "components": ", ".join(
            f"{row.component.credential_version.title} ({badge_page.day(row.component.awarded_at)})"
            for row in sorted(award.components.all(), key=lambda each: each.position)
        ),
        "competencies": "; ".join(
            f"{row.competency.code} {row.competency.short_name} ({row.competency.framework.title}, "
            f"{row.competency.framework.version})"
            for row in own
        ),
        "address": badges.award_url(award.public_id),
        "seal": badge_page.seal(version, "issued", size=120),
    }


def _store(
    organization: Organization, pdf: bytes, kind: DocumentKind, at: datetime, *, valid_from: datetime, **subject: Any
) -> bool:
    """Sign a PDF and keep it; False when somebody else was first."""
    from issuance.pdf import sign

    key = keys.active_key(organization, KeyPurpose.DOCUMENT)
    signed = sign.sign(
        pdf,
        private_key=keys.open_key(key),
        certificate=key.certificate,
        root=key.root_certificate,
        name=organization.name,
        at=at,
    )
    try:
        with transaction.atomic():
            _keep(signed, kind, key, at, valid_from=valid_from, **subject)
    except IntegrityError:
        return False
    return True


def _keep(
    content: bytes, kind: DocumentKind, key: SigningKey, at: datetime, *, valid_from: datetime, **subject: Any
) -> SignedDocument:
    digest = hashlib.sha256(content).hexdigest()
    # Two who make the same thing at once arrive at the same number, and the constraint lets one of them in.
    superseded = SignedDocument.objects.filter(kind=kind, superseded_at__isnull=False, **subject).count()
    return SignedDocument.objects.create(
        kind=kind,
        sequence=superseded + 1,
        bytes=content,
        sha256=digest,
        key=key,
        valid_from=valid_from,
        signed_at=timezone.now(),
        signed_by_process=process_name(),
        **subject,
    )
