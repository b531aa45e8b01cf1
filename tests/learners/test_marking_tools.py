"""Around the marking screen: who has work open, keys, kept words, examples, hints on feedback."""

from datetime import timedelta

import pytest
from django.urls import reverse

from config.errors import Invalid, NotAllowed
from config.permissions import Role
from learners import services
from learners.feedback_quality import hints
from learners.models import Assignment, Judgment, LevelExample, MarkingLock, SecondMarking, ShortcutChoice, Snippet
from learners.selectors import marking
from learners.services.marking import IDLE, KEYS
from tests.fixtures.records import NOON
from tests.learners.test_assessing_pages import judged, marking_url, questions

SOON = NOON + timedelta(minutes=3)


@pytest.fixture
def second(make_user):
    return make_user(Role.ASSESSOR, name="Second Reader")


@pytest.fixture
def shared(make_submission, assessor, second):
    """A submission with a first and a second assessor."""
    submission = make_submission(status="submitted", assessor=assessor)
    Assignment.objects.create(submission=submission, assessor=second, role="second", assigned_at=NOON)
    return submission


# Having work open ----------------------------------------------------------------------------------------------------
def test_whoever_opens_it_first_holds_it_until_it_lies_idle(shared, assessor, second):
    services.hold_submission(actor=assessor, submission=shared, at=NOON)

    assert services.hold_submission(actor=second, submission=shared, at=SOON).holder == assessor
    again = services.hold_submission(actor=assessor, submission=shared, at=SOON)
    assert (again.since_at, again.seen_at) == (NOON, SOON)
    assert services.hold_submission(actor=second, submission=shared, at=SOON + IDLE).holder == second


def test_it_can_be_taken_over_and_let_go(shared, assessor, second):
    services.hold_submission(actor=assessor, submission=shared, at=NOON)

    lock = services.hold_submission(actor=second, submission=shared, at=SOON, take_over=True)
    services.let_go(actor=assessor, submission=shared)

    assert (lock.holder, lock.since_at) == (second, SOON)
    assert MarkingLock.objects.get().holder == second
    services.let_go(actor=second, submission=shared)
    services.let_go(actor=second, submission=shared)
    assert not MarkingLock.objects.exists()


@pytest.mark.parametrize(
    ("status", "who"), [("marking", "Another assessor"), ("third", "Another assessor"), (None, "")]
)
def test_two_who_judge_blind_do_not_learn_who_the_other_is(shared, assessor, second, status, who):
    if status:
        SecondMarking.objects.create(submission=shared, cause="pair", status=status, drawn_at=NOON)
    lock = services.hold_submission(actor=assessor, submission=shared, at=NOON)

    assert marking.held_by_another(lock, second, SOON).who == (who or assessor.name)
    assert marking.held_by_another(lock, assessor, SOON) is None


def test_only_who_is_assigned_holds_it(shared, make_user):
    with pytest.raises(NotAllowed):
        services.hold_submission(actor=make_user(Role.ASSESSOR), submission=shared, at=NOON)

    assert not MarkingLock.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_who_open_it_at_once_one_holds_it(shared, assessor, second, together):
    answers = together(
        *(lambda who=who: services.hold_submission(actor=who, submission=shared, at=NOON) for who in (assessor, second))
    )

    assert len({each.holder_id for each in answers}) == 1
    assert MarkingLock.objects.count() == 1


def test_saving_keeps_it_held_and_finishing_lets_it_go(client, shared, assessor):
    client.force_login(assessor)

    client.post(marking_url(shared), judged())
    assert MarkingLock.objects.get().holder == assessor
    client.post(marking_url(shared), judged(action="finish"))

    assert not MarkingLock.objects.exists()


def test_two_assessors_open_the_same_item_and_the_second_sees_lock_owner_and_age(client, shared, assessor, second):
    """DOMAIN 3.8."""
    client.force_login(assessor)
    client.get(marking_url(shared))
    MarkingLock.objects.update(since_at=NOON, seen_at=MarkingLock.objects.get().seen_at)
    client.force_login(second)

    page = client.get(marking_url(shared)).content.decode()

    assert f"{assessor.name} has this open, since" in page
    answer = client.post(marking_url(shared), {"action": "take-over"})
    assert answer.status_code == 302
    assert "has this open" not in client.get(marking_url(shared)).content.decode()


def test_the_screen_says_that_it_is_still_open_and_that_it_is_left(client, shared, assessor, second, make_user):
    url = reverse("learners:marking-hold", args=[shared.public_id])
    client.force_login(second)
    client.post(url)
    client.force_login(assessor)

    assert second.name in client.post(url).content.decode()
    client.force_login(second)
    assert client.post(url, {"action": "leave"}).status_code == 204
    client.force_login(assessor)
    assert second.name not in client.post(url).content.decode()
    client.force_login(make_user(Role.ASSESSOR))
    assert client.post(url).status_code == 404


def test_a_second_decision_is_refused_in_words(client, shared, assessor, second):
    for who in (assessor, second):
        client.force_login(who)
        answer = client.post(marking_url(shared), judged(action="finish"))

    assert answer.status_code == 422
    assert "A decision on this submission stands already. Your draft is kept." in answer.content.decode()


# Keys ----------------------------------------------------------------------------------------------------------------
def test_keys_are_turned_off_or_changed_for_a_person_and_stay_so(client, shared, assessor):
    client.force_login(assessor)
    keys = {f"key_{name}": key for name, key in KEYS.items()} | {"key_next": "w"}

    answer = client.post(reverse("learners:shortcuts"), keys | {"is_on": "on"})

    assert answer.status_code == 302
    assert services.shortcuts_of(assessor) == (True, KEYS | {"next": "w"})
    assert '<kbd data-bound="next">w</kbd>' in client.get(marking_url(shared)).content.decode()
    client.post(reverse("learners:shortcuts"), keys)
    assert services.shortcuts_of(assessor)[0] is False
    assert 'data-keys-on="no"' in client.get(marking_url(shared)).content.decode()


@pytest.mark.parametrize("keys", [{"next": "k"}, {"next": ""}, {"next": "jj"}, {"next": " "}])
def test_a_key_for_two_things_or_for_none_is_refused(assessor, keys):
    with pytest.raises(Invalid):
        services.choose_shortcuts(actor=assessor, is_on=True, keys=keys)

    assert not ShortcutChoice.objects.exists()


def test_two_keys_may_change_places(assessor):
    services.choose_shortcuts(actor=assessor, is_on=True, keys={"next": "k", "previous": "j"})
    services.choose_shortcuts(actor=assessor, is_on=True, keys={"next": "k", "previous": "j"})

    assert ShortcutChoice.objects.get().keys == {"next": "k", "previous": "j"}


def test_keys_are_for_those_who_assess(client, make_learner):
    client.force_login(make_learner().user)

    for name in ("shortcuts", "snippet-list", "snippet-bank"):
        assert client.get(reverse(f"learners:{name}")).status_code == 404


# Kept words ----------------------------------------------------------------------------------------------------------
def test_words_are_kept_replaced_and_removed(client, assessor):
    client.force_login(assessor)
    for text in ("Say whom you call first.", "Say whom you call first, and why."):
        client.post(reverse("learners:snippet-list"), {"abbreviation": "/call", "text": text, "shared_in": ""})

    snippet = Snippet.objects.get()

    assert (snippet.abbreviation, snippet.text) == ("call", "Say whom you call first, and why.")
    assert "/call" in client.get(reverse("learners:snippet-bank")).content.decode()
    client.post(reverse("learners:snippet-drop", args=[snippet.public_id]))
    assert not Snippet.objects.exists()


def test_own_words_are_ones_own_and_shared_words_are_the_schools(client, assessor, second, organization, make_user):
    services.keep_snippet(actor=assessor, abbreviation="mine", text="Only I use this.", at=NOON)
    shared = services.keep_snippet(
        actor=assessor, abbreviation="ours", text="All of us use this.", shared_in=organization, at=NOON
    )
    client.force_login(second)

    page = client.get(reverse("learners:snippet-list")).content.decode()

    assert "All of us use this." in page
    assert "Only I use this." not in page
    assert client.post(reverse("learners:snippet-drop", args=[shared.public_id])).status_code == 404
    assert not Snippet.objects.visible_to(make_user(Role.REGISTRAR)).exists()
    with pytest.raises(NotAllowed):
        services.drop_snippet(actor=second, snippet=shared)
    with pytest.raises(NotAllowed):
        services.keep_snippet(
            actor=make_user(Role.REGISTRAR), abbreviation="x", text="Not a judge.", shared_in=organization, at=NOON
        )


@pytest.mark.parametrize(
    ("abbreviation", "text"), [("", "Words."), ("two words", "Words."), ("a", " "), ("a" * 21, "W")]
)
def test_odd_words_are_refused(assessor, abbreviation, text):
    with pytest.raises(Invalid):
        services.keep_snippet(actor=assessor, abbreviation=abbreviation, text=text, at=NOON)

    assert not Snippet.objects.exists()


def test_the_same_text_for_more_than_three_learners_is_pointed_out(client, assessor, make_submission, make_version):
    """DOMAIN 3.6."""
    version = make_version()
    warned = []
    for _number in range(4):
        submission = make_submission(status="submitted", assessor=assessor, version=version)
        client.force_login(assessor)
        data = judged(action="autosave", comment_2="", comment_3="")
        warned.append("same words" in client.post(marking_url(submission), data).content.decode())

    assert warned == [False, False, False, True]
    assert Judgment.objects.filter(comment="Names each role.").count() == 4


def test_words_for_other_learners_alone_are_counted(assessor, second, make_assessed, make_submission):
    for _number in range(3):
        make_assessed(assessor=second)
    mine = make_submission(status="submitted", assessor=assessor)

    [said] = marking.said(assessor, mine, [("You named each role.", "")])

    assert said.warning == ""


# Hints ---------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("comment", "next_step", "met"),
    [
        ("", "", []),
        ("Good job.", "", []),
        ("You named the pharmacist on page 2.", "", ["behavior"]),
        ("Try a shorter summary.", "", ["suggestion"]),
        (
            "You closed with the plan, so that nobody asked what comes next; try the same with the family.",
            "",
            ["behavior", "suggestion", "connection"],
        ),
        (
            "You described the referral without a reason.",
            "Say why when you refer, because the other side plans by it.",
            ["behavior", "suggestion", "connection"],
        ),
    ],
)
def test_hints_notice_behavior_suggestion_and_their_link(comment, next_step, met):
    assert [each.key for each in hints(comment, next_step) if each.is_met] == met


def test_hints_come_with_each_saved_draft_and_never_block(client, assessor, shared):
    client.force_login(assessor)

    answer = client.post(marking_url(shared), judged(action="autosave", comment_1="Fine."))

    assert answer.status_code == 200
    assert 'id="said-1" hx-swap-oob="true"' in " ".join(answer.content.decode().split())
    assert "Name what you saw, and where" in answer.content.decode()
    assert client.post(marking_url(shared), judged(action="finish")).status_code == 302


def test_the_summary_of_errors_names_the_criterion(client, assessor, shared):
    client.force_login(assessor)

    page = client.post(marking_url(shared), judged((2, 3, 3), action="finish")).content.decode()

    assert "Say the next step for “Role map”; it is below the standard." in page


# Examples ------------------------------------------------------------------------------------------------------------
def test_a_lead_shows_assessors_what_a_level_looks_like(client, lead, assessor, shared):
    credential = shared.credential
    url = reverse("learners:example-list", args=[credential.public_id])
    data = {"criterion": "1", "level": "3", "text": "Names five roles and the limit of each."}
    client.force_login(lead)
    for _number in range(2):
        assert client.post(url, data).status_code == 302

    example = LevelExample.objects.get()

    client.force_login(assessor)
    page = client.get(marking_url(shared)).content.decode()
    assert "Names five roles and the limit of each." in page
    assert client.get(url).status_code == 404
    assert client.post(reverse("learners:example-retire", args=[example.public_id])).status_code == 404
    client.force_login(lead)
    client.post(reverse("learners:example-retire", args=[example.public_id]))
    client.force_login(assessor)
    assert "Names five roles" not in client.get(marking_url(shared)).content.decode()


def test_an_example_needs_words_a_level_and_a_lead(lead, assessor, version):
    criterion = version.criteria.first()

    for actor, level, text, error in [
        (assessor, 3, "Words.", NotAllowed),
        (lead, 3, " ", Invalid),
        (lead, 5, "Words.", Invalid),
    ]:
        with pytest.raises(error):
            services.add_example(actor=actor, criterion=criterion, level=level, text=text, at=NOON)

    assert not LevelExample.objects.exists()


# Queue ---------------------------------------------------------------------------------------------------------------
def test_the_queue_is_filtered_by_cohort_and_second_mark_and_next_stays_within(
    client, assessor, second, shared, make_submission, make_learner, organization
):
    other_cohort = organization.cohorts.create(
        name="Class of 2031", entered_on=NOON.date(), graduates_on=NOON.date() + timedelta(days=1400)
    )
    late_starter = make_learner()
    late_starter.cohort = other_cohort
    late_starter.save(update_fields=["cohort"])
    far = make_submission(status="submitted", assessor=second, learner=late_starter)
    near = make_submission(status="submitted", assessor=second)
    client.force_login(second)
    queue = reverse("learners:queue")

    def found(**chosen):
        return {row["submission"] for row in client.get(queue, chosen).context["rows"]}

    assert found(cohort=other_cohort.pk) == {far}
    assert found(mark="second") == {shared}
    assert found(mark="first") == {far, near}
    assert found(cohort="odd") == {shared, far, near}
    page = client.get(marking_url(near), {"mark": "first"})
    assert page.context["neighbors"].count == 2
    assert "mark=first" in page.context["neighbors"].previous
    answer = client.post(f"{marking_url(far)}?mark=first", judged(action="finish-next"))
    assert answer["Location"] == f"{marking_url(near)}?mark=first"


def test_the_marking_page_with_draft_examples_and_concerns_asks_fewer_than_twenty_questions(
    client, make_decision, make_submission, assessor, lead
):
    before = make_decision(outcome="returned", levels=(2, 3, 3), assessor=assessor)
    type(before).objects.filter(pk=before.pk).update(status="released", effective_at=NOON)
    type(before.submission).objects.update(status="returned")
    again = make_submission(enrollment=before.enrollment, status="submitted", attempt=2, assessor=assessor)
    for criterion in again.credential_version.criteria.all():
        services.add_example(actor=lead, criterion=criterion, level=2, text="Like this.", at=NOON)
    services.raise_concern(actor=assessor, submission=again, kind="misconduct", text="Copied.", at=NOON)
    client.force_login(assessor)
    client.post(marking_url(again), judged())

    assert questions(client, marking_url(again)) < 20
