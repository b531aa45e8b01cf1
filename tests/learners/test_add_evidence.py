from decimal import Decimal

import pytest

from config.errors import Conflict, Invalid, NotAllowed
from credentials.models import EvidenceRequirement
from learners.models import EvidenceItem, StoredFile
from learners.services import AlreadyHere, FileRefused, add_file, add_hours, add_link, add_text, remove_evidence
from tests.fixtures.records import NOON


@pytest.fixture
def draft(make_submission):
    submission = make_submission()
    submission.evidence_items.all().delete()
    return submission


@pytest.fixture
def place(draft):
    """Where to add, and who adds."""
    requirement = draft.credential_version.evidence_requirements.get()
    return {"actor": draft.learner.user, "submission": draft, "requirement": requirement, "at": NOON}


def test_a_text_keeps_its_lines(place):
    item = add_text(**place, title="Case", text="  One.\r\nTwo.  ")

    assert (item.kind, item.title, item.text, item.added_by, item.added_at) == (
        "text",
        "Case",
        "One.\nTwo.",
        place["actor"],
        NOON,
    )


@pytest.mark.parametrize("text", ["", "  \n "])
def test_an_empty_text_is_refused(place, draft, text):
    with pytest.raises(Invalid, match="Write something first"):
        add_text(**place, title="", text=text)

    assert not draft.evidence_items.exists()


def test_a_text_that_is_too_long_is_refused_with_its_length(place, draft):
    with pytest.raises(Invalid, match="20001 letters"):
        add_text(**place, title="", text="a" * 20_001)

    assert not draft.evidence_items.exists()


def test_a_link_is_kept(place):
    item = add_link(**place, title="", link="https://example.org/talk")

    assert (item.kind, item.link, item.title) == ("link", "https://example.org/talk", "https://example.org/talk")


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "example.org", "file:///etc/passwd", "data:text/html,hello", ""]
)
def test_what_is_no_web_address_is_refused(place, draft, link):
    with pytest.raises(Invalid, match="whole address"):
        add_link(**place, title="", link=link)

    assert not draft.evidence_items.exists()


def test_hours_are_kept(place):
    item = add_hours(**place, title="Clinic", hours=Decimal("2.5"), text="With the social worker.")

    assert (item.kind, item.hours, item.text) == ("hours", Decimal("2.5"), "With the social worker.")


@pytest.mark.parametrize("hours", ["0", "-1", "1000.5", "NaN"])
def test_hours_that_cannot_be_are_refused(place, draft, hours):
    with pytest.raises(Invalid, match="hours above 0"):
        add_hours(**place, title="", hours=Decimal(hours))

    assert not draft.evidence_items.exists()


def test_a_file_is_stored_apart_from_what_it_shows(place, make_upload, media):
    item = add_file(**place, title="", upload=make_upload("My case.pdf"))

    stored = StoredFile.objects.get()
    assert (item.kind, item.title, item.file) == ("file", "My case.pdf", stored)
    assert (stored.media_type, stored.original_name, stored.uploaded_by) == (
        "application/pdf",
        "My case.pdf",
        place["actor"],
    )
    assert len(media()) == 1
    assert "My case" not in stored.path


@pytest.mark.parametrize("again", range(2))
def test_the_same_twice_adds_one(place, draft, make_upload, media, again):
    add = [
        lambda: add_text(**place, title="Case", text="The same."),
        lambda: add_file(**place, title="", upload=make_upload()),
    ][again]
    add()

    with pytest.raises(AlreadyHere):
        add()

    assert draft.evidence_items.count() == 1
    assert len(media()) == StoredFile.objects.count() == again


def test_what_is_refused_leaves_no_file_behind(place, draft, make_upload, media):
    with pytest.raises(FileRefused):
        add_file(**place, title="", upload=make_upload(content=b"MZ\x90\x00" + b"0" * 64))

    assert not media()
    assert not StoredFile.objects.exists()


def test_nobody_adds_to_the_work_of_another(place, draft, make_learner, make_upload, media):
    place["actor"] = make_learner().user

    with pytest.raises(NotAllowed):
        add_text(**place, title="", text="Mine.")
    with pytest.raises(NotAllowed):
        add_file(**place, title="", upload=make_upload())

    assert not draft.evidence_items.exists()
    assert not media()


def test_what_is_handed_in_stays_as_it_is(make_submission, make_upload, media):
    submission = make_submission(status="submitted")
    place = {"actor": submission.learner.user, "submission": submission, "requirement": None, "at": NOON}

    with pytest.raises(Conflict, match="submitted"):
        add_text(**place, title="", text="One more thing.")
    with pytest.raises(Conflict, match="submitted"):
        add_file(**place, title="", upload=make_upload())
    with pytest.raises(Conflict, match="submitted"):
        remove_evidence(actor=place["actor"], item=submission.evidence_items.get())

    assert submission.evidence_items.count() == 1
    assert not media()


def test_the_requirement_must_be_of_this_version(place, make_version):
    place["requirement"] = make_version().evidence_requirements.get()

    with pytest.raises(Invalid, match="does not belong"):
        add_text(**place, title="", text="Elsewhere.")


def test_what_staff_enter_is_not_handed_in(make_version, make_submission):
    version = make_version(published=False)
    observed = EvidenceRequirement.objects.create(version=version, position=2, kind="observation", source="staff")
    submission = make_submission(version=version)

    with pytest.raises(Invalid, match="entered by staff"):
        add_text(
            actor=submission.learner.user, submission=submission, requirement=observed, title="", text="I saw.", at=NOON
        )


def test_there_is_a_most_of_items(place, draft, settings):
    settings.UPLOAD_MAX_ITEMS = 2
    for number in range(2):
        add_text(**place, title="", text=f"Number {number}.")

    with pytest.raises(Invalid, match="2 items already"):
        add_text(**place, title="", text="Number 3.")


# Taking out ----------------------------------------------------------------------------------------------------------
def test_removing_a_file_removes_its_bytes(place, draft, make_upload, media, django_capture_on_commit_callbacks):
    item = add_file(**place, title="", upload=make_upload())

    with django_capture_on_commit_callbacks(execute=True):
        remove_evidence(actor=place["actor"], item=item)

    assert not draft.evidence_items.exists()
    assert not StoredFile.objects.exists()
    assert not media()


def test_a_file_that_an_earlier_attempt_holds_stays(
    place, draft, make_upload, media, make_enrollment, django_capture_on_commit_callbacks
):
    item = add_file(**place, title="", upload=make_upload())
    other = make_enrollment(learner=draft.learner).submissions.create(attempt=1, started_at=NOON)
    EvidenceItem.objects.create(
        submission=other, kind="file", title="Same", file=item.file, added_by=place["actor"], added_at=NOON
    )

    with django_capture_on_commit_callbacks(execute=True):
        remove_evidence(actor=place["actor"], item=item)

    assert len(media()) == StoredFile.objects.count() == 1


@pytest.mark.parametrize("source", ["staff", "event", "import"])
def test_what_others_wrote_down_stays(place, draft, source):
    item = add_text(**place, title="", text="Seen on the ward.")
    item.requirement.source = source  # its version is frozen; the row in hand is enough

    with pytest.raises(NotAllowed, match="written down by somebody else"):
        remove_evidence(actor=place["actor"], item=item)

    assert draft.evidence_items.count() == 1


def test_what_staff_added_beside_stays_too(place, draft, assessor):
    item = add_text(**place, title="", text="Seen on the ward.")
    item.added_by = assessor
    item.save()

    with pytest.raises(NotAllowed):
        remove_evidence(actor=place["actor"], item=item)


def test_nobody_removes_from_the_work_of_another(place, draft, make_learner):
    item = add_text(**place, title="", text="Mine.")

    with pytest.raises(NotAllowed):
        remove_evidence(actor=make_learner().user, item=item)

    assert draft.evidence_items.count() == 1
