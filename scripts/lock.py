#!/usr/bin/env python3
"""Compile requirements/*.in and package.json into lock files that hold hashes and no address (`make lock`)."""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from config.runtime.node import npm  # noqa: E402

COMPILE = "pip compile --quiet --generate-hashes --universal --python-version 3.11 --no-header".split()
WITHOUT_ADDRESSES = ["--no-emit-index-url", "--no-emit-find-links"]


def main() -> None:
    for name in ("base", "local", "dev"):
        subprocess.run(
            [
                *(str(ROOT / ".venv" / "bin" / "uv"), *COMPILE, *WITHOUT_ADDRESSES),
                *(f"requirements/{name}.in", "-o", f"requirements/{name}.txt"),
            ],
            cwd=ROOT,
            check=True,
        )
    subprocess.run([*npm(), "install", "--package-lock-only", "--ignore-scripts"], cwd=ROOT, check=True)
    without_addresses(ROOT / "package-lock.json")


def without_addresses(path: Path) -> None:
    """Remove where a package came from and where it asks for money: `npm ci` needs neither."""
    lock = json.loads(path.read_text(encoding="utf-8"))
    for package in lock["packages"].values():
        package.pop("resolved", None)
        package.pop("funding", None)
    path.write_text(json.dumps(lock, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
