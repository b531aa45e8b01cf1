"""One running site for all tests here; each leaves it as it found it: everything up, everything signed."""

import shutil
import socket
import tempfile
from pathlib import Path

import pytest

from tests.robustness.running_site import Releaser, running_site


@pytest.fixture(scope="session")
def site():
    home = Path(tempfile.mkdtemp(prefix="signet-"))  # short: a unix socket's path may have 107 bytes
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    try:
        with running_site(home, port) as site:
            yield site
    finally:
        shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(scope="session")
def lead(site):
    return Releaser(site, site.sign_in("lead"))
