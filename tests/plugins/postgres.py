"""A throwaway PostgreSQL for a test run: started by the controller, shared by its xdist workers, gone afterwards.

config/settings/test.py names the home (SIGNET_TEST_HOME); the address of its database follows from that, so settings may
be loaded before the server runs. With DATABASE_URL in the environment that server is used and none is started.
"""

import contextlib
import os
import shutil
import tempfile
from pathlib import Path

import pytest

from config.runtime import postgres
from config.runtime.process import is_alive

SERVER = pytest.StashKey[postgres.Server]()


def pytest_configure(config):
    if hasattr(config, "workerinput") or os.environ.get("DATABASE_URL") or config.option.collectonly:
        return
    remove_leftovers()
    config.stash[SERVER] = postgres.start(Path(os.environ["SIGNET_TEST_HOME"]), durable=False)


def pytest_unconfigure(config):
    if server := config.stash.get(SERVER, None):
        with contextlib.suppress(Exception):
            server.stop()
        shutil.rmtree(server.home, ignore_errors=True)


def remove_leftovers():
    """Remove the folders of runs that were killed; the kernel has stopped their servers already."""
    for home in Path(tempfile.gettempdir()).glob(f"signet-tests-{os.getuid()}-*"):
        pid = home.name.rpartition("-")[2]
        if pid.isdigit() and not is_alive(int(pid)):
            shutil.rmtree(home, ignore_errors=True)
