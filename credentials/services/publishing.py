"""Publishing, retiring, and who answers for a credential."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from config.errors import Incomplete, Invalid
from config.permissions import Can, Role, require
from credentials.gate import missing
from credentials.models import Credential, CredentialEvent, CredentialVersion
from credentials.services.endorsements import settle_endorsements_of
from credentials.workflow import CREDENTIAL_MOVES, VERSION_MOVES, CredentialStatus, VersionStatus, require_move

if TYPE_CHECKING:
    from learners.models import User

_OWNERS = [Role.LEAD, Role.ADMINISTRATOR]
# More small seals than this on one circle cannot be told apart.
SEAL_PARTS_MAX = 12


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
    if lacking := missing(version, on=timezone.localdate(at)):
        names = [each.text for each in lacking]
        raise Incomplete(_("Before it can be published: %(missing)s") % {"missing": " ".join(names)}, names)

    version.status, version.published_at, version.published_by = VersionStatus.PUBLISHED, at, actor
    version.save(update_fields=["status", "published_at", "published_by"])
    settle_endorsements_of(version, at=at)
    credential.status, credential.current_version = CredentialStatus.OFFERED, version
    credential.save(update_fields=["status", "current_version"])
    CredentialEvent.objects.create(
        credential=credential, version=version, actor=actor, action="published", note=note, at=at
    )
    return version


def may_own(person: "User", credential: Credential) -> bool:
    """Whether somebody may answer for a credential: its leads and administrators, while they can sign in."""
    return person.is_active and person.has_any_role(_OWNERS, credential)


@transaction.atomic
def set_stewardship(
    *, actor: "User", credential: Credential, owner: "User", review_on: date, at: datetime
) -> Credential:
    """Say who answers for a credential, and when it is looked at again. Raises NotAllowed, Invalid (a past date)."""
    credential = Credential.objects.select_for_update().get(pk=credential.pk)
    require(actor, Can.CREDENTIAL_EDIT, credential)
    if review_on <= timezone.localdate(at):
        raise Invalid(_("The review date must lie in the future."))
    if not may_own(owner, credential):
        raise Invalid(_("The owner must be a lead or an administrator of the organization."))
    credential.owner, credential.review_on = owner, review_on
    credential.save(update_fields=["owner", "review_on"])
    CredentialEvent.objects.create(
        credential=credential, actor=actor, action="stewardship", note=f"{owner.name}, {review_on.isoformat()}", at=at
    )
    return credential


@transaction.atomic
def retire_credential(*, actor: "User", credential: Credential, at: datetime, note: str = "") -> Credential:
    """Offer it no longer: nobody can start it, and badges that were earned stay. Raises NotAllowed, IllegalMove."""
    credential = Credential.objects.select_for_update().get(pk=credential.pk)
    require(actor, Can.CREDENTIAL_RETIRE, credential)
    require_move(CREDENTIAL_MOVES, credential.status, CredentialStatus.RETIRED)
    credential.status = CredentialStatus.RETIRED
    credential.save(update_fields=["status"])
    CredentialEvent.objects.create(credential=credential, actor=actor, action="retired", note=note, at=at)
    return credential


@transaction.atomic
def set_early_assessment(*, actor: "User", credential: Credential, is_allowed: bool, at: datetime) -> Credential:
    """Say whether whoever can do it already may be assessed without a seat. Raises NotAllowed. A second call is nothing."""
    credential = Credential.objects.select_for_update().get(pk=credential.pk)
    require(actor, Can.CREDENTIAL_EDIT, credential)
    if credential.allows_early_assessment != is_allowed:
        credential.allows_early_assessment = is_allowed
        credential.save(update_fields=["allows_early_assessment"])
        CredentialEvent.objects.create(
            credential=credential,
            actor=actor,
            action="early assessment allowed" if is_allowed else "early assessment closed",
            at=at,
        )
    return credential


@transaction.atomic
def set_seal_parts(*, designation: Credential, components: Sequence[Credential]) -> None:
    """Say what the seal of a designation shows around its own, once: a seal never changes. A second call changes nothing.

    components: come with their current version; one without is left out.
    """
    designation = Credential.objects.select_for_update().get(pk=designation.pk)
    if designation.seal_parts:
        return
    parts = {str(each.public_id): each.current_version.theme for each in components if each.current_version is not None}
    designation.seal_parts = list(parts.items())[:SEAL_PARTS_MAX]
    designation.save(update_fields=["seal_parts"])
