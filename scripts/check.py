#!/usr/bin/env python3
"""Run every static check and say at the end which failed (`make check`)."""

import base64
import os
import re
import secrets
import subprocess
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BIN = ROOT / ".venv" / "bin"
APPS = ["config", "credentials", "learners", "pathways", "issuance"]
LOCK_FILES = ["requirements/base.txt", "requirements/local.txt", "requirements/dev.txt", "package-lock.json"]


def main() -> None:
    python = str(BIN / "python")
    tool = {
        name: str(BIN / name) for name in ("ruff", "mypy", "lint-imports", "djlint", "check-jsonschema", "hadolint")
    }
    with tempfile.TemporaryDirectory(prefix="signet-check-") as home:
        tests = {"DJANGO_SETTINGS_MODULE": "config.settings.test", "SIGNET_TEST_HOME": home}
        failed = [
            name
            for name, command, environment in [
                ("format", [tool["ruff"], "format", "--check", "--quiet", "."], {}),
                ("lint", [tool["ruff"], "check", "--quiet", "."], {}),
                ("types", [tool["mypy"], *APPS, "scripts"], {}),
                ("imports", [tool["lint-imports"]], {}),
                ("template format", [tool["djlint"], "templates", "--check", "--quiet"], {}),
                ("template lint", [tool["djlint"], "templates", "--lint", "--quiet"], {}),
                # The history in a database is not asked for: there is none here.
                (
                    "migrations",
                    [python, "-W", "ignore", "manage.py", "makemigrations", "--check", "--dry-run"],
                    tests,
                ),
                ("deployment", [python, "manage.py", "check", "--deploy", "--fail-level", "WARNING"], production(home)),
                (
                    "API schema",
                    [python, "manage.py", "spectacular", "--validate", "--fail-on-warn", "--file", os.devnull],
                    tests,
                ),
                (
                    "compose file",
                    [tool["check-jsonschema"], "--builtin-schema", "vendor.compose-spec", "docker-compose.yml"],
                    {},
                ),
                ("Dockerfile", [tool["hadolint"], "Dockerfile"], {}),
            ]
            if not passes(name, command, environment)
        ]
    failed += lock_files()
    if failed:
        raise SystemExit(f"check: failed: {', '.join(failed)}")
    print("check: all passed")


def passes(name: str, command: list[str], environment: dict[str, str]) -> bool:
    """Run one check; its output is shown only when it fails."""
    began = time.monotonic()
    answer = subprocess.run(
        command,
        cwd=ROOT,
        env=os.environ | environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    is_well = answer.returncode == 0
    print(f"{'ok' if is_well else 'FAILED':<7} {name} ({time.monotonic() - began:.1f} s)", flush=True)
    if not is_well:
        print(answer.stdout.rstrip()[-8000:], flush=True)
    return is_well


def production(home: str) -> dict[str, str]:
    """The environment of a site that is served over https, with secrets that are thrown away."""
    return {
        "DJANGO_SETTINGS_MODULE": "config.settings.base",
        "SIGNET_HOME": home,
        "PUBLIC_ORIGIN": "https://badges.example.edu",
        "SECRET_KEY": secrets.token_urlsafe(50),
        "MASTER_KEY": base64.b64encode(secrets.token_bytes(32)).decode(),
        "DATABASE_URL": "postgresql://signet@db.example.edu/signet",
        "REDIS_URL": "redis://cache.example.edu:6379/0",
    }


def lock_files() -> list[str]:
    """Lock files hold hashes and no address: where packages come from is each machine's own setting."""
    failed = []
    for name in LOCK_FILES:
        text = (ROOT / name).read_text(encoding="utf-8")
        lines = [number for number, line in enumerate(text.splitlines(), 1) if "://" in line]
        unhashed = name.endswith(".txt") and len(re.findall(r"^[\w.\[\]-]+==", text, re.M)) != len(
            re.findall(r"^[\w.\[\],-]+==[^\n]*\\\n +--hash=", text, re.M)
        )
        is_well = not lines and not unhashed
        print(f"{'ok' if is_well else 'FAILED':<7} {name}")
        if lines:
            print(f"{name} holds an address in line {lines[0]}; `make lock` writes it without.")
        if unhashed:
            print(f"{name} names a package without a hash; `make lock` writes it with.")
        failed += [] if is_well else [name]
    return failed


if __name__ == "__main__":
    main()
