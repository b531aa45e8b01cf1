"""Load the demo school's frameworks, microcredentials and pathways from `data/`."""

import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from credentials import services as credentials_services
from credentials.models import (
    Alignment,
    Competency,
    Credential,
    CredentialVersion,
    Criterion,
    CriterionLevel,
    EvidenceRequirement,
    Framework,
    Organization,
    Outcome,
    Prerequisite,
)
from credentials.models.catalog import CredentialKind, RenewalKind
from learners.models import User
from pathways import services as pathways_services

DATA = Path(__file__).parent / "data"

# Published by the administrator in the story; until then it lacks an owner and a review date.
STORY_ITEM = "notes-and-presentations"

# What a learner submits; everything else is entered by staff, at an event or by an import.
SOURCES = {
    "direct observation": "staff",
    "simulation": "event",
    "oral defense": "staff",
    "small-group discussion": "staff",
    "entrustment rating": "staff",
    "OSCE": "event",
    "quiz": "import",
    "external certificate": "learner",
    "peer review": "team",
}
LIMITS = "This is a record of assessed learning. It is not a license and grants no privilege to practice."
PROCEDURE_LIMITS = LIMITS + " Procedures were performed in a supervised setting."


def read(name: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((DATA / name).read_text(encoding="utf-8"))
    return content


def load_school() -> Organization:
    issuer = read("catalog.json")["issuer"]
    return Organization.objects.create(
        slug="larkmoor",
        name=issuer["name"],
        short_name=issuer["short_name"],
        country=issuer["country"],
        website=issuer["website"],
        contact_email="registrar@larkmoor.example.edu",
        accredited_by="Accreditation is not claimed: this school is invented.",
        ink="#1f3a5f",
        is_issuer=True,
        is_fictional=True,
    )


def load_frameworks(*, organization: Organization | None = None) -> dict[tuple[str, str], Competency]:
    """Load every framework in its version, for whom keeps them; answer the competencies by (framework, code)."""
    loaded: dict[tuple[str, str], Competency] = {}
    for each in read("competencies.json")["frameworks"]:
        framework = Framework.objects.create(
            organization=organization,
            slug=each["framework"],
            version=each["version"],
            title=each["title"],
            publisher=each["publisher"],
            kind=each["kind"],
            professions=each["professions"],
            source_url=each["source_url"],
            note=each["note"],
        )
        for position, item in enumerate(each["items"], 1):
            loaded[framework.slug, item["code"]] = Competency.objects.create(
                framework=framework,
                parent=loaded.get((framework.slug, item["parent"])) if item["parent"] else None,
                code=item["code"],
                short_name=item["short_name"],
                paraphrase=item["paraphrase"],
                verification=item["verification"],
                position=position,
            )
    return loaded


@transaction.atomic
def load_microcredentials(
    *,
    organization: Organization,
    competencies: dict[tuple[str, str], Competency],
    publisher: User,
    owners: list[User],
    at: datetime,
) -> dict[str, Credential]:
    """Load all microcredentials as drafts and publish them, but for STORY_ITEM, which waits for the story."""
    items = read("catalog.json")["microcredentials"]
    loaded = {
        item["id"]: Credential.objects.create(
            kind=CredentialKind.MICROCREDENTIAL,
            organization=organization,
            code=item["code"],
            slug=item["id"],
            owner=None if item["id"] == STORY_ITEM else owners[number % len(owners)],
            review_on=None if item["id"] == STORY_ITEM else date(at.year + 1, number % 12 + 1, 15),
        )
        for number, item in enumerate(items)
    }
    for item in items:
        version = _load_version(item, loaded, competencies)
        if item["id"] != STORY_ITEM:
            credentials_services.publish_version(actor=publisher, version=version, at=at, note="Demo catalog")
    rows = Credential.objects.filter(organization=organization).select_related("current_version")
    return {row.slug: row for row in rows}


def _load_version(
    item: dict[str, Any], loaded: dict[str, Credential], competencies: dict[tuple[str, str], Competency]
) -> CredentialVersion:
    renewal, rule, attempts = item["renewal"], item["pass_rule"], item["attempts"]
    version = CredentialVersion.objects.create(
        credential=loaded[item["id"]],
        number=item["version"],
        title=item["title"],
        theme=item["theme"],
        summary=item["summary"],
        level=item["level"],
        learner_phase=item["learner_phase"],
        setting=item["setting"],
        requirement=item["requirement"],
        delivery=item["delivery"],
        workload_hours=item["workload_hours"],
        workload_note=item["workload_note"],
        professions_admitted=item["professions_admitted"],
        assessment_methods=item["assessment_methods"],
        miller_level=item["miller_level"],
        supervision_and_identity=item["supervision_and_identity"],
        quality_assurance=item["quality_assurance"],
        content_informed_by=item["content_informed_by"],
        limits=PROCEDURE_LIMITS if item["theme"] == "Procedures and imaging" else LIMITS,
        renewal=(
            f"{renewal['kind'].capitalize()} of {renewal['hours']} hours, "
            f"in the {renewal['window_days_before_expiry']} days before it expires."
            if renewal
            else ""
        ),
        is_stackable=item["stackable"],
        required_minimum_level=rule["minimum_level"],
        optional_minimum_level=rule["optional_criteria_minimum"],
        attempts_max=attempts["max"],
        attempts_wait_days=attempts["wait_days_between"],
        assessors_count=item["assessors"]["first_markers"],
        # The story follows one submission from hand to hand; a draw must not send it to a second assessor.
        second_mark_percent=0 if item["id"] == STORY_ITEM else item["assessors"]["second_mark_sample_percent"],
        is_blind=item["assessors"]["blind_to_learner"],
        review_target_working_days=item["review_target_working_days"],
        expires_after_months=item["expiry_months"],
        renewal_kind=RenewalKind.SHORT if renewal else RenewalKind.WHOLE,
        renewal_hours=renewal["hours"] if renewal else None,
        renewal_opens_days=renewal["window_days_before_expiry"] if renewal else 90,
    )
    Outcome.objects.bulk_create(
        Outcome(version=version, position=position, text=text)
        for position, text in enumerate(item["learning_outcomes"], 1)
    )
    alignments = [
        Alignment(version=version, competency=competencies[each["framework"], each["code"]])
        for each in item["alignments"]
    ]
    for position, row in enumerate(item["rubric"]["criteria"], 1):
        criterion = Criterion.objects.create(
            version=version,
            key=row["id"],
            position=position,
            name=row["name"],
            is_required=row["required"],
            weight=row["weight"],
        )
        CriterionLevel.objects.bulk_create(
            CriterionLevel(
                criterion=criterion, value=level["value"], label=level["label"], descriptor=level["descriptor"]
            )
            for level in row["levels"]
        )
        alignments += [
            Alignment(version=version, criterion=criterion, competency=competencies[each["framework"], each["code"]])
            for each in row["alignments"]
        ]
    Alignment.objects.bulk_create(alignments)
    EvidenceRequirement.objects.bulk_create(
        EvidenceRequirement(
            version=version,
            position=position,
            kind=each["kind"],
            source=SOURCES.get(each["kind"], "learner"),
            items_min=each["min_items"],
            patient_data_risk=each["patient_data_risk"],
            is_in_renewal=position == 1,  # a short reassessment asks for the principal proof again
        )
        for position, each in enumerate(item["evidence_required"], 1)
    )
    Prerequisite.objects.bulk_create(
        Prerequisite(version=version, requires=loaded[needed]) for needed in item["prerequisites"]
    )
    return version


def load_pathways(
    *, organization: Organization, credentials: dict[str, Credential], publisher: User, at: datetime
) -> dict[str, Any]:
    """Load the six pathways with their designations through the services that the builder uses, and publish them."""
    loaded = {}
    for item in read("catalog.json")["pathways"]:
        version = pathways_services.create_pathway(
            actor=publisher,
            organization=organization,
            slug=item["id"],
            title=item["designation"],
            summary=item["summary"],
            professions=item["professions_admitted"],
            required=[credentials[each] for each in item["required"]],
            groups=[
                (group["name"], group["choose"], [credentials[each] for each in group["from"]])
                for group in item["elective_groups"]
            ],
            minimum_hours=item["minimum_hours"],
            minimum_distinct_professions=item["minimum_distinct_professions"],
            time_limit_months=item["time_limit_months"],
            components_valid_at_award=item["components_valid_at_award"],
            is_double_counting_allowed=item["double_counting"]["allowed"],
            shared_components_max=item["double_counting"]["shared_components_max"],
            max_per_learner=item["max_per_learner"],
            capstone_form=item["capstone"]["form"] if item["capstone"]["required"] else "",
            recorded_on=item["recorded_on"],
            setting=item["setting"],
            statement_for_letters=f"{item['designation']}: {item['summary']}",
            owner=publisher,
            review_on=date(at.year + 1, 6, 30),
            at=at,
        )
        if version.credential_version is not None:
            credentials_services.publish_version(
                actor=publisher, version=version.credential_version, at=at, note="Demo catalog"
            )
        loaded[item["id"]] = pathways_services.publish_pathway(
            actor=publisher, version=version, at=at, note="Demo catalog"
        )
    return loaded
