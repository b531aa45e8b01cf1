"""The sheets: what they import exists, what is collected is one piece, and the public one is small."""

import gzip
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import StaticFilesStorage
from django.core.files.storage import FileSystemStorage

from config.styles import ENTRIES, IMPORT, BundledStaticFilesStorage, bundle

STATIC = Path(settings.BASE_DIR) / "static"


def read(name):
    return (STATIC / name).read_text()


@pytest.mark.parametrize("entry", ENTRIES)
def test_an_entry_sheet_holds_every_rule_of_its_parts(entry):
    text = bundle(entry, read)

    assert "@import" not in text
    assert text.count("{") == text.count("}")
    for match in IMPORT.finditer(read(entry)):
        selector = re.findall(r"^\.[a-z-]+", read(f"css/{match['path']}"), re.MULTILINE)[:1]
        assert all(each in text for each in selector), match["path"]


def test_every_component_sheet_is_in_an_entry():
    imported = {match["path"] for entry in ENTRIES for match in IMPORT.finditer(read(entry))}

    assert {f"components/{sheet.name}" for sheet in (STATIC / "css" / "components").glob("*.css")} <= imported


def test_sheets_in_folders_below_name_no_files():
    for sheet in (STATIC / "css" / "components").glob("*.css"):
        assert "url(" not in sheet.read_text(), sheet.name


def test_the_fonts_that_sheets_name_are_installed():
    for sheet in ("css/fonts.css", "css/fonts-public.css"):
        for path in re.findall(r'url\("\.\./([^"]+)"\)', read(sheet)):
            assert finders.find(path), path


def test_the_public_sheet_leaves_room_for_page_and_seal():
    text = bundle("css/verify.css", read).encode()

    assert len(text) < 26_000
    assert len(gzip.compress(text)) < 8_000


def test_collecting_writes_one_hashed_sheet_for_each_entry(tmp_path):
    storage = BundledStaticFilesStorage(location=tmp_path, base_url="/static/")
    source = FileSystemStorage(location=STATIC)
    names = [str(path.relative_to(STATIC)) for path in STATIC.rglob("*") if path.suffix in {".css", ".woff2"}]
    names = [name for name in names if not name.startswith("collected/")]
    for name in names:
        with source.open(name) as file:
            StaticFilesStorage.save(storage, name, file)

    done = list(storage.post_process({name: (source, name) for name in names}))

    assert not [problem for *_, problem in done if isinstance(problem, Exception)]
    url = storage.url("css/site.css", force=True)
    text = (tmp_path / url.removeprefix("/static/")).read_text()
    assert "@import" not in text
    assert ".rubric__criterion" in text
    assert re.search(r"source-serif-4-latin-400-normal\.[0-9a-f]{12}\.woff2", text)
