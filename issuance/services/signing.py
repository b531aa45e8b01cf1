"""Signing what is due. The rows are the queue: an award that is due and has no credential document is work to do.

A batch reserves its status positions first, in a short transaction, then claims, builds, signs and records in one more. A
process that dies anywhere leaves the awards due, and at most some positions unused.
"""

import hashlib
import logging
import os
import socket
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, Max, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _

from config import handoff
from credentials.models import CredentialVersion, Organization
from issuance import badges, core
from issuance import openbadges as ob
from issuance.models import DocumentKind, SealImage, SignedDocument, StatusEntry, StatusList
from issuance.services import keys, status
from issuance.workflow import KeyState
from learners import services as learners_services
from learners.models import Award, EvidenceItem, Notice
from learners.models.awards import AwardQuerySet
from learners.workflow import AwardStatus

logger = logging.getLogger("signet.signing")

# Sweeps look back this far; a full look, once in a while, finds anything older.
LOOK_BACK = timedelta(days=2)


def process_name() -> str:
    """Which process this is: "worker:<host>:<pid>"."""
    return f"{os.environ.get('SIGNET_PROCESS', 'shell')}:{socket.gethostname()}:{os.getpid()}"[:100]


def unsigned(at: datetime, *, since: datetime | None = None) -> AwardQuerySet:
    """Awards that are due and have no current credential document; without `since` also those to be issued anew."""
    document = SignedDocument.objects.current(DocumentKind.CREDENTIAL).filter(award=OuterRef("pk"))
    # One look into an index for each award. NOT EXISTS is planned as a join, and while a cohort is signed the statistics
    # know nothing of its rows: then each batch compared every award with every document.
    unsigned_awards = Award.objects.alias(document=Subquery(document.values("pk")[:1])).filter(document=None)
    if since is not None:
        return unsigned_awards.due(at).filter(sign_after__gte=since)
    # A key was withdrawn, or the learner has another name: whatever became of the award, its badge is signed again.
    withdrawn = Exists(document.filter(key__state=KeyState.COMPROMISED))
    carrying = SignedDocument.objects.current(DocumentKind.CREDENTIAL)
    renamed = carrying.exclude(holder=F("award__learner__display_name")).values("award")
    return Award.objects.filter(withdrawn | Q(pk__in=renamed) | Q(pk__in=unsigned_awards.due(at)))


def sign_pending(*, limit: int, at: datetime, full: bool = False) -> int:
    """Sign up to `limit` due awards of one organization; answer how many were signed. Zero means nothing is left.

    May be called by any number of processes at once. full: look at awards of any age. Raises KeyUnavailable.
    """
    waiting = unsigned(at, since=None if full else at - LOOK_BACK)
    organizations = Organization.objects.filter(pk__in=waiting.values("credential__organization"))
    for organization in organizations.order_by("pk"):
        own = waiting.filter(credential__organization=organization).order_by("sign_after", "pk")
        versions = list(own.values_list("credential_version", flat=True)[:limit])
        if not versions:
            continue
        for version_id in set(versions):
            ensure_image(version_id)
        signer = keys.badge_signer(organization)
        status_list, indexes = status.reserve(organization=organization, count=len(versions), at=at)
        if signed := _sign_batch(own, organization, signer, status_list, indexes, at):
            core.tally()
            return signed
    return 0


@transaction.atomic
def _sign_batch(
    own: AwardQuerySet,
    organization: Organization,
    signer: keys.BadgeSigner,
    status_list: StatusList,
    indexes: Sequence[int],
    at: datetime,
) -> int:
    claimed = list(own.select_for_update(skip_locked=True, of=("self",)).with_context()[: len(indexes)])
    # Another process may have signed and committed between our look and our lock; a second look sees that.
    current = SignedDocument.objects.current(DocumentKind.CREDENTIAL).filter(award__in=claimed)
    done = dict(current.exclude(key__state=KeyState.COMPROMISED).values_list("award_id", "holder"))
    awards = [award for award in claimed if done.get(award.pk) != award.learner.display_name]
    if not awards:
        return 0
    earlier, replaced = _make_room(awards, at)
    evidence = _evidence(awards)
    endorsements = badges.signed_endorsements({award.credential_version_id for award in awards})
    issuer = badges.profile(organization)
    list_url = status.list_url(status_list)
    documents, entries = [], []
    name = process_name()
    for award, index in zip(awards, indexes, strict=False):
        entry = ob.StatusEntryRef(list_url=list_url, index=index)
        try:
            badge = badges.badge(
                award,
                issuer=issuer,
                status=entry,
                evidence=evidence.get(award.pk, ()),
                valid_from=award.awarded_at,
                endorsements=endorsements.get(award.credential_version_id, ()),
            )
            signed = core.templates().sign(badge.to_dict(), signer=signer, created=at)
        except ob.ModelError as error:
            # One award that cannot be written down must not hold up the others; /readyz counts it as waiting.
            logger.error(
                "award cannot be signed", extra={"award": award.public_id, "cause": error.code, "field": error.field}
            )
            continue
        if not signed.holds_under(signer.public_key):
            raise ob.ProofError("A signature of ours does not hold; nothing of this batch is kept.")
        content = ob.to_bytes(signed.document)
        digest = hashlib.sha256(content).hexdigest()
        documents.append(
            SignedDocument(
                award=award,
                kind=DocumentKind.CREDENTIAL,
                sequence=earlier.get(award.pk, 0) + 1,
                bytes=content,
                sha256=digest,
                key=signer.key,
                holder=award.learner.display_name,
                valid_from=award.awarded_at,
                signed_at=at,
                signed_by_process=name,
                verified_sha256=digest,
                verified_at=at,
            )
        )
        entries.append(index)
    SignedDocument.objects.bulk_create(documents)
    made = StatusEntry.objects.bulk_create(
        StatusEntry(document=document, list=status_list, index=index)
        for document, index in zip(documents, entries, strict=True)
    )
    # What was revoked stays revoked under its new position; the files of before are not to be taken for the present one.
    revoked = [each for each in made if each.document.award and each.document.award.status == AwardStatus.REVOKED]
    renewed = {document.award_id for document in documents}
    old = [each for each in replaced if each.document.award_id in renewed]
    if revoked or old:
        status.set_bits(entries=[*revoked, *old], at=at)
    _tell_learners(documents, {each.document.award_id for each in old if _is_renamed(each.document)}, at)
    if documents:
        handoff.after_commit("issuance.render_pending")
    return len(documents)


def _make_room(awards: Sequence[Award], at: datetime) -> tuple[dict[int, int], list[StatusEntry]]:
    """Supersede what awards that are issued anew had before, badge and certificate.

    Answers how often each was signed so far, and the positions of the badges that are replaced.
    """
    documents = SignedDocument.objects.filter(award__in=awards)
    replaced = list(
        StatusEntry.objects.filter(document__in=documents.filter(superseded_at__isnull=True))
        .select_related("document__award__learner", "document__key")
        .defer("document__bytes")
    )
    documents.filter(superseded_at__isnull=True).update(superseded_at=at)
    signed = documents.filter(kind=DocumentKind.CREDENTIAL).values("award").annotate(last=Max("sequence"))
    return {row["award"]: row["last"] for row in signed}, replaced


def _is_renamed(document: SignedDocument) -> bool:
    return document.award is not None and document.holder != document.award.learner.display_name


def _evidence(awards: Sequence[Award]) -> dict[int, list[EvidenceItem]]:
    """The evidence items of each award's submission, in one query."""
    found: dict[int, list[EvidenceItem]] = {}
    by_submission = {
        submission: award
        for award, submission in Award.objects.filter(
            pk__in=[award.pk for award in awards], decision__isnull=False
        ).values_list("pk", "decision__submission")
    }
    items = (
        EvidenceItem.objects.filter(submission__in=by_submission).select_related("file", "requirement").order_by("pk")
    )
    for item in items:
        found.setdefault(by_submission[item.submission_id], []).append(item)
    return found


def _tell_learners(documents: Sequence[SignedDocument], renamed: set[int | None], at: datetime) -> None:
    ready = _("Your badge is signed and ready. It is private until you share it; you decide with whom.")
    anew = _(
        "Your badge was signed anew, because a key of the school is no longer used. Its address is the same; files that "
        "you downloaded before do not verify any more, so please download them again."
    )
    under_name = _(
        "Your badge was signed anew under your present name. Its address is the same; a file that you downloaded before "
        "carries the former name and is told to be replaced, so please download it again."
    )
    learners_services.tell_all(
        Notice(
            user=document.award.learner.user,
            kind="badge-ready" if document.sequence == 1 else "badge-anew",
            subject=(
                _("%(title)s: your badge is ready")
                if document.sequence == 1
                else _("%(title)s: your badge was issued anew")
            )
            % {"title": document.award.credential_version.title},
            text=under_name if document.award_id in renamed else ready if document.sequence == 1 else anew,
            path=reverse("learners:award-detail", args=[document.award.public_id]),
            created_at=at,
        )
        for document in documents
        if document.award is not None and document.award.learner.user is not None
    )


def ensure_image(version_id: int) -> SealImage:
    """The badge image of a version: drawn once, outside any lock."""
    image = SealImage.objects.filter(credential_version=version_id, size_px=settings.BADGE_IMAGE_PX).first()
    if image is not None:
        return image
    version = CredentialVersion.objects.select_related("credential__organization").get(pk=version_id)
    svg = ob.badge_image(
        version.credential.public_id,
        ink=version.credential.organization.ink,
        theme=version.theme,
        title=version.title,
        issuer=version.credential.organization.name,
        components=version.credential.seal_components,
    )
    png = ob.rasterize(svg, size=settings.BADGE_IMAGE_PX, fonts=sorted(settings.IMAGE_FONTS_DIR.glob("*.ttf")))
    return SealImage.objects.get_or_create(
        credential_version=version, size_px=settings.BADGE_IMAGE_PX, defaults={"png": png, "svg": svg}
    )[0]
