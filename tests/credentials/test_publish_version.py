from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from config.errors import IllegalMove, Incomplete, NotAllowed
from credentials.gate import missing
from credentials.models import Alignment, CredentialVersion, Criterion, CriterionLevel, Outcome
from credentials.services import plan_change, publish_version, start_version
from tests.moments import NOON


@pytest.fixture
def draft(make_version):
    return make_version(published=False)


def test_publishing_freezes_the_version_and_offers_the_credential(administrator, draft):
    publish_version(actor=administrator, version=draft, at=NOON, note="Approved in May")

    draft.refresh_from_db()
    assert (draft.status, draft.published_at, draft.published_by) == ("published", NOON, administrator)
    assert draft.credential.status == "offered"
    assert draft.credential.current_version == draft
    event = draft.events.get()
    assert (event.action, event.actor, event.note, event.at) == ("published", administrator, "Approved in May", NOON)


def test_a_second_call_is_refused_and_changes_nothing(administrator, draft):
    publish_version(actor=administrator, version=draft, at=NOON)

    with pytest.raises(IllegalMove):
        publish_version(actor=administrator, version=draft, at=NOON)

    assert draft.events.count() == 1


def test_a_lead_cannot_publish(lead, draft):
    with pytest.raises(NotAllowed):
        publish_version(actor=lead, version=draft, at=NOON)

    draft.refresh_from_db()
    assert draft.status == "draft"
    assert draft.events.count() == 0


@pytest.mark.parametrize(
    ("field", "empty", "named"),
    [
        ("summary", "", "summary"),
        ("level", "", "level"),
        ("setting", "", "setting"),
        ("workload_hours", None, "workload"),
        ("professions_admitted", [], "professions"),
        ("assessment_methods", [], "type of assessment"),
        ("supervision_and_identity", "", "supervised"),
        ("quality_assurance", [], "quality-assurance"),
    ],
)
def test_the_gate_names_each_field_that_is_missing(administrator, make_version, field, empty, named):
    draft = make_version(published=False, **{field: empty})

    with pytest.raises(Incomplete) as refusal:
        publish_version(actor=administrator, version=draft, at=NOON)

    assert len(refusal.value.missing) == 1
    assert named in refusal.value.missing[0]


def test_the_gate_asks_for_owner_and_review_date(administrator, draft):
    draft.credential.owner = draft.credential.review_on = None
    draft.credential.save()

    with pytest.raises(Incomplete) as refusal:
        publish_version(actor=administrator, version=draft, at=NOON)

    assert len(refusal.value.missing) == 2


def test_the_gate_asks_for_a_review_date_that_lies_ahead(administrator, draft):
    for review_on, is_refused in ((NOON.date() - timedelta(days=1), True), (NOON.date(), False)):
        draft.credential.review_on = review_on
        draft.credential.save()
        named = [each.text for each in missing(draft, on=NOON.date())]
        assert any("is over" in each for each in named) == is_refused, review_on

    draft.credential.review_on = NOON.date() - timedelta(days=1)
    draft.credential.save()
    with pytest.raises(Incomplete, match="A review date that lies ahead: August 31, 2026 is over"):
        publish_version(actor=administrator, version=draft, at=NOON)
    with pytest.raises(Incomplete, match="A review date that lies ahead"):
        plan_change(
            actor=administrator,
            credential=draft.credential,
            kind="publish",
            due_at=NOON + timedelta(days=1),
            at=NOON,
        )
    draft.refresh_from_db()
    assert draft.status == "draft"


def test_the_page_of_the_gate_names_a_review_date_that_is_over(administrator, draft, client):
    type(draft.credential).objects.filter(pk=draft.credential_id).update(review_on=date(2026, 1, 5))
    client.force_login(administrator)

    page = client.get(reverse("credentials:manage-detail", args=[draft.credential.public_id])).content.decode()

    assert "January 5, 2026 is over" in page


def test_the_gate_asks_for_outcomes_alignments_rubric_and_evidence(draft):
    draft.outcomes.all().delete()
    draft.alignments.all().delete()
    draft.criteria.last().delete()
    draft.evidence_requirements.all().delete()

    assert {each.place for each in missing(draft)} == {"outcomes", "alignments", "rubric", "evidence"}


def test_the_gate_asks_for_four_described_levels(draft):
    CriterionLevel.objects.filter(criterion=draft.criteria.first(), value=4).delete()

    assert "Four described levels" in missing(draft)[0].text


def test_a_designation_has_a_gate_of_its_own(make_version):
    draft = make_version(
        kind="designation", published=False, statement_for_letters="One sentence. A second one. And a third."
    )

    assert "at most two sentences" in missing(draft)[0].text
    draft.statement_for_letters = "One sentence. And a second."
    texts = [each.text for each in missing(draft)]
    assert [text.split(":")[0] for text in texts] == ["A pathway", "A committee"]
    assert all(each.url for each in missing(draft))


def test_what_is_published_cannot_be_changed_by_anybody(version):
    for change in (
        lambda: CredentialVersion.objects.filter(pk=version.pk).update(summary="Something else."),
        lambda: CredentialVersion.objects.filter(pk=version.pk)._raw_delete("default"),
        lambda: Outcome.objects.create(version=version, position=9, text="One more."),
        lambda: Criterion.objects.filter(version=version).update(name="Something else"),
        lambda: CriterionLevel.objects.filter(criterion__version=version).update(descriptor="Something else"),
        lambda: Alignment.objects.filter(version=version).delete(),
    ):
        with pytest.raises(IntegrityError, match="frozen"), transaction.atomic():
            change()


def test_a_new_version_starts_as_a_copy_and_leaves_the_old_one_alone(administrator, version):
    draft = start_version(actor=administrator, credential=version.credential, at=NOON)

    assert (draft.number, draft.status) == (2, "draft")
    assert draft.title == version.title
    assert [row.name for row in draft.criteria.order_by("position")] == [
        row.name for row in version.criteria.order_by("position")
    ]
    assert CriterionLevel.objects.filter(criterion__version=draft).count() == 12
    assert missing(draft) == []
    assert version.credential.current_version == version


def test_prerequisites_that_lead_back_are_named(administrator, make_version):
    first = make_version(published=False)
    second = make_version(requires=[first.credential])
    first.prerequisites.create(requires=second.credential)

    codes = f"{first.credential.code} → {second.credential.code} → {first.credential.code}"
    assert [each.text for each in missing(first)] == [f"Prerequisites that do not lead back to it: {codes}."]
    with pytest.raises(Incomplete):
        publish_version(actor=administrator, version=first, at=NOON)


def test_what_stands_in_rows_without_words_is_named_by_its_row(draft):
    draft.criteria.filter(key="referral").update(name="")
    draft.outcomes.create(position=2, text=" ")
    draft.evidence_requirements.create(position=2, kind="")

    assert [each.at for each in missing(draft)] == ["outcomes-2", "criteria-2", "evidence-2"]
    assert "A name for criterion 2." in [each.text for each in missing(draft)]
