"""Let Playwright run on a bare machine: its own Node needs a library that a minimal Debian leaves out, ours does not."""

import ctypes
import os

from config.runtime.node import NodeMissing, node


def pytest_configure(config):
    if "PLAYWRIGHT_NODEJS_PATH" in os.environ:
        return
    try:
        ctypes.CDLL("libatomic.so.1")
    except OSError:
        try:
            os.environ["PLAYWRIGHT_NODEJS_PATH"] = str(node())
        except NodeMissing:
            return  # the tests that need a browser say so themselves
