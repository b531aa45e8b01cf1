"""Pathways for tests: rows written directly, so that a test of one service does not lean on another."""

import itertools

import pytest
from django.test import Client

from config.permissions import Role
from learners import services as learners_services
from pathways.models import DesignationCase, Pathway, PathwayEnrollment, PathwayVersion, Requirement
from tests.fixtures.records import LONG_AGO, NOON

_numbers = itertools.count(1)


@pytest.fixture
def signed_in():
    """signed_in(user): a client with that person's session."""

    def make(user):
        client = Client()
        client.force_login(user)
        return client

    return make


@pytest.fixture
def pathway_admin(make_user):
    return make_user(Role.PATHWAY_ADMIN)


@pytest.fixture
def make_pathway(make_version, administrator):
    """A pathway version; published by default. required and the groups' items are credential versions."""

    def make(*, required=(), groups=(), hours=0, capstone="", published=True, pathway=None, **fields):
        number = next(_numbers)
        designation = make_version(kind="designation", title=fields.get("title", f"Designation {number}"))
        pathway = pathway or Pathway.objects.create(slug=f"pathway-{number}", credential=designation.credential)
        version = PathwayVersion.objects.create(
            pathway=pathway,
            number=pathway.versions.count() + 1,
            credential_version=designation,
            **{"title": designation.title, "summary": "Leads somewhere.", "minimum_hours": hours} | fields,
        )
        position = itertools.count(1)
        for each in required:
            Requirement.objects.create(
                version=version, position=next(position), kind="credential", credential=each.credential
            )
        for label, count, items in groups:
            group = Requirement.objects.create(
                version=version, position=next(position), kind="choose", label=label, minimum=count
            )
            for place, each in enumerate(items, 1):
                Requirement.objects.create(
                    version=version, parent=group, position=place, kind="credential", credential=each.credential
                )
        if hours:
            Requirement.objects.create(version=version, position=next(position), kind="hours", minimum=hours)
        if capstone:
            Requirement.objects.create(version=version, position=next(position), kind="capstone", label=capstone)
        if published:
            version.status, version.published_at, version.published_by = "published", LONG_AGO, administrator
            version.save(update_fields=["status", "published_at", "published_by"])
        return version

    return make


@pytest.fixture
def join(learner):
    def make(version, *, of=None, **fields):
        return PathwayEnrollment.objects.create(
            learner=of or learner, pathway=version.pathway, version=version, joined_at=NOON, **fields
        )

    return make


@pytest.fixture
def two_badges(make_version):
    return [make_version(title="Informatics", workload_hours=20), make_version(title="Evidence", workload_hours=10)]


@pytest.fixture
def digital(make_pathway, two_badges):
    """A pathway that asks for two badges and 30 hours."""
    return make_pathway(required=two_badges, hours=30, title="Digital Health")


@pytest.fixture
def met(digital, two_badges, make_award, join, learner):
    """The enrollment of a learner who holds both badges."""
    for version in two_badges:
        make_award(learner=learner, version=version)
    return join(digital)


@pytest.fixture
def case(met):
    """An open case of a met pathway."""
    return DesignationCase.objects.create(learner=met.learner, pathway_version=met.version, opened_at=NOON)


@pytest.fixture
def member(committee_member):
    return committee_member


@pytest.fixture
def confirmed(case, member):
    """A case that was confirmed; its award is granted as `confirm_case` would."""
    components = [(award, "Required") for award in case.learner.awards.order_by("pk")]
    award = learners_services.grant_award(
        learner=case.learner,
        version=case.pathway_version.credential_version,
        actor=member,
        at=NOON,
        components=components,
    )
    case.status, case.decided_at, case.award = "confirmed", NOON, award
    case.save()
    return case
