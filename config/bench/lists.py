"""The pages that list something, found by walking the addresses: how long the site takes for each as its data grows."""

import random
import statistics
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError
from django.db import connection
from django.test import Client
from django.test.utils import override_settings
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from config.bench.school import COHORTS, School, fill_school, found_school
from config.bench.table import Table
from credentials.models import Organization
from issuance import services as issuance_services

LEARNERS, SUBMISSIONS, TENTH = 700 * COHORTS, 15_000, 10
RUNS = 7
WORST = 10  # so many of the pages that grow most are named
HOMES = 200  # so many learners' homes are opened
HOME = "learners:home"
OURS = {"credentials", "learners", "pathways", "issuance"}

Page = tuple[str, str]  # the name of an address, and the role of who reads it


def addresses() -> Iterator[str]:
    """The names of our pages that are about nothing in particular: lists, boards, reports, searches."""
    for each in get_resolver("config.urls").url_patterns:
        if isinstance(each, URLResolver) and each.app_name in OURS:
            for row in each.url_patterns:
                if isinstance(row, URLPattern) and row.name and "<" not in str(row.pattern):
                    yield f"{each.namespace}:{row.name}"


def readers(school: School) -> dict[str, Client]:
    """A signed-in client for each role."""
    found = {}
    for role, user in school.people.items():
        found[role] = Client(headers={"host": _host()})
        found[role].force_login(user)
    return found


def pages(clients: dict[str, Client]) -> list[Page]:
    """Every page with every role that it answers, with one of them where it answers anybody.

    What is a form's address only, a file or a machine's is none.
    """
    found = []
    for name in sorted(set(addresses())):
        is_public = _answers(Client(headers={"host": _host()}), name)
        found += [
            (name, role)
            for role, client in clients.items()
            if (role == "learner" or not is_public) and _answers(client, name)
        ]
    return found


def _answers(client: Client, name: str) -> bool:
    answer = client.get(reverse(name), secure=True)
    return answer.status_code == 200 and answer.headers["Content-Type"].startswith("text/html")


def _host() -> str:
    return settings.SITE_HOST if settings.SITE_HOST in settings.ALLOWED_HOSTS else "localhost"


def measure_lists(table: Table) -> None:
    """The same pages with a tenth of four classes and with all of them: the highest ratio, and the slowest page."""
    at = timezone.now()
    with override_settings(DEBUG=False):
        school = found_school(organization=Organization.objects.get(slug="larkmoor"), at=at)
        began = time.perf_counter()
        fill_school(school, learners=LEARNERS // TENTH, submissions=SUBMISSIONS // TENTH, at=at)
        filling = time.perf_counter() - began
        _sign()
        clients = readers(school)
        listed = pages(clients)
        if not listed:
            raise CommandError("No page of the site answers anybody of the filled school.")
        before = _milliseconds(clients, listed)
        began = time.perf_counter()
        fill_school(school, learners=LEARNERS - len(school.learners), submissions=SUBMISSIONS * 9 // TENTH, at=at)
        filling += time.perf_counter() - began
        _sign()
        after = _milliseconds(clients, listed)
        homes = _homes(school, clients)
    growth = {page: after[page] / before[page] for page in listed}
    worst, slowest = max(growth, key=lambda page: growth[page]), max(after, key=lambda page: after[page])
    table.add(
        "list_pages_growth_10x",
        growth[worst],
        "",
        f"the highest of {len(listed)}: {_said(worst)}, {before[worst]:.1f} to {after[worst]:.1f} ms of processor time, "
        "its database session's included",
    )
    for place, page in enumerate(sorted(listed, key=lambda page: -growth[page])[1:WORST], start=2):
        said = f"{_said(page)}, {before[page]:.1f} to {after[page]:.1f} ms"
        table.add(f"list_pages_growth_10x_{place}", growth[page], "", said)
    table.add("home_p95_ms", _p95(homes), "ms", f"{len(homes)} people of every role, once each; {LEARNERS:,} learners")
    table.add("list_pages_slowest_ms", after[slowest], "ms", f"{_said(slowest)}; {LEARNERS:,} learners")
    table.add("list_pages_filling_seconds", filling, "s", f"{SUBMISSIONS:,} submissions in every state, rows in sets")


def _homes(school: School, clients: dict[str, Client]) -> list[float]:
    """How long the home of each role and of learners at random takes, each opened for the first time."""
    spent = [_once(client, HOME) for client in clients.values()]
    users = [each.user for each in school.learners if each.user is not None]
    for user in random.Random(7).sample(users, min(HOMES, len(users))):  # noqa: S311
        client = Client(headers={"host": _host()})
        client.force_login(user)
        spent.append(_once(client, HOME))
    return spent


def _p95(spent: list[float]) -> float:
    return statistics.quantiles(spent, n=20)[-1]


def _sign() -> None:
    """Nothing is left for the workers to do while pages are measured; the tables' statistics are fresh."""
    while issuance_services.sign_pending(limit=200, at=timezone.now(), full=True):
        pass
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _milliseconds(clients: dict[str, Client], listed: list[Page]) -> dict[Page, float]:
    """The least of some for each page, in rounds; what else the machine does counts for none of them."""
    least = dict.fromkeys(listed, float("inf"))
    for _number in range(RUNS):
        for name, role in listed:
            least[name, role] = min(least[name, role], _once(clients[role], name))
    return least


def _once(client: Client, name: str) -> float:
    """How long one page keeps this process and its database session at work."""
    address = reverse(name)
    began = _clock()
    answer: Any = client.get(address, secure=True)
    spent = (_clock() - began) * 1000
    if answer.status_code != 200:
        raise CommandError(f"{address} answered {answer.status_code}.")
    return spent


def _clock() -> float:
    """Seconds of the processor that this thread and its database session have used; those on the wall without /proc."""
    try:
        nanoseconds = int(Path(f"/proc/{_session()}/schedstat").read_text(encoding="ascii").split()[0])
    except OSError:
        return time.perf_counter()
    return time.thread_time() + nanoseconds / 1e9


def _session() -> int:
    """The process of this database session, which serves no other."""
    connection.ensure_connection()
    return int(connection.connection.info.backend_pid)


def _said(page: Page) -> str:
    return f"{page[0]} as {page[1]}"
