"""The commands on what can be earned, the only writers."""

from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from config.errors import Conflict, Incomplete, Invalid
from config.permissions import Can, Role, require
from credentials.gate import missing
from credentials.models import (
    Alignment,
    Credential,
    CredentialEvent,
    CredentialVersion,
    Criterion,
    CriterionLevel,
    EvidenceRequirement,
    Outcome,
    Prerequisite,
)
from credentials.workflow import CREDENTIAL_MOVES, VERSION_MOVES, CredentialStatus, VersionStatus, require_move

if TYPE_CHECKING:
    from learners.models import User

_OWNERS = [Role.LEAD, Role.ADMINISTRATOR]


@transaction.atomic
def publish_version(*, actor: "User", version: CredentialVersion, at: datetime, note: str = "") -> CredentialVersion:
    """Publish a draft: from now on it is frozen, and the one that learners enroll in.

    Raises NotAllowed, IllegalMove (published already), Incomplete (names each thing that the gate misses).
    """
    credential = Credential.objects.select_for_update().get(pk=version.credential_id)
    version = CredentialVersion.objects.select_for_update().get(pk=version.pk)
    version.credential = credential
    require(actor, Can.CREDENTIAL_PUBLISH, credential)
    require_move(VERSION_MOVES, version.status, VersionStatus.PUBLISHED)
    require_move(CREDENTIAL_MOVES, credential.status, CredentialStatus.OFFERED)
    if lacking := missing(version):
        names = [each.text for each in lacking]
        raise Incomplete(_("Before it can be published: %(missing)s") % {"missing": " ".join(names)}, names)

    version.status, version.published_at, version.published_by = VersionStatus.PUBLISHED, at, actor
    version.save(update_fields=["status", "published_at", "published_by"])
    credential.status, credential.current_version = CredentialStatus.OFFERED, version
    credential.save(update_fields=["status", "current_version"])
    CredentialEvent.objects.create(
        credential=credential, version=version, actor=actor, action="published", note=note, at=at
    )
    return version


@transaction.atomic
def set_stewardship(
    *, actor: "User", credential: Credential, owner: "User", review_on: date, at: datetime
) -> Credential:
    """Say who answers for a credential, and when it is looked at again. Raises NotAllowed, Invalid (a past date)."""
    credential = Credential.objects.select_for_update().get(pk=credential.pk)
    require(actor, Can.CREDENTIAL_EDIT, credential)
    if review_on <= timezone.localdate(at):
        raise Invalid(_("The review date must lie in the future."))
    if not owner.has_any_role(_OWNERS, credential):
        raise Invalid(_("The owner must be a lead or an administrator of the organization."))
    credential.owner, credential.review_on = owner, review_on
    credential.save(update_fields=["owner", "review_on"])
    CredentialEvent.objects.create(
        credential=credential, actor=actor, action="stewardship", note=f"{owner.name}, {review_on.isoformat()}", at=at
    )
    return credential


@transaction.atomic
def start_version(*, actor: "User", credential: Credential, at: datetime) -> CredentialVersion:
    """Copy the newest version into a draft, to be changed and published. Raises NotAllowed, Conflict (there is a draft)."""
    credential = Credential.objects.select_for_update().get(pk=credential.pk)
    require(actor, Can.CREDENTIAL_EDIT, credential)
    if credential.versions.filter(status=VersionStatus.DRAFT).exists():
        raise Conflict(_("There is a draft already; publish it or go on with it."))
    newest = credential.versions.order_by("-number").first()
    if newest is None:
        raise Conflict(_("There is no version to start from."))
    number = credential.versions.aggregate(Max("number"))["number__max"] + 1
    draft = _copy(newest, number=number, status=VersionStatus.DRAFT, published_at=None, published_by=None)
    _copy_children(newest, draft)
    CredentialEvent.objects.create(credential=credential, version=draft, actor=actor, action="version started", at=at)
    return draft


def _copy(row: CredentialVersion, **changes: object) -> CredentialVersion:
    values = {
        field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields if not field.primary_key
    }
    draft = CredentialVersion(**values)
    for name, value in changes.items():
        setattr(draft, name, value)
    draft.save(force_insert=True)
    return draft


def _copy_children(source: CredentialVersion, draft: CredentialVersion) -> None:
    Outcome.objects.bulk_create(
        Outcome(version=draft, position=row.position, text=row.text) for row in source.outcomes.order_by("position")
    )
    EvidenceRequirement.objects.bulk_create(
        EvidenceRequirement(
            version=draft,
            position=row.position,
            kind=row.kind,
            source=row.source,
            items_min=row.items_min,
            patient_data_risk=row.patient_data_risk,
            instructions=row.instructions,
            is_in_renewal=row.is_in_renewal,
        )
        for row in source.evidence_requirements.order_by("position")
    )
    Prerequisite.objects.bulk_create(
        Prerequisite(version=draft, requires_id=row.requires_id) for row in source.prerequisites.order_by("pk")
    )
    criteria: dict[int, Criterion] = {}
    for row in source.criteria.prefetch_related("levels").order_by("position"):
        criteria[row.pk] = criterion = Criterion.objects.create(
            version=draft,
            key=row.key,
            position=row.position,
            name=row.name,
            looks_for=row.looks_for,
            is_required=row.is_required,
            weight=row.weight,
        )
        CriterionLevel.objects.bulk_create(
            CriterionLevel(criterion=criterion, value=level.value, label=level.label, descriptor=level.descriptor)
            for level in row.levels.all()
        )
    Alignment.objects.bulk_create(
        Alignment(
            version=draft,
            criterion=criteria.get(row.criterion_id) if row.criterion_id else None,
            competency_id=row.competency_id,
            strength=row.strength,
        )
        for row in source.alignments.order_by("pk")
    )
