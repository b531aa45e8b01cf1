"""Making, publishing and joining pathways."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from config import handoff
from config.errors import Conflict, Incomplete, Invalid
from config.permissions import Can, require
from credentials import services as credentials_services
from credentials.models import Credential, CredentialVersion, Organization
from credentials.models.catalog import CredentialKind, Level
from credentials.selectors import in_words
from learners.models import Learner, User
from pathways import gate, selectors
from pathways.models import Pathway, PathwayEnrollment, PathwayEvent, PathwayVersion, Requirement, RequirementKind
from pathways.services.catching_up import start_catch_up
from pathways.workflow import PATHWAY_VERSION_MOVES, PathwayEnrollmentStatus, PathwayVersionStatus, require_move


@transaction.atomic
def create_pathway(
    *,
    actor: User,
    organization: Organization,
    slug: str,
    title: str,
    summary: str,
    professions: Sequence[str],
    required: Sequence[Credential],
    groups: Sequence[tuple[str, int, Sequence[Credential]]],
    minimum_hours: int,
    minimum_distinct_professions: int,
    time_limit_months: int | None,
    components_valid_at_award: bool,
    is_double_counting_allowed: bool,
    shared_components_max: int,
    max_per_learner: int | None,
    capstone_form: str,
    recorded_on: Sequence[str],
    setting: str,
    statement_for_letters: str,
    owner: User | None,
    review_on: date | None,
    at: datetime,
) -> PathwayVersion:
    """Make a designation with its draft version, and the draft of the pathway that leads to it.

    groups: (label, how many, of which). owner, review_on: None, until the settings say so. Raises NotAllowed, Conflict
    (there is a pathway of this slug), Invalid (somebody who cannot own it).
    """
    Organization.objects.select_for_update(no_key=True).get(pk=organization.pk)  # codes are given one by one
    number = Credential.objects.filter(organization=organization, kind=CredentialKind.DESIGNATION).count() + 1
    credential = Credential(
        kind=CredentialKind.DESIGNATION,
        organization=organization,
        code=f"{organization.short_name[:3].upper()}-D{number:02}",
        slug=slug,
        owner=owner,
        review_on=review_on,
    )
    require(actor, Can.PATHWAY_START, organization)
    if owner is not None and not credentials_services.may_own(owner, credential):
        raise Invalid(_("The owner must be a lead or an administrator of the organization."))
    taken = Credential.objects.filter(organization=organization, slug=slug)
    if taken.exists() or Pathway.objects.filter(slug=slug).exists():
        raise Conflict(_("There is a pathway or a credential of this name already; choose another."))
    credential.save()
    designation = CredentialVersion.objects.create(
        credential=credential,
        number=1,
        title=title,
        theme="Designation",
        summary=summary,
        level=Level.ADVANCED,
        setting=setting,
        workload_hours=minimum_hours,
        professions_admitted=list(professions),
        assessment_methods=["committee decision over assessed components"],
        supervision_and_identity=_("as stated for each component"),
        quality_assurance=[_("each component assessed by its own rubric"), _("confirmed by a committee")],
        limits=_("It is a record of assessed learning. It is not a license and grants no privilege to practice."),
        statement_for_letters=statement_for_letters,
        is_stackable=False,
    )
    pathway = Pathway.objects.create(slug=slug, credential=credential)
    version = PathwayVersion.objects.create(
        pathway=pathway,
        number=1,
        credential_version=designation,
        title=title,
        summary=summary,
        professions_admitted=list(professions),
        minimum_hours=minimum_hours,
        minimum_distinct_professions=minimum_distinct_professions,
        time_limit_months=time_limit_months,
        components_valid_at_award=components_valid_at_award,
        is_double_counting_allowed=is_double_counting_allowed,
        shared_components_max=shared_components_max,
        max_per_learner=max_per_learner,
        capstone_form=capstone_form,
        recorded_on=list(recorded_on),
    )
    _write_requirements(version, required, groups, capstone_form)
    PathwayEvent.objects.create(version=version, actor=actor, moved_to=version.status, at=at)
    return version


def _write_requirements(
    version: PathwayVersion,
    required: Sequence[Credential],
    groups: Sequence[tuple[str, int, Sequence[Credential]]],
    capstone_form: str,
) -> None:
    position = 0
    for credential in required:
        position += 1
        Requirement.objects.create(
            version=version, position=position, kind=RequirementKind.CREDENTIAL, credential=credential
        )
    for label, count, credentials in groups:
        position += 1
        group = Requirement.objects.create(
            version=version, position=position, kind=RequirementKind.CHOOSE, label=label, minimum=count
        )
        Requirement.objects.bulk_create(
            Requirement(
                version=version,
                parent=group,
                position=number,
                kind=RequirementKind.CREDENTIAL,
                credential=credential,
            )
            for number, credential in enumerate(credentials, 1)
        )
    rest: list[tuple[str, str, int | None]] = []
    if version.minimum_hours:
        rest.append((RequirementKind.HOURS, "", version.minimum_hours))
    if version.minimum_distinct_professions > 1:
        rest.append((RequirementKind.PROFESSIONS, "", version.minimum_distinct_professions))
    if capstone_form:
        rest.append((RequirementKind.CAPSTONE, capstone_form, None))
    rest.append((RequirementKind.CONFIRMATION, "", None))
    Requirement.objects.bulk_create(
        Requirement(version=version, position=place, kind=kind, label=label, minimum=minimum)
        for place, (kind, label, minimum) in enumerate(rest, position + 1)
    )


@transaction.atomic
def publish_pathway(*, actor: User, version: PathwayVersion, at: datetime, note: str = "") -> PathwayVersion:
    """Publish a pathway version: from now on its rules are frozen. Raises NotAllowed, IllegalMove, Incomplete."""
    version = (
        PathwayVersion.objects.select_for_update(of=("self",))
        .select_related("pathway__credential__organization", "credential_version")
        .get(pk=version.pk)
    )
    require(actor, Can.PATHWAY_PUBLISH, version.pathway)
    require_move(PATHWAY_VERSION_MOVES, version.status, PathwayVersionStatus.PUBLISHED)
    if lacking := gate.missing(version, at=at):
        raise Incomplete(_("Before it can be published: %(missing)s") % {"missing": " ".join(lacking)}, lacking)
    version.status, version.published_at, version.published_by = PathwayVersionStatus.PUBLISHED, at, actor
    version.save(update_fields=["status", "published_at", "published_by"])
    PathwayEvent.objects.create(version=version, actor=actor, moved_to=version.status, note=note, at=at)
    credentials_services.set_seal_parts(designation=version.pathway.credential, components=_components(version))
    start_catch_up(version=version, at=at)
    return version


def _components(version: PathwayVersion) -> list[Credential]:
    """The badges that its rules name, in the order in which they are read."""
    named = version.requirements.filter(credential__isnull=False).select_related(
        "parent", "credential__current_version"
    )
    rows = sorted(named, key=lambda row: (row.parent.position if row.parent else row.position, row.position, row.pk))
    return [row.credential for row in rows if row.credential is not None]


@transaction.atomic
def join_pathway(*, actor: User, learner: Learner, pathway: Pathway, at: datetime) -> PathwayEnrollment:
    """Work toward a designation, by the newest published version for one's cohort; badges that are held already count.

    Raises NotAllowed, Invalid (not published, another profession), Conflict (joined already).
    """
    learner = Learner.objects.select_for_update(of=("self",), no_key=True).get(pk=learner.pk)
    require(actor, Can.PATHWAY_JOIN, learner)
    version = selectors.newest_published(learner).filter(pathway=pathway).first()
    if version is None:
        raise Invalid(_("This pathway is not open to join."))
    if not is_open_to(version, learner):
        admitted = ", ".join(in_words(each) for each in version.professions_admitted)
        raise Invalid(_("It is open to these professions: %(admitted)s.") % {"admitted": admitted})
    if (
        PathwayEnrollment.objects.filter(learner=learner, pathway=pathway)
        .exclude(status=PathwayEnrollmentStatus.LEFT)
        .exists()
    ):
        raise Conflict(_("You have joined this pathway already."))
    enrollment = PathwayEnrollment.objects.create(learner=learner, pathway=pathway, version=version, joined_at=at)
    handoff.after_commit("pathways.open_due_cases")
    return enrollment


def is_open_to(version: PathwayVersion, learner: Learner) -> bool:
    return not version.professions_admitted or learner.profession in version.professions_admitted
