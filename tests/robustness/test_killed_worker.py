"""SIGKILL for the worker: nothing is lost and nothing is doubled, whatever it was doing."""

import os
import random
import signal
import statistics
import time
from contextlib import ExitStack

import pytest

from config.runtime.process import wait_until
from tests.robustness.school import COHORT

pytestmark = [pytest.mark.long, pytest.mark.xdist_group("running site")]

ROUNDS = 20
BATCH = 25
LATEST_SECONDS = 0.6  # after the page's answer; by then a batch of this size is usually signed

WAITING = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE %s
"""


def waits_in(site, statement):
    """Wait until a process stands before a lock in a statement that begins so."""
    assert wait_until(lambda: site.count(WAITING, f"{statement}%") > 0, seconds=20), site.tail()


def assert_whole(site):
    site.wait_until_signed()
    site.assert_each_once()
    site.assert_documents_verify()


def test_at_random_moments(site, lead, record_property):
    seed = int(os.environ.get("KILL_SEED") or random.SystemRandom().randrange(10**6))
    print(f"KILL_SEED={seed}")
    chance, signed_at_kill, seconds, kills = random.Random(seed), [], [], 0

    for _ in range(ROUNDS):
        site.wait_for_worker()
        before = site.unsigned()
        victim = site.processes()["worker"]
        lead.release(COHORT, BATCH)
        time.sleep(chance.uniform(0, LATEST_SECONDS))
        site.kill("worker")
        kills += 1
        signed_at_kill.append(before + BATCH - site.unsigned())
        site.wait_for("worker", instead_of=victim)
        seconds.append(site.wait_until_signed())
        site.assert_each_once()

    site.assert_documents_verify()
    print(f"signed when killed, of {BATCH}: {signed_at_kill}")
    print(f"all signed after: median {statistics.median(seconds):.1f} s, longest {max(seconds):.1f} s")
    record_property("seed", seed)
    record_property("signed_when_killed", str(signed_at_kill))
    record_property("seconds_until_signed", str([round(each, 1) for each in seconds]))
    site.wait_until_mailed()
    mails = site.mailed()
    assert len(mails) == site.count("SELECT count(*) FROM learners_notice")
    assert set(mails.values()) <= {1, 2}
    assert sum(mails.values()) - len(mails) <= kills * len(site.pool())  # each process was sending at most one


def test_between_sign_and_commit(site, lead):
    site.wait_for_worker()
    before = site.counts()["documents"]
    victim = site.processes()["worker"]
    with site.connect() as gate:
        with gate.transaction():
            gate.execute("LOCK TABLE issuance_statusentry IN EXCLUSIVE MODE")
            lead.release(COHORT, BATCH)
            waits_in(site, 'INSERT INTO "issuance_statusentry"')  # signed and written down, not committed
            site.kill("worker")
            assert site.counts()["documents"] == before
        site.wait_for("worker", instead_of=victim)

    assert_whole(site)


def test_between_commit_and_acknowledge(site, lead):
    """The database carries out the COMMIT of a process that is dead by then; nobody acknowledges the message."""
    site.wait_for_worker()
    before = site.counts()["documents"]
    victim = site.processes()["worker"]
    with site.connect() as first, site.connect() as second:
        with second.transaction():
            with first.transaction():
                first.execute("LOCK TABLE issuance_statusentry IN EXCLUSIVE MODE")
                lead.release(COHORT, BATCH)
                waits_in(site, 'INSERT INTO "issuance_statusentry"')
                # Its notices name people; a COMMIT checks that they exist, and stands before these rows.
                second.execute("SELECT FROM learners_user FOR UPDATE")
            waits_in(site, "COMMIT")
            site.kill("worker")
            assert site.counts()["documents"] == before
        assert wait_until(lambda: site.counts()["documents"] == before + BATCH, seconds=5)
        site.wait_for("worker", instead_of=victim)

    assert_whole(site)


def test_after_the_commit_while_redis_takes_no_acknowledgment(site, lead):
    site.wait_for_worker()
    before = site.counts()["documents"]
    victim = site.processes()["worker"]
    with ExitStack() as stack:
        with site.connect() as gate, gate.transaction():
            gate.execute("LOCK TABLE issuance_statusentry IN EXCLUSIVE MODE")
            lead.release(COHORT, BATCH)
            waits_in(site, 'INSERT INTO "issuance_statusentry"')
            stack.enter_context(site.frozen("redis"))
        assert wait_until(lambda: site.counts()["documents"] == before + BATCH, seconds=10)
        site.kill("worker")
    site.wait_for("worker", instead_of=victim)

    assert_whole(site)


def test_one_process_of_the_pool_at_random_moments(site, lead):
    chance = random.Random(os.environ.get("KILL_SEED"))

    for _ in range(6):
        site.wait_for_worker()
        victim = chance.choice(site.pool())
        lead.release(COHORT, BATCH)
        time.sleep(chance.uniform(0, LATEST_SECONDS))
        os.kill(victim, signal.SIGKILL)
        site.wait_until_signed()

    assert_whole(site)
