"""What is typed into the workspace and not added yet: kept, told apart between two tabs, and for its learner alone."""

from datetime import timedelta

import pytest
from django.urls import reverse

from config.errors import Conflict, Invalid, NotAllowed
from config.permissions import Role
from credentials.models import EvidenceRequirement
from learners import services
from learners.models import FormDraft
from tests.fixtures.records import NOON

FORM = "add-1-text"
HTMX = {"HX-Request": "true"}


@pytest.fixture
def draft(make_submission):
    return make_submission()


@pytest.fixture
def own(client, draft):
    client.force_login(draft.learner.user)
    return client


def keep(draft, text="Half a sentence", *, form=FORM, actor=None, at=NOON, seen=None, **values):
    return services.keep_form_draft(
        actor=actor or draft.learner.user,
        submission=draft,
        form=form,
        values={"text": text, **values},
        at=at,
        seen=seen,
    )


def address(draft, form=FORM):
    return reverse("learners:draft-keep", args=[draft.public_id, form])


def words(answer):
    return " ".join(answer.content.decode().split())


def test_it_is_kept_and_saved_over(draft):
    first = keep(draft, title="Case")
    again = keep(draft, "A whole sentence.\r\nAnd more.", title="Case", at=NOON + timedelta(seconds=3))

    assert first.pk == again.pk
    assert FormDraft.objects.get().values == {"title": "Case", "text": "A whole sentence.\nAnd more."}
    assert not draft.events.exists()


def test_the_same_again_changes_nothing_and_nothing_makes_no_draft(draft):
    assert keep(draft, "  ") is None
    assert not FormDraft.objects.exists()

    first = keep(draft)
    assert keep(draft, at=NOON + timedelta(minutes=1), seen="").saved_at == first.saved_at


def test_of_two_tabs_the_second_is_told_and_the_first_is_kept(draft):
    seen = services.revision(keep(draft, "From the first tab."))

    with pytest.raises(services.ChangedElsewhere, match="another tab"):
        keep(draft, "From the second tab.", seen="")
    assert FormDraft.objects.get().values["text"] == "From the first tab."

    assert keep(draft, "On it goes.", seen=seen).values["text"] == "On it goes."


def test_what_is_added_takes_its_draft_with_it_and_the_other_tab_is_told(draft):
    seen = services.revision(keep(draft, "Added."))
    keep(draft, "", form="add-1-link", link="https://example.org/")
    requirement = draft.credential_version.evidence_requirements.get()

    services.add_text(
        actor=draft.learner.user, submission=draft, requirement=requirement, title="", text="Added.", at=NOON
    )

    assert [each.form for each in FormDraft.objects.all()] == ["add-1-link"]
    with pytest.raises(services.ChangedElsewhere):
        keep(draft, "Added. And", seen=seen)


def test_handing_in_and_withdrawing_leave_none(draft, make_submission):
    keep(draft)
    declared = {"no-patient-data": "", "own-work": ""}
    services.submit_evidence(actor=draft.learner.user, submission=draft, declarations=declared, at=NOON)
    other = make_submission()
    keep(other)
    services.withdraw(actor=other.learner.user, enrollment=other.enrollment, at=NOON)

    assert not FormDraft.objects.exists()


@pytest.mark.parametrize("form", ["add-9-text", "add-1-file", "add-1-spell", "submit-", "anything"])
def test_a_form_that_is_none_keeps_nothing(draft, form):
    with pytest.raises(Invalid, match="no such form"):
        keep(draft, form=form)

    assert not FormDraft.objects.exists()


def test_what_staff_provides_has_no_form(make_version, make_submission):
    version = make_version(published=False)
    EvidenceRequirement.objects.create(version=version, position=2, kind="quiz", source="staff")

    with pytest.raises(Invalid):
        keep(make_submission(version=version), form="add-2-text")


def test_fields_of_another_form_are_passed_over_and_the_enormous_is_refused(draft):
    assert keep(draft, hours="3", owner="me").values == {"text": "Half a sentence"}

    for text in ("a" * 100_001, "nul \0"):
        with pytest.raises(Invalid, match="too long"):
            keep(draft, text)


def test_what_is_longer_than_can_be_added_is_kept_until_it_is_shortened(draft):
    assert len(keep(draft, "b" * 30_000).values["text"]) == 30_000


def test_nobody_else_keeps_anything_and_nothing_is_kept_once_it_is_handed_in(draft, make_learner, assessor):
    for actor in (make_learner().user, assessor):
        with pytest.raises(NotAllowed):
            keep(draft, actor=actor)
    draft.status, draft.submitted_at = "submitted", NOON
    draft.save()
    with pytest.raises(Conflict, match="submitted"):
        keep(draft)

    assert not FormDraft.objects.exists()


# Pages ---------------------------------------------------------------------------------------------------------------
def test_the_script_is_answered_with_the_line_that_tells(own, draft):
    answer = own.post(address(draft), {"text": "Half", "seen": "", "action": "autosave"}, headers=HTMX)

    assert answer.status_code == 200
    assert "Draft saved" in words(answer)
    assert services.revision(FormDraft.objects.get()) in answer.content.decode()


def test_the_second_tab_is_answered_with_a_choice_and_may_overwrite(own, draft):
    keep(draft, "First tab.")
    answer = own.post(address(draft), {"text": "Second tab.", "seen": ""}, headers=HTMX)

    assert answer.status_code == 422
    assert "changed in another tab" in words(answer) and "Keep what stands here" in words(answer)
    assert FormDraft.objects.get().values == {"text": "First tab."}

    pressed = own.post(address(draft), {"text": "Second tab.", "seen": "", "action": "overwrite"})
    assert pressed.url == draft.enrollment.get_absolute_url()
    assert FormDraft.objects.get().values == {"text": "Second tab."}


def test_what_was_typed_stands_in_its_form_again_without_any_script(own, draft):
    keep(draft, "Half a sentence", title="Case")
    keep(draft, "", form="submit", **{"own-work": "on", "ai-use": "For the spelling."})

    page = own.get(draft.enrollment.get_absolute_url()).content.decode()

    assert "Half a sentence" in page and 'value="Case"' in page and "For the spelling." in page
    assert 'name="own-work" id="submit-own-work" checked' in " ".join(page.split()) or "checked" in page
    assert page.count('name="add-1" open') == 1
    assert not draft.declarations.exists()  # a draft declares nothing


def test_what_may_name_a_patient_is_said_to_the_learner(own, draft):
    answer = own.post(address(draft), {"text": "MRN 4829131, seen March 3, 2026", "seen": ""}, headers=HTMX)

    assert "This may name a patient" in words(answer) and "<q>MRN 4829131</q>" in words(answer)
    hours = own.post(address(draft, "add-1-hours"), {"text": "Clinic, March 3, 2026", "seen": ""}, headers=HTMX)
    assert "may name a patient" not in words(hours)


def test_a_draft_is_nowhere_but_in_the_workspace(client, draft, make_user, assessor):
    keep(draft, "Unmistakable words")
    for user in (assessor, make_user(Role.LEAD), make_user(Role.PRIVACY)):
        client.force_login(user)
        assert client.post(address(draft), {"text": "Mine"}).status_code == 404
        assert client.get(draft.get_absolute_url()).status_code == 404

    assert FormDraft.objects.get().values == {"text": "Unmistakable words"}


def test_once_it_is_added_the_page_says_so_to_the_script(own, draft):
    sent = {"kind": "text", "requirement": "1", "text": "Five more roles."}
    page = own.post(reverse("learners:evidence-add", args=[draft.public_id]), sent, follow=True)
    twice = own.post(reverse("learners:evidence-add", args=[draft.public_id]), sent, follow=True)

    for answer in (page, twice):
        assert f'data-done="{draft.public_id}:{FORM}"' in answer.content.decode()


def test_the_number_of_queries_does_not_grow_with_drafts(own, draft, django_assert_max_num_queries):
    for form in ("add-1-text", "add-1-link", "add-1-hours", "add-other-text"):
        keep(draft, form=form, link="https://example.org/", hours="2")

    with django_assert_max_num_queries(19):
        own.get(draft.enrollment.get_absolute_url())
