"""Commands at a shell."""

import os
import subprocess
import sys

from config.runtime import paths


def test_a_command_says_in_a_sentence_that_the_database_is_away(tmp_path):
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "config.settings.dev",
        "SIGNET_HOME": str(tmp_path),
        "DATABASE_URL": f"postgresql://nobody@/none?host={tmp_path}",
    }

    ended = subprocess.run(
        [sys.executable, paths.ROOT / "manage.py", "keys", "list"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert ended.returncode == 1
    assert "The database does not answer" in ended.stderr
    assert "manage.py up" in ended.stderr
    assert "Traceback" not in ended.stderr
