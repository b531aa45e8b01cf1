"""Templates keep to the content security policy, and to the way of writing of the design system."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.template import TemplateDoesNotExist
from django.template.loader import get_template

ROOT = Path(settings.BASE_DIR) / "templates"
PAGES = sorted(path for path in ROOT.rglob("*.html") if "pdf" not in path.parts)  # paper has its own sheet
NAMES = [str(path.relative_to(ROOT)) for path in PAGES]
COMMENT = re.compile(r"{% comment .*?{% endcomment %}|{% comment %}.*?{% endcomment %}|{#.*?#}", re.DOTALL)


def source(name):
    return COMMENT.sub("", (ROOT / name).read_text())


@pytest.mark.parametrize("name", NAMES)
def test_no_template_needs_inline_style_or_script(name):
    text = source(name)
    assert not re.search(r"\sstyle\s*=", text)
    assert "<style" not in text
    assert not re.search(r"<script(?![^>]*\bsrc=)(?![^>]*application/(ld\+)?json)", text)
    assert not re.search(r"\son[a-z]+\s*=\s*[\"']", text)
    assert "hx-on" not in text
    assert "javascript:" not in text


@pytest.mark.parametrize("name", NAMES)
def test_every_template_can_be_read(name):
    try:
        get_template(name)
    except TemplateDoesNotExist as error:
        pytest.fail(f"{name} includes {error}")


@pytest.mark.parametrize("name", NAMES)
def test_icons_exist_in_the_sprite(name):
    sprite = Path(finders.find("vendor/icons.svg")).read_text()

    for icon in re.findall(r'{% icon "([a-z0-9-]+)"', source(name)):
        assert f'id="{icon}"' in sprite, icon


@pytest.mark.parametrize("name", [name for name in NAMES if name.startswith("components/") and "/_" not in name])
def test_a_component_says_what_it_takes(name):
    text = (ROOT / name).read_text()

    assert text.startswith("{% comment %}"), name
    assert "{% endcomment %}" in text


def test_the_interface_does_not_shout():
    for name in NAMES:
        words = re.sub(r"{%.*?%}|{{.*?}}|<!--.*?-->|<!doctype html>|<[^>]+>", " ", source(name), flags=re.DOTALL)
        translated = " ".join(re.findall(r'{% translate "([^"]*)"', source(name)))
        assert "!" not in words + translated, name
