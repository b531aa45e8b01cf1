"""The states of pathways and designation cases, and which may follow which."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from credentials.workflow import require_move as require_move


class PathwayVersionStatus(TextChoices):
    DRAFT = "draft", _("a draft")
    PUBLISHED = "published", _("published")
    RETIRED = "retired", _("retired")


class PathwayEnrollmentStatus(TextChoices):
    ACTIVE = "active", _("active")
    COMPLETED = "completed", _("completed")
    LEFT = "left", _("left")


class CaseStatus(TextChoices):
    OPEN = "open", _("waiting for the committee")
    CONFIRMED = "confirmed", _("confirmed by the committee")
    DECLINED = "declined", _("declined by the committee")
    KEPT = "kept", _("kept by the committee")
    TO_REVOKE = "to-revoke", _("to be revoked, as the committee decided")


PATHWAY_VERSION_MOVES: dict[str, set[str]] = {
    PathwayVersionStatus.DRAFT: {PathwayVersionStatus.PUBLISHED},
    PathwayVersionStatus.PUBLISHED: {PathwayVersionStatus.RETIRED},
    PathwayVersionStatus.RETIRED: set(),
}
PATHWAY_ENROLLMENT_MOVES: dict[str, set[str]] = {
    PathwayEnrollmentStatus.ACTIVE: {PathwayEnrollmentStatus.COMPLETED, PathwayEnrollmentStatus.LEFT},
    PathwayEnrollmentStatus.COMPLETED: set(),
    PathwayEnrollmentStatus.LEFT: set(),
}
CASE_MOVES: dict[str, set[str]] = {
    CaseStatus.OPEN: {CaseStatus.CONFIRMED, CaseStatus.DECLINED, CaseStatus.KEPT, CaseStatus.TO_REVOKE},
    CaseStatus.CONFIRMED: set(),
    CaseStatus.DECLINED: set(),
    CaseStatus.KEPT: set(),
    CaseStatus.TO_REVOKE: set(),
}
