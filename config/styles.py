"""One style sheet for the network: what an entry sheet imports is put into it when static files are collected.

In development the browser follows the imports, so that a change of one component shows at once.
"""

import re
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import Any

from django.core.files.storage import FileSystemStorage, Storage
from whitenoise.storage import CompressedManifestStaticFilesStorage

ENTRIES = ("css/site.css", "css/verify.css", "css/lists.css")
IMPORT = re.compile(r'@import url\("(?P<path>[^":]+)"\) layer\((?P<layer>[a-z-]+)\);\n?')
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)


def bundle(entry: str, read: Callable[[str], str]) -> str:
    """Write an entry sheet with its imports in place, each inside its layer, without comments and indents.

    entry: name of the sheet, such as "css/site.css". read: gives the text of a sheet by its name.
    Imported sheets in a folder below must not use url(), whose base would change.
    """
    folder = PurePosixPath(entry).parent

    def replaced(match: re.Match[str]) -> str:
        text = read(str(folder / match["path"]))
        return f"@layer {match['layer']} {{\n{text}}}\n"

    text = COMMENT.sub("", IMPORT.sub(replaced, read(entry)))
    lines = (line.strip() for line in text.splitlines())
    return "\n".join(line for line in lines if line) + "\n"


class BundledStaticFilesStorage(CompressedManifestStaticFilesStorage):
    """Hashed, compressed static files as WhiteNoise makes them, with each entry sheet in one piece."""

    def post_process(
        self, paths: dict[str, tuple[Storage, str]], dry_run: bool = False, **options: Any
    ) -> Iterator[tuple[str, str | None, bool | Exception]]:
        def read(name: str) -> str:
            storage, path = paths[name]
            with storage.open(path) as file:
                content: bytes = file.read()
            return content.decode("utf-8")

        with tempfile.TemporaryDirectory() as folder:
            bundles = FileSystemStorage(location=folder)
            for entry in ENTRIES:
                if entry in paths and not dry_run:
                    target = Path(folder) / entry
                    target.parent.mkdir(exist_ok=True)
                    target.write_text(bundle(entry, read), encoding="utf-8")
                    paths = {**paths, entry: (bundles, entry)}
            yield from super().post_process(paths, dry_run, **options)
