"""Texts that people read are set with real apostrophes: in the strings that are translated, and in templates."""

import ast
import re

import pytest
from django.conf import settings

APPS = ["config", "credentials", "learners", "pathways", "issuance"]
CALLS = {"_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy", "pgettext", "pgettext_lazy"}
STRAIGHT = re.compile(r"[A-Za-z]'[a-z]|s' ")
TAG = re.compile(r"{%.*?%}|{{.*?}}|{#.*?#}|<[^>]*>", re.DOTALL)
HIDDEN = re.compile(
    r"{% comment %}.*?{% endcomment %}|<(script|style)\b.*?</\1>|<(?:code|pre)\b.*?</(?:code|pre)>", re.DOTALL
)
TRANSLATED = re.compile(r'{% translate "([^"]*)"')


def called(node):
    return getattr(node.func, "id", getattr(node.func, "attr", ""))


def straight_in_python(source):
    """The strings with a straight apostrophe that a module gives to be translated, with their lines."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and called(node) in CALLS:
            for given in node.args:
                if isinstance(given, ast.Constant) and isinstance(given.value, str) and STRAIGHT.search(given.value):
                    yield f"{given.lineno}: {given.value}"


def straight_in_template(source):
    """The same of a template: what it has translated, and what stands between its tags."""
    source = HIDDEN.sub(" ", source)
    texts = [*TRANSLATED.findall(source), *TAG.sub("\n", source).splitlines()]
    return [each.strip() for each in texts if STRAIGHT.search(each)]


@pytest.mark.parametrize("app", APPS)
def test_what_is_translated_has_no_straight_apostrophe(app):
    """Help texts in models are left out: they stand in migrations, and forms of ours have their own."""
    found = [
        f"{path.relative_to(settings.BASE_DIR)}:{each}"
        for path in sorted((settings.BASE_DIR / app).rglob("*.py"))
        if not {"models", "migrations"} & set(path.parts)
        for each in straight_in_python(path.read_text())
    ]

    assert found == []


def test_templates_have_no_straight_apostrophe():
    found = [
        f"{path.relative_to(settings.BASE_DIR)}: {each}"
        for path in sorted((settings.BASE_DIR / "templates").rglob("*"))
        if path.suffix in {".html", ".txt"}
        for each in straight_in_template(path.read_text())
    ]

    assert found == []


def test_the_search_finds_one():
    assert list(straight_in_python('_("The learner\'s badge")')) == ["1: The learner's badge"]
    assert straight_in_template("{% translate \"The learner's badge\" as x %}<p>it's</p>") == [
        "The learner's badge",
        "it's",
    ]
