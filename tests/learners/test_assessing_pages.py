"""Queue, marking, decisions and notices as pages: who gets in, what is refused, how many queries."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from config.permissions import Role
from learners.models import Assessment, Award, Decision, DecisionEvent, Notice
from tests.fixtures.records import NOON


def marking_url(submission):
    return reverse("learners:marking", args=[submission.public_id])


def judged(levels=(3, 3, 3), **more):
    data = {}
    for number, level in enumerate(levels, 1):
        data |= {f"level_{number}": str(level), f"comment_{number}": "Names each role.", f"next_step_{number}": ""}
    return data | {"overall_comment": "", "action": "save"} | more


def questions(client, url):
    """How many queries a page asks, once the session is warm."""
    client.get(url)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(url).status_code == 200
    return len(asked)


@pytest.fixture
def waiting(make_submission, assessor):
    return make_submission(status="submitted", assessor=assessor)


# Queue ---------------------------------------------------------------------------------------------------------------
def test_a_stranger_is_led_to_the_sign_in(client, waiting):
    for url in (reverse("learners:queue"), marking_url(waiting), reverse("learners:decision-list"), "/notices/"):
        response = client.get(url)

        assert response.status_code == 302
        assert response["Location"].startswith("/accounts/login/")


def test_the_queue_shows_what_is_due_first_and_how_much_there_is(client, assessor, make_submission):
    later = make_submission(status="submitted", assessor=assessor)
    sooner = make_submission(status="in-review", assessor=assessor)
    type(sooner).objects.filter(pk=sooner.pk).update(due_at=NOON + timedelta(days=1))
    client.force_login(assessor)

    response = client.get(reverse("learners:queue"))

    assert [row["submission"] for row in response.context["rows"]] == [sooner, later]
    assert "2 submissions wait for your judgment." in response.content.decode()
    assert response.context["load"].oldest_submitted_at == NOON


def test_the_queue_is_no_page_of_whoever_is_no_assessor(client, learner, lead, make_user, make_submission):
    former = make_user()
    make_submission(status="submitted", assessor=former)

    for user in (learner.user, lead, former):
        client.force_login(user)
        assert client.get(reverse("learners:queue")).status_code == 404


def test_the_queue_leaves_out_drafts_others_finished_and_own_work(
    client, assessor, make_user, make_submission, make_assessed, make_learner
):
    make_submission(status="draft", assessor=assessor)
    make_submission(status="submitted", assessor=make_user(Role.ASSESSOR))
    make_assessed(assessor=assessor)
    make_submission(status="submitted", assessor=assessor, learner=make_learner(user=assessor))
    client.force_login(assessor)

    response = client.get(reverse("learners:queue"))

    assert response.context["rows"] == []
    assert "Nothing waits for you" in response.content.decode()


def test_the_queue_is_filtered_by_item_and_by_resubmission(client, assessor, make_submission, make_version):
    version = make_version()
    first = make_submission(status="submitted", assessor=assessor, version=version)
    again = make_submission(status="submitted", assessor=assessor, attempt=2)
    client.force_login(assessor)

    by_item = client.get(reverse("learners:queue"), {"item": version.credential.public_id})
    by_kind = client.get(reverse("learners:queue"), {"kind": "resubmission"})
    part = client.get(reverse("learners:queue"), {"kind": "first"}, headers={"HX-Request": "true"})

    assert [row["submission"] for row in by_item.context["rows"]] == [first]
    assert [row["submission"] for row in by_kind.context["rows"]] == [again]
    assert "<html" not in part.content.decode()
    assert "HX-Request" in part["Vary"]


def test_the_queue_asks_the_same_number_of_questions_however_long_it_is(client, assessor, make_submission):
    make_submission(status="submitted", assessor=assessor)
    client.force_login(assessor)

    with_one = questions(client, reverse("learners:queue"))
    for _number in range(4):
        make_submission(status="submitted", assessor=assessor)

    assert questions(client, reverse("learners:queue")) == with_one < 20


def test_a_blind_rubric_shows_a_code_instead_of_the_name(client, assessor, make_submission, make_version):
    submission = make_submission(status="submitted", assessor=assessor, version=make_version(is_blind=True))
    client.force_login(assessor)

    for url in (reverse("learners:queue"), marking_url(submission)):
        page = client.get(url).content.decode()

        assert "Robin Alder" not in page
        assert f"Learner {submission.enrollment.public_id.hex[:6].upper()}" in page


# Marking -------------------------------------------------------------------------------------------------------------
def test_nobody_else_opens_a_submission_to_mark_it(client, waiting, make_user, lead):
    for person in (make_user(Role.ASSESSOR), lead, waiting.learner.user, make_user(Role.AUDITOR)):
        client.force_login(person)

        assert client.get(marking_url(waiting)).status_code == 404


def test_an_assessor_who_is_the_learner_is_kept_out(client, make_submission, make_learner, assessor):
    own = make_submission(status="submitted", assessor=assessor, learner=make_learner(user=assessor))
    client.force_login(assessor)

    assert client.get(marking_url(own)).status_code == 404
    assert client.post(marking_url(own), judged()).status_code == 404


def test_the_marking_page_shows_evidence_and_rubric(client, assessor, waiting):
    client.force_login(assessor)

    page = client.get(marking_url(waiting)).content.decode()

    assert "Five roles, and whom I would call." in page
    assert "Meets the standard for role-map." in page
    assert "Cannot judge from this evidence" in page
    assert "Every required criterion must reach level 3" in page


def test_a_draft_is_saved_and_comes_back(client, assessor, waiting):
    client.force_login(assessor)

    response = client.post(marking_url(waiting), judged((3, "cannot", ""), comment_1="Clear."))
    page = client.get(marking_url(waiting))

    assert response.status_code == 302
    waiting.refresh_from_db()
    assert waiting.status == "in-review"
    given = {each.criterion.key: each for each in Assessment.objects.get().judgments.select_related("criterion")}
    assert (given["role-map"].level, given["role-map"].comment) == (3, "Clear.")
    assert given["referral"].cannot_judge
    assert given["reflection"].level is None
    assert page.context["form"]["level_2"].value() == "cannot"


def test_saving_by_itself_answers_the_line_that_says_when(client, assessor, waiting):
    client.force_login(assessor)

    response = client.post(marking_url(waiting), judged(action="autosave", seen=""), headers={"HX-Request": "true"})

    text = response.content.decode()
    assert response.status_code == 200
    assert "Draft saved" in text
    assert Assessment.objects.get().saved_at.isoformat() in text.replace("&#x2B;", "+")
    assert "<html" not in text


def test_a_second_window_does_not_overwrite_the_first(client, assessor, waiting):
    client.force_login(assessor)
    seen = client.get(marking_url(waiting)).context["seen"]
    client.post(marking_url(waiting), judged(seen=seen, comment_1="From the first window."))

    refused = client.post(marking_url(waiting), judged(seen=seen, comment_1="From the second."))
    kept = Assessment.objects.get().judgments.get(criterion__key="role-map").comment
    forced = client.post(marking_url(waiting), judged(seen=seen, comment_1="From the second.", action="overwrite"))

    assert refused.status_code == 422
    assert "saved in another window" in refused.content.decode()
    assert kept == "From the first window."
    assert forced.status_code == 302
    assert Assessment.objects.get().judgments.get(criterion__key="role-map").comment == "From the second."


def test_finishing_leads_to_the_proposed_decision(client, assessor, waiting):
    client.force_login(assessor)

    response = client.post(marking_url(waiting), judged(action="finish"))

    decision = Decision.objects.get()
    assert response.status_code == 302
    assert response["Location"] == f"/decisions/{decision.public_id}/"
    assert (decision.outcome, decision.status) == ("awarded", "proposed")


def test_what_is_missing_is_said_at_its_field_and_the_draft_is_kept(client, assessor, waiting):
    client.force_login(assessor)

    response = client.post(marking_url(waiting), judged((2, 3, ""), action="finish"))
    again = client.post(
        marking_url(waiting),
        judged((2, 3, 3), action="finish", seen=response.context["seen"], next_step_1="Say whom you call first."),
    )

    assert response.status_code == 422
    assert response.context["form"].errors.keys() == {"next_step_1", "level_3"}
    assert "Your draft is saved" in response.content.decode()
    assert Assessment.objects.get().judgments.count() == 3
    assert again.status_code == 302
    assert Decision.objects.get().outcome == "returned"


def test_the_assessor_may_decide_not_met_before_the_last_attempt(client, assessor, waiting):
    client.force_login(assessor)

    client.post(
        marking_url(waiting), judged((1, 3, 3), action="finish", outcome="not-met", next_step_1="Start with roles.")
    )

    assert Decision.objects.get().outcome == "not-met"


@pytest.mark.parametrize("level", ["5", "0", "x", "-1"])
def test_a_level_that_does_not_exist_is_refused(client, assessor, waiting, level):
    client.force_login(assessor)

    response = client.post(marking_url(waiting), judged((level, 3, 3)))

    assert response.status_code == 422
    assert not Assessment.objects.exists()


def test_a_finished_assessment_leads_to_its_decision_and_can_be_reopened(client, make_decision, assessor):
    decision = make_decision(assessor=assessor)
    client.force_login(assessor)

    response = client.get(marking_url(decision.submission))
    reopened = client.post(reverse("learners:marking-reopen", args=[decision.submission.public_id]))

    assert response["Location"] == decision.get_absolute_url()
    assert reopened["Location"] == marking_url(decision.submission)
    decision.refresh_from_db()
    assert decision.status == "undone"
    assert client.get(marking_url(decision.submission)).status_code == 200


def test_a_resubmission_shows_what_was_said_and_what_changed(client, make_decision, make_submission, assessor):
    """DOMAIN 3.2: resubmit → the assessor sees previous levels, feedback and what changed."""
    before = make_decision(outcome="returned", levels=(2, 3, 3), assessor=assessor)
    Decision.objects.filter(pk=before.pk).update(status="released", effective_at=NOON, reason="One falls short.")
    type(before.submission).objects.update(status="returned")
    again = make_submission(enrollment=before.enrollment, status="submitted", attempt=2, assessor=assessor)
    again.evidence_items.update(text="Five roles, and whom I would call. First the pharmacist.")
    client.force_login(assessor)

    page = client.get(marking_url(again))
    text = " ".join(page.content.decode().split())

    assert "One falls short." in text
    assert "Name whom you would call first, and why." in text
    assert "Last attempt:</span> <strong>Developing</strong>" in text
    assert '<ins><span class="unseen">added:</span> First the pharmacist.</ins>' in text
    assert [each.change for each in page.context["evidence"]] == ["changed"]
    # What met the standard is kept; what fell short is judged anew.
    assert [name for name in page.context["form"].fields if name.startswith("level_")] == ["level_1"]
    assert text.count("Kept from the last attempt:") == 2


def test_the_marking_page_asks_fewer_than_twenty_questions(client, make_decision, make_submission, assessor):
    before = make_decision(outcome="returned", levels=(2, 3, 3), assessor=assessor)
    Decision.objects.filter(pk=before.pk).update(status="released", effective_at=NOON)
    type(before.submission).objects.update(status="returned")
    again = make_submission(enrollment=before.enrollment, status="submitted", attempt=2, assessor=assessor)
    client.force_login(assessor)

    assert questions(client, marking_url(again)) < 20


# Decisions -----------------------------------------------------------------------------------------------------------
def test_the_decision_page_shows_what_the_learner_will_see(client, make_decision, assessor):
    decision = make_decision(assessor=assessor)
    client.force_login(assessor)

    page = client.get(decision.get_absolute_url()).content.decode()

    assert "What the learner will see" in page
    assert decision.reason in page
    assert "You named each role." in page
    assert "Release decision" in page


def test_who_sees_a_decision(client, make_decision, make_user, assessor, lead):
    decision = make_decision(assessor=assessor)
    expected = {
        assessor: 200,
        lead: 200,
        make_user(Role.AUDITOR): 200,
        make_user(Role.REGISTRAR): 200,
        make_user(Role.ASSESSOR): 404,
        decision.learner.user: 404,
        make_user(): 404,
    }

    for person, status in expected.items():
        client.force_login(person)
        assert client.get(decision.get_absolute_url()).status_code == status


def test_the_learner_is_led_from_a_released_decision_to_the_result(client, make_decision):
    decision = make_decision()
    Decision.objects.filter(pk=decision.pk).update(status="released", effective_at=NOON)
    client.force_login(decision.learner.user)

    response = client.get(decision.get_absolute_url())

    assert response["Location"] == decision.submission.get_absolute_url()


def test_releasing_one_grants_the_award_and_offers_to_undo(client, make_decision, assessor):
    decision = make_decision(assessor=assessor)
    client.force_login(assessor)

    response = client.post(reverse("learners:decision-release", args=[decision.public_id]), {"note": "Well done."})
    page = client.get(decision.get_absolute_url())

    assert response["Location"] == decision.get_absolute_url()
    assert Award.objects.get().decision == decision
    assert 290 <= page.context["undo_seconds"] <= 300
    assert "Undo release" in page.content.decode()


def test_a_doubled_release_says_what_is_the_case(client, make_decision, assessor):
    decision = make_decision(assessor=assessor)
    url = reverse("learners:decision-release", args=[decision.public_id])
    client.force_login(assessor)

    client.post(url, {"note": ""})
    second = client.post(url, {"note": ""})

    assert second.status_code == 422
    assert "This is released already." in second.content.decode()
    assert Award.objects.count() == 1


def test_an_auditor_reads_a_decision_and_cannot_release_it(client, make_decision, make_user):
    decision = make_decision()
    client.force_login(make_user(Role.AUDITOR))

    page = client.get(decision.get_absolute_url()).content.decode()
    response = client.post(reverse("learners:decision-release", args=[decision.public_id]), {"note": ""})

    assert "Release decision" not in page
    assert response.status_code == 422
    assert "You may not release a decision." in response.content.decode()
    assert not Award.objects.exists()


def test_undoing_needs_a_reason_and_leads_back_to_review(client, make_decision, assessor):
    decision = make_decision(assessor=assessor)
    client.force_login(assessor)
    client.post(reverse("learners:decision-release", args=[decision.public_id]), {"note": ""})
    url = reverse("learners:decision-undo", args=[decision.public_id])

    without = client.post(url, {"reason": " "})
    with_reason = client.post(url, {"reason": "Wrong level."})

    assert without.status_code == 422
    assert with_reason.status_code == 302
    decision.refresh_from_db()
    assert decision.status == "undone"
    assert Award.objects.get().status == "withdrawn"
    assert "This decision was undone" in client.get(decision.get_absolute_url()).content.decode()


def test_the_list_offers_what_this_person_may_release(client, make_decision, make_user, make_learner, lead):
    mine = make_decision(learner=make_learner(name="Ada Marsh"))
    make_decision(learner=make_learner(user=lead))
    client.force_login(lead)

    page = client.get(reverse("learners:decision-list"))

    assert [row["decision"] for row in page.context["rows"]] == [mine]
    assert "Ada Marsh" in page.content.decode()


def test_the_list_is_for_assessors_and_leads(client, make_user):
    for role in (None, Role.REGISTRAR, Role.AUDITOR, Role.COMMITTEE):
        client.force_login(make_user(role))

        assert client.get(reverse("learners:decision-list")).status_code == 404


def test_many_are_released_with_one_press(client, make_decision, lead):
    decisions = [make_decision(), make_decision(outcome="returned", levels=(2, 3, 3)), make_decision()]
    client.force_login(lead)

    response = client.post(
        reverse("learners:decision-release-many"),
        {"decision": [each.public_id for each in decisions[:2]], "note": "Thank you."},
    )
    page = client.get(response["Location"])

    assert [row["decision"] for row in page.context["rows"]] == decisions[2:]
    assert Award.objects.count() == 1
    assert "2 decisions released." in page.content.decode()
    assert len(page.context["recent"]["rows"]) == 2


def test_releasing_many_without_a_choice_is_refused(client, make_decision, lead):
    make_decision()
    client.force_login(lead)

    response = client.post(reverse("learners:decision-release-many"), {"note": ""})

    assert response.status_code == 422
    assert "Select at least one decision." in response.content.decode()


@pytest.mark.parametrize("forged", ["x", "00000000-0000-4000-8000-000000000000"])
def test_a_forged_decision_releases_nothing(client, make_decision, lead, forged):
    make_decision()
    client.force_login(lead)

    client.post(reverse("learners:decision-release-many"), {"decision": [forged], "note": ""})

    assert not Award.objects.exists()


def test_a_doubled_press_releases_once(client, make_decision, lead):
    decisions = [make_decision() for _number in range(3)]
    data = {"decision": [each.public_id for each in decisions], "note": ""}
    client.force_login(lead)

    client.post(reverse("learners:decision-release-many"), data)
    second = client.post(reverse("learners:decision-release-many"), data, follow=True)

    assert Award.objects.count() == 3
    assert DecisionEvent.objects.filter(moved_to="released").count() == 3
    assert "released or taken back already" in second.content.decode()


def test_every_box_can_be_checked_without_script(client, make_decision, lead):
    for _number in range(2):
        make_decision()
    client.force_login(lead)

    page = client.get(reverse("learners:decision-list"), {"selected": "all"})

    assert all(row["is_checked"] for row in page.context["rows"])


def test_the_list_asks_the_same_number_of_questions_however_long_it_is(client, make_decision, lead):
    make_decision()
    client.force_login(lead)

    with_one = questions(client, reverse("learners:decision-list"))
    for _number in range(4):
        make_decision()

    assert questions(client, reverse("learners:decision-list")) == with_one < 20


def test_the_decision_page_asks_fewer_than_twenty_questions(client, make_decision, assessor):
    decision = make_decision(assessor=assessor)
    client.force_login(assessor)

    assert questions(client, decision.get_absolute_url()) < 20


# Notices -------------------------------------------------------------------------------------------------------------
def test_notices_are_a_persons_own_and_shown_when_their_time_has_come(client, make_user):
    person, other = make_user(), make_user()
    now = timezone.now()
    for user, subject, at in (
        (person, "Now", now - timedelta(minutes=1)),
        (person, "Later", now + timedelta(minutes=5)),
        (other, "Not yours", now - timedelta(minutes=1)),
    ):
        Notice.objects.create(user=user, kind="x", subject=subject, text="Text.", path="/home/", created_at=at)
    client.force_login(person)

    page = client.get("/notices/").content.decode()
    client.post("/notices/")

    assert "Now" in page
    assert "Later" not in page
    assert "Not yours" not in page
    assert Notice.objects.filter(read_at__isnull=False).count() == 1


def test_no_notices_says_what_will_appear(client, make_user):
    client.force_login(make_user())

    assert "No notices yet" in client.get("/notices/").content.decode()


def test_the_one_click_that_reports_patient_data_stands_with_the_evidence_far_from_save(
    client, assessor, make_submission
):
    client.force_login(assessor)

    page = client.get(marking_url(make_submission(status="submitted", assessor=assessor))).text

    evidence, judging = page.split('id="rubric-title"')
    assert "Report patient data" in evidence
    assert "Save draft" in judging and "Report patient data" not in judging
