"""The database itself keeps a published version as it was published, whoever asks, through whatever door."""

import pytest
from django.db import IntegrityError, connection, transaction

from credentials.models import (
    Alignment,
    CredentialEvent,
    CredentialVersion,
    Criterion,
    CriterionLevel,
    EvidenceRequirement,
    Outcome,
    Prerequisite,
)
from tests.moments import NOON

CHILDREN = {
    "outcome": (Outcome, {"version": "version"}, {"text": "Something else."}),
    "criterion": (Criterion, {"version": "version"}, {"name": "Something else"}),
    "level": (CriterionLevel, {"criterion__version": "version"}, {"descriptor": "Something else."}),
    "alignment": (Alignment, {"version": "version"}, {"strength": "addresses"}),
    "requirement": (EvidenceRequirement, {"version": "version"}, {"items_min": 7}),
    "prerequisite": (Prerequisite, {"version": "version"}, {"requires": "other"}),
}


@pytest.fixture
def other(make_version):
    return make_version().credential


@pytest.fixture
def published(make_version):
    return make_version(requires=[make_version().credential])


def rows_of(kind, version):
    model, owner, _ = CHILDREN[kind]
    return model.objects.filter(**dict.fromkeys(owner, version))


def fresh(kind, version, other, competency):
    """One more row of this kind."""
    return {
        "outcome": lambda: Outcome(version=version, position=9, text="One more."),
        "criterion": lambda: Criterion(version=version, position=9, key="more", name="One more"),
        "level": lambda: CriterionLevel(criterion=version.criteria.first(), value=4, label="More", descriptor="More."),
        "alignment": lambda: Alignment(version=version, criterion=version.criteria.first(), competency=competency),
        "requirement": lambda: EvidenceRequirement(version=version, position=9, kind="poster"),
        "prerequisite": lambda: Prerequisite(version=version, requires=other),
    }[kind]()


@pytest.mark.parametrize("field", ["title", "summary", "language", "limits", "status"])
def test_no_field_of_a_published_version_changes(published, field):
    with pytest.raises(IntegrityError, match="frozen"), transaction.atomic():
        CredentialVersion.objects.filter(pk=published.pk).update(**{field: "draft"})


def test_a_published_version_is_not_deleted(published):
    with pytest.raises(IntegrityError, match="frozen"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM credentials_credentialversion WHERE id = %s", [published.pk])


@pytest.mark.parametrize("kind", CHILDREN)
def test_no_child_row_is_changed(published, other, kind):
    change = {name: other if value == "other" else value for name, value in CHILDREN[kind][2].items()}

    with pytest.raises(IntegrityError, match="frozen"), transaction.atomic():
        rows_of(kind, published).update(**change)


@pytest.mark.parametrize("kind", CHILDREN)
def test_no_child_row_is_deleted(published, kind):
    before = rows_of(kind, published).count()

    with pytest.raises(IntegrityError, match="frozen"), transaction.atomic():
        rows_of(kind, published)._raw_delete("default")

    assert rows_of(kind, published).count() == before > 0


@pytest.mark.parametrize("kind", CHILDREN)
def test_no_child_row_is_added(published, other, competency, kind):
    before = rows_of(kind, published).count()

    with pytest.raises(IntegrityError, match="frozen"), transaction.atomic():
        fresh(kind, published, other, competency).save(force_insert=True)

    assert rows_of(kind, published).count() == before


@pytest.mark.parametrize("kind", CHILDREN)
def test_no_child_row_moves_into_or_out_of_a_published_version(published, make_version, kind):
    draft = make_version(published=False, requires=[make_version().credential])
    column = "criterion" if kind == "level" else "version"
    inside = published.criteria.first() if kind == "level" else published
    outside = draft.criteria.first() if kind == "level" else draft

    for rows, target in ((rows_of(kind, draft), inside), (rows_of(kind, published), outside)):
        with pytest.raises(IntegrityError, match="frozen"), transaction.atomic():
            rows.filter(pk=rows.first().pk).update(**{column: target, **({"value": 1} if kind == "level" else {})})


def test_a_draft_can_be_changed_in_every_part(make_version, other):
    draft = make_version(published=False, requires=[make_version().credential])

    for kind, (_, _, change) in CHILDREN.items():
        row = rows_of(kind, draft).first()
        for name, value in change.items():
            setattr(row, name, other if value == "other" else value)
        row.save()
    CredentialVersion.objects.filter(pk=draft.pk).update(summary="Something else.")

    draft.refresh_from_db()
    assert draft.summary == "Something else."


def test_events_are_added_and_never_changed(published, administrator):
    event = CredentialEvent.objects.create(
        credential=published.credential, version=published, actor=administrator, action="published", at=NOON
    )

    for change in (
        lambda: CredentialEvent.objects.filter(pk=event.pk).update(note="something else"),
        lambda: CredentialEvent.objects.filter(pk=event.pk)._raw_delete("default"),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()
