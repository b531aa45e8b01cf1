"""A small load generator for one server on this machine: keep-alive connections in one process, no dependency."""

import asyncio
import itertools
import statistics
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass


@dataclass(frozen=True)
class Load:
    """What a run saw. Times in milliseconds; `statuses` counts the answers by status code."""

    rate: float
    p50_ms: float
    p95_ms: float
    p99_ms: float
    statuses: dict[int, int]


def measure(*, host: str, port: int, paths: Sequence[str], seconds: float, connections: int = 8) -> Load:
    """Ask for the paths in turn over keep-alive connections, for so many seconds; only for 127.0.0.1 and localhost."""
    if host not in {"127.0.0.1", "localhost"}:
        raise ValueError("Loads are for this machine only.")
    return asyncio.run(_measure(host, port, paths, seconds, connections))


def measure_paced(
    *, host: str, port: int, paths: Sequence[str], seconds: float, rate: float, connections: int = 16
) -> Load:
    """Ask for the paths in turn, so many a second. A request counts from the moment when it was due, so that one that waits for
    a slow one before it is not left out of the times. Only for 127.0.0.1 and localhost."""
    if host not in {"127.0.0.1", "localhost"}:
        raise ValueError("Loads are for this machine only.")
    return asyncio.run(_measure_paced(host, port, paths, seconds, rate, connections))


async def _measure(host: str, port: int, paths: Sequence[str], seconds: float, connections: int) -> Load:
    times: list[float] = []
    statuses: dict[int, int] = {}
    turn = itertools.cycle(paths)
    began = time.perf_counter()

    async def work() -> None:
        async with _connected(host, port) as ask:
            while time.perf_counter() < began + seconds:
                start = time.perf_counter()
                status = await ask(next(turn))
                times.append((time.perf_counter() - start) * 1000)
                statuses[status] = statuses.get(status, 0) + 1

    await asyncio.gather(*(work() for _ in range(connections)))
    return _load(times, statuses, time.perf_counter() - began)


async def _measure_paced(
    host: str, port: int, paths: Sequence[str], seconds: float, rate: float, connections: int
) -> Load:
    times: list[float] = []
    statuses: dict[int, int] = {}
    turn = itertools.cycle(paths)
    began = time.perf_counter()
    due = (began + number / rate for number in range(max(2, round(seconds * rate))))

    async def work() -> None:
        async with _connected(host, port) as ask:
            for moment in due:
                await asyncio.sleep(max(0.0, moment - time.perf_counter()))
                status = await ask(next(turn))
                times.append((time.perf_counter() - moment) * 1000)
                statuses[status] = statuses.get(status, 0) + 1

    await asyncio.gather(*(work() for _ in range(connections)))
    return _load(times, statuses, time.perf_counter() - began)


def _load(times: Sequence[float], statuses: dict[int, int], spent: float) -> Load:
    cuts = statistics.quantiles(times, n=100)
    return Load(len(times) / spent, cuts[49], cuts[94], cuts[98], statuses)


@asynccontextmanager
async def _connected(host: str, port: int) -> AsyncIterator[Callable[[str], Awaitable[int]]]:
    """A kept connection: what asks for a path, reads the answer through, and answers its status."""
    reader, writer = await asyncio.open_connection(host, port)

    async def ask(path: str) -> int:
        writer.write(f"GET {path} HTTP/1.1\r\nHost: localhost:{port}\r\nAccept: text/html\r\n\r\n".encode())
        await writer.drain()
        head = await reader.readuntil(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        headers = dict(line.lower().split(": ", 1) for line in lines[1:] if ": " in line)
        if "content-length" in headers:
            await reader.readexactly(int(headers["content-length"]))
        elif headers.get("transfer-encoding") == "chunked":
            while size := int((await reader.readline()).strip() or b"0", 16):
                await reader.readexactly(size + 2)
            await reader.readline()
        return int(lines[0].split(" ", 2)[1])

    try:
        yield ask
    finally:
        writer.close()
