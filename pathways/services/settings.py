"""What a pathway and its designation say beside the rules: title, purpose, whom it admits, limits, committee, owner."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from config.errors import Conflict, Invalid
from config.permissions import Can, require
from credentials import services as credentials_services
from credentials.models import Credential, CredentialVersion, Organization
from credentials.workflow import VersionStatus
from learners.models import Cohort, User
from pathways.models import Pathway, PathwayEvent, PathwayVersion, Requirement, RequirementKind
from pathways.workflow import PathwayVersionStatus

from .pathways import create_pathway


class Settings(NamedTuple):
    """The settings of a draft. None and empty lists mean: no limit, everybody, nobody yet."""

    title: str
    summary: str
    statement_for_letters: str
    setting: str
    owner: User | None
    review_on: date | None
    professions: Sequence[str]
    cohorts: Sequence[Cohort]
    time_limit_months: int | None
    components_valid_at_award: bool
    is_double_counting_allowed: bool
    shared_components_max: int
    recognized_max: int | None
    max_per_learner: int | None
    committee: str
    committee_on: date | None
    recorded_on: Sequence[str]


def begin_pathway(*, actor: User, organization: Organization, title: str, summary: str, at: datetime) -> PathwayVersion:
    """Make a pathway with its designation, with the usual limits and no rule but the committee's confirmation.

    Raises NotAllowed, Invalid.
    """
    if not title.strip():
        raise Invalid(_("Give it a title; learners read it."))
    return create_pathway(
        actor=actor,
        organization=organization,
        slug=_free_slug(organization, title),
        title=title.strip(),
        summary=summary.strip(),
        professions=[],
        required=[],
        groups=[],
        minimum_hours=0,
        minimum_distinct_professions=1,
        time_limit_months=None,
        components_valid_at_award=True,
        is_double_counting_allowed=False,
        shared_components_max=1,
        max_per_learner=None,
        capstone_form="",
        recorded_on=[],
        setting="",
        statement_for_letters="",
        owner=None,
        review_on=None,
        at=at,
    )


def _free_slug(organization: Organization, title: str) -> str:
    stem = slugify(title)[:70] or "pathway"
    taken = set(Pathway.objects.filter(slug__startswith=stem).values_list("slug", flat=True))
    taken |= set(
        Credential.objects.filter(organization=organization, slug__startswith=stem).values_list("slug", flat=True)
    )
    return stem if stem not in taken else next(f"{stem}-{n}" for n in range(2, 10_000) if f"{stem}-{n}" not in taken)


@transaction.atomic
def save_settings(*, actor: User, version: PathwayVersion, settings: Settings, at: datetime) -> PathwayVersion:
    """Let a draft say this; the designation's own words change while it is a draft as well.

    Raises NotAllowed, Conflict (the version is published, or the designation's words are), Invalid.
    """
    version = (
        PathwayVersion.objects.select_for_update(of=("self",))
        .select_related("pathway__credential__organization", "credential_version")
        .get(pk=version.pk)
    )
    require(actor, Can.PATHWAY_EDIT, version.pathway)
    if version.status != PathwayVersionStatus.DRAFT:
        raise Conflict(_("This version is published; a change is a new version."))
    if not settings.title.strip():
        raise Invalid(_("Give it a title; learners read it."))
    organization = version.pathway.credential.organization
    if any(each.organization_id != organization.pk for each in settings.cohorts):
        raise Invalid(_("Choose classes of your own school."))
    _steward(actor, version, settings, at)
    _designate(version, settings)
    version.title, version.summary = settings.title.strip(), settings.summary.strip()
    version.professions_admitted = list(settings.professions)
    version.time_limit_months = settings.time_limit_months
    version.components_valid_at_award = settings.components_valid_at_award
    version.is_double_counting_allowed = settings.is_double_counting_allowed
    version.shared_components_max = settings.shared_components_max
    version.recognized_max = settings.recognized_max
    version.max_per_learner = settings.max_per_learner
    version.committee_on = settings.committee_on
    version.recorded_on = [each.strip() for each in settings.recorded_on if each.strip()]
    version.save(
        update_fields=[
            "title",
            "summary",
            "professions_admitted",
            "time_limit_months",
            "components_valid_at_award",
            "is_double_counting_allowed",
            "shared_components_max",
            "recognized_max",
            "max_per_learner",
            "committee_on",
            "recorded_on",
        ]
    )
    version.cohorts.set(settings.cohorts)
    _name_committee(version, settings.committee.strip())
    PathwayEvent.objects.create(version=version, actor=actor, moved_to="settings", at=at)
    return version


def _steward(actor: User, version: PathwayVersion, settings: Settings, at: datetime) -> None:
    credential = Credential.objects.select_for_update(of=("self",)).get(pk=version.pathway.credential_id)
    if (settings.owner, settings.review_on) == (credential.owner, credential.review_on):
        return
    if settings.owner is not None and not credentials_services.may_own(settings.owner, credential):
        raise Invalid(_("The owner must be a lead or an administrator of the organization."))
    if settings.review_on not in (None, credential.review_on) and settings.review_on <= timezone.localdate(at):
        raise Invalid(_("The review date must lie in the future."))
    credential.owner, credential.review_on = settings.owner, settings.review_on
    credential.save(update_fields=["owner", "review_on"])
    note = ", ".join(str(each) for each in (settings.owner and settings.owner.name, settings.review_on) if each)
    credential.events.create(actor=actor, action="stewardship", note=note, at=at)


def words_of(version: CredentialVersion) -> dict[str, object]:
    """What a designation says of itself."""
    return {name: getattr(version, name) for name in ("title", "summary", "statement_for_letters", "setting")}


def _designate(version: PathwayVersion, settings: Settings) -> None:
    if version.credential_version is None:
        return
    designation = CredentialVersion.objects.select_for_update().get(pk=version.credential_version.pk)
    wanted = {
        "title": settings.title.strip(),
        "summary": settings.summary.strip(),
        "statement_for_letters": settings.statement_for_letters.strip(),
        "setting": settings.setting,
    }
    if designation.status != VersionStatus.DRAFT:
        if words_of(designation) != wanted:
            raise Conflict(_("The designation is published with its words; they change with its next version."))
        return
    for name, value in (wanted | {"professions_admitted": list(settings.professions)}).items():
        setattr(designation, name, value)
    designation.save(update_fields=[*wanted, "professions_admitted"])


def _name_committee(version: PathwayVersion, name: str) -> None:
    """The committee stands as a rule: it confirms, whatever else is asked."""
    row = version.requirements.filter(kind=RequirementKind.CONFIRMATION, parent=None).order_by("position").first()
    if row is None:
        last = version.requirements.filter(parent=None).order_by("-position").values_list("position", flat=True).first()
        row = Requirement(version=version, kind=RequirementKind.CONFIRMATION, position=(last or 0) + 1)
    row.label = name
    row.save()
