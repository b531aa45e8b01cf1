"""A small load generator for one server on this machine: keep-alive connections in one process, no dependency."""

import asyncio
import itertools
import statistics
import time
from collections.abc import Sequence
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


async def _measure(host: str, port: int, paths: Sequence[str], seconds: float, connections: int) -> Load:
    times: list[float] = []
    statuses: dict[int, int] = {}
    turn = itertools.cycle(paths)
    until = time.perf_counter() + seconds

    async def ask() -> None:
        reader, writer = await asyncio.open_connection(host, port)
        try:
            while time.perf_counter() < until:
                began = time.perf_counter()
                writer.write(
                    f"GET {next(turn)} HTTP/1.1\r\nHost: localhost:{port}\r\nAccept: text/html\r\n\r\n".encode()
                )
                await writer.drain()
                head = await reader.readuntil(b"\r\n\r\n")
                lines = head.decode("latin-1").split("\r\n")
                status = int(lines[0].split(" ", 2)[1])
                headers = dict(line.lower().split(": ", 1) for line in lines[1:] if ": " in line)
                if "content-length" in headers:
                    await reader.readexactly(int(headers["content-length"]))
                elif headers.get("transfer-encoding") == "chunked":
                    while size := int((await reader.readline()).strip() or b"0", 16):
                        await reader.readexactly(size + 2)
                    await reader.readline()
                times.append((time.perf_counter() - began) * 1000)
                statuses[status] = statuses.get(status, 0) + 1
        finally:
            writer.close()

    began = time.perf_counter()
    await asyncio.gather(*(ask() for _ in range(connections)))
    spent = time.perf_counter() - began
    cuts = statistics.quantiles(times, n=100)
    return Load(len(times) / spent, cuts[49], cuts[94], cuts[98], statuses)
