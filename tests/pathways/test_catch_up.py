"""Everybody who is qualified already is found when a pathway is published, and after new awards."""

import os
import signal
from datetime import timedelta

import pytest
from django.db import connection, connections, transaction

from config.runtime.process import wait_until
from learners.models import Learner
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


WAITING = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND wait_event_type = 'Lock'
"""
OTHERS = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"


def count(statement):
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute(statement)
        return cursor.fetchone()[0]


def worker(go, monkeypatch):
    """A process of its own that walks in steps of two, once it may go; nothing of it is left when it is killed."""
    connections.close_all()  # no connection is shared by two processes
    pid = os.fork()
    if pid:
        return pid
    try:
        os.read(go, 1)
        monkeypatch.setattr(catching_up, "CHUNK", 2)
        catch_up(at=NOON)
    finally:
        os._exit(0)


@pytest.mark.django_db(transaction=True)
def test_a_killed_walk_goes_on_where_it_was(digital, holders, monkeypatch):
    start_catch_up(version=digital, at=NOON)
    go, let = os.pipe()
    pid = worker(go, monkeypatch)
    with transaction.atomic():
        Learner.objects.select_for_update().get(pk=holders[2].pk)  # in its second step it waits for this learner
        os.write(let, b".")
        assert wait_until(lambda: count(WAITING) > 0, seconds=20)
        os.kill(pid, signal.SIGKILL)
        _pid, status = os.waitpid(pid, 0)
    assert os.WTERMSIG(status) == signal.SIGKILL
    assert wait_until(lambda: count(OTHERS) == 0, seconds=20)  # the server has noticed
    run = CatchUp.objects.get()
    assert (run.looked_at, run.opened, run.is_finished) == (2, 2, False)

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
