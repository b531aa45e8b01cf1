"""`manage.py bench`: measure Signet on this machine, each figure beside its floor, into build/bench.json."""

import http.client
import itertools
import random
import shutil
import socket
import statistics
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.core.cache import cache
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection, transaction
from django.utils import timezone

from config.bench.assigning import measure_assigning
from config.bench.lists import measure_lists
from config.bench.load import measure, measure_paced
from config.bench.pathways import measure_pathways
from config.bench.populate import fill
from config.bench.signing import measure_core
from config.bench.table import Table
from config.demo import load as demo
from config.runtime import paths, postgres
from config.runtime.supervisor import Running, running
from issuance import services as issuance_services
from issuance.models import SignedDocument, StatusEntry
from learners import services as learners_services
from learners.models import Award, Decision, Learner, User

COHORT = 700
GROWTH = 100  # times the awards
RATE = 50  # requests a second


class Command(BaseCommand):
    help = "Measure the main figures beside their floors; writes build/bench.json."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--awards", type=int, default=70_000, help="how many awards stand behind the pages")
        parser.add_argument("--seconds", type=float, default=5.0, help="how long each load runs")
        parser.add_argument("--only-lists", action="store_true", help="measure the pages that list something alone")

    def handle(self, *args: Any, **options: Any) -> None:
        home = paths.home()
        if home.name != "bench":
            raise CommandError(
                "The benchmark fills and empties its own home: set SIGNET_HOME=build/bench (see Makefile)."
            )
        for folder in home.iterdir() if home.exists() else ():
            if folder.name != "secrets":  # read by this process already
                shutil.rmtree(folder, ignore_errors=True)
        self.table = Table(settings.BASE_DIR / "build" / "bench.json")
        port = free_port()
        environment = {
            "DJANGO_SETTINGS_MODULE": "config.settings.bench",
            "LOG_LEVEL": "WARNING",
            "DOCUMENTS_WORKER": "no",
            "PUBLIC_ORIGIN": settings.PUBLIC_ORIGIN,  # this process verifies what the site's workers sign
        }
        floor = self._bare_postgres_seconds()
        with running(home, port, environment=environment) as site:
            self.table.add("cold_start_seconds", site.started_in_seconds, "s", "empty home to the first page")
            self.table.add("cold_start_floor_seconds", floor, "s", "initdb and start of PostgreSQL alone")
            demo.load(home=home, at=timezone.now())
            self._wait_until_signed()
            if options["only_lists"]:
                measure_lists(self.table)
                self.table.write()
                return
            self._cohort("cohort_award")
            measure_core(self.table)
            self._certificates()
            self._transcripts()
            measure_lists(self.table)
            few = fill(count=max(GROWTH, options["awards"]) // GROWTH, say=self.stdout.write)
            before = self._milliseconds(site, few, options["seconds"])
            addresses = few + fill(count=options["awards"], say=self.stdout.write)
            after = self._milliseconds(site, addresses, options["seconds"])
            self.table.add(
                f"verify_page_growth_{GROWTH}x",
                after[0] / before[0],
                "",
                f"{after[0]:.2f} ms a page, {before[0]:.2f} before; an empty view {after[1]:.2f}, {before[1]:.2f} before",
            )
            self._verify_page(site, addresses, options["seconds"])
            self._list_check(addresses)
            self._growth()
            measure_assigning(self.table)
            measure_pathways(self.table)
        self.table.write()

    def _bare_postgres_seconds(self) -> float:
        with tempfile.TemporaryDirectory() as folder:
            began = time.monotonic()
            postgres.start(Path(folder)).stop()
            return time.monotonic() - began

    def _wait_until_signed(self, *, seconds: float = 120) -> float:
        """Wait until every due award has its document; answer how long that took."""
        began = time.monotonic()
        while time.monotonic() - began < seconds:
            due = Award.objects.due(timezone.now()).count()
            if SignedDocument.objects.filter(kind="credential", award__status="active").count() >= due:
                return time.monotonic() - began
            time.sleep(0.02)
        raise CommandError(f"Awards are still unsigned after {seconds:.0f} s; see the worker's log.")

    def _cohort(self, name: str) -> None:
        decisions = list(Decision.objects.filter(status="proposed", enrollment__credential__slug=demo.COHORT_ITEM))
        released, spent = self._release(decisions)
        if StatusEntry.objects.count() != SignedDocument.objects.filter(kind="credential").count():
            raise CommandError("Documents and status entries differ in number.")
        count = len(decisions)
        floor = self._raw_cohort_seconds(count)
        self.table.add(f"{name}_seconds_{count}", spent, "s", f"release took {released:.2f} s of it")
        self.table.add(
            f"{name}_rate", count / spent, "awards/s", "release to signed and stored, through Celery; PDFs come later"
        )
        self.table.add(f"{name}_floor_seconds", floor, "s", f"{count} raw Ed25519 signatures and rows of 8 kB")

    def _release(self, decisions: list[Decision]) -> tuple[float, float]:
        """Seconds until the release is through, and until the last badge is stored."""
        # Asking must cost nothing beside the work: only what is new is counted.
        newest = SignedDocument.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        made = SignedDocument.objects.filter(kind="credential", pk__gt=newest)
        began = time.monotonic()
        learners_services.release_decisions(actor=demo.users()["lead"], decisions=decisions, at=timezone.now())
        released = time.monotonic() - began
        while made.count() < len(decisions):
            if time.monotonic() - began > 300:
                raise CommandError("The cohort is not signed after 300 s; see the worker's log.")
            time.sleep(0.05)
        return released, time.monotonic() - began

    def _raw_cohort_seconds(self, count: int) -> float:
        key = Ed25519PrivateKey.generate()
        body = random.Random(1).randbytes(8000)  # noqa: S311
        began = time.monotonic()
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("CREATE TEMPORARY TABLE floor (id serial PRIMARY KEY, bytes bytea, signature bytea)")
            cursor.executemany(
                "INSERT INTO floor (bytes, signature) VALUES (%s, %s)", [(body, key.sign(body)) for _ in range(count)]
            )
            cursor.execute("DROP TABLE floor")
        return time.monotonic() - began

    def _certificates(self, count: int = 20) -> None:
        from weasyprint import HTML

        kept = SignedDocument.objects.filter(kind="certificate").count()
        began = time.monotonic()
        issuance_services.render_pending(limit=count, at=timezone.now())
        spent = time.monotonic() - began
        made = max(1, SignedDocument.objects.filter(kind="certificate").count() - kept)
        began = time.monotonic()
        for _ in range(count):
            HTML(string="<p>An empty page</p>").write_pdf()
        floor = time.monotonic() - began
        self.table.add("certificate_pdfs_per_second", made / spent, "PDF/s", "one process, cold fonts included")
        self.table.add("certificate_floor_per_second", count / floor, "PDF/s", "an empty page, unsigned")

    def _transcripts(self, count: int = 20) -> None:
        learners = Learner.objects.filter(awards__documents__kind="credential", user__isnull=False).distinct()[:count]
        asked = [
            issuance_services.request_transcript(actor=each.user, learner=each, at=timezone.now())
            for each in learners
            if each.user is not None
        ]
        began = time.monotonic()
        made = sum(issuance_services.make_transcript(each, timezone.now()) for each in asked)
        spent = time.monotonic() - began
        if made < len(asked):
            raise CommandError("A transcript was not made.")
        self.table.add(
            "transcript_pdfs_per_second", made / spent, "PDF/s", "one process; record, drawing, signature, storing"
        )

    def _verify_page(self, site: Running, addresses: list[str], seconds: float) -> None:
        chance = random.Random(11)  # noqa: S311
        keys = list(Award.objects.values_list("pk", flat=True))
        pages, floors = [], []
        cache.clear()
        for _ in range(3):
            sample = chance.sample(addresses, min(20_000, len(addresses)))
            load = measure(host="127.0.0.1", port=site.port, paths=sample, seconds=seconds)
            if set(load.statuses) != {200}:
                raise CommandError(f"The verification page answered {load.statuses}.")
            empty = [f"/_bench/empty/{chance.choice(keys)}" for _ in range(1000)]
            floor = measure(host="127.0.0.1", port=site.port, paths=empty, seconds=seconds)
            pages.append(load.rate)
            floors.append(floor.rate)
        page, floor_rate = statistics.median(pages), statistics.median(floors)
        note = f"{len(addresses):,} shared of {len(keys):,} awards in mixed states, at random"
        self.table.add("verify_page_rps", page, "requests/s", note)
        self.table.add("verify_page_floor_rps", floor_rate, "requests/s", "an empty view with one query")
        self.table.add("verify_page_ratio", page / floor_rate, "", "to the empty view")
        self._at_a_steady_rate(site, addresses, seconds)

    def _at_a_steady_rate(self, site: Running, addresses: list[str], seconds: float) -> None:
        """The times of single pages while so many are asked for a second; meanwhile one is revoked, and seen at once."""
        sample = random.Random(13).sample(addresses, min(20_000, len(addresses)))  # noqa: S311
        active = Award.objects.filter(status="active", valid_until=None).values_list("public_id", flat=True)
        chosen = next(public_id for public_id in active.iterator(chunk_size=200) if f"/v/{public_id}" in set(sample))
        with ThreadPoolExecutor(1) as pool:
            running_load = pool.submit(
                measure_paced, host="127.0.0.1", port=site.port, paths=sample, seconds=2 * seconds, rate=RATE
            )
            time.sleep(seconds / 2)
            self._revoke_and_look(site, chosen)
            load = running_load.result()
        if set(load.statuses) != {200} or load.rate < 0.9 * RATE:
            raise CommandError(f"At {RATE} requests/s the page answered {load.statuses}, {load.rate:.1f} a second.")
        note = f"at {RATE} requests/s, from the moment when each was due"
        for name, value in (("p50", load.p50_ms), ("p95", load.p95_ms), ("p99", load.p99_ms)):
            self.table.add(f"verify_page_{name}_ms", value, "ms", note)

    def _revoke_and_look(self, site: Running, public_id: UUID) -> None:
        """Two registrars revoke a badge; its page must say so on the next request."""
        first, second = (User.objects.get(email=f"registrar{which}@larkmoor.example.edu") for which in ("", ".two"))
        request = issuance_services.request_revocation(
            actor=first,
            award=Award.objects.get(public_id=public_id),
            reason="error",
            note="Benchmark data.",
            at=timezone.now(),
        )
        issuance_services.approve_revocation(actor=second, request=request, at=timezone.now())
        asking = http.client.HTTPConnection("127.0.0.1", site.port, timeout=10)
        asking.request("GET", f"/v/{public_id}", headers={"Host": f"localhost:{site.port}"})
        if b"Revoked by the issuer" not in asking.getresponse().read():
            raise CommandError("A badge that was just revoked is not shown as revoked.")
        asking.close()

    def _milliseconds(self, site: Running, addresses: list[str], seconds: float) -> tuple[float, float]:
        """What the server spends on a page, and on an empty view beside it, at 8 connections; the best of three, in turn."""
        chance, page, floor = random.Random(17), 0.0, 0.0  # noqa: S311
        keys = list(Award.objects.values_list("pk", flat=True)[:1000])
        cache.clear()
        for _ in range(3):
            sample = chance.sample(addresses, min(20_000, len(addresses)))
            load = measure(host="127.0.0.1", port=site.port, paths=sample, seconds=seconds)
            if set(load.statuses) != {200}:
                raise CommandError(f"The verification page answered {load.statuses}.")
            page = max(page, load.rate)
            empty = [f"/_bench/empty/{chance.choice(keys)}" for _ in range(1000)]
            floor = max(floor, measure(host="127.0.0.1", port=site.port, paths=empty, seconds=seconds).rate)
        return 1000 / page, 1000 / floor

    def _list_check(self, addresses: list[str], count: int = 500) -> None:
        """A full list of links, from its posting to its last row, through the worker's tasks in this process."""
        chosen = random.Random(5).sample(addresses, min(count, len(addresses)))  # noqa: S311
        began = time.monotonic()
        issuance_services.start_list(rows=[issuance_services.Given(each) for each in chosen], at=timezone.now())
        while issuance_services.check_next_row(at=timezone.now()):
            pass
        self.table.add(
            f"list_check_{count}_seconds", time.monotonic() - began, "s", "links of this registry, at random"
        )

    def _growth(self) -> None:
        """The same cohort once more, beside everything that was filled in."""
        from config.demo import history
        from credentials.models import CredentialVersion
        from learners.models import Learner, User

        version = CredentialVersion.objects.filter(status="published", credential__kind="microcredential").latest("pk")
        learners = Learner.objects.exclude(awards__credential=version.credential_id).select_related("user")[:COHORT]
        judges = list(itertools.islice(User.objects.filter(role_grants__role="assessor").order_by("pk").iterator(), 40))
        decisions = history.prepare_decisions(
            version=version, learners=list(learners), assessors=judges, at=timezone.now()
        )
        before = SignedDocument.objects.filter(kind="credential").count()
        _released, spent = self._release(decisions)
        self.table.add(
            f"cohort_award_seconds_{len(decisions)}_grown", spent, "s", f"with {before:,} documents already there"
        )


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
