"""The secrets of a machine that runs everything by itself: made at first run, kept in the home with mode 0600."""

import base64
import os
import secrets
from pathlib import Path


def provide(home: Path) -> None:
    """Point SECRET_KEY_FILE and MASTER_KEY_FILE at files in HOME/secrets, unless the environment names its own."""
    folder = home / "secrets"
    for name, value in (
        ("SECRET_KEY", secrets.token_urlsafe(50)),
        ("MASTER_KEY", base64.b64encode(secrets.token_bytes(32)).decode()),
    ):
        if os.environ.get(name) or os.environ.get(f"{name}_FILE"):
            continue
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = folder / name.lower()
        # Several processes may start at once; whoever links first decides, the others read what is there.
        if not path.exists():
            draft = folder / f".{name.lower()}.{os.getpid()}"
            draft.touch(mode=0o600)
            draft.write_text(value + "\n", encoding="utf-8")
            try:
                os.link(draft, path)
            except FileExistsError:
                pass
            finally:
                draft.unlink()
        os.environ[f"{name}_FILE"] = str(path)
