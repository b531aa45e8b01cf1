"""What the editor reads around a draft: templates, suggestions, competencies to align to, reviews that are due."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.db.models import Case, F, IntegerField, Max, Q, QuerySet, Value, When

from credentials.models import Competency, Credential, CredentialVersion, EvidenceRequirement, Framework, Organization
from credentials.models.catalog import CredentialKind
from credentials.workflow import CredentialStatus

if TYPE_CHECKING:
    from learners.models import User

FOUND_MAX = 25
SUGGESTIONS_MAX = 40


def startable_in(user: User) -> list[Organization]:
    """Where this person may begin a credential: grants for a single one do not count. No query but for the grants."""
    found = {
        grant.organization_id: grant.organization
        for grant in user.current_grants
        if grant.role in {"lead", "administrator"} and grant.credential_id is None
    }
    return sorted(found.values(), key=lambda each: (each.name, each.pk))


def administered_by(user: User) -> list[Organization]:
    """The organizations whose whole catalog this person administers."""
    found = {
        grant.organization_id: grant.organization
        for grant in user.current_grants
        if grant.role == "administrator" and grant.credential_id is None
    }
    return sorted(found.values(), key=lambda each: (each.name, each.pk))


def templates() -> list[CredentialVersion]:
    """The published versions that a new microcredential may start from. One query."""
    return list(
        CredentialVersion.objects.filter(
            pk=F("credential__current_version"), credential__kind=CredentialKind.MICROCREDENTIAL
        )
        .select_related("credential__organization")
        .order_by("title", "pk")
    )


def askable(credential: Credential) -> list[tuple[str, str]]:
    """What may be asked for first: (code, title) of what the school has published. One query."""
    rows = (
        Credential.objects.filter(organization=credential.organization_id, current_version__isnull=False)
        .exclude(pk=credential.pk)
        .order_by("current_version__title", "pk")
        .values_list("code", "current_version__title")
    )
    return [(code, f"{title} ({code})") for code, title in rows]


def suggestions(organization_id: int) -> dict[str, list[str]]:
    """What the school wrote elsewhere in fields of free text. Two queries."""
    names = ("theme", "delivery", "supervision_and_identity")
    found: dict[str, set[str]] = {name: set() for name in names}
    for row in CredentialVersion.objects.filter(credential__organization=organization_id).values(*names).distinct():
        for name in names:
            found[name].add(row[name])
    kinds = (
        EvidenceRequirement.objects.filter(version__credential__organization=organization_id)
        .values_list("kind", flat=True)
        .distinct()
    )
    found["evidence"] = set(kinds)
    return {name: sorted(values - {""})[:SUGGESTIONS_MAX] for name, values in found.items()}


def find_competencies(words: str) -> list[Competency]:
    """Competencies whose code or name holds every word; the code itself first. One query, at most FOUND_MAX."""
    parts = words.split()
    if not parts:
        return []
    wanted = Q()
    for part in parts:
        wanted &= (
            Q(code__icontains=part)
            | Q(short_name__icontains=part)
            | Q(paraphrase__icontains=part)
            | Q(framework__title__icontains=part)
            | Q(framework__version__icontains=part)
        )
    exact = Case(When(code__iexact=words.strip(), then=Value(0)), default=Value(1), output_field=IntegerField())
    found: QuerySet[Competency] = Competency.objects.filter(wanted).select_related("framework")
    return list(found.order_by(exact, "framework__title", "-framework__pk", "position", "pk")[:FOUND_MAX])


def newest_frameworks() -> set[int]:
    """The keys of the frameworks that no newer version has taken the place of. One query."""
    rows = Framework.objects.values("slug").annotate(newest=Max("pk")).values_list("newest", flat=True)
    return set(rows)


def reviews(user: User) -> QuerySet[Credential]:
    """What is offered or prepared and has a review date, by that date, for those who look after it or over it."""
    roles = {"lead", "administrator", "committee", "auditor"}
    return (
        Credential.objects.filter(user.scope_q(roles), review_on__isnull=False)
        .exclude(status=CredentialStatus.RETIRED)
        .select_related("owner", "current_version")
        .order_by("review_on", "code", "pk")
    )


def is_overdue(credential: Credential, *, on: date) -> bool:
    """Its review date has passed, and it is still offered or prepared."""
    return (
        credential.review_on is not None and credential.review_on < on and credential.status != CredentialStatus.RETIRED
    )


def comparable(credential: Credential) -> list[CredentialVersion]:
    """All its versions, the newest first. One query."""
    return list(credential.versions.order_by("-number"))


def names_of(version: CredentialVersion) -> dict[tuple[str, str, str], str]:
    """The short names of what a version with its children is aligned to."""
    return {
        (each.competency.framework.slug, each.competency.framework.version, each.competency.code): (
            each.competency.short_name
        )
        for each in version.alignments.all()
    }
