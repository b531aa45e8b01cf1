"""Redis stopped, Redis frozen, PostgreSQL restarted: no page fails over saved work, and everything is signed once."""

import os
import signal
import threading
import time
from contextlib import nullcontext

import pytest
import requests

from tests.robustness.running_site import PAGE_SECONDS, Releaser
from tests.robustness.school import SECOND_COHORT
from tests.robustness.walk import Walk

pytestmark = [pytest.mark.long, pytest.mark.xdist_group("running site")]

BATCH = 25


@pytest.fixture(scope="module")
def shared(site):
    """The address of a badge that anyone with the link may see."""
    award = site.count(
        """SELECT a.public_id FROM learners_award a JOIN learners_learner l ON l.id = a.learner_id
        JOIN learners_user u ON u.id = l.user_id WHERE u.email LIKE 'learner@%%' ORDER BY a.id LIMIT 1"""
    )
    walk = Walk(site)
    walk.share(walk.sign_in("learner"), award)
    return award


def work(site, lead, shared, slug):
    """A learner submits, an assessor judges and releases, a lead releases a group, a stranger looks: all by pages."""
    walk = Walk(site)
    learner, assessor = walk.sign_in("learner"), walk.sign_in("assessor")
    submission = walk.hand_in(learner, slug)
    walk.assess(assessor, submission, walk.criteria(slug))
    walk.timed("release a group", lead.release, SECOND_COHORT, BATCH)
    walk.strangers(shared)
    return walk


def stop_redis(site):
    """End Redis, and end it again whenever it is back, for the length of a block."""
    return Away(site, "redis", signal.SIGKILL)


class Away:
    """Keeps a part from coming back: as soon as the supervisor has started it again, it is ended again."""

    def __init__(self, site, name, number):
        self.site, self.name, self.number = site, name, number
        self.is_over = threading.Event()
        self.thread = threading.Thread(target=self._keep_away)

    def _keep_away(self):
        last = None
        while not self.is_over.is_set():
            pid = self.site.processes().get(self.name)
            if pid not in {None, last}:
                os.kill(pid, self.number)
                last = pid
            time.sleep(0.005)

    def __enter__(self):
        self.thread.start()
        time.sleep(0.1)

    def __exit__(self, *_error):
        self.is_over.set()
        self.thread.join()


@pytest.mark.parametrize(
    ("trouble", "slug"),
    [
        ("running", "ip-values"),
        ("stopped once", "health-policy-brief"),
        ("kept from running", "medication-safety"),
        ("frozen", "community-partnership"),
    ],
)
def test_people_work_on_while_redis_is(trouble, slug, site, lead, shared, record_property):
    site.wait_for_worker()
    old = site.wait_for("redis")
    if trouble == "stopped once":
        os.kill(old, signal.SIGTERM)
    away = {"frozen": site.frozen("redis"), "kept from running": stop_redis(site)}.get(trouble, nullcontext())
    with away:
        walk = work(site, lead, shared, slug)

    seconds = site.wait_until_signed()
    print(f"Redis {trouble}: slowest page {walk.slowest()}; all signed {seconds:.1f} s after it was back")
    record_property("slowest_page", str(walk.slowest()))
    record_property("seconds_until_signed", round(seconds, 1))
    assert walk.slowest()[1] < PAGE_SECONDS, walk.seconds
    site.assert_each_once()
    site.assert_documents_verify()


def test_sign_in_works_right_after_redis_was_frozen(site):
    """A command that was sent to a frozen Redis is carried out later; a lock that it leaves must not refuse anybody."""
    for _ in range(2):
        with site.frozen("redis"):
            site.sign_in("auditor")
        for _ in range(2):
            began = time.monotonic()
            site.sign_in("auditor")
            assert time.monotonic() - began < PAGE_SECONDS


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL], ids=["restarted", "killed"])
def test_postgresql_restarted_while_decisions_are_released(number, site, lead, shared, record_property):
    """Each post either succeeds or answers 503 in words for people; what it says of saved work is true."""
    site.wait_for_worker()
    before, old = site.counts()["released"], site.processes()["postgres"]
    groups = [site.proposed(SECOND_COHORT, 8 * 5)[start : start + 5] for start in range(0, 40, 5)]
    answers, pages = [], []

    def look():
        while not is_over.is_set():
            pages.append(requests.get(f"{site.origin}/v/{shared}", timeout=30))
            time.sleep(0.02)

    is_over, looker = threading.Event(), threading.Thread(target=look)
    looker.start()
    try:
        for turn, group in enumerate(groups):
            if turn == 2:
                os.kill(old, number)
            answers.append(lead.post(group))
            time.sleep(0.1)
    finally:
        is_over.set()
        looker.join()
    site.wait_for("postgres", instead_of=old)
    seconds = site.wait_until_signed()

    saved = 0
    for answer, group in zip(answers, groups, strict=True):
        released = site.count(
            "SELECT count(*) FROM learners_decision WHERE status = 'released' AND public_id::text = ANY(%s)", group
        )
        saved += released
        if answer.status_code == 302:
            assert released == len(group)  # it said that it was saved
        else:
            assert answer.status_code == 503, answer.text
            assert "whether what you have just sent was saved" in answer.text
            assert released in {0, len(group)}
    assert site.counts()["released"] == before + saved
    codes = [page.status_code for page in pages]
    assert set(codes) <= {200, 503}
    assert all("Signet is back in a moment" in page.text for page in pages if page.status_code == 503)
    slowest = max(answer.elapsed.total_seconds() for answer in [*answers, *pages])
    print(f"posts {[answer.status_code for answer in answers]}, pages {codes.count(200)} well, {codes.count(503)} not")
    print(f"slowest answer {slowest:.1f} s; all signed {seconds:.1f} s after the last post")
    record_property("slowest_answer", round(slowest, 2))
    record_property("seconds_until_signed", round(seconds, 1))
    assert slowest < PAGE_SECONDS
    site.assert_each_once()
    site.assert_documents_verify()


def test_web_killed_in_a_form_that_is_sent_twice(site, lead):
    """The first is cut off by SIGKILL; whether it was saved or not, sending the form again leaves each award once."""
    keys = site.proposed(SECOND_COHORT, 200)
    old = site.processes()["web"]
    failed = []

    def send():
        try:
            lead.post(keys)
        except requests.ConnectionError as error:
            failed.append(error)

    sender = threading.Thread(target=send)
    sender.start()
    time.sleep(0.15)
    site.kill("web")
    sender.join()
    site.wait_for("web", instead_of=old)
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            again = Releaser(site, site.sign_in("lead")).post(keys)
            break
        except requests.ConnectionError:
            time.sleep(0.2)

    assert again.status_code == 302
    released = site.count(
        "SELECT count(*) FROM learners_decision WHERE status = 'released' AND public_id::text = ANY(%s)", keys
    )
    assert released == len(keys)
    print(f"the first post was {'cut off' if failed else 'answered'}")
    site.wait_until_signed()
    site.assert_each_once()


def test_a_killed_beat_is_back_and_finds_what_no_hint_told(site, lead):
    site.wait_for_worker()
    old = site.processes()["beat"]
    with site.frozen("redis"):
        lead.release(SECOND_COHORT, BATCH)
        site.kill("beat")
        assert site.unsigned() == BATCH  # looked at before Redis hands on what was sent to it meanwhile

    site.wait_for("beat", instead_of=old)
    site.wait_until_signed()
    site.assert_each_once()
