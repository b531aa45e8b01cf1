#!/usr/bin/env python3
"""Have an implementation that is not ours check what the demo made, by the files in build/demo alone."""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from config.runtime.node import node  # noqa: E402

# file: (verified, status bit set, what the error says). "verified" says nothing of the bit; both are looked at.
EXPECTED = {
    "badge.json": (True, False, ""),
    "altered.json": (False, False, "Invalid signature"),
    "revoked.json": (True, True, ""),
}


def main() -> int:
    script, folder = ROOT / "tests" / "interop" / "verify.mjs", ROOT / "build" / "demo"
    answer = subprocess.run([node(), script, folder, *EXPECTED], cwd=ROOT, capture_output=True, text=True, check=True)
    wrong = 0
    for line in answer.stdout.splitlines():
        found = json.loads(line)
        verified, is_set, error = EXPECTED[found["file"]]
        is_right = (found["verified"], bool(found["statusSet"])) == (verified, is_set) and error in (
            found["error"] or ""
        )
        wrong += not is_right
        print(f"{'as expected' if is_right else 'NOT AS EXPECTED'}: {line}")
    return 1 if wrong or len(answer.stdout.splitlines()) != len(EXPECTED) else 0


if __name__ == "__main__":
    sys.exit(main())
