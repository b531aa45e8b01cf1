"""The seal: always the same for a credential, unlike any other, and safe inside a page."""

import re
import xml.etree.ElementTree as ET
from uuid import UUID

import pytest

from issuance.openbadges import SealError, badge_image, rasterize, seal

PUBLIC_ID = UUID("7d8c7f4e-3f0a-4d27-9f6b-1d1f3c1b5a10")
OTHERS = [UUID(int=n << 100 | 4 << 76 | 8 << 60 | n) for n in range(1, 13)]
COMPONENTS = [(public_id, f"theme {number}") for number, public_id in enumerate(OTHERS[:7])]


def draw(public_id=PUBLIC_ID, **changes):
    return seal(public_id, **{"ink": "currentColor", "theme": "Patient safety", "size": 320, **changes})


def test_the_same_credential_always_has_the_same_seal():
    assert draw() == draw()


def test_no_two_credentials_share_a_seal():
    assert len({draw(public_id) for public_id in [PUBLIC_ID, *OTHERS]}) == 13


def test_the_theme_decides_the_number_of_lobes():
    assert draw(theme="Patient safety") != draw(theme="Research and education")
    assert draw(theme="Patient safety") == draw(theme=" patient SAFETY ")


@pytest.mark.parametrize("state", ["issued", "revoked", "expired", "draft"])
@pytest.mark.parametrize("components", [(), COMPONENTS], ids=["alone", "with components"])
@pytest.mark.parametrize("size", [32, 96, 320, 600])
def test_a_seal_fits_a_strict_page(state, components, size):
    svg = draw(state=state, components=components, size=size)

    names = [element.tag.rpartition("}")[2] for element in ET.fromstring(svg).iter()]
    assert set(names) <= {"svg", "g", "defs", "path", "circle", "use", "clipPath"}
    assert not re.search(r"\sstyle=|\son\w+=|script|javascript|data:", svg)
    assert len(svg.encode()) < 12_000
    assert len(rasterize(svg.replace("currentColor", "#000000"), size=size)) > 200


def test_every_reference_inside_a_seal_is_defined():
    for state in ("issued", "revoked", "expired", "draft"):
        svg = draw(state=state, components=COMPONENTS)

        used = set(re.findall(r'href="#([^"]+)"|url\(#([^)]+)\)', svg))
        defined = re.findall(r' id="([^"]+)"', svg)
        assert {a or b for a, b in used} <= set(defined)
        assert len(defined) == len(set(defined))


def test_states_look_different():
    assert len({rasterize(draw(state=state), size=96) for state in ("issued", "revoked", "expired", "draft")}) == 4


def test_a_label_is_escaped():
    svg = draw(label='Handover "A" <b> & more')

    assert ET.fromstring(svg).attrib["aria-label"] == 'Handover "A" <b> & more'


@pytest.mark.parametrize(
    "changes",
    [
        {"ink": "red"},
        {"ink": '#1b2a41" onload="x'},
        {"ink": "1b2a41"},
        {"state": "lost"},
        {"size": 4},
        {"size": 9999},
        {"components": COMPONENTS * 3},
    ],
)
def test_impossible_seals_are_refused(changes):
    with pytest.raises(SealError):
        draw(**changes)


def test_a_badge_image_is_square_and_carries_its_words():
    svg = badge_image(PUBLIC_ID, ink="#1b2a41", theme="Ethics", title="Care & <Consent>", issuer="Larkmoor")

    texts = ["".join(element.itertext()) for element in ET.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")]
    assert texts == ["Care & <Consent>", "Larkmoor"]
    png = rasterize(svg, size=200)
    assert png.startswith(b"\x89PNG") and png[16:24] == (200).to_bytes(4, "big") * 2


def test_a_long_title_is_broken_into_lines_that_fit():
    title = "Recognizing and Responding to the Deteriorating Patient on the Ward and Beyond It at Night and on Weekends"
    svg = badge_image(PUBLIC_ID, ink="#1b2a41", theme="Ethics", title=title, issuer="Larkmoor")

    lines = re.findall(r'font-weight="600" font-size="(\d+)">([^<]*)<', svg)
    assert 2 <= len(lines) <= 3
    assert " ".join(text for _size, text in lines) == title


def test_a_badge_image_needs_its_words_and_an_ink():
    for changes in ({"title": " "}, {"issuer": ""}, {"ink": "currentColor"}):
        with pytest.raises(SealError):
            badge_image(PUBLIC_ID, **{"ink": "#000000", "theme": "x", "title": "A", "issuer": "B", **changes})


def test_an_unreadable_font_or_drawing_is_refused(tmp_path):
    broken = tmp_path / "font.woff2"
    broken.write_bytes(b"no font")

    for svg, fonts in ((draw(), [broken]), (draw(), [tmp_path / "none.ttf"]), ("<svg", [])):
        with pytest.raises(SealError):
            rasterize(svg, size=64, fonts=fonts)
