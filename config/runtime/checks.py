"""What this machine needs before Signet can run on it, and what to do about each thing that is missing."""

import ctypes
import errno
import importlib.util
import multiprocessing
import os
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from config.runtime import node, paths, postgres, redis
from config.runtime.process import RuntimeProblem

# What WeasyPrint loads; on Debian libpango-1.0-0 and libpangoft2-1.0-0 bring the other two.
PANGO_LIBRARIES = ("libpango-1.0.so.0", "libpangoft2-1.0.so.0", "libharfbuzz.so.0", "libfontconfig.so.1")
PANGO_PACKAGES = ("libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0")
ASSETS = (
    "static/vendor/htmx.min.js",
    "static/vendor/icons.svg",
    "static/vendor/fonts/fonts.css",
    "vendor/fonts",
    "vendor/image-fonts",
)
CONTEXTS = ("credentials-v2.json", "ob-3.0.3.json", "ob-extensions.json", "data-integrity-v2.json", "did-v1.json")
BOOTSTRAP = "Run `make bootstrap`."


@dataclass(frozen=True)
class Finding:
    """The result of one check. A finding that is not needed is worth knowing, and does not keep Signet from running."""

    name: str
    is_well: bool
    text: str
    is_needed: bool = True


def findings(*, home: Path, ports: list[int]) -> Iterator[Finding]:
    """Yield the result of every check. home: where data goes. ports: what will be listened on."""
    yield _packages()
    yield _pango()
    yield _files("pages", [paths.ROOT / part for part in ASSETS])
    yield _files(
        "contexts", [Path(os.environ.get("CONTEXTS_DIR") or paths.ROOT / "vendor/contexts") / n for n in CONTEXTS]
    )
    yield _service("PostgreSQL", "DATABASE_URL", lambda: postgres.binary("postgres"))
    yield _service("Redis", "REDIS_URL", redis.binary)
    yield _home(home)
    yield _semaphores()
    for port in ports:
        problem = port_problem(port)
        yield Finding(f"port {port}", problem is None, problem or "free")
    try:
        yield Finding("Node", True, str(node.node()), is_needed=False)
    except node.NodeMissing as missing:
        yield Finding("Node", False, f"{missing} Only tests and `make bootstrap` use it.", is_needed=False)


def port_problem(port: int, host: str | None = None) -> str | None:
    """Tell why a port cannot be listened on; None when it can."""
    host = host or bind_address()
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                return f"Port {port} is in use. Stop what listens there, or set PORT to another."
            if error.errno == errno.EACCES:
                return f"This user may not listen on port {port}. Set PORT to one above 1023."
            return f"Port {port} of {host} cannot be listened on: {error.strerror}."
    return None


def bind_address() -> str:
    """Return the address to listen on: BIND_ADDRESS, or this machine only."""
    return os.environ.get("BIND_ADDRESS") or "127.0.0.1"


def _packages() -> Finding:
    needed = ("django", "psycopg", "celery", "redis", "weasyprint", "pyhanko", "pyld", "cryptography")
    missing = [name for name in needed if importlib.util.find_spec(name) is None]
    if missing:
        return Finding("packages", False, f"Not installed: {', '.join(missing)}. {BOOTSTRAP}")
    server = next((name for name in ("granian", "gunicorn") if importlib.util.find_spec(name)), None)
    if server is None:
        return Finding("packages", False, f"Neither granian nor gunicorn is installed. {BOOTSTRAP}")
    return Finding("packages", True, f"installed; pages are served by {server}")


def missing_pango() -> list[str]:
    """Return the names of the libraries for PDFs that cannot be loaded."""
    missing = []
    for name in PANGO_LIBRARIES:
        try:
            ctypes.CDLL(name)
        except OSError:
            missing.append(name)
    return missing


def _pango() -> Finding:
    if missing := missing_pango():
        command = f"apt-get install --no-install-recommends {' '.join(PANGO_PACKAGES)}"
        return Finding(
            "PDF libraries",
            False,
            f"{', '.join(missing)} cannot be loaded, so no PDF can be made; badges are. An administrator runs: {command}",
            is_needed=False,
        )
    return Finding("PDF libraries", True, "Pango can be loaded")


def _files(name: str, files: list[Path]) -> Finding:
    missing = [
        str(file.relative_to(paths.ROOT)) if file.is_relative_to(paths.ROOT) else str(file)
        for file in files
        if not file.exists()
    ]
    if missing:
        return Finding(name, False, f"Missing: {', '.join(missing)}. {BOOTSTRAP}")
    return Finding(name, True, f"{len(files)} files in place")


def _service(name: str, variable: str, find: Callable[[], Path]) -> Finding:
    if paths.given(variable):
        return Finding(name, True, f"{variable} is set; none is started here")
    try:
        return Finding(name, True, str(find()))
    except RuntimeProblem as problem:
        return Finding(name, False, str(problem))


def _semaphores() -> Finding:
    """Celery's pool needs semaphores, which live in shared memory that some containers leave out."""
    try:
        multiprocessing.Lock()
    except OSError as error:
        return Finding(
            "shared memory", False, f"Shared memory (/dev/shm) cannot be used: {error.strerror}. Workers need it."
        )
    return Finding("shared memory", True, "semaphores can be made")


def _home(home: Path) -> Finding:
    nearest = next(folder for folder in (home, *home.parents) if folder.exists())
    if not os.access(nearest, os.W_OK | os.X_OK):
        return Finding("home", False, f"{nearest} cannot be written to. Set SIGNET_HOME to a folder that can.")
    return Finding("home", True, str(home))
