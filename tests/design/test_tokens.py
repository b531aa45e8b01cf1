"""The colors of tokens.css keep the contrast that the look promises, in light and in dark."""

import re
from pathlib import Path

import pytest

CSS = Path(__file__).parents[2] / "static" / "css"
TOKEN = re.compile(r"--([a-z0-9-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);")
PAPERS = ["paper", "paper-2", "paper-3"]
THEMES = ["light", "dark"]


def colors(theme):
    found = TOKEN.findall((CSS / "tokens.css").read_text())
    return {name: dark if theme == "dark" else light for name, light, dark in found}


def luminance(color):
    channels = [int(color[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_contrast_is_measured_as_wcag_defines_it():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)


@pytest.mark.parametrize("theme", THEMES)
def test_text_that_is_read_at_length_has_seven_to_one(theme):
    tokens = colors(theme)

    for paper in [*PAPERS, "field"]:
        assert contrast(tokens["ink"], tokens[paper]) >= 7, paper
    for paper in ["paper", "paper-2", "field"]:
        assert contrast(tokens["ink-2"], tokens[paper]) >= 7, paper


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("name", ["ink-2", "wax", "wax-2", "ok", "wait", "bad", "off"])
def test_any_text_has_four_and_a_half_to_one_on_every_paper(theme, name):
    tokens = colors(theme)

    for paper in [*PAPERS, "field"]:
        assert contrast(tokens[name], tokens[paper]) >= 4.5, paper


@pytest.mark.parametrize("theme", THEMES)
def test_words_on_a_filled_button_have_four_and_a_half_to_one(theme):
    tokens = colors(theme)

    assert contrast(tokens["on-wax"], tokens["wax"]) >= 4.5
    assert contrast(tokens["on-wax"], tokens["wax-2"]) >= 4.5
    assert contrast(tokens["paper"], tokens["bad"]) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("name", ["line", "wax"])
def test_lines_that_carry_meaning_have_three_to_one(theme, name):
    tokens = colors(theme)

    for paper in [*PAPERS, "field"]:
        assert contrast(tokens[name], tokens[paper]) >= 3, paper


def test_components_take_their_colors_from_the_tokens():
    allowed = {"seal.css", "qr.css"}  # paper behind a print stays light in the dark

    for sheet in [
        *(CSS / "components").glob("*.css"),
        *(CSS / "pages").glob("*.css"),
        CSS / "base.css",
        CSS / "layout.css",
    ]:
        if sheet.name not in allowed:
            assert not re.search(r"#[0-9a-fA-F]{3,8}\b", sheet.read_text()), sheet.name


def test_every_token_that_a_sheet_uses_is_defined():
    text = "".join(sheet.read_text() for sheet in CSS.rglob("*.css"))
    defined = set(re.findall(r"(--[a-z0-9-]+):", text))

    assert set(re.findall(r"var\((--[a-z0-9-]+)", text)) <= defined
