"""Every kind of notice that the code sends is about one subject, and every one that has a subject is sent."""

import ast
import re
from collections import Counter
from pathlib import Path

from django.conf import settings

from learners import notice_kinds
from learners.notice_kinds import ABOUT

APPS = ("learners", "pathways", "issuance")
SENDERS = {"Notice", "tell", "tell_role"}
PASSES_ON = "learners/services/notices.py"  # takes the kind from whoever tells


def words(node):
    return {each.value for each in ast.walk(node) if isinstance(each, ast.Constant) and isinstance(each.value, str)}


def kinds_in(tree, place):
    """The words behind `kind=` where a notice is made; where it is a variable, those that its function gives it."""
    functions = [each for each in ast.walk(tree) if isinstance(each, ast.FunctionDef)]
    for call in (each for each in ast.walk(tree) if isinstance(each, ast.Call)):
        name = getattr(call.func, "id", getattr(call.func, "attr", ""))
        said = [each.value for each in call.keywords if each.arg == "kind" and name in SENDERS]
        for value in said:
            found = words(value)
            if isinstance(value, ast.Name):
                around = [each for each in functions if call in ast.walk(each)]
                given = [each for one in around for each in ast.walk(one) if isinstance(each, ast.Assign)]
                found = {
                    word
                    for each in given
                    if any(getattr(target, "id", "") == value.id for target in each.targets)
                    for word in words(each.value)
                }
            assert found, f"{place}:{call.lineno} sends a notice whose kind cannot be read"
            yield from found


def sent():
    found = set()
    for app in APPS:
        for path in sorted((Path(settings.BASE_DIR) / app).rglob("*.py")):
            place = path.relative_to(settings.BASE_DIR).as_posix()
            if "migrations" not in path.parts and place != PASSES_ON:
                found |= set(kinds_in(ast.parse(path.read_text(encoding="utf-8")), place))
    return found


def test_every_kind_that_is_sent_has_a_subject_and_none_is_listed_for_nothing():
    assert sent() == set(ABOUT)


def test_every_kind_is_listed_once():
    tree = ast.parse(Path(notice_kinds.__file__).read_text(encoding="utf-8"))
    [table] = [
        each.value
        for each in tree.body
        if isinstance(each, ast.Assign) and getattr(each.targets[0], "id", "") == "ABOUT"
    ]

    assert max(Counter(key.value for key in table.keys).values()) == 1


def test_the_page_on_notices_names_kinds_that_are_sent():
    said = (Path(settings.BASE_DIR) / "docs/notices.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`([a-z-]+)`", said))

    assert named - set(ABOUT) == set()
    assert {"enrolled", "decision", "evidence-ends", "consent-ended", "account", "late", "revocation"} <= named
