"""One machine that runs everything: PostgreSQL, Redis, web, workers and beat as children of one process.

The supervisor prefixes their logs, restarts what dies, and stops all of it in order. It is one loop in one thread: the
kernel ends a child with the thread that started it, so every child is started here.
"""

import contextlib
import datetime
import functools
import http.client
import importlib.util
import json
import os
import selectors
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import IO, Any, TextIO

from config.runtime import certificate, checks, paths, postgres, redis
from config.runtime.process import (
    Lock,
    RuntimeProblem,
    home_folder,
    is_alive,
    kill_group,
    private_folder,
    spawn,
    wait_until,
)

TLS_PORT = 8443
BACKOFF_SECONDS = (0.2, 1.0, 2.0, 5.0, 10.0, 30.0)
PAGES_FIRST_SECONDS = 6.0
START_SECONDS = 90.0
LAST_STARTED = "beat"
SETTLED_SECONDS = 20.0  # a child that ran this long starts again at the first backoff
COLORS = {"postgres": 34, "redis": 31, "web": 32, "web-tls": 32, "worker": 35, "documents": 33, "beat": 36, "up": 1}


@dataclass
class Program:
    """One child that is a plain command."""

    name: str
    argv: list[str | Path]
    niceness: int = 0
    grace_seconds: float = 10.0  # between SIGTERM and SIGKILL
    serves_pages: bool = False


@dataclass
class Child:
    """What the supervisor knows about one of its children."""

    name: str
    launch: Callable[[int], "subprocess.Popen[bytes] | postgres.Server | redis.Server"]
    grace_seconds: float = 10.0
    process: "subprocess.Popen[bytes] | None" = None
    server: "postgres.Server | redis.Server | None" = None
    started: float = 0.0
    failures: int = 0
    due: float | None = None  # when to start it again, on the monotonic clock


@dataclass
class Supervisor:
    """Runs the whole set for one home.

    prepare: called once the database answers, before web starts, with a function that prints a line; it applies
    migrations. environment: what children get.
    """

    home: Path
    port: int
    environment: dict[str, str]
    prepare: Callable[[Callable[[str], None]], object]
    with_tls: bool = False
    output: TextIO = field(default_factory=lambda: sys.stdout)

    def __post_init__(self) -> None:
        self._children: dict[str, Child] = {}
        self._selector = selectors.DefaultSelector()
        self._partial: dict[int, tuple[str, bytes]] = {}
        self._signals = 0
        self._in_color = self.output.isatty() and not os.environ.get("NO_COLOR")

    # The life of the whole set

    def run(self) -> int:
        """Start everything, keep it running until Ctrl-C or SIGTERM, stop it all. Returns the exit code.

        Raises RuntimeProblem when something on this machine is in the way.
        """
        run = private_folder(paths.run_dir(home_folder(self.home)))
        lock = Lock(
            run / "up.lock",
            busy=f"Signet is already running in {self.home} (process {{pid}}). Stop it, or set SIGNET_HOME to another.",
        )
        try:
            with self._listening_for_signals():
                self._end_leftovers()
                for port in self._ports():
                    if problem := checks.port_problem(port):
                        raise RuntimeProblem(problem)
                try:
                    self._start_all()
                    while not self._signals:
                        self._turn()
                finally:
                    self._stop_all()
        finally:
            lock.release()
        return 0

    def _ports(self) -> list[int]:
        return [self.port, TLS_PORT] if self.with_tls else [self.port]

    def _start_all(self) -> None:
        began = time.monotonic()
        if paths.given("DATABASE_URL") is None and not self._signals:
            self._start(Child("postgres", self._launch_postgres))
        if paths.given("REDIS_URL") is None and not self._signals:
            self._start(Child("redis", self._launch_redis))
        if self._signals:
            return
        self.prepare(lambda text: self._say("up", text))
        programs = self._programs()
        # Pages first: on two cores five programs that start at once keep each other from it.
        self._start_programs([program for program in programs if program.serves_pages])
        answered = self._turn_until_answering(within_seconds=PAGES_FIRST_SECONDS)
        self._start_programs([program for program in programs if not program.serves_pages])
        answered = answered or self._turn_until_answering(within_seconds=START_SECONDS)
        if not self._signals and not answered:
            raise RuntimeProblem(f"Pages do not answer after {START_SECONDS:.0f} s; the lines above say why.")
        if not self._signals:
            origin = self.environment.get("PUBLIC_ORIGIN", f"http://localhost:{self.port}")
            self._say("up", f"Signet is at {origin} (started in {time.monotonic() - began:.1f} s). Ctrl-C stops it.")

    def _start_programs(self, programs: list[Program]) -> None:
        for program in programs:
            if not self._signals:
                self._start(Child(program.name, self._launcher(program), program.grace_seconds))

    def _turn_until_answering(self, *, within_seconds: float) -> bool:
        """Look after the children until pages answer; tell whether they did. A signal ends it too."""
        deadline = time.monotonic() + within_seconds
        while not self._signals and time.monotonic() < deadline:
            if answers(self.port):
                return True
            self._turn()
        return False

    def _programs(self) -> list[Program]:
        """Return what runs beside the services."""
        as_root = ("-W", "ignore:You're running the worker") if os.geteuid() == 0 else ()
        celery: list[str | Path] = [sys.executable, *as_root, "-m", "celery", "-q", "-A", "config.celery:app"]
        quiet: list[str | Path] = ["--without-gossip", "--without-mingle", "--loglevel", "WARNING"]
        workers = self.environment.get("WORKER_CONCURRENCY") or str(max(2, min(4, os.cpu_count() or 2)))
        programs = [
            Program("web", web_command(self.port), grace_seconds=8.0, serves_pages=True),
            Program(
                "worker",
                [*celery, "worker", "-Q", "issue,default,mail", "-c", workers, "-n", "worker@signet", *quiet],
            ),
            # Drawing a PDF takes a whole core for a while; pages and signing go first.
            Program(
                "documents",
                [*celery, "worker", "-Q", "documents", "-c", "1", "-n", "documents@signet", *quiet],
                niceness=10,
            ),
            Program(
                "beat",
                [
                    *(*celery, "beat", "--loglevel", "WARNING", "--pidfile="),
                    *("--schedule", paths.run_dir(self.home) / "beat-schedule"),
                ],
                grace_seconds=4.0,
            ),
        ]
        if self.environment.get("DOCUMENTS_WORKER", "yes").lower() in {"0", "no", "off"}:
            programs = [program for program in programs if program.name != "documents"]
        if self.with_tls:
            pair = certificate.provide(self.home, at=datetime.datetime.now(datetime.UTC))
            programs.append(Program("web-tls", web_command(TLS_PORT, pair), grace_seconds=8.0, serves_pages=True))
        return programs

    # One turn of the loop

    def _turn(self, seconds: float = 0.1) -> None:
        """Pass on what children wrote, notice the dead, start what is due."""
        self._pump(seconds)
        now = time.monotonic()
        for child in self._children.values():
            if child.process is not None and child.process.poll() is not None:
                self._bury(child, child.process, now)
            if child.due is not None and now >= child.due and not self._signals:
                child.due = None
                try:
                    self._start(child)
                except (RuntimeProblem, OSError) as problem:
                    self._say(child.name, str(problem))
                    self._schedule(child)

    def _bury(self, child: Child, process: "subprocess.Popen[bytes]", now: float) -> None:
        """Clean up after a dead child and say when it starts again."""
        kill_group(process.pid)  # what it had started itself
        if child.server is not None:
            child.server.lock.release()
            child.server = None
        child.process = None
        if now - child.started > SETTLED_SECONDS:
            child.failures = 0
        code = process.returncode
        cause = f"was ended by {signal.Signals(-code).name}" if code < 0 else f"ended with code {code}"
        self._say(child.name, f"{child.name} {cause}; starting it again in {self._schedule(child):.1f} s")
        self._write_processes()

    def _schedule(self, child: Child) -> float:
        """Plan the next start, later after each failure; the seconds until then."""
        wait = BACKOFF_SECONDS[min(child.failures, len(BACKOFF_SECONDS) - 1)]
        child.due = time.monotonic() + wait
        child.failures += 1
        return wait

    # Starting

    def _start(self, child: Child) -> None:
        self._children.setdefault(child.name, child)
        reading, writing = os.pipe()
        os.set_blocking(reading, False)
        try:
            launched = child.launch(writing)
        except BaseException:
            with contextlib.suppress(BlockingIOError):
                for line in os.read(reading, 65536).decode(errors="replace").splitlines():
                    self._say(child.name, line)
            os.close(reading)
            raise
        finally:
            os.close(writing)
        if isinstance(launched, subprocess.Popen):
            child.process = launched
        else:
            child.server, child.process = launched, launched.process
            with contextlib.suppress(BlockingIOError):
                os.read(reading, 65536)  # what a service says while it starts well interests nobody
        child.started = time.monotonic()
        self._partial[reading] = (child.name, b"")
        self._selector.register(reading, selectors.EVENT_READ)
        self._write_processes()

    def _launcher(self, program: Program) -> Callable[[int], "subprocess.Popen[bytes]"]:
        return lambda output: spawn(
            program.argv,
            env=self.environment,
            cwd=paths.ROOT,
            stdout=output,
            stderr=output,
            niceness=program.niceness,
        )

    def _launch_postgres(self, output: int) -> postgres.Server:
        return postgres.start(self.home, output=output, meanwhile=lambda: self._pump(0))

    def _launch_redis(self, output: int) -> redis.Server:
        return redis.start(self.home, output=output)

    def _write_processes(self) -> None:
        """Keep HOME/run/processes.json, so that others can find a process by its name."""
        running = {name: child.process.pid for name, child in self._children.items() if child.process is not None}
        file = paths.run_dir(self.home) / "processes.json"
        draft = file.with_suffix(".new")
        draft.write_text(json.dumps({"up": os.getpid(), **running}, indent=1) + "\n", encoding="utf-8")
        draft.replace(file)

    def _end_leftovers(self) -> None:
        """End what outlived a supervisor that was killed; a process is ours when its environment names this home."""
        file = paths.run_dir(self.home) / "processes.json"
        try:
            pids = [int(pid) for name, pid in json.loads(file.read_text(encoding="utf-8")).items() if name != "up"]
        except (FileNotFoundError, ValueError):
            return
        for pid in pids:
            mark = f"SIGNET_HOME={self.home}".encode()
            with contextlib.suppress(OSError):
                argv = Path(f"/proc/{pid}/cmdline").read_bytes()
                if mark in Path(f"/proc/{pid}/environ").read_bytes().split(b"\0") and b"postgres" not in argv:
                    kill_group(pid)
                    wait_until(functools.partial(_is_gone, pid), seconds=5)
        file.unlink(missing_ok=True)

    # Stopping

    def _stop_all(self) -> None:
        """Stop beat, web and workers together, then the services they use. A second signal cuts the waiting short."""
        heard = self._signals
        services = [child.server for child in self._children.values() if child.server is not None]
        programs = [
            (child, child.process)
            for child in self._children.values()
            if child.server is None and child.process is not None
        ]
        began = time.monotonic()
        for _, process in programs:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
                process.send_signal(signal.SIGCONT)  # a frozen one hears nothing before it
        while waiting := [(child, process) for child, process in programs if process.poll() is None]:
            self._pump(0.05)
            for child, process in waiting:
                if time.monotonic() - began > child.grace_seconds or self._signals > max(heard, 1):
                    self._say(child.name, f"{child.name} does not stop; ending it")
                    kill_group(process.pid)
                    process.wait()
        for _, process in programs:
            kill_group(process.pid)
        self._pump(0)
        for descriptor in list(self._partial):
            self._close(descriptor)
        for server in reversed(services):
            server.stop()
        self._selector.close()
        (paths.run_dir(self.home) / "processes.json").unlink(missing_ok=True)

    @contextlib.contextmanager
    def _listening_for_signals(self) -> Iterator[None]:
        """Count Ctrl-C, SIGTERM and SIGHUP, and wake the loop for them and for a child's death."""
        woken, waker = socket.socketpair()
        woken.setblocking(False)
        waker.setblocking(False)

        def count(number: int, frame: FrameType | None) -> None:
            self._signals += 1

        def ignore(number: int, frame: FrameType | None) -> None:
            pass

        before = {number: signal.signal(number, count) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
        before[signal.SIGCHLD] = signal.signal(signal.SIGCHLD, ignore)
        previous = signal.set_wakeup_fd(waker.fileno(), warn_on_full_buffer=False)
        self._selector.register(woken, selectors.EVENT_READ)
        try:
            yield
        finally:
            signal.set_wakeup_fd(previous)
            for number, handler in before.items():
                signal.signal(number, handler)
            woken.close()
            waker.close()

    # Logs

    def _pump(self, seconds: float) -> None:
        """Print every whole line that children wrote; wait at most so many seconds for the first."""
        for key, _ in self._selector.select(seconds):
            descriptor = key.fd
            if isinstance(key.fileobj, socket.socket):
                with contextlib.suppress(BlockingIOError):
                    key.fileobj.recv(4096)
                continue
            try:
                data = os.read(descriptor, 65536)
            except BlockingIOError:
                continue
            if not data:
                self._close(descriptor)
                continue
            name, before = self._partial[descriptor]
            *lines, rest = (before + data).split(b"\n")
            for line in lines:
                self._say(name, line.decode(errors="replace"))
            self._partial[descriptor] = (name, rest)

    def _close(self, descriptor: int) -> None:
        self._selector.unregister(descriptor)
        name, rest = self._partial.pop(descriptor)
        os.close(descriptor)
        if rest:
            self._say(name, rest.decode(errors="replace"))

    def _say(self, name: str, text: str) -> None:
        if not text.strip():
            return
        prefix = f"{name:<9} |"
        if self._in_color:
            prefix = f"\x1b[{COLORS.get(name, 0)}m{prefix}\x1b[0m"
        with contextlib.suppress(OSError, ValueError):  # nobody reads any more; that is no reason to stop
            self.output.write(f"{prefix} {text.rstrip()}\n")
            self.output.flush()


def _is_gone(pid: int) -> bool:
    return not is_alive(pid)


def web_command(port: int, pair: tuple[Path, Path] | None = None) -> list[str | Path]:
    """Return the command of the web server: granian where it is installed, else gunicorn.

    pair: paths of a certificate and its key, to serve https. Persistent database connections belong to threads, so the
    number of threads is small and fixed.
    """
    workers = os.environ.get("WEB_CONCURRENCY") or str(max(2, min(8, os.cpu_count() or 2)))
    application, host = "config.wsgi:application", checks.bind_address()
    if importlib.util.find_spec("granian"):
        return [
            *(sys.executable, "-m", "granian", "--interface", "wsgi", "--host", host, "--port", str(port)),
            *("--workers", workers, "--blocking-threads", "4", "--respawn-failed-workers", "--no-ws"),
            *("--backlog", "1024", "--workers-kill-timeout", "5", "--log-level", "warning"),
            *(("--ssl-certificate", pair[0], "--ssl-keyfile", pair[1]) if pair else ()),
            application,
        ]
    return [
        *(sys.executable, "-m", "gunicorn", "--bind", f"[{host}]:{port}" if ":" in host else f"{host}:{port}"),
        *("--workers", workers, "--threads", "4", "--graceful-timeout", "5", "--log-level", "warning"),
        *(("--certfile", pair[0], "--keyfile", pair[1]) if pair else ()),
        application,
    ]


def answers(port: int, *, seconds: float = 1.0) -> bool:
    """Tell whether the web server of this machine says that it is well."""
    host = checks.bind_address()
    loopback = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104
    connection = http.client.HTTPConnection(loopback.get(host, host), port, timeout=seconds)
    try:
        connection.request("GET", "/healthz", headers={"Host": f"localhost:{port}"})
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


@dataclass(frozen=True)
class Running:
    """A set that runs in a process of its own, started by `running`."""

    home: Path
    port: int
    origin: str
    process: "subprocess.Popen[bytes]"
    log: Path
    started_in_seconds: float

    def processes(self) -> dict[str, int]:
        """Return the pid of each child by its name, as of now."""
        found: dict[str, int] = json.loads((paths.run_dir(self.home) / "processes.json").read_text(encoding="utf-8"))
        return found


@contextlib.contextmanager
def running(
    home: Path,
    port: int,
    *,
    environment: dict[str, str] | None = None,
    output: IO[Any] | None = None,
    seconds: float = 180.0,
) -> Iterator[Running]:
    """Run the whole set for the length of a block, with web answering and workers started when the block begins.

    environment: variables beside this process's own. output: where the logs go; without one, HOME/run/up.log. seconds:
    how long it may take to start. Raises RuntimeProblem with the end of the log when it does not start.
    """
    run = private_folder(paths.run_dir(home_folder(home)))
    log = run / "up.log"
    origin = (environment or {}).get("PUBLIC_ORIGIN") or f"http://localhost:{port}"
    own = os.environ | {"SIGNET_HOME": str(home), "PORT": str(port), "PUBLIC_ORIGIN": origin} | (environment or {})
    began = time.monotonic()
    with contextlib.ExitStack() as stack:
        sink = output or stack.enter_context(log.open("wb"))
        argv: list[str | Path] = [sys.executable, paths.ROOT / "manage.py", "up"]
        process = spawn(argv, env=own, cwd=paths.ROOT, stdout=sink, stderr=subprocess.STDOUT)
        try:
            up = wait_until(lambda: process.poll() is not None or answers(port), seconds=seconds, every=0.1)
            if process.poll() is not None or not up:
                tail = log.read_text(encoding="utf-8", errors="replace")[-1500:] if output is None else ""
                what = (
                    f"ended with code {process.returncode}" if process.poll() is not None else "did not answer in time"
                )
                raise RuntimeProblem(f"Signet {what} while starting. {tail}".strip())
            site = Running(home, port, origin, process, log, time.monotonic() - began)
            wait_until(lambda: LAST_STARTED in site.processes(), seconds=seconds, every=0.05)
            yield site
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(60)
            kill_group(process.pid)
            process.wait()
