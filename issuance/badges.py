"""From an award to the credential that is signed: what is said, and where it stands (STANDARDS 8 names the places)."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from uuid import UUID

import orjson
from django.db.models import F
from django.urls import reverse
from django.utils.text import capfirst

from credentials import rubric
from credentials.models import Alignment, CredentialVersion, Endorsement, Organization
from credentials.models.catalog import CredentialKind
from issuance import core
from issuance import openbadges as ob
from issuance.models import DocumentKind, SignedDocument
from issuance.workflow import KeyState
from learners.models import Award, EvidenceItem

NOWHERE = ob.StatusEntryRef(list_url="https://example.org/status", index=0)  # to build what is not signed


def award_url(public_id: UUID) -> str:
    """The credential's id, and the address of its verification page."""
    return core.url(f"/v/{public_id}")


def version_url(credential_public_id: UUID, number: int) -> str:
    """The achievement's id, and the address of its criteria."""
    return core.url(reverse("credentials:version-detail", args=[credential_public_id, number]))


def profile(organization: Organization) -> ob.Profile:
    return ob.Profile(
        id=core.did_of(organization),
        name=organization.name,
        url=organization.website,
        email=organization.contact_email,
        country_code=organization.country,
    )


def endorsement_url(public_id: UUID) -> str:
    """An endorsement's id, and the address of its page."""
    return core.url(reverse("issuance:endorsement-page", args=[public_id]))


def endorsement(given: Endorsement, *, status: ob.StatusEntryRef, valid_from: datetime) -> ob.Endorsement:
    """The credential of an endorsement, which comes with its organization and version at hand. Raises ob.ModelError.

    It endorses the achievement: what every badge of the version names. Its issuer is the organization, under a DID that
    this registry publishes for it, and says so.
    """
    organization = given.organization
    told = (
        confirmed_by(given, organization.name)
        + f"{given.version.credential.organization.name} sent to an address at {domain_of(given)}. The key of this "
        "identifier is kept by the registry that publishes it."
    )
    return ob.Endorsement(
        id=endorsement_url(given.public_id),
        name=f"Endorsement of “{given.version.title}”",
        issuer=ob.Profile(
            id=core.did_of(organization),
            name=organization.name,
            url=organization.website,
            country_code=organization.country,
            description=told,
        ),
        endorsed=version_url(given.version.credential.public_id, given.version.number),
        comment=given.statement,
        valid_from=valid_from,
        awarded_at=given.confirmed_at,
        status=status,
    )


def confirmed_by(given: Endorsement, organization: str) -> str:
    """How the description of who signs an endorsement begins."""
    return f"Confirmed for {organization} by {given.name}, {given.role}, through a link that "


def domain_of(given: Endorsement) -> str:
    """Where the link went by which it was confirmed."""
    return given.request.email_domain if given.request is not None else ""


@lru_cache(maxsize=256)
def endorsed_achievement(version_id: int, endorsements: tuple[bytes, ...]) -> ob.Achievement:
    """The achievement with the signed endorsements of it inside."""
    return replace(achievement(version_id), endorsements=[orjson.loads(each) for each in endorsements])


def signed_endorsements(version_ids: set[int]) -> dict[int, tuple[bytes, ...]]:
    """The signed endorsements that stand, by version, for the badges that carry them. One query.

    Bytes that were changed after they were signed are left out: nobody's badge is to carry them.
    """
    found: dict[int, tuple[bytes, ...]] = {}
    rows = (
        SignedDocument.objects.current(DocumentKind.ENDORSEMENT)
        .filter(
            endorsement__in=Endorsement.objects.standing().filter(version__in=version_ids), sha256=F("verified_sha256")
        )
        .exclude(key__state=KeyState.COMPROMISED)
        .order_by("endorsement__confirmed_at", "pk")
        .values_list("endorsement__version", "bytes", "sha256")
    )
    for version_id, content, digest in rows:
        if hashlib.sha256(bytes(content)).hexdigest() == digest:
            found[version_id] = (*found.get(version_id, ()), bytes(content))
    return found


def badge(
    award: Award,
    *,
    issuer: ob.Profile,
    status: ob.StatusEntryRef,
    evidence: Sequence[EvidenceItem],
    valid_from: datetime,
    endorsements: tuple[bytes, ...] = (),
) -> ob.Badge:
    """The credential of an award, which comes with learner, user, credential and version at hand.

    endorsements: signed ones of its version, which it carries along. valid_from: when it was awarded; for a re-issue of the same award, when that is made. Raises ob.ModelError, which names
    a field that cannot be signed.
    """
    return ob.Badge(
        id=award_url(award.public_id),
        name=award.credential_version.title,
        description=award.credential_version.summary,
        issuer=issuer,
        subject=_subject(award),
        achievement=endorsed_achievement(award.credential_version_id, endorsements),
        valid_from=valid_from,
        awarded_at=award.awarded_at,
        valid_until=award.valid_until,
        evidence=[_evidence(item) for item in evidence],
        status=status,
    )


def _subject(award: Award) -> ob.Subject:
    identities = [ob.IdentityObject.of_name(award.learner.display_name)]
    if award.learner.user is not None:
        identities.append(ob.IdentityObject.of_email(award.learner.user.email, salt=secrets.token_hex(8)))
    return ob.Subject(identities=identities, credits_earned=award.credential_version.workload_hours)


def _evidence(item: EvidenceItem) -> ob.Evidence:
    """What was assessed, by digest: the evidence itself stays with the school."""
    kind = item.requirement.kind if item.requirement is not None else item.get_kind_display()
    return ob.Evidence(name=capfirst(kind), sha256=bytes.fromhex(item.sha256), genre=item.get_kind_display())


@lru_cache(maxsize=1024)
def achievement(version_id: int) -> ob.Achievement:
    """The achievement of a published version; kept in the process, since nothing of it can change."""
    version = (
        CredentialVersion.objects.select_related("credential__organization")
        .prefetch_related(
            "criteria__levels",
            "criteria__alignments__competency__framework",
            "outcomes",
            "alignments__competency__framework",
        )
        .get(pk=version_id)
    )
    url = version_url(version.credential.public_id, version.number)
    is_designation = version.credential.kind == CredentialKind.DESIGNATION
    return ob.Achievement(
        id=url,
        name=version.title,
        description=version.summary,
        criteria=criteria_text(version),
        criteria_url=f"{url}#criteria",
        achievement_type="Certification" if is_designation else "MicroCredential",
        credits_available=version.workload_hours,
        field_of_study=version.theme,
        human_code=version.credential.code,
        language=version.language,
        version=str(version.number),
        tags=[tag for tag in (version.theme, version.level, version.setting, version.miller_level) if tag],
        alignments=[_alignment(row) for row in version.alignments.all() if row.criterion_id is None],
        result_descriptions=[
            ob.ResultDescription(
                id=f"{url}#{criterion.key}",
                name=criterion.name,
                required_level=f"{url}#{criterion.key}-{rubric.minimum_of(version, criterion)}",
                levels=[
                    ob.RubricLevel(
                        id=f"{url}#{criterion.key}-{level.value}",
                        name=level.label,
                        level=str(level.value),
                        description=level.descriptor,
                    )
                    for level in sorted(criterion.levels.all(), key=lambda each: each.value)
                ],
                alignments=[_alignment(row) for row in criterion.alignments.all()],
            )
            for criterion in sorted(version.criteria.all(), key=lambda each: each.position)
        ],
    )


def _alignment(row: Alignment) -> ob.Alignment:
    framework = row.competency.framework
    return ob.Alignment(
        target_name=row.competency.short_name,
        target_url=framework.source_url or core.url("/"),
        target_code=row.competency.code,
        target_framework=f"{framework.title} ({framework.version})",
        target_description=row.competency.paraphrase,
    )


def criteria_text(version: CredentialVersion) -> str:
    """What the credential means, as Markdown: the elements of Council Recommendation 2022/C 243/02, Annex I, and limits."""
    facts = [
        ("What its holder has been shown to be able to do", version.claim),
        (
            "Learning outcomes",
            "; ".join(row.text for row in sorted(version.outcomes.all(), key=lambda each: each.position)),
        ),
        ("Workload", f"{version.workload_hours} hours" if version.workload_hours else ""),
        ("Level", version.get_level_display() if version.level else ""),
        ("Type of assessment", ", ".join(version.assessment_methods)),
        ("How it was shown", version.get_miller_level_display() if version.miller_level else ""),
        ("Form of participation", ", ".join(part for part in (version.delivery, version.setting) if part)),
        ("Supervision and identity", version.supervision_and_identity),
        ("Quality assurance", "; ".join(version.quality_assurance)),
        ("Pass rule", rubric.rule_of(version, list(version.criteria.all()))),
        ("Stackability", "stand-alone, and counts toward pathways" if version.is_stackable else "stand-alone"),
        ("Limits", version.limits),
    ]
    lines = [f"- **{name}**: {value}" for name, value in facts if value]
    return "\n".join([version.summary, "", *lines])
