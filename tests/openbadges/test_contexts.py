"""Contexts: the pinned ones, and no others."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from issuance.openbadges import BADGE_CONTEXTS, CLR_CONTEXTS, DID_CONTEXTS, ContextError, Contexts

ROOT = Path(__file__).resolve().parents[2]


def contexts_folder():
    return Path(os.environ.get("CONTEXTS_DIR") or ROOT / "vendor" / "contexts")


def test_the_contexts_of_badges_transcripts_and_keys_are_known(contexts):
    for url in (*BADGE_CONTEXTS, *CLR_CONTEXTS, *DID_CONTEXTS):
        assert url in contexts
        assert "@context" in contexts.get(url)


def test_every_other_address_is_refused(contexts):
    load = contexts.loader()

    for url in ("https://www.w3.org/ns/credentials/examples/v2", "https://schema.org/", "file:///etc/hostname", ""):
        with pytest.raises(ContextError) as refused:
            load(url, {})
        assert refused.value.code == "context-unknown"


@pytest.fixture
def folder(tmp_path):
    return Path(shutil.copytree(contexts_folder(), tmp_path / "contexts"))


def test_a_missing_context_is_named(folder):
    (folder / "ob-3.0.3.json").unlink()

    with pytest.raises(ContextError, match=r"ob-3\.0\.3\.json") as refused:
        Contexts.load(folder)

    assert refused.value.code == "context-missing"


@pytest.mark.parametrize("change", ["value", "no JSON"])
def test_a_context_that_differs_is_named(folder, change):
    path = folder / "credentials-v2.json"
    document = json.loads(path.read_text())
    document["@context"]["more"] = "https://example.org/more"
    path.write_text(json.dumps(document) if change == "value" else "{")

    with pytest.raises(ContextError, match=r"credentials-v2\.json") as refused:
        Contexts.load(folder)

    assert refused.value.code == "context-differs"


def test_white_space_and_the_order_of_keys_do_not_matter(folder):
    path = folder / "credentials-v2.json"
    path.write_text(json.dumps(json.loads(path.read_text()), indent=4, sort_keys=True))

    assert BADGE_CONTEXTS[0] in Contexts.load(folder)


def test_the_core_knows_nothing_of_django():
    code = (
        "import sys\n"
        "for name in ('django', 'config', 'credentials', 'learners', 'pathways', 'celery', 'redis', 'psycopg'):\n"
        "    sys.modules[name] = None\n"
        "import issuance.openbadges as core\n"
        "missing = [name for name in core.__all__ if not hasattr(core, name)]\n"
        "print(len(core.__all__), missing)\n"
    )

    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, cwd=ROOT, timeout=60
    )

    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith("[]\n")
