"""Not my field, and possible misconduct: telling the lead, holding the work, and the lead's answer."""

import pytest
from django.urls import reverse

from config.errors import Conflict, Invalid, NotAllowed
from config.permissions import Role
from learners import services
from learners.models import Concern, Notice, Submission
from tests.fixtures.records import NOON
from tests.learners.test_assessing_pages import judged, marking_url


@pytest.fixture
def waiting(make_submission, assessor):
    return make_submission(status="submitted", assessor=assessor)


def concern(actor, submission, kind="misconduct", text="Two pages are from a book."):
    return services.raise_concern(actor=actor, submission=submission, kind=kind, text=text, at=NOON)


def test_possible_misconduct_holds_the_submission_until_the_lead_has_answered(client, waiting, assessor, lead):
    raised = concern(assessor, waiting)
    client.force_login(assessor)

    refused = client.post(marking_url(waiting), judged(action="finish"))

    assert refused.status_code == 422
    assert "Possible misconduct was reported. Your draft is kept" in refused.content.decode()
    assert "Told to the lead" in client.get(marking_url(waiting)).content.decode()
    services.close_concern(actor=lead, concern=raised, answer="Quoted, with its source.", at=NOON)
    assert client.post(marking_url(waiting), judged(action="finish")).status_code == 302
    assert set(Notice.objects.filter(kind="concern").values_list("user", flat=True)) == {lead.pk, assessor.pk}


def test_what_is_not_ones_field_passes_to_another_and_is_told_to_the_lead(client, waiting, assessor, lead, make_user):
    other = make_user(Role.ASSESSOR)
    client.force_login(assessor)

    answer = client.post(
        reverse("learners:concern-raise", args=[waiting.public_id]),
        {"kind": "not-my-field", "text": "This is about dentistry."},
    )

    assert answer["Location"] == reverse("learners:queue")
    assert not Submission.objects.to_assess(assessor).exists()
    [passed_on] = waiting.assignments.filter(ended_at__isnull=True)
    assert passed_on.assessor == other
    ended = waiting.assignments.get(assessor=assessor)
    assert ended.events.get(moved_to="ended").note == "Not my field: This is about dentistry."
    assert client.get(marking_url(waiting)).status_code == 404
    client.force_login(lead)
    assert "This is about dentistry." in client.get(reverse("learners:concern-list")).content.decode()


def test_telling_twice_tells_once(waiting, assessor, lead):
    assert concern(assessor, waiting) == concern(assessor, waiting)

    assert Concern.objects.count() == 1
    assert Notice.objects.filter(user=lead).count() == 1


def test_a_concern_needs_words_an_assessor_and_open_work(waiting, assessor, make_user, make_assessed):
    decided = make_assessed(assessor=assessor)
    Submission.objects.filter(pk=decided.pk).update(status="decided")

    for actor, submission, text, error in [
        (make_user(Role.ASSESSOR), waiting, "Words.", NotAllowed),
        (assessor, waiting, " ", Invalid),
        (assessor, decided, "Words.", Conflict),
    ]:
        with pytest.raises(error):
            concern(actor, submission, text=text)

    assert not Concern.objects.exists()
    assert not Notice.objects.exists()


def test_a_concern_is_answered_once_in_words_by_a_lead(waiting, assessor, lead, make_user):
    raised = concern(assessor, waiting)

    with pytest.raises(NotAllowed):
        services.close_concern(actor=assessor, concern=raised, answer="Fine.", at=NOON)
    with pytest.raises(Invalid):
        services.close_concern(actor=lead, concern=raised, answer=" ", at=NOON)
    raised.refresh_from_db()
    assert raised.closed_at is None
    services.close_concern(actor=lead, concern=raised, answer="Fine.", at=NOON)
    with pytest.raises(Conflict):
        services.close_concern(actor=make_user(Role.LEAD), concern=raised, answer="Not fine.", at=NOON)


def test_the_list_shows_what_one_raised_or_leads_and_never_what_is_about_oneself(
    client, waiting, assessor, lead, make_user, make_learner, make_submission
):
    concern(assessor, waiting)
    about_lead = make_submission(status="submitted", assessor=assessor, learner=make_learner(user=lead))
    concern(assessor, about_lead, text="About the lead.")
    url = reverse("learners:concern-list")

    client.force_login(lead)
    page = client.get(url).content.decode()
    assert "Two pages are from a book." in page
    assert "About the lead." not in page
    client.force_login(make_user(Role.ASSESSOR))
    assert "Two pages" not in client.get(url).content.decode()
    client.force_login(waiting.learner.user)
    assert client.get(url).status_code == 404
    own = Concern.objects.get(submission=about_lead)
    client.force_login(lead)
    assert client.post(reverse("learners:concern-close", args=[own.public_id]), {"answer": "x"}).status_code == 404


def test_an_empty_answer_is_shown_at_its_concern(client, waiting, assessor, lead):
    raised = concern(assessor, waiting)
    client.force_login(lead)
    url = reverse("learners:concern-close", args=[raised.public_id])

    refused = client.post(url, {"answer": ""})
    answered = client.post(url, {"answer": "Spoken with the learner; nothing more."})

    assert refused.status_code == 422
    assert answered.status_code == 302
    assert "Spoken with the learner" in client.get(answered["Location"]).content.decode()


def test_the_list_of_concerns_asks_the_same_number_of_questions_however_long_it_is(
    client, lead, assessor, make_submission, django_assert_max_num_queries
):
    for _number in range(4):
        concern(assessor, make_submission(status="submitted", assessor=assessor))
    client.force_login(lead)

    with django_assert_max_num_queries(10):
        client.get(reverse("learners:concern-list"))


# After a decision was proposed --------------------------------------------------------------------------------------------
def test_possible_misconduct_stops_the_release_of_a_decision_that_was_proposed_before(make_decision, lead):
    decision = make_decision()
    raised = concern(decision.actor, decision.submission)

    with pytest.raises(Conflict, match="Possible misconduct was reported"):
        services.release_decision(actor=lead, decision=decision, at=NOON)

    decision.refresh_from_db()
    assert decision.status == "proposed"
    assert not decision.events.exists()
    services.close_concern(actor=lead, concern=raised, answer="Quoted, with its source.", at=NOON)
    assert services.release_decision(actor=lead, decision=decision, at=NOON).status == "released"


def test_what_is_held_is_released_by_no_batch_either_and_the_list_says_so(client, make_decision, lead):
    held, free = make_decision(), make_decision()
    concern(held.actor, held.submission)

    with pytest.raises(Conflict, match="1 of them is held"):
        services.release_decisions(actor=lead, decisions=[held, free], at=NOON)

    assert not Notice.objects.filter(kind="decision").exists()
    client.force_login(lead)
    shown = client.get(reverse("learners:decision-list"), {"selected": "all"}).text
    assert "held: possible misconduct" in shown
    assert f'value="{held.public_id}"' not in shown
    assert f'value="{free.public_id}"' in shown
    page = client.get(held.get_absolute_url()).text
    assert "can be released once a lead has answered" in page
    assert reverse("learners:decision-release", args=[held.public_id]) not in page
    assert client.post(reverse("learners:decision-release", args=[held.public_id]), {}).status_code == 422


def test_what_is_not_ones_field_holds_no_release(make_decision, lead):
    decision = make_decision()
    concern(decision.actor, decision.submission, kind="not-my-field")

    assert services.release_decision(actor=lead, decision=decision, at=NOON).status == "released"
