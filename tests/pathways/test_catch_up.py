"""Everybody who is qualified already is found when a pathway is published, and after new awards."""

from datetime import timedelta

import pytest

from pathways import services, tasks
from pathways.models import CatchUp, DesignationCase, PathwayEnrollment
from pathways.services import catching_up
from pathways.services.catching_up import catch_up, start_catch_up
from tests.fixtures.records import NOON


@pytest.fixture
def holders(make_learner, make_award, two_badges):
    """Five learners; the first three hold both badges."""
    found = [make_learner(name=f"Learner {number}") for number in range(5)]
    for learner in found[:3]:
        for version in two_badges:
            make_award(learner=learner, version=version)
    return found


def test_the_qualified_are_joined_and_brought_before_the_committee(digital, holders, member):
    start_catch_up(version=digital, at=NOON)

    assert catch_up(at=NOON) == 3
    assert set(DesignationCase.objects.values_list("learner", flat=True)) == {each.pk for each in holders[:3]}
    assert PathwayEnrollment.objects.count() == 3
    run = CatchUp.objects.get()
    assert (run.total, run.looked_at, run.opened, run.finished_at) == (5, 5, 3, NOON)
    assert holders[0].user.notices.get().kind == "case-opened"


def test_publishing_starts_it(make_pathway, two_badges, administrator, django_capture_on_commit_callbacks):
    version = make_pathway(required=two_badges, published=False)
    with django_capture_on_commit_callbacks():
        services.publish_pathway(actor=administrator, version=version, at=NOON)

    assert CatchUp.objects.get().version == version


def test_a_second_run_opens_nothing(digital, holders):
    start_catch_up(version=digital, at=NOON)
    catch_up(at=NOON)
    start_catch_up(version=digital, at=NOON)

    assert (catch_up(at=NOON), tasks.catch_up()) == (0, 0)
    assert DesignationCase.objects.count() == 3


def test_who_left_is_left_alone_and_other_professions_are_passed_over(make_pathway, two_badges, holders, join):
    digital = make_pathway(required=two_badges, professions_admitted=["medicine"])
    join(digital, of=holders[0], status="left")
    type(holders[1]).objects.filter(pk=holders[1].pk).update(profession="nursing")
    type(holders[2]).objects.filter(pk=holders[2].pk).update(profession="medicine")
    start_catch_up(version=digital, at=NOON)

    assert catch_up(at=NOON) == 1
    assert DesignationCase.objects.get().learner == holders[2]


def test_a_killed_walk_goes_on_where_it_was(digital, holders, monkeypatch):
    monkeypatch.setattr(catching_up, "CHUNK", 2)
    start_catch_up(version=digital, at=NOON)
    assert catching_up._step(NOON) == 2
    real, calls = catching_up.selectors.qualified, []

    def dies(*args, **options):
        calls.append(args)
        raise KeyboardInterrupt

    monkeypatch.setattr(catching_up.selectors, "qualified", dies)
    with pytest.raises(KeyboardInterrupt):
        catch_up(at=NOON)
    run = CatchUp.objects.get()
    assert (run.looked_at, run.opened, run.is_finished) == (2, 2, False)
    monkeypatch.setattr(catching_up.selectors, "qualified", real)

    assert catch_up(at=NOON) == 1
    run.refresh_from_db()
    assert (run.looked_at, run.opened, run.is_finished) == (5, 3, True)
    assert DesignationCase.objects.count() == 3


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_open_each_case_once(digital, holders, together):
    start_catch_up(version=digital, at=NOON)

    together(lambda: catch_up(at=NOON), lambda: catch_up(at=NOON))

    assert DesignationCase.objects.count() == 3
    assert CatchUp.objects.get().is_finished


def test_an_award_that_comes_later_is_seen_once_it_has_settled(digital, holders, make_award, two_badges):
    start_catch_up(version=digital, at=NOON)
    catch_up(at=NOON)
    for version in two_badges:
        make_award(learner=holders[4], version=version, sign_after=NOON + timedelta(minutes=5))

    assert catch_up(at=NOON + timedelta(minutes=1)) == 0
    assert not PathwayEnrollment.objects.filter(learner=holders[4]).exists()
    assert catch_up(at=NOON + timedelta(minutes=6)) == 1
    assert catch_up(at=NOON + timedelta(minutes=7)) == 0
