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
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.formats import date_format
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
from learners.workflow import AwardStatus, Standing, standing

LOCK_CERTIFICATE, LOCK_TRANSCRIPT = 7301, 7302
LONG_NAME = 36  # letters; a longer one is set smaller, so that the certificate stays on one page
LISTED = [AwardStatus.ACTIVE, AwardStatus.SUPERSEDED]


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
    """Those without a document under the learner's present name, as soon as every badge that they list carries it too."""
    made = SignedDocument.objects.current(DocumentKind.TRANSCRIPT).filter(
        transcript=OuterRef("pk"), holder=OuterRef("learner__display_name")
    )
    badges = SignedDocument.objects.current(DocumentKind.CREDENTIAL).filter(award__learner=OuterRef("learner"))
    unsettled = badges.filter(~Q(holder=OuterRef("learner__display_name")) | Q(key__state=KeyState.COMPROMISED))
    return (
        Transcript.objects.filter(
            ~Exists(made), ~Exists(unsettled), Exists(badges.filter(award__status__in=LISTED)), class_entry__isnull=True
        )
        .select_related("learner")
        .order_by("requested_at", "pk")
    )


def _without_certificate() -> QuerySet[SignedDocument]:
    certificate = SignedDocument.objects.current(DocumentKind.CERTIFICATE).filter(award=OuterRef("award"))
    return (
        SignedDocument.objects.current(DocumentKind.CREDENTIAL)
        # One look into an index for each, as where awards without a document are looked for: see `signing.unsigned`.
        .alias(certificate=Subquery(certificate.values("pk")[:1]))
        .filter(certificate=None, award__status=AwardStatus.ACTIVE)
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
    key, signed = sign_pdf(organization, pdf, at)
    with transaction.atomic():
        if not _holds(key):
            return False
        held = SignedDocument.objects.select_for_update().filter(pk=document.pk, superseded_at__isnull=True)
        if not held.exists():
            return False  # issued anew meanwhile
        return _store(
            key,
            signed,
            DocumentKind.CERTIFICATE,
            at,
            award=award,
            holder=document.holder,
            valid_from=document.valid_from,
        )


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
        "is_long": len(verification.holder_name(credential)) > LONG_NAME,
        "summary": version.claim or version.summary,
        "organization": organization,
        "version": version,
        "seal": badge_page.seal(version, "issued", size=400),
        "facts": [
            (_("Issued"), badge_page.day(award.awarded_at)),
            (_("Valid until"), badge_page.day(award.valid_until) or _("does not expire")),
            *badge_page.facts(version),
        ],
        "competencies": "; ".join(
            f"{row.competency.code} {row.competency.short_name} ({row.competency.framework.title}, "
            f"{row.competency.framework.version})"
            for row in badge_page.competencies(version)
        ),
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
    """Render and store a transcript: a signed PDF with the signed CLR 2.0 and each badge inside. Answers whether it was made.

    One under a former name, or with badges that were issued anew, is superseded.
    """
    learner = transcript.learner
    current = SignedDocument.objects.current(DocumentKind.TRANSCRIPT).filter(transcript=transcript)
    if current.filter(holder=learner.display_name).exists():
        return False
    documents = list(
        SignedDocument.objects.current(DocumentKind.CREDENTIAL)
        .filter(award__learner=learner, award__status__in=LISTED)
        .select_related("key", "award__credential__organization", "award__credential_version__credential__organization")
        .prefetch_related(
            "award__credential_version__criteria",
            "award__credential_version__alignments__competency__framework",
            "award__components__component__credential_version",
        )
        .order_by("award__awarded_at", "pk")
    )
    if not documents or any(
        document.holder != learner.display_name or document.key.state == KeyState.COMPROMISED for document in documents
    ):
        return False
    from issuance.pdf import render

    organization = documents[0].award.credential.organization  # type: ignore[union-attr]
    clr, signer = _record(transcript, organization, documents, at)
    attached = [render.Attached("clr.json", clr, "The signed Comprehensive Learner Record", at)]
    attached += [
        render.Attached(
            f"badge-{document.award.public_id}.json",  # type: ignore[union-attr]
            bytes(document.bytes),
            f"The signed badge: {document.award.credential_version.title}",  # type: ignore[union-attr]
            document.signed_at,
        )
        for document in documents
    ]
    pdf = render.render(
        "issuance/pdf/transcript.html",
        _transcript_context(learner, organization, documents, at),
        identifier=transcript.public_id.bytes,
        attachments=attached,
    )
    key, signed = sign_pdf(organization, pdf, at)
    with transaction.atomic():
        if not _holds(key):
            return False
        held = SignedDocument.objects.select_for_update().filter(pk__in=[document.pk for document in documents])
        if held.filter(superseded_at__isnull=True).count() != len(documents):
            return False  # issued anew meanwhile; the next look makes it from those
        SignedDocument.objects.filter(transcript=transcript, superseded_at__isnull=True).update(superseded_at=at)
        subject = {"transcript": transcript, "holder": learner.display_name}
        _keep(clr, DocumentKind.CLR, signer.key, at, valid_from=at, **subject)
        return _store(key, signed, DocumentKind.TRANSCRIPT, at, valid_from=at, **subject)


def _record(
    transcript: Transcript, organization: Organization, documents: Sequence[SignedDocument], at: datetime
) -> tuple[bytes, keys.BadgeSigner]:
    """The signed CLR over the signed badges, as stored. It says so when the learner has one that is suspended now."""
    signer = keys.badge_signer(organization)
    is_partial = Award.objects.filter(learner=transcript.learner, status=AwardStatus.SUSPENDED).exists()
    record = ob.ClrCredential(
        id=f"urn:uuid:{transcript.public_id}",
        name=_("Transcript of %(name)s") % {"name": transcript.learner.display_name},
        issuer=badges.profile(organization),
        credentials=[orjson.loads(bytes(document.bytes)) for document in documents],
        valid_from=at,
        identities=[ob.IdentityObject.of_name(transcript.learner.display_name)],
        partial=is_partial,
    )
    signed = ob.sign(record.to_dict(), signer=signer, created=at, contexts=core.contexts())
    return ob.to_bytes(signed.document), signer


def _transcript_context(
    learner: Learner, organization: Organization, documents: Sequence[SignedDocument], at: datetime
) -> dict[str, Any]:
    rows: dict[str, list[dict[str, Any]]] = {CredentialKind.DESIGNATION: [], CredentialKind.MICROCREDENTIAL: []}
    competencies: dict[str, list[str]] = {}
    for document in documents:
        award = document.award
        if award is not None:
            rows[award.credential.kind].append(_transcript_row(award, at))
            for aligned in award.credential_version.alignments.all():
                framework = aligned.competency.framework
                said = f"{aligned.competency.code} {aligned.competency.short_name}"
                listed = competencies.setdefault(f"{framework.title}, {framework.version}", [])
                if said not in listed:
                    listed.append(said)
    statements = statements_of(document.award_id for document in documents if document.award_id)
    for row in (row for group in rows.values() for row in group):
        row["statements"] = statements.get(row["award_id"], [])
    standing = [
        document.award.credential_version
        for document in documents
        if document.award
        and document.award.status == AwardStatus.ACTIVE
        and document.award.credential.kind == CredentialKind.MICROCREDENTIAL
    ]
    recognized = (
        RecognizedCredential.objects.standing_on(timezone.localdate(at))
        .filter(learner=learner)
        .select_related("provider", "counts_toward__current_version")
        .order_by("earned_on", "pk")
    )
    return {
        "holder": learner.display_name,
        "organization": organization,
        "as_of": badge_page.day(at),
        "said": _in_all(
            len(standing),
            sum(version.workload_hours or 0 for version in standing),
            sum(
                document.award.status == AwardStatus.ACTIVE
                and document.award.credential.kind == CredentialKind.DESIGNATION
                for document in documents
                if document.award
            ),
        ),
        "groups": [
            {"title": title, "rows": rows[kind]}
            for kind, title in (
                (CredentialKind.DESIGNATION, _("Designations")),
                (CredentialKind.MICROCREDENTIAL, _("Microcredentials")),
            )
            if rows[kind]
        ],
        "competencies": [
            {"framework": framework, "items": "; ".join(sorted(items))}
            for framework, items in sorted(competencies.items())
        ],
        "recognized": [_recognized_row(each) for each in recognized],
        "footer": organization.name.replace("\\", "").replace('"', "'"),
        "check_address": core.url("/check/"),
    }


def _recognized_row(each: RecognizedCredential) -> dict[str, str]:
    toward = each.counts_toward.current_version if each.counts_toward is not None else None
    line = [
        each.provider.name,
        _("earned %(day)s") % {"day": date_format(each.earned_on, "M j, Y")},
        _("recognized until %(day)s") % {"day": date_format(each.valid_until, "M j, Y")} if each.valid_until else "",
        _("counted here as %(part)s of %(title)s")
        % {"part": each.get_credit_display() or _("a part"), "title": toward.title}
        if toward is not None
        else "",
    ]
    title = f"{each.title}: {each.part}" if each.part else each.title
    return {"title": title, "line": " · ".join(part for part in line if part)}


def _in_all(badges: int, hours: int, designations: int) -> str:
    """What a transcript holds, in one sentence."""
    said = ngettext(
        "%(count)s microcredential of %(hours)s hours", "%(count)s microcredentials of %(hours)s hours together", badges
    ) % {"count": badges, "hours": hours}
    if designations:
        also = ngettext("%(count)s designation", "%(count)s designations", designations) % {"count": designations}
        said = _("%(badges)s, and %(designations)s") % {"badges": said, "designations": also}
    return f"{said}."


def _transcript_row(award: Award, at: datetime) -> dict[str, Any]:
    version = award.credential_version
    line = [
        _("Awarded %(day)s") % {"day": badge_page.day(award.awarded_at)},
        _standing(award, at),
        _("%(hours)s hours") % {"hours": version.workload_hours} if version.workload_hours else "",
        version.get_level_display() if version.level else "",
        _("version %(number)s") % {"number": version.number},
    ]
    own = badge_page.competencies(version)
    return {
        "award_id": award.pk,
        "title": version.title,
        "line": " · ".join(part for part in line if part),
        "criteria": "; ".join(row.name for row in sorted(version.criteria.all(), key=lambda each: each.position)),
        "components": [
            {
                "title": row.component.credential_version.title,
                "line": _("awarded %(day)s, %(standing)s")
                % {"day": badge_page.day(row.component.awarded_at), "standing": _standing(row.component, at)},
            }
            for row in sorted(award.components.all(), key=lambda each: each.position)
        ],
        "competencies": "; ".join(
            f"{row.competency.code} {row.competency.short_name} ({row.competency.framework.title}, "
            f"{row.competency.framework.version})"
            for row in own
        ),
        "address": badges.award_url(award.public_id),
        "seal": badge_page.seal(version, "issued", size=120),
    }


def _standing(award: Award, at: datetime) -> str:
    """How an award stands in the moment of the transcript, in the words of its page."""
    state = standing(award.status, award.valid_until, at)
    if state not in {Standing.VALID, Standing.EXPIRED}:
        return str(state.label[:1]).lower() + str(state.label[1:])
    if award.valid_until is None:
        return _("does not expire")
    said = _("expired %(day)s") if state == Standing.EXPIRED else _("valid until %(day)s")
    return said % {"day": badge_page.day(award.valid_until)}


def sign_pdf(organization: Organization, pdf: bytes, at: datetime) -> tuple[SigningKey, bytes]:
    """Sign a PDF with an organization's document key, and with a time stamp where an authority is set.

    Raises KeyUnavailable, TimeStampMissing.
    """
    from issuance.pdf import sign

    key = keys.active_key(organization, KeyPurpose.DOCUMENT)
    return key, sign.sign(
        pdf,
        sign_bytes=keys.document_sign(key),
        certificate=key.certificate,
        root=key.root_certificate,
        name=organization.name,
        at=at,
        stamper=sign.time_stamper(),
    )


def _holds(key: SigningKey) -> bool:
    """Lock the key of a document that is to be kept, before any document; False when it was withdrawn meanwhile."""
    locked = SigningKey.objects.select_for_update(no_key=True).filter(pk=key.pk)
    return locked.exclude(state=KeyState.COMPROMISED).exists()


def _store(
    key: SigningKey, signed: bytes, kind: DocumentKind, at: datetime, *, valid_from: datetime, **subject: Any
) -> bool:
    """Keep a signed PDF; False when somebody else was first."""
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
    of = {name: subject[name] for name in ("award", "transcript") if name in subject}
    superseded = SignedDocument.objects.filter(kind=kind, superseded_at__isnull=False, **of).count()
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
