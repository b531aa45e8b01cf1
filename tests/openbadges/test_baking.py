"""Credentials in and out of images."""

import struct
import zlib
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from issuance.openbadges import (
    BakingError,
    OpenBadgeError,
    badge_image,
    bake_png,
    bake_svg,
    rasterize,
    to_bytes,
    unbake,
)
from issuance.openbadges.baking import KEYWORD

PUBLIC_ID = UUID("7d8c7f4e-3f0a-4d27-9f6b-1d1f3c1b5a10")
SVG = b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg" data-note="a > b"><path d="M0 0"/></svg>'
PNG = rasterize('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><circle r="9"/></svg>', size=9)


def chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def with_chunk(png, kind, body):
    return png[:33] + chunk(kind, body) + png[33:]


def test_a_baked_png_gives_the_credential_back_byte_for_byte(signed_badge):
    data = to_bytes(signed_badge)
    image = rasterize(
        badge_image(PUBLIC_ID, ink="#1b2a41", theme="Patient safety", title="Handover", issuer="Larkmoor"), size=64
    )

    baked = bake_png(image, data)

    assert unbake(baked) == data
    assert baked.count(KEYWORD) == 1
    assert baked.replace(chunk(b"iTXt", KEYWORD + b"\x00\x00\x00\x00\x00" + data), b"") == image


def test_a_baked_svg_gives_the_credential_back_byte_for_byte(signed_badge):
    data = to_bytes(signed_badge)

    baked = bake_svg(SVG, data)

    assert unbake(baked) == data
    assert b'xmlns:openbadges="https://purl.imsglobal.org/ob/v3p0"><openbadges:credential><![CDATA[{' in baked


@given(st.text(min_size=1, max_size=60).map(lambda text: text.replace("\r", " ").strip() or "x"))
def test_any_text_survives_an_svg(text):
    assert unbake(bake_svg(SVG, text.encode("utf-8", "replace"))) == text.encode("utf-8", "replace")


@given(st.binary(max_size=400))
def test_any_bytes_survive_a_png(data):
    assert unbake(bake_png(PNG, data + b"x")) == data + b"x"


def test_an_image_is_baked_once_only():
    for bake, image in ((bake_png, PNG), (bake_svg, SVG)):
        with pytest.raises(BakingError) as refused:
            bake(bake(image, b"{}"), b"{}")
        assert refused.value.code == "baking-twice"


def test_a_png_with_two_credentials_is_refused():
    twice = with_chunk(bake_png(PNG, b"{}"), b"iTXt", KEYWORD + b"\x00\x00\x00\x00\x00[]")

    with pytest.raises(BakingError) as refused:
        unbake(twice)

    assert refused.value.code == "baking-twice"


def test_a_compressed_chunk_is_read_but_not_beyond_the_limit():
    small = with_chunk(PNG, b"iTXt", KEYWORD + b"\x00\x01\x00\x00\x00" + zlib.compress(b'{"a":1}'))
    bomb = with_chunk(PNG, b"iTXt", KEYWORD + b"\x00\x01\x00\x00\x00" + zlib.compress(bytes(50_000_000)))

    assert unbake(small) == b'{"a":1}'
    with pytest.raises(BakingError) as refused:
        unbake(bomb)
    assert refused.value.code == "baking-size"


@pytest.mark.parametrize(
    ("image", "code"),
    [
        (PNG, "baking-empty"),
        (SVG, "baking-empty"),
        (PNG[:40], "baking-format"),
        (PNG[:-6] + b"\x00" + PNG[-5:], "baking-format"),
        (b"\xff\xd8\xff a photograph", "baking-format"),
        (b"<html></html>", "baking-format"),
        (b"", "baking-format"),
        (bytes(10_000_001), "baking-size"),
        (b"<svg><openbadges:credential>{}</openbadges:credential><openbadges:credential/></svg>", "baking-twice"),
        (b"<svg><openbadges:credential><b/></openbadges:credential></svg>", "baking-format"),
        (b"<svg><openbadges:credential>{}</svg>", "baking-format"),
        (b"<svg><openbadges:credential/></svg>", "baking-format"),
        (b"<svg><openbadges:credential><![CDATA[{}</openbadges:credential></svg>", "baking-format"),
        (b"<svg " * 1_900_000, "baking-format"),
        (b"<svg>" + b"<openbadges:credential " * 400_000, "baking-twice"),
        (b"<svg><openbadges:credential>" + b"<![CDATA[" * 1_000_000 + b"</openbadges:credential>", "baking-format"),
    ],
    ids=range(16),
)
def test_other_files_are_refused_by_name(image, code):
    with pytest.raises(BakingError) as refused:
        unbake(image)
    assert refused.value.code == code


def with_a_byte_changed(image, kind):
    """One byte of the data of a chunk is another; its length and its checksum are as they were."""
    place = image.index(kind) + 4
    return image[:place] + bytes([image[place] ^ 1]) + image[place + 1 :]


@pytest.mark.parametrize(
    ("image", "kind", "said"),
    [
        (bake_png(PNG, b'{"a":1}'), b"IDAT", "IDAT (the picture) is wrong. The badge inside it could be read"),
        (PNG, b"IDAT", "IDAT (the picture) is wrong. No badge could be found"),
        (with_chunk(PNG, b"iTXt", KEYWORD + b"\x00\x02"), b"IDAT", "is wrong. The badge inside it could not be read."),
    ],
)
def test_a_png_with_one_byte_changed_says_which_part_and_whether_the_badge_could_be_read(image, kind, said):
    with pytest.raises(BakingError) as refused:
        unbake(with_a_byte_changed(image, kind))
    assert said in str(refused.value) and refused.value.code == "baking-format"


def test_a_byte_of_the_badge_itself_is_told_apart_from_one_of_the_picture():
    image = bake_png(PNG, b'{"a":1}')
    place = image.index(b'{"a":1}') + 5

    with pytest.raises(BakingError, match="The badge inside it lies in that part"):
        unbake(image[:place] + b"2" + image[place + 1 :])


def test_the_jws_form_of_an_svg_is_read():
    assert unbake(b"<svg><openbadges:credential verify='e30.e30.AA'/></svg>") == b"e30.e30.AA"


@given(st.one_of(st.binary(max_size=300), st.binary(max_size=200).map(lambda junk: PNG[:33] + junk + PNG[33:])))
def test_hostile_images_raise_nothing_else(data):
    try:
        unbake(data)
    except OpenBadgeError as error:
        assert error.code.startswith("baking")
    else:
        assert KEYWORD in data or b"credential" in data
