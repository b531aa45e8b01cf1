"""Where the files and sockets of one installation are. Pure: nothing here makes a folder or opens a connection."""

import hashlib
import os
import tempfile
from pathlib import Path
from urllib.parse import quote

ROOT = Path(__file__).resolve().parents[2]

# The kernel holds the path of a unix socket in 108 bytes, the last of which is a zero.
SOCKET_PATH_MAX_BYTES = 107

POSTGRES_PORT = 5432  # only a part of the socket's name: the server never listens on a network address
POSTGRES_USER = "signet"
POSTGRES_DATABASE = "signet"


def home() -> Path:
    """Return the folder that holds everything this installation writes: SIGNET_HOME, or var/ beside manage.py."""
    return Path(os.environ.get("SIGNET_HOME") or ROOT / "var").expanduser().absolute()


def run_dir(base: Path | None = None) -> Path:
    """Return the folder of pid files, locks and processes.json."""
    return (base or home()) / "run"


def socket_dir(base: Path | None = None) -> Path:
    """Return the folder of the sockets: run/ in the home, or a short one when that path would be too long.

    The short one is named by a digest of the home and the user, under XDG_RUNTIME_DIR or the temporary folder.
    """
    folder = run_dir(base)
    longest = folder / f".s.PGSQL.{POSTGRES_PORT}.lock"
    if len(os.fsencode(longest)) <= SOCKET_PATH_MAX_BYTES:
        return folder
    digest = hashlib.sha256(os.fsencode(folder) + f":{os.getuid()}".encode()).hexdigest()[:16]
    return Path(os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir()) / f"signet-{digest}"


def postgres_data_dir(base: Path | None = None) -> Path:
    """Return the data folder of the embedded PostgreSQL."""
    return (base or home()) / "postgres"


def postgres_socket_dir(base: Path | None = None) -> Path:
    """Return the folder of the embedded PostgreSQL's socket, as libpq's `host` wants it."""
    return socket_dir(base)


def redis_data_dir(base: Path | None = None) -> Path:
    """Return the data folder of the embedded Redis."""
    return (base or home()) / "redis"


def redis_socket(base: Path | None = None) -> Path:
    """Return the socket of the embedded Redis."""
    return socket_dir(base) / "redis.sock"


def embedded_database_url(base: Path | None = None) -> str:
    """Return the address of the embedded PostgreSQL, as libpq reads it: postgresql://signet@/signet?host=FOLDER."""
    host = quote(str(postgres_socket_dir(base)), safe="/")
    return f"postgresql://{POSTGRES_USER}@/{POSTGRES_DATABASE}?host={host}&port={POSTGRES_PORT}"


def embedded_redis_url(base: Path | None = None) -> str:
    """Return the address of the embedded Redis, as redis-py reads it: unix:///PATH?db=0."""
    return f"unix://{quote(str(redis_socket(base)), safe='/')}?db=0"


def given(name: str) -> str | None:
    """Return an environment variable, or the text of the file that NAME_FILE names; None when neither is set."""
    if value := os.environ.get(name):
        return value
    if file := os.environ.get(f"{name}_FILE"):
        return Path(file).read_text(encoding="utf-8").strip()
    return None


def database_url() -> str:
    """Return DATABASE_URL (or the text of DATABASE_URL_FILE), or the address of the embedded PostgreSQL."""
    return given("DATABASE_URL") or embedded_database_url()


def redis_url() -> str:
    """Return REDIS_URL (or the text of REDIS_URL_FILE), or the address of the embedded Redis."""
    return given("REDIS_URL") or embedded_redis_url()


def broker_url() -> str:
    """Return `redis_url()` as Celery's transport reads it: a socket becomes redis+socket:///PATH?virtual_host=0."""
    url = redis_url()
    if not url.startswith("unix://"):
        return url
    return "redis+socket://" + url.removeprefix("unix://").replace("?db=", "?virtual_host=")
