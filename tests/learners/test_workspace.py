"""The workspace as a page: who gets in, what is shown, what is refused and kept, what is sent twice."""

import re

import pytest
from django.urls import reverse

from config.permissions import Role
from credentials.models import EvidenceRequirement
from learners.models import EvidenceItem, Submission
from tests.fixtures.records import NOON

EXECUTABLE = b"MZ\x90\x00\x03\x00\x00\x00" + b"\x00" * 64
DECLARED = {"no-patient-data": "on", "own-work": "on"}


@pytest.fixture
def draft(make_submission):
    submission = make_submission()
    submission.evidence_items.all().delete()
    return submission


@pytest.fixture
def own(client, draft):
    client.force_login(draft.learner.user)
    return client


def workspace(submission):
    return submission.enrollment.get_absolute_url()


def adding(submission):
    return reverse("learners:evidence-add", args=[submission.public_id])


def submitting(submission):
    return reverse("learners:submission-submit", args=[submission.public_id])


def text(answer):
    return re.sub(r"\s+", " ", answer.content.decode())


def test_it_belongs_to_the_learner_alone(client, draft, make_learner, make_user, assessor):
    assert client.get(workspace(draft)).url.startswith(reverse("account_login"))
    for user in (make_learner().user, assessor, make_user(Role.LEAD), make_user(Role.REGISTRAR)):
        client.force_login(user)
        assert client.get(workspace(draft)).status_code == 404
        assert client.post(adding(draft), {"kind": "text", "text": "Mine."}).status_code == 404
        assert client.post(submitting(draft), DECLARED).status_code == 404

    assert not draft.evidence_items.exists()


def test_it_says_what_is_asked_for_by_whom_and_how_far_it_is(client, make_version, make_submission):
    version = make_version(published=False)
    EvidenceRequirement.objects.create(version=version, position=2, kind="direct observation", source="staff")
    EvidenceRequirement.objects.create(version=version, position=3, kind="reflection", items_min=2)
    submission = make_submission(version=version)
    client.force_login(submission.learner.user)

    page = text(client.get(workspace(submission)))

    assert "1 of 2 kinds of evidence that you submit are there" in page
    assert "0 of 2 added" in page
    assert "A member of staff enters it" in page
    assert 'id="place-2"' in page
    assert 'id="add-2-text-text"' not in page
    assert "Every required criterion must reach level 3" in page


def test_a_text_is_added_where_it_is_asked_for(own, draft):
    answer = own.post(adding(draft), {"kind": "text", "requirement": "1", "title": "Case", "text": "Five roles."})

    assert answer.url == f"{workspace(draft)}#place-1"
    item = draft.evidence_items.get()
    assert (item.title, item.text, item.requirement.position) == ("Case", "Five roles.", 1)
    assert "Five roles." in text(own.get(workspace(draft)))


def test_without_a_requirement_it_stands_under_anything_else(own, draft):
    answer = own.post(adding(draft), {"kind": "link", "requirement": "", "link": "https://example.org/talk"})

    assert answer.url == f"{workspace(draft)}#place-other"
    assert draft.evidence_items.get().requirement is None


def test_hours_are_added(own, draft):
    own.post(adding(draft), {"kind": "hours", "requirement": "1", "hours": "2.5", "text": "Clinic."})

    assert "Hours: 2.5 h" in text(own.get(workspace(draft)))


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"kind": "text", "text": " ", "title": "What I typed"}, "Write something first."),
        ({"kind": "link", "link": "javascript:alert(1)", "title": "What I typed"}, "Give a whole address"),
        ({"kind": "hours", "hours": "0", "title": "What I typed"}, "Give hours above 0"),
        ({"kind": "hours", "hours": "many", "title": "What I typed"}, "Give the hours as a number"),
        ({"kind": "file", "title": "What I typed"}, "Choose a file."),
        ({"kind": "text", "text": "a" * 20_001, "title": "What I typed"}, "20001 letters"),
    ],
)
def test_a_refusal_stands_at_the_field_and_what_was_typed_stays(own, draft, sent, words):
    answer = own.post(adding(draft), {"requirement": "1"} | sent)

    page = text(answer)
    assert answer.status_code == 422
    assert words in page
    assert 'value="What I typed"' in page
    assert page.count('name="add-1" open') == 1
    assert not draft.evidence_items.exists()


def test_a_long_text_that_was_refused_is_still_there(own, draft):
    answer = own.post(adding(draft), {"kind": "text", "requirement": "1", "text": "b" * 20_001})

    assert "b" * 20_001 in answer.content.decode()


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("case.pdf", b"", "“case.pdf” is empty"),
        ("case.pdf", EXECUTABLE, "not one of the kinds that are accepted"),
        ("case.txt", b"a" * 4096, "the most is"),
    ],
)
def test_a_file_that_is_refused_says_why(own, draft, make_upload, media, settings, name, content, words):
    settings.UPLOAD_MAX_BYTES = 2048

    answer = own.post(
        adding(draft), {"kind": "file", "requirement": "1", "title": "Typed", "file": make_upload(name, content)}
    )

    assert answer.status_code == 422
    assert words in text(answer)
    assert 'value="Typed"' in text(answer)
    assert not media()


def test_a_file_is_added_once_though_it_is_sent_twice(own, draft, make_upload, media):
    answers = [
        own.post(adding(draft), {"kind": "file", "requirement": "1", "file": make_upload()}) for _each in range(2)
    ]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert draft.evidence_items.count() == len(media()) == 1
    assert "it was not added a second time" in text(own.get(workspace(draft)))


@pytest.mark.parametrize("sent", [{}, {"kind": "spell"}, {"kind": "text", "requirement": "99", "text": "Lost."}])
def test_what_makes_no_sense_is_refused(own, draft, sent):
    assert own.post(adding(draft), sent).status_code == 422
    assert not draft.evidence_items.exists()


def test_what_is_handed_in_shows_no_forms_and_takes_nothing(client, make_submission):
    submission = make_submission(status="submitted")
    client.force_login(submission.learner.user)

    answer = client.post(adding(submission), {"kind": "text", "requirement": "1", "text": "One more."})

    assert answer.status_code == 409
    assert "submitted" in text(answer)
    assert submission.evidence_items.count() == 1
    assert adding(submission) not in client.get(workspace(submission)).content.decode()


def test_an_item_is_taken_out(client, make_submission):
    submission = make_submission()
    client.force_login(submission.learner.user)
    item = submission.evidence_items.get()
    address = reverse("learners:evidence-remove", args=[item.public_id])
    assert address in client.get(workspace(submission)).content.decode()

    answer = client.post(address)

    assert answer.url == f"{workspace(submission)}#place-1"
    assert not submission.evidence_items.exists()
    assert client.post(address).status_code == 404


def test_nobody_takes_out_what_is_anothers(client, make_submission, make_learner):
    item = make_submission().evidence_items.get()
    client.force_login(make_learner().user)

    assert client.post(reverse("learners:evidence-remove", args=[item.public_id])).status_code == 404
    assert EvidenceItem.objects.exists()


def test_coming_back_from_sign_in_shows_the_workspace(own, draft):
    assert own.get(adding(draft)).url == own.get(submitting(draft)).url == workspace(draft)


# Submitting ----------------------------------------------------------------------------------------------------------
def test_submitting_leads_to_the_receipt(client, make_submission):
    submission = make_submission()
    client.force_login(submission.learner.user)

    answer = client.post(submitting(submission), DECLARED | {"ai-use": "None of it."})

    assert answer.url == submission.get_absolute_url()
    assert submission.declarations.get(kind="ai-use").answer == "None of it."
    page = text(client.get(answer.url))
    assert submission.public_id.hex[:8].upper() in page
    assert "You get an answer by" in page


def test_what_is_missing_is_listed_and_what_was_ticked_stays(own, draft):
    answer = own.post(submitting(draft), {"own-work": "on", "ai-use": "For the spelling."})

    page = text(answer)
    assert answer.status_code == 422
    assert "Add to “Case analysis” (0 of 1 is there)." in page
    assert "Confirm that nothing in the evidence identifies a patient." in page
    assert "For the spelling." in page
    assert re.search(r'name="own-work"[^>]* checked', page)
    assert Submission.objects.get().status == "draft"


def test_submitting_twice_submits_once(client, make_submission):
    submission = make_submission()
    client.force_login(submission.learner.user)

    answers = [client.post(submitting(submission), DECLARED) for _each in range(2)]

    assert {answer.url for answer in answers} == {submission.get_absolute_url()}
    assert submission.events.count() == 1


def test_a_draft_has_no_page_besides_the_workspace(own, draft):
    assert own.get(draft.get_absolute_url()).url == workspace(draft)


def test_the_number_of_queries_does_not_grow(own, draft, django_assert_max_num_queries):
    for number in range(12):
        EvidenceItem.objects.create(
            submission=draft, kind="text", title="T", text=f"{number}", added_by=draft.learner.user, added_at=NOON
        )

    with django_assert_max_num_queries(19):
        assert own.get(workspace(draft)).status_code == 200


def test_a_form_sent_after_the_sign_in_ended_is_not_lost_without_a_word(client, draft):
    answer = client.post(adding(draft), {"kind": "text", "text": "What I wrote."})
    page = text(client.get(answer.url))

    assert "What you just sent was not saved." in page
    assert draft.evidence_items.filter(text="What I wrote.").count() == 0
    assert "What you just sent was not saved." not in text(client.get(client.get(workspace(draft)).url))


# What may name a patient ---------------------------------------------------------------------------------------------
def test_what_may_name_a_patient_is_marked_for_the_learner_until_it_is_looked_at(own, client, draft, assessor):
    sent = {"kind": "text", "requirement": "1", "title": "Case", "text": "Seen on March 3, 2026, MRN 4829131."}
    own.post(adding(draft), sent)
    item = draft.evidence_items.get()

    page = text(own.get(workspace(draft)))
    assert "This may name a patient" in page and "<q>March 3, 2026</q>" in page and "<q>MRN 4829131</q>" in page
    assert "Something in 1 of your pieces may name a patient" in page

    harmless = reverse("learners:evidence-harmless", args=[item.public_id])
    assert own.post(harmless).url == f"{workspace(draft)}#place-1"
    first = EvidenceItem.objects.get().harmless_at
    own.post(harmless)

    assert first is not None and EvidenceItem.objects.get().harmless_at == first
    assert "may name a patient" not in text(own.get(workspace(draft)))
    # It hinders nothing.
    assert own.post(submitting(draft), DECLARED).status_code == 302
    assert own.post(harmless).status_code == 409


def test_a_log_of_hours_may_have_dates_and_what_others_wrote_is_not_looked_at(own, draft, make_user):
    draft.evidence_items.create(
        kind="hours", title="Clinic, March 3, 2026", hours=2, added_by=draft.learner.user, added_at=NOON
    )
    draft.evidence_items.create(
        kind="text", title="Note", text="On March 3, 2026", added_by=make_user(Role.LEAD), added_at=NOON
    )

    assert "may name a patient" not in text(own.get(workspace(draft)))


def test_nobody_but_the_learner_says_that_it_is_harmless(client, draft, assessor, make_learner):
    item = draft.evidence_items.create(
        kind="text", title="Note", text="On March 3, 2026", added_by=draft.learner.user, added_at=NOON
    )
    for user in (assessor, make_learner().user):
        client.force_login(user)
        assert client.post(reverse("learners:evidence-harmless", args=[item.public_id])).status_code == 404

    assert EvidenceItem.objects.get().harmless_at is None
