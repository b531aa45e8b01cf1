"""Calibration: the set that a lead keeps, judging it blind, the engine's condition, notices, and drift."""

from datetime import timedelta

import pytest
from django.urls import reverse

from config.errors import Conflict, Incomplete, Invalid, NotAllowed
from config.permissions import Role
from learners import services
from learners.models import (
    AgreedLevel,
    Assignment,
    Calibration,
    CalibrationEvent,
    CalibrationJudgment,
    CalibrationReminder,
    CalibrationRound,
    ModelPiece,
    ModelWork,
    Notice,
    StoredFile,
    Submission,
)
from learners.models.calibration import HOLDS
from learners.selectors import calibration as selectors
from learners.selectors.assigning import Hindrance, Pool
from tests.fixtures.records import NOON
from tests.fixtures.uploads import image_bytes


@pytest.fixture
def begun(lead, version):
    return services.begin_model_work(actor=lead, version=version, title="First case", at=NOON)


def agree(lead, work, levels=(3, 3, 2)):
    criteria = work.version.criteria.order_by("position")
    said = {each.pk: (level, f"Because of {level}.") for each, level in zip(criteria, levels, strict=True)}
    services.agree_levels(actor=lead, work=work, levels=said, at=NOON)


def ready(lead, work):
    services.add_model_text(actor=lead, work=work, title="Case", text="Five roles.", at=NOON)
    agree(lead, work)
    return services.make_ready(actor=lead, work=work, is_declared=True, at=NOON)


# The set ------------------------------------------------------------------------------------------------------------------
def test_a_lead_brings_a_piece_of_work_into_the_set_and_it_stays_as_it_is(lead, begun):
    with pytest.raises(Incomplete) as refused:
        services.make_ready(actor=lead, work=begun, is_declared=True, at=NOON)
    assert len(refused.value.missing) == 4  # something to judge, and three levels

    work = ready(lead, begun)

    assert ModelWork.objects.standing().get() == work
    for change in (
        lambda: services.add_model_text(actor=lead, work=work, title="", text="More.", at=NOON),
        lambda: agree(lead, work, (4, 4, 4)),
        lambda: services.remove_model_piece(actor=lead, piece=work.pieces.get()),
        lambda: services.make_ready(actor=lead, work=work, is_declared=True, at=NOON),
    ):
        with pytest.raises(Conflict, match="stays as it is"):
            change()
    assert list(work.agreed.order_by("criterion__position").values_list("level", flat=True)) == [3, 3, 2]
    assert work.pieces.count() == 1
    assert list(CalibrationEvent.objects.order_by("pk").values_list("moved_to", flat=True)) == ["begun", "ready"]


def test_work_that_may_name_somebody_is_not_taken_in(lead, begun):
    services.add_model_text(actor=lead, work=begun, title="", text="Five roles.", at=NOON)
    agree(lead, begun)

    with pytest.raises(Invalid, match="names no learner and no patient"):
        services.make_ready(actor=lead, work=begun, is_declared=False, at=NOON)

    assert not ModelWork.objects.standing().exists()


def test_a_level_needs_its_reason_and_a_criterion_of_the_rubric(lead, begun, make_version):
    criterion = begun.version.criteria.first()
    foreign = make_version().criteria.first()

    for levels in ({criterion.pk: (3, " ")}, {criterion.pk: (5, "No.")}, {foreign.pk: (3, "No.")}):
        with pytest.raises(Invalid):
            services.agree_levels(actor=lead, work=begun, levels=levels, at=NOON)

    assert not AgreedLevel.objects.exists()


def test_a_set_holds_five_unless_its_lead_says_otherwise(lead, version):
    for number in range(5):
        services.begin_model_work(actor=lead, version=version, title=f"Case {number}", at=NOON)
    again = services.begin_model_work(actor=lead, version=version, title="Case 0", at=NOON)

    with pytest.raises(Conflict, match="which is all"):
        services.begin_model_work(actor=lead, version=version, title="Case 6", at=NOON)

    assert again == ModelWork.objects.get(title="Case 0")
    services.set_calibration(actor=lead, credential=version.credential, is_required=False, works_max=6, at=NOON)
    services.begin_model_work(actor=lead, version=version, title="Case 6", at=NOON)
    with pytest.raises(Invalid):
        services.set_calibration(actor=lead, credential=version.credential, is_required=False, works_max=2, at=NOON)


def test_calibration_is_asked_for_only_once_the_set_is_whole(lead, version, make_set):
    make_set(version, count=4)
    asked = {"actor": lead, "credential": version.credential, "is_required": True, "works_max": 5, "at": NOON}
    with pytest.raises(Conflict, match="4 of 5"):
        services.set_calibration(**asked)
    assert not Calibration.objects.exists()
    make_set(version, count=1)

    services.set_calibration(**asked)
    services.set_calibration(**asked)

    assert Calibration.objects.get().is_required
    assert CalibrationEvent.objects.count() == 1


def test_only_the_lead_of_the_item_keeps_its_set(assessor, administrator, lead, version, begun):
    for actor in (assessor, administrator):
        for change in (
            lambda actor=actor: services.begin_model_work(actor=actor, version=version, title="X", at=NOON),
            lambda actor=actor: services.add_model_text(actor=actor, work=begun, title="", text="X", at=NOON),
            lambda actor=actor: services.retire_model_work(actor=actor, work=begun, at=NOON),
            lambda actor=actor: services.make_ready(actor=actor, work=begun, is_declared=True, at=NOON),
            lambda actor=actor: services.set_calibration(
                actor=actor, credential=version.credential, is_required=False, works_max=5, at=NOON
            ),
        ):
            with pytest.raises(NotAllowed):
                change()
    assert CalibrationEvent.objects.count() == 1


def test_retiring_twice_retires_once_and_makes_room(lead, version, begun):
    services.retire_model_work(actor=lead, work=begun, at=NOON)
    services.retire_model_work(actor=lead, work=begun, at=NOON + timedelta(hours=1))

    begun.refresh_from_db()
    assert begun.retired_at == NOON
    assert services.begin_model_work(actor=lead, version=version, title=begun.title, at=NOON) != begun


# A round ------------------------------------------------------------------------------------------------------------------
def judge(actor, taken, levels=(3, 3, 2), works=None):
    for work in works or selectors.works_of(taken):
        criteria = taken.version.criteria.order_by("position")
        given = {each.pk: (level, "Seen.") for each, level in zip(criteria, levels, strict=True)}
        services.save_calibration(actor=actor, calibration_round=taken, work=work, levels=given)


@pytest.fixture
def taken(assessor, version, make_set):
    make_set(version)
    return services.start_round(actor=assessor, credential=version.credential, at=NOON)


def test_whoever_judges_like_those_who_agreed_is_calibrated_for_a_year(assessor, taken):
    judge(assessor, taken)

    done = services.finish_round(actor=assessor, calibration_round=taken, at=NOON)

    assert done.is_passed
    assert (done.near, done.criteria, done.right, done.works) == (15, 15, 5, 5)
    assert done.valid_until == NOON + HOLDS
    assert list(CalibrationRound.objects.holding(NOON + timedelta(days=364))) == [done]
    assert not CalibrationRound.objects.holding(NOON + HOLDS).exists()
    assert list(CalibrationEvent.objects.order_by("pk").values_list("moved_to", flat=True)) == ["started", "passed"]
    with pytest.raises(Conflict, match="finished"):
        services.finish_round(actor=assessor, calibration_round=taken, at=NOON)
    with pytest.raises(Conflict, match="finished"):
        judge(assessor, taken, (1, 1, 1))


def test_whoever_does_not_pass_waits_a_week_and_may_begin_again(assessor, taken):
    judge(assessor, taken, (2, 3, 2))
    done = services.finish_round(actor=assessor, calibration_round=taken, at=NOON)
    assert (done.is_passed, done.near, done.right, done.valid_until) == (False, 15, 0, None)

    with pytest.raises(Conflict, match="The next round opens on"):
        services.start_round(actor=assessor, credential=taken.credential, at=NOON + timedelta(days=6))

    again = services.start_round(actor=assessor, credential=taken.credential, at=NOON + timedelta(days=7))
    assert again != done
    assert again == services.start_round(actor=assessor, credential=taken.credential, at=NOON + timedelta(days=8))


def test_a_round_is_finished_once_every_level_is_given(assessor, taken):
    first, *_rest = selectors.works_of(taken)
    judge(assessor, taken, works=[first])

    with pytest.raises(Incomplete) as refused:
        services.finish_round(actor=assessor, calibration_round=taken, at=NOON)

    assert len(refused.value.missing) == 4
    taken.refresh_from_db()
    assert taken.finished_at is None


def test_nobody_begins_before_the_set_is_whole_or_on_their_own_levels_or_without_the_role(
    assessor, lead, learner, version, make_set, make_user
):
    with pytest.raises(Conflict, match="not complete"):
        services.start_round(actor=assessor, credential=version.credential, at=NOON)
    author = make_user(Role.ASSESSOR)
    make_set(version, by=author)
    with pytest.raises(Conflict, match="You set down agreed levels"):
        services.start_round(actor=author, credential=version.credential, at=NOON)
    for actor in (lead, learner.user):
        with pytest.raises(NotAllowed):
            services.start_round(actor=actor, credential=version.credential, at=NOON)
    assert not CalibrationRound.objects.exists()


def test_nobody_judges_in_anothers_round(taken, make_user):
    other = make_user(Role.ASSESSOR)

    with pytest.raises(NotAllowed):
        judge(other, taken)
    with pytest.raises(NotAllowed):
        services.finish_round(actor=other, calibration_round=taken, at=NOON)

    assert not CalibrationJudgment.objects.exclude(level=None).exists()


# The engine ---------------------------------------------------------------------------------------------------------------
def test_where_the_item_asks_the_engine_gives_work_to_calibrated_assessors_alone(
    version, make_set, make_submission, make_user, make_calibrated
):
    make_set(version, is_required=True)
    calibrated, lapsed, _never = (make_user(Role.ASSESSOR) for _each in range(3))
    make_calibrated(calibrated, version)
    make_calibrated(lapsed, version, at=NOON - HOLDS)
    submission = make_submission(version=version, status="submitted")

    assert services.assign_submission(submission=submission, at=NOON).assessor == calibrated
    pool = Pool([Submission.objects.with_context().get(pk=submission.pk)], at=NOON)
    assert pool.hindrance(submission, lapsed.pk) == Hindrance.CALIBRATION


def test_where_nobody_is_calibrated_the_work_stays_unassigned_with_the_reason(
    version, make_set, make_submission, assessor, lead
):
    make_set(version, is_required=True)
    submission = make_submission(version=version, status="submitted")

    assert services.assign_submission(submission=submission, at=NOON) is None

    pool = Pool([Submission.objects.with_context().get(pk=submission.pk)], at=NOON)
    assert "1: not calibrated for this item this year" in pool.why_unassigned(submission)
    given = services.assign_by_hand(
        actor=lead, submission=submission, assessor=assessor, at=NOON, reason="Nobody else before Monday."
    )
    assert given.events.get().moved_to == "overridden"


def test_without_the_setting_calibration_keeps_nobody_from_work(version, make_set, make_submission, assessor):
    make_set(version, is_required=False)

    assert services.assign_submission(submission=make_submission(version=version, status="submitted"), at=NOON)


def test_whoever_set_down_the_agreed_levels_counts_for_a_year(version, make_set, make_submission, assessor):
    make_set(version, is_required=True, by=assessor)
    submissions = [make_submission(version=version, status="submitted") for _each in range(2)]

    assert services.assign_submission(submission=submissions[0], at=NOON).assessor == assessor
    assert services.assign_submission(submission=submissions[1], at=NOON + HOLDS) is None


def test_the_engine_asks_no_more_for_many_items(
    version, make_set, make_submission, assessor, django_assert_max_num_queries
):
    make_set(version, is_required=True)
    for _each in range(3):
        make_submission(version=version, status="submitted")
    waiting = list(Submission.objects.with_context())

    with django_assert_max_num_queries(9):
        Pool(waiting, at=NOON)


# Notices ------------------------------------------------------------------------------------------------------------------
def test_calibration_due_is_told_once_when_it_was_never_had_and_once_before_it_ends(
    version, make_set, assessor, make_user, make_calibrated
):
    make_set(version, is_required=True)
    held = make_user(Role.ASSESSOR)
    make_calibrated(held, version)

    assert services.remind_of_calibration(at=NOON) == 1
    assert services.remind_of_calibration(at=NOON + timedelta(days=1)) == 0
    [notice] = Notice.objects.filter(kind="calibration")
    assert notice.user == assessor
    assert notice.subject.endswith("calibration due")

    assert services.remind_of_calibration(at=NOON + HOLDS - timedelta(days=30)) == 1
    assert services.remind_of_calibration(at=NOON + HOLDS - timedelta(days=29)) == 0
    assert Notice.objects.filter(kind="calibration", user=held).count() == 1
    assert CalibrationReminder.objects.count() == 2


def test_nobody_is_told_where_calibration_is_not_asked_for(version, make_set, assessor):
    make_set(version, is_required=False)

    assert services.remind_of_calibration(at=NOON) == 0


# Drift --------------------------------------------------------------------------------------------------------------------
def marks(make_assessed, version, assessor, levels, count):
    for _each in range(count):
        make_assessed(version=version, assessor=assessor, levels=levels)


def test_drift_over_the_last_20_marks_is_shown_to_leads_with_its_numbers(
    client, lead, version, make_assessed, make_user
):
    strict, usual = make_user(Role.ASSESSOR), make_user(Role.ASSESSOR)
    marks(make_assessed, version, strict, (2, 2, 2), 20)
    marks(make_assessed, version, usual, (3, 3, 3), 21)

    found = selectors.drifts_of(version.credential)

    assert (found[strict.pk].n, found[strict.pk].others) == (20, 20)
    assert found[strict.pk].is_flagged
    assert found[strict.pk].difference == -1
    client.force_login(lead)
    page = " ".join(client.get(manage(version)).text.split())
    assert "−1.00" in page
    assert "against 20 marks of others" in page
    assert page.count("Drift:") == 2


def test_nobody_but_the_lead_reads_of_drift(client, version, assessor, committee_member, administrator, registrar):
    for user in (assessor, committee_member, administrator, registrar):
        client.force_login(user)
        assert client.get(manage(version)).status_code == 404


# Pages --------------------------------------------------------------------------------------------------------------------
def manage(version):
    return reverse("learners:calibration-manage", args=[version.credential.public_id])


def test_a_lead_prepares_a_work_on_the_pages(client, lead, version):
    client.force_login(lead)
    detail = reverse("credentials:manage-detail", args=[version.credential.public_id])
    assert manage(version) in client.get(detail).text

    begun = client.post(manage(version), {"about": "work", "title": "A good case"})
    page = begun["Location"]
    assert client.post(page, {"about": "piece", "piece-title": "Case", "piece-text": ""}).status_code == 422
    client.post(page, {"about": "piece", "piece-title": "Case", "piece-text": "Five roles."})
    data = {f"level_{number}": "3" for number in (1, 2, 3)} | {f"words_{number}": "Named." for number in (1, 2, 3)}
    refused = client.post(page, {"about": "ready", **data})
    assert refused.status_code == 422
    assert "Confirm that it names no learner" in refused.text
    client.post(page, {"about": "ready", "declared": "1", **data})

    assert ModelWork.objects.standing().get().title == "A good case"
    assert "1 of 5 pieces are in it." in " ".join(client.get(manage(version)).text.split())
    shown = client.get(page).text
    assert "Level given" in shown
    assert 'name="about" value="ready"' not in shown
    client.post(page, {"about": "retire"})
    assert not ModelWork.objects.standing().exists()


def test_a_file_is_checked_like_any_upload_and_loses_its_name(client, lead, assessor, begun, make_upload, media):
    client.force_login(lead)
    page = reverse("learners:model-work", args=[begun.public_id])

    client.post(
        page, {"about": "piece", "piece-title": "Photo", "piece-file": make_upload("Robin Alder.png", image_bytes())}
    )
    client.post(
        page, {"about": "piece", "piece-title": "Again", "piece-file": make_upload("Robin Alder.png", image_bytes())}
    )

    piece = ModelPiece.objects.get()
    address = reverse("learners:model-file", args=[piece.public_id])
    answer = client.get(address)
    assert answer["Content-Type"] == "image/png"
    for closer in answer._resource_closers:  # the connection stays
        closer()
    assert "Robin" not in answer["Content-Disposition"]
    assert "Robin" not in client.get(page).text
    assert answer["X-Content-Type-Options"] == "nosniff"
    client.force_login(assessor)
    assert client.get(address).status_code == 404
    client.force_login(lead)
    client.post(page, {"about": "remove", "piece": piece.public_id})
    assert not StoredFile.objects.exists()


def test_an_assessor_judges_blind_and_reads_the_reasons_afterwards(client, assessor, version, make_set):
    make_set(version)
    client.force_login(assessor)
    listed = client.get(reverse("learners:calibration-list")).text
    assert version.title in listed

    started = client.post(reverse("learners:calibration-start", args=[version.credential.public_id]))
    page = started["Location"]
    taken = CalibrationRound.objects.get()
    levels = {f"level_{number}": "3" for number in (1, 2, 3)} | {"words_1": "I saw five roles."}
    for number in range(1, 6):
        address = reverse("learners:calibration-judge", args=[taken.public_id, number])
        shown = client.get(address).text
        assert "Five roles, and whom to call." in shown
        assert "Each role is named." not in shown
        client.post(address, {"action": "next", **levels})
    assert "Each role is named." not in client.get(page).text

    done = client.post(page, follow=True).text

    assert "Passed" in done
    assert done.count("Each role is named.") == 15
    assert "I saw five roles." in done
    assert "one level apart" in done
    assert client.get(address).status_code == 302


def test_what_was_agreed_is_put_away_while_the_set_is_judged_again(client, assessor, taken):
    judge(assessor, taken)
    services.finish_round(actor=assessor, calibration_round=taken, at=NOON)
    again = services.start_round(actor=assessor, credential=taken.credential, at=NOON)
    client.force_login(assessor)

    assert "Each role is named." not in client.get(reverse("learners:calibration-round", args=[taken.public_id])).text
    assert client.post(reverse("learners:calibration-round", args=[again.public_id])).status_code == 422


def test_nobody_else_finds_a_round(client, taken, make_user, lead, learner):
    for user in (make_user(Role.ASSESSOR), lead, learner.user):
        client.force_login(user)
        assert client.get(reverse("learners:calibration-round", args=[taken.public_id])).status_code == 404
        assert client.get(reverse("learners:calibration-judge", args=[taken.public_id, 1])).status_code == 404


def test_the_pages_keep_their_number_of_queries(
    client, lead, assessor, version, make_set, make_user, make_calibrated, django_assert_max_num_queries
):
    make_set(version, is_required=True)
    for _each in range(12):
        make_calibrated(make_user(Role.ASSESSOR), version)
    taken = services.start_round(actor=assessor, credential=version.credential, at=NOON)
    judge(assessor, taken)
    client.force_login(assessor)
    for address in (
        reverse("learners:calibration-list"),
        reverse("learners:calibration-round", args=[taken.public_id]),
        reverse("learners:calibration-judge", args=[taken.public_id, 1]),
    ):
        with django_assert_max_num_queries(19):
            client.get(address)
    client.force_login(lead)
    with django_assert_max_num_queries(19):
        client.get(manage(version))


def test_assignments_made_before_stay(version, make_set, make_submission, assessor):
    submission = make_submission(version=version, status="submitted", assessor=assessor)
    make_set(version, is_required=True)

    services.assign_waiting(at=NOON)

    assert Assignment.objects.get(submission=submission, ended_at=None).assessor == assessor


# Kept while it is typed ---------------------------------------------------------------------------------------------------
def test_what_is_typed_is_kept_as_on_the_marking_screen(client, assessor, taken):
    client.force_login(assessor)
    address = reverse("learners:calibration-judge", args=[taken.public_id, 1])
    page = client.get(address).text
    assert f'data-autosave="{address}"' in page and "js/autosave.js" in page
    work = selectors.works_of(taken)[0]
    seen = services.judged_mark(taken.judgments.filter(work=work))
    assert f'name="seen" value="{seen}"' in page

    answer = client.post(address, {"action": "autosave", "seen": seen, "level_1": "2", "words_1": "Two roles."})

    assert answer.status_code == 200 and "Saved" in answer.text and "<form" not in answer.text
    first = taken.judgments.get(work=work, criterion__position=1)
    assert (first.level, first.comment) == (2, "Two roles.")
    assert services.judged_mark(taken.judgments.filter(work=work)) in answer.text


def test_another_window_overwrites_nothing_unless_asked_to(client, assessor, taken):
    client.force_login(assessor)
    address = reverse("learners:calibration-judge", args=[taken.public_id, 1])
    work = selectors.works_of(taken)[0]
    old = services.judged_mark(taken.judgments.filter(work=work))
    judge(assessor, taken, works=[work])
    mine = {"seen": old, "level_1": "1", "words_1": "Mine."}

    for action in ("autosave", "save", "next"):
        answer = client.post(address, {"action": action, **mine})
        assert answer.status_code == 422 and "another tab or window" in answer.text
        assert 'value="overwrite"' in answer.text and old in answer.text
    assert taken.judgments.get(work=work, criterion__position=1).comment == "Seen."
    assert client.post(address, {"action": "overwrite", **mine}).status_code == 302

    assert taken.judgments.get(work=work, criterion__position=1).comment == "Mine."
    # The same once more, sent with what was read before, is no conflict.
    assert client.post(address, {"action": "autosave", **mine}).status_code == 200
