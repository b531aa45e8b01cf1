"""Homes of their own: nothing here uses Django's database."""

import os
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path

import pytest

from config.runtime import paths, postgres

OF_TEST_SETTINGS = ("SECRET_KEY", "MASTER_KEY", "REDIS_URL", "PUBLIC_ORIGIN", "DATABASE_URL", "SIGNET_TEST_TEMPLATE")


@pytest.fixture
def home():
    """A short path: a unix socket's may have 107 bytes, and pytest's own folders are deep."""
    folder = Path(tempfile.mkdtemp(prefix="signet-"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def data_folder():
    """A data folder as initdb leaves it, made once."""
    folder = Path(tempfile.mkdtemp(prefix="signet-"))
    with postgres.running(folder, durable=False):
        pass
    yield paths.postgres_data_dir(folder)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def used_home(home, data_folder):
    """A home that was started before, so that tests of something else do not wait for initdb."""
    subprocess.run(["cp", "-a", data_folder, paths.postgres_data_dir(home)], check=True)
    return home


@pytest.fixture
def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def clean_environment(monkeypatch):
    """What a terminal would hand to `manage.py up`, without what the test settings put there."""
    for name in OF_TEST_SETTINGS:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "config.settings.dev")
    return os.environ
