"""What a school publishes as directory information: name, title and date of a badge, where its switch is on.

Never a level, feedback or evidence; never who opted out; never what was revoked or is not signed. One statement decides
each answer, so that a badge that is kept out and one that never was look alike.
"""

from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Subquery

from credentials.models import Organization
from issuance.models import DirectoryDecision, DocumentKind, SignedDocument
from learners.models import Award
from learners.models.awards import AwardQuerySet
from learners.workflow import AwardStatus

SHOWN = 50
FEWEST_LETTERS = 3


def _switch(organization: str) -> Subquery:
    newest = DirectoryDecision.objects.filter(organization=OuterRef(organization)).order_by("-at", "-pk")
    return Subquery(newest.values("is_on")[:1])


def listed() -> AwardQuerySet:
    """The awards that a directory may name."""
    signed = SignedDocument.objects.current(DocumentKind.CREDENTIAL).filter(award=OuterRef("pk"))
    return (
        Award.objects.alias(is_on=_switch("credential__organization"))
        .filter(Exists(signed), is_on=True, status=AwardStatus.ACTIVE, learner__is_directory_opt_out=False)
        .select_related("learner", "credential__organization", "credential_version")
    )


def entry(public_id: UUID) -> Award | None:
    """One award of the directory, or None. One statement."""
    return listed().filter(public_id=public_id).first()


def school(slug: str) -> Organization | None:
    """A school whose directory is open, or None. One statement."""
    return Organization.objects.alias(is_on=_switch("pk")).filter(slug=slug, is_on=True).first()


def search(organization: Organization, said: str) -> list[Award]:
    """The badges of those whose name holds the words; a few at most, and nothing for too few letters."""
    words = said.split()
    if len("".join(words)) < FEWEST_LETTERS:
        return []
    found: Any = listed().filter(credential__organization=organization)
    for word in words:
        found = found.filter(learner__display_name__icontains=word)
    return list(found.order_by("learner__display_name", "awarded_at", "pk")[:SHOWN])
