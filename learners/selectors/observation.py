"""What the pages of ward observation show."""

from dataclasses import dataclass
from datetime import datetime

import segno
from django.conf import settings
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from credentials.models import EvidenceRequirement
from learners.models import Enrollment, Observation, ObservationInvitation, User
from learners.models.observation import ANCHORS


@dataclass(frozen=True)
class Open:
    """An invitation that waits: with a code and its drawing for staff, or the address that it was mailed to."""

    invitation: ObservationInvitation
    code: str
    address: str
    drawing: SafeString | str


def requirements(enrollment: Enrollment) -> list[EvidenceRequirement]:
    """What staff provides for this version. One query."""
    found = enrollment.credential_version.evidence_requirements.filter(source="staff")
    return list(found.order_by("position"))


def open_invitations(enrollment: Enrollment, at: datetime) -> list[Open]:
    """One query."""
    waiting = enrollment.observation_invitations.filter(used_at__isnull=True, expires_at__gt=at)
    return [_open(each) for each in waiting.select_related("requirement").order_by("-made_at", "pk")[:10]]


def _open(invitation: ObservationInvitation) -> Open:
    if invitation.email:
        return Open(invitation, "", "", "")
    address = f"{settings.PUBLIC_ORIGIN}{reverse('learners:observation-staff', args=[invitation.code])}"
    drawn = segno.make(address, error="m", micro=False).svg_inline(omitsize=True, border=2)
    spoken = f"{invitation.code[:5]}-{invitation.code[5:]}"
    return Open(invitation, spoken, address, mark_safe(drawn))  # noqa: S308 - drawn from our own address


def written(enrollment: Enrollment) -> list[Observation]:
    """What was written about a learner here, the newest first. One query."""
    return list(enrollment.observations.select_related("observer").order_by("-observed_at", "pk"))


def put_off(user: User, at: datetime) -> list[ObservationInvitation]:
    """What a person began and left for later. One query."""
    begun = ObservationInvitation.objects.filter(draft_by=user, used_at__isnull=True, expires_at__gt=at)
    return list(
        begun.select_related("enrollment__learner", "enrollment__credential_version").order_by("expires_at", "pk")
    )


def anchors(chosen: object) -> list[dict[str, object]]:
    """The words of the scale with what each means, and which is chosen."""
    return [
        {"value": value, "words": words, "help": meaning, "is_chosen": str(chosen) == str(value)}
        for value, (words, meaning) in ANCHORS.items()
    ]
