"""A throwaway PostgreSQL for a test run: started by the controller, shared by its xdist workers, gone afterwards.

config/settings/test.py names the home (SIGNET_TEST_HOME); the address of its database follows from that, so settings may
be loaded before the server runs. With DATABASE_URL in the environment that server is used and none is started.

Migrating an empty database takes seconds, so a migrated one is kept in build/test-template, under a digest of every
migration: each run starts on a copy of it, and each worker's test database is cloned from it.
"""

import contextlib
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from config.runtime import paths, postgres
from config.runtime.process import is_alive

SERVER = pytest.StashKey[postgres.Server]()
TEMPLATE = "signet_template"
KEPT = paths.ROOT / "build" / "test-template"


def pytest_configure(config):
    if os.environ.get("DATABASE_URL") or config.option.collectonly:
        return
    if not hasattr(config, "workerinput"):
        remove_leftovers()
        home = Path(os.environ["SIGNET_TEST_HOME"])
        home.mkdir(mode=0o700)
        template = migrated_data_folder()
        if template is not None:
            subprocess.run(["cp", "-a", template, paths.postgres_data_dir(home)], check=True)
            os.environ["SIGNET_TEST_TEMPLATE"] = TEMPLATE
        config.stash[SERVER] = postgres.start(home, durable=False)
    if name := os.environ.get("SIGNET_TEST_TEMPLATE"):
        from django.conf import settings

        settings.DATABASES["default"].setdefault("TEST", {})["TEMPLATE"] = name


def pytest_unconfigure(config):
    if server := config.stash.get(SERVER, None):
        with contextlib.suppress(Exception):
            server.stop()
        shutil.rmtree(server.home, ignore_errors=True)


def migrated_data_folder():
    """Return a data folder whose database is migrated, made when the migrations are new; None when they do not run.

    Then the test database is migrated in the ordinary way, and the first test that needs it shows what is wrong.
    """
    files = sorted(path for path in paths.ROOT.glob("*/migrations/*.py"))
    files += [paths.ROOT / "config" / "triggers.py", paths.ROOT / "config" / "create_tables.py"]
    files += [paths.ROOT / "requirements" / "base.txt", paths.ROOT / "requirements" / "local.txt"]
    digest = hashlib.sha256(b"".join(hashlib.sha256(path.read_bytes()).digest() for path in files)).hexdigest()[:16]
    found = KEPT / digest
    if found.is_dir():
        found.touch()
        return found
    with tempfile.TemporaryDirectory(prefix="signet-template-") as folder:
        with postgres.running(Path(folder), durable=False) as server:
            url = server.url.replace(f"/{paths.POSTGRES_DATABASE}?", f"/{TEMPLATE}?")
            command = ["createdb", "-h", paths.postgres_socket_dir(server.home), "-U", paths.POSTGRES_USER, TEMPLATE]
            subprocess.run([postgres.binary(str(command[0])), *command[1:]], check=True)
            environment = os.environ | {"DJANGO_SETTINGS_MODULE": "config.settings.test", "DATABASE_URL": url}
            migrate = [sys.executable, paths.ROOT / "manage.py", "migrate", "--run-syncdb", "--skip-checks"]
            if subprocess.run(migrate, env=environment, capture_output=True, check=False).returncode:
                return None
        KEPT.mkdir(parents=True, exist_ok=True)
        draft = KEPT / f".{digest}.{os.getpid()}"
        subprocess.run(["cp", "-a", paths.postgres_data_dir(Path(folder)), draft], check=True)
        with contextlib.suppress(OSError):  # another run was quicker
            draft.rename(found)
        shutil.rmtree(draft, ignore_errors=True)
    for older in sorted(KEPT.glob("[!.]*"), key=lambda path: path.stat().st_mtime)[:-3]:
        shutil.rmtree(older, ignore_errors=True)
    return found


def remove_leftovers():
    """Remove the folders of runs that were killed; the kernel has stopped their servers already."""
    for home in Path(tempfile.gettempdir()).glob(f"signet-tests-{os.getuid()}-*"):
        pid = home.name.rpartition("-")[2]
        if pid.isdigit() and not is_alive(int(pid)):
            shutil.rmtree(home, ignore_errors=True)
