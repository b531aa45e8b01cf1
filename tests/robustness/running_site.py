"""A whole running site of its own, and what may be seen of it from outside: pages, rows, processes, mails."""

import contextlib
import email
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import orjson
import psycopg
import requests
from django.conf import settings

from config.demo.browser import Browser
from config.demo.people import ACCOUNTS
from config.runtime import paths
from config.runtime.process import kill_group, spawn, wait_until
from config.runtime.supervisor import Running, answers
from issuance import openbadges as ob

OF_TEST_SETTINGS = ("SECRET_KEY", "MASTER_KEY", "REDIS_URL", "PUBLIC_ORIGIN", "DATABASE_URL", "SIGNET_TEST_TEMPLATE")
EMAILS = {account.key: account.email for account in ACCOUNTS}
PAGE_SECONDS = 4.0  # a page may take so long while a part is away; measured far below
SIGNED_SECONDS = 60.0  # the longest that anything here may stay unsigned

# The real `manage.py up`, except that it brings back at once what dies: here things die more often than in any real
# trouble, and the pauses between repeated starts would only make the tests slow.
UP = """
import sys
from config.runtime import supervisor
supervisor.BACKOFF_SECONDS = (0.2,)
from django.core.management import execute_from_command_line
execute_from_command_line(["manage.py", "up"])
"""

COUNTS = """
WITH document AS (SELECT * FROM issuance_signeddocument WHERE kind = 'credential')
SELECT
    (SELECT count(*) FROM learners_decision WHERE status = 'released' AND outcome = 'awarded') AS released,
    (SELECT count(*) FROM learners_award) AS awards,
    (SELECT count(DISTINCT decision_id) FROM learners_award) AS awards_once,
    (SELECT count(*) FROM document) AS documents,
    (SELECT count(DISTINCT award_id) FROM document) AS documents_once,
    (SELECT count(*) FROM issuance_statusentry) AS indexes,
    (SELECT count(DISTINCT (list_id, index)) FROM issuance_statusentry) AS indexes_once,
    (SELECT count(*) FROM issuance_statusentry e JOIN document s ON s.id = e.document_id) AS indexes_of_documents,
    (SELECT count(*) FROM learners_notice WHERE kind = 'badge-ready') AS told,
    (SELECT count(DISTINCT path) FROM learners_notice WHERE kind = 'badge-ready') AS told_once
"""
UNSIGNED = """
SELECT count(*) FROM learners_award a WHERE a.sign_after <= now() AND a.status = 'active' AND NOT EXISTS (
    SELECT FROM issuance_signeddocument s WHERE s.award_id = a.id AND s.kind = 'credential'
)
"""


def is_alive(pid):
    """Whether a process still runs: one that was killed stays in the table as Z until its parent looks (proc(5))."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in {"Z", "X"}
    except FileNotFoundError:
        return False


class Site(Running):
    """A running set with the demo school in it."""

    def connect(self):
        return psycopg.connect(paths.embedded_database_url(self.home), autocommit=True)

    def row(self, statement, *values):
        with self.connect() as connection:
            return connection.execute(statement, values).fetchone()

    def count(self, statement, *values):
        return self.row(statement, *values)[0]

    def load(self):
        """Fill it with the demo school, in a process that has the site's own settings."""
        subprocess.run(
            [sys.executable, "-m", "tests.robustness.school"],
            env=environment(self.home, self.port),
            cwd=paths.ROOT,
            check=True,
        )

    def sign_in(self, key):
        password = (self.home / "secrets" / "demo_password").read_text().strip()
        return Browser(self.origin).sign_in(EMAILS[key], password)

    # Signing

    def proposed(self, slug, number):
        """So many addresses of decisions of one credential that wait to be released."""
        with self.connect() as connection:
            found = connection.execute(
                """SELECT d.public_id::text FROM learners_decision d
                JOIN learners_enrollment e ON e.id = d.enrollment_id JOIN credentials_credential c ON c.id = e.credential_id
                WHERE d.status = 'proposed' AND c.slug = %s ORDER BY d.id LIMIT %s""",
                (slug, number),
            ).fetchall()
        assert len(found) == number, f"Only {len(found)} decisions of {slug} are left."
        return [row[0] for row in found]

    def unsigned(self):
        return self.count(UNSIGNED)

    def wait_until_signed(self):
        """Wait until nothing is left to sign; the seconds that took."""
        began = time.monotonic()
        done = wait_until(lambda: self.unsigned() == 0, seconds=SIGNED_SECONDS, every=0.05)
        assert done, f"{self.unsigned()} awards are unsigned after {SIGNED_SECONDS:.0f} s.\n{self.tail()}"
        return time.monotonic() - began

    def counts(self):
        with self.connect() as connection:
            cursor = connection.execute(COUNTS)
            return dict(zip([column.name for column in cursor.description], cursor.fetchone(), strict=True))

    def assert_each_once(self):
        """Each released decision has one award; each award one document, one index that no other has, and one notice."""
        counts = self.counts()
        assert set(counts.values()) == {counts["released"]}, counts

    def assert_documents_verify(self):
        """Every stored badge verifies by what the site publishes, and was signed by a worker."""
        with self.connect() as connection:
            documents = connection.execute(
                """SELECT convert_from(bytes, 'UTF8'), encode(sha256(bytes), 'hex') = sha256, signed_by_process
                FROM issuance_signeddocument WHERE kind = 'credential' ORDER BY id"""
            ).fetchall()
        contexts = ob.Contexts.load(settings.CONTEXTS_DIR)
        templates, publication, now = ob.Templates(contexts), Publication(self.origin), datetime.now(UTC)
        for content, is_whole, process in documents:
            report = ob.verify(content, resolver=publication, contexts=contexts, now=now, templates=templates)
            assert is_whole and report.is_valid and process.startswith("worker:"), (process, report)
        return len(documents)

    # Mail

    def mailed(self):
        """How often each mail was sent, by its Message-ID."""
        found = Counter()
        for file in (self.home / "mail").glob("*.log"):
            for part in file.read_text().split("-" * 79 + "\n"):
                if part.strip():
                    found[email.message_from_string(part)["Message-ID"]] += 1
        return found

    def wait_until_mailed(self):
        """Wait until every notice is mailed. What a killed worker was sending waits for its claim to end: end it now."""

        def is_done():
            with self.connect() as connection:
                connection.execute("UPDATE learners_notice SET mail_after = NULL WHERE mail_after > now() + '5 min'")
            return self.count("SELECT count(*) FROM learners_notice WHERE mailed_at IS NULL") == 0

        assert wait_until(is_done, seconds=SIGNED_SECONDS, every=1.0), self.tail()

    # Processes

    def kill(self, name):
        """SIGKILL for a child and all that it started."""
        kill_group(self.processes()[name])

    def pool(self):
        """The processes of the worker that carry out tasks, without those that are dead and not yet collected."""
        parent = self.processes()["worker"]
        children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
        return [int(pid) for pid in children if is_alive(pid)]

    def wait_for(self, name, *, instead_of=None):
        """Wait until a child runs again; its process id."""
        assert wait_until(lambda: self.processes().get(name) not in {None, instead_of}, seconds=30), self.tail()
        return self.processes()[name]

    def wait_for_worker(self):
        """Wait until the worker has its pool, which is when it takes messages."""

        def is_up():
            with contextlib.suppress(KeyError, FileNotFoundError):
                return len(self.pool()) >= 2
            return False

        assert wait_until(is_up, seconds=30), self.tail()

    @contextmanager
    def frozen(self, name):
        """Stop a process without ending it, for the length of a block."""
        pid = self.processes()[name]
        os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(pid, signal.SIGCONT)

    def tail(self):
        return self.log.read_text(errors="replace")[-3000:]


class Publication:
    """What a stranger's verifier fetches: the site's DID document and status lists, each once."""

    def __init__(self, origin):
        self.origin = origin
        self.kept = {}

    def _fetch(self, url):
        if url not in self.kept:
            answer = requests.get(url, timeout=10)
            answer.raise_for_status()
            self.kept[url] = orjson.loads(answer.content)
        return self.kept[url]

    def did(self, document_id):
        return self._fetch(f"{self.origin}/.well-known/did.json")

    def status_list(self, url):
        return self._fetch(url)


class Releaser:
    """A lead who releases decisions as the page does, without loading its long list each time."""

    def __init__(self, site, browser):
        self.site = site
        self.session = browser.session
        page = browser.get("/decisions/")
        self.token = page.form(action=r"/decisions/release/$", having="note").fields["csrfmiddlewaretoken"][0]

    def post(self, keys):
        """Send the form; the answer as it is, whatever it is."""
        return self.session.post(
            f"{self.site.origin}/decisions/release/",
            data={"csrfmiddlewaretoken": self.token, "decision": keys, "note": ""},
            headers={"Referer": f"{self.site.origin}/decisions/"},
            allow_redirects=False,
            timeout=30,
        )

    def release(self, slug, number):
        """Release so many decisions; they are saved when this returns."""
        answer = self.post(self.site.proposed(slug, number))
        assert answer.status_code == 302, (answer.status_code, self.site.tail())


def environment(home, port):
    """What a terminal would hand to `manage.py up`, without what the test settings put there."""
    kept = {name: value for name, value in os.environ.items() if name not in OF_TEST_SETTINGS}
    return kept | {
        "DJANGO_SETTINGS_MODULE": "config.settings.dev",
        "SIGNET_HOME": str(home),
        "PORT": str(port),
        "PUBLIC_ORIGIN": f"http://localhost:{port}",
        "DOCUMENTS_WORKER": "no",  # drawing hundreds of certificates would take the machine from what is tested
        "LOG_LEVEL": "WARNING",
    }


@contextmanager
def running_site(home, port):
    """Run the whole set for the length of a block, with the demo school loaded and its first awards signed."""
    home.mkdir(mode=0o700, exist_ok=True)
    log = home / "up.log"
    began = time.monotonic()
    with log.open("wb") as sink:
        process = spawn(
            [sys.executable, "-c", UP],
            env=environment(home, port),
            cwd=paths.ROOT,
            stdout=sink,
            stderr=subprocess.STDOUT,
        )
    try:
        assert wait_until(lambda: process.poll() is not None or answers(port), seconds=120, every=0.1), log.read_text()
        site = Site(home, port, f"http://localhost:{port}", process, log, time.monotonic() - began)
        site.wait_for("beat")
        loading = time.monotonic()
        site.load()
        loaded = time.monotonic()
        site.wait_until_signed()
        print(f"up in {site.started_in_seconds:.1f} s, school loaded in {loaded - loading:.1f} s")
        yield site
    finally:
        if process.poll() is None:
            process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(60)
        kill_group(process.pid)
        process.wait()
