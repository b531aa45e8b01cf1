import pytest

from config.errors import Conflict, NotAllowed
from credentials.models import Alignment
from credentials.services import publish_version, start_version
from tests.moments import NOON


@pytest.fixture
def published(make_version, competency):
    version = make_version(published=False, requires=[make_version().credential], limits="No license.", is_blind=True)
    Alignment.objects.create(version=version, criterion=version.criteria.get(key="referral"), competency=competency)
    publish_version(actor=version.credential.owner, version=version, at=NOON)
    version.refresh_from_db()
    return version


def test_every_part_of_the_newest_version_is_copied(lead, published):
    draft = start_version(actor=lead, credential=published.credential, at=NOON)

    same = {field.attname for field in draft._meta.concrete_fields}
    same -= {"id", "number", "status", "published_at", "published_by_id", "edited_at", "edited_by_id"}
    assert {name: getattr(draft, name) for name in same} == {name: getattr(published, name) for name in same}
    for name, of in (("outcomes", "text"), ("evidence_requirements", "kind"), ("prerequisites", "requires_id")):
        copied = list(getattr(draft, name).order_by("pk").values_list(of, flat=True))
        assert copied == list(getattr(published, name).order_by("pk").values_list(of, flat=True)) != []
    assert draft.alignments.count() == 2
    assert draft.alignments.get(criterion__isnull=False).criterion == draft.criteria.get(key="referral")
    assert not {row.public_id for row in draft.criteria.all()} & {row.public_id for row in published.criteria.all()}


def test_it_leaves_an_event_and_the_version_on_offer(lead, published):
    draft = start_version(actor=lead, credential=published.credential, at=NOON)

    event = draft.events.get()
    assert (event.actor, event.action, event.at) == (lead, "version started", NOON)
    published.credential.refresh_from_db()
    assert published.credential.current_version == published


def test_there_is_one_draft_at_a_time(lead, published):
    start_version(actor=lead, credential=published.credential, at=NOON)

    with pytest.raises(Conflict, match="There is a draft already"):
        start_version(actor=lead, credential=published.credential, at=NOON)

    assert published.credential.versions.count() == 2


def test_an_assessor_cannot_start_one(assessor, published):
    with pytest.raises(NotAllowed):
        start_version(actor=assessor, credential=published.credential, at=NOON)

    assert published.credential.versions.count() == 1


def test_a_published_copy_takes_the_place_of_the_old_one(administrator, published):
    draft = start_version(actor=administrator, credential=published.credential, at=NOON)

    publish_version(actor=administrator, version=draft, at=NOON)

    published.credential.refresh_from_db()
    assert published.credential.current_version == draft
    published.refresh_from_db()
    assert published.status == "published"
