"""Credentials inside images: one `iTXt` chunk in a PNG, one element in an SVG.

Reading also knows the names that Open Badges 2.0 used. Source: 1EdTech Open Badges 3.0, section 5, Baked Badge; Badge
Baking Specification for Open Badges 2.0.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator

from .canonical import MAX_BYTES
from .errors import BakingError
from .jws import is_compact

KEYWORD = b"openbadgecredential"
NAMESPACE = "https://purl.imsglobal.org/ob/v3p0"
MAX_IMAGE_BYTES = 10_000_000
_PNG = b"\x89PNG\r\n\x1a\n"
_KEYWORDS = (KEYWORD, b"openbadges")
_PARTS = {
    "IHDR": "its size",
    "IDAT": "the picture",
    "PLTE": "its colors",
    "iTXt": "its text",
    "tEXt": "its text",
    "IEND": "its end",
}
_OPENING = re.compile("<openbadges:(credential|assertion)")
# Each is matched at one place only, and gives nothing back, so that hostile files cost no more than their length.
_SVG_TAG = re.compile(r"<svg(?=[\s>/])(?:\"[^\"]*+\"|'[^']*+'|[^>\"'])*+>")
_CREDENTIAL_TAG = re.compile(r"<openbadges:(?:credential|assertion)(?=[\s>/])((?:\"[^\"]*+\"|'[^']*+'|[^>\"'])*+)>")
_VERIFY = re.compile(r"\sverify\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")


def bake_png(image: bytes, credential: bytes) -> bytes:
    """Put a credential into a PNG. credential: its JSON in UTF-8, or a compact JWS.

    Raises BakingError when the image is not a PNG, holds a credential already, or one of the two is too large.
    """
    _require_sizes(image, credential)
    chunks = list(_chunks(image))
    if any(_is_credential(kind, body) for kind, body in chunks):
        raise BakingError("This image holds a credential already.", code="baking-twice")
    body = KEYWORD + b"\x00\x00\x00\x00\x00" + credential  # no compression, no language, no translated keyword
    head, *rest = chunks
    return _PNG + b"".join(_written(kind, data) for kind, data in (head, (b"iTXt", body), *rest))


def bake_svg(image: bytes, credential: bytes) -> bytes:
    """Put a credential into an SVG, directly after the `<svg>` tag: JSON as CDATA, a compact JWS as `verify`.

    Raises BakingError.
    """
    _require_sizes(image, credential)
    text = _text(image)
    start = _svg_tag(text)
    if start is None:
        raise BakingError("This is not an SVG image.", code="baking-format")
    if "openbadges:credential" in text or "xmlns:openbadges" in text:
        raise BakingError("This image holds a credential already.", code="baking-twice")
    if start.group().endswith("/>"):
        raise BakingError("This SVG image is empty.", code="baking-format")
    opened = f'{start.group()[:-1]} xmlns:openbadges="{NAMESPACE}">'
    if is_compact(credential):
        element = f'<openbadges:credential verify="{_text(credential).strip()}"/>'
    else:
        content = _text(credential).replace("]]>", "]]]]><![CDATA[>")
        element = f"<openbadges:credential><![CDATA[{content}]]></openbadges:credential>"
    return (text[: start.start()] + opened + element + text[start.end() :]).encode()


def unbake(image: bytes) -> bytes:
    """Take the credential out of a baked PNG or SVG: JSON or a compact JWS.

    Raises BakingError: "baking-format" for another file, "baking-empty" without a credential, "baking-twice" with two,
    "baking-size" when it is too large or would unpack to too much.
    """
    if len(image) > MAX_IMAGE_BYTES:
        raise BakingError("This image is larger than accepted here.", code="baking-size")
    found = _from_png(image) if image.startswith(_PNG) else _from_svg(_text(image))
    if not found:
        raise BakingError("This image holds no Open Badge.", code="baking-empty")
    if len(found) > 1:
        raise BakingError("This image holds more than one Open Badge.", code="baking-twice")
    if len(found[0]) > MAX_BYTES:
        raise BakingError("The credential in this image is larger than accepted here.", code="baking-size")
    return found[0]


def is_image(data: bytes) -> bool:
    """Tell whether bytes look like a PNG or an SVG, so that a reader knows to unbake them first."""
    return data.startswith(_PNG) or data[:1000].lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"<svg", b"<?xml", b"<!--"))


def _from_png(image: bytes) -> list[bytes]:
    wrong: list[tuple[bytes, bytes]] = []
    chunks = [(kind, body) for kind, body in _chunks(image, wrong) if _is_credential(kind, body)]
    if wrong:
        raise BakingError(_damage(wrong, chunks), code="baking-format")
    new = [chunk for chunk in chunks if chunk[1].startswith(KEYWORD + b"\x00")]
    return [_chunk_text(kind, body) for kind, body in new or chunks]  # an image may carry an older badge as well


def _damage(wrong: list[tuple[bytes, bytes]], credentials: list[tuple[bytes, bytes]]) -> str:
    """What was found in a PNG of which some parts are not what they were when it was written."""
    names = list(dict.fromkeys(kind.decode("latin-1") for kind, _body in wrong))
    parts = ", ".join(f"{name} ({_PARTS.get(name, 'another part')})" for name in names[:5])
    found = f"This PNG image was changed or damaged: the checksum of {parts} is wrong."
    if any(chunk in wrong for chunk in credentials):
        return f"{found} The badge inside it lies in that part and cannot be trusted."
    if not credentials:
        return f"{found} No badge could be found inside it."
    try:
        for kind, body in credentials:
            _chunk_text(kind, body)
    except BakingError:
        return f"{found} The badge inside it could not be read."
    return f"{found} The badge inside it could be read; ask for the file anew, as it was downloaded."


def _from_svg(text: str) -> list[bytes]:
    if _svg_tag(text) is None:
        raise BakingError("This is neither a PNG nor an SVG image.", code="baking-format")
    opening = _OPENING.search(text)
    if opening is None:
        return []
    start = opening.start()
    if _OPENING.search(text, opening.end()):
        raise BakingError("This image holds more than one Open Badge.", code="baking-twice")
    tag = _CREDENTIAL_TAG.match(text, start)
    if tag is None:
        raise BakingError("The credential in this image is malformed.", code="baking-format")
    verify = _VERIFY.search(tag[1])
    if verify is not None:
        return [(verify[1] or verify[2] or "").encode()]
    end = text.find(f"</openbadges:{opening[1]}", tag.end())
    if tag[1].endswith("/") or end < 0:
        raise BakingError("The credential in this image is malformed.", code="baking-format")
    return [_character_data(text[tag.end() : end]).encode()]


def _svg_tag(text: str) -> re.Match[str] | None:
    start = text.find("<svg")
    return None if start < 0 else _SVG_TAG.match(text, start)


def _character_data(content: str) -> str:
    """Read the text of an element that holds CDATA sections, escaped text, or both."""
    pieces: list[str] = []
    for position, piece in enumerate(content.strip().split("<![CDATA[")):
        quoted, separator, plain = piece.partition("]]>") if position else ("", "]]>", piece)
        if not separator or "<" in plain:
            raise BakingError("The credential in this image is malformed.", code="baking-format")
        for entity, character in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&apos;", "'"), ("&amp;", "&")):
            plain = plain.replace(entity, character)
        pieces += (quoted, plain)
    return "".join(pieces)


def _chunks(image: bytes, wrong: list[tuple[bytes, bytes]] | None = None) -> Iterator[tuple[bytes, bytes]]:
    """Give each chunk of a PNG as type and data, checking order, lengths and sums.

    wrong: gets those whose sum is not that of their data, to say which; without it the first of them is an error.
    """
    if not image.startswith(_PNG):
        raise BakingError("This is not a PNG image.", code="baking-format")
    place, number = len(_PNG), 0
    while True:
        if place + 12 > len(image):
            raise BakingError("This PNG image is cut off.", code="baking-format")
        (length,) = struct.unpack_from(">I", image, place)
        kind = image[place + 4 : place + 8]
        end = place + 8 + length
        if end + 4 > len(image):
            raise BakingError("This PNG image is cut off.", code="baking-format")
        body = image[place + 8 : end]
        if struct.unpack_from(">I", image, end)[0] != zlib.crc32(kind + body):
            if wrong is None or not _is_chunk_type(kind):
                raise BakingError("This PNG image is damaged.", code="baking-format")
            wrong.append((kind, body))
        if (number == 0) != (kind == b"IHDR"):
            raise BakingError("This PNG image is malformed.", code="baking-format")
        yield kind, body
        if kind == b"IEND":
            return
        place, number = end + 4, number + 1
        if number > 10_000:
            raise BakingError("This PNG image has too many parts.", code="baking-size")


def _is_chunk_type(kind: bytes) -> bool:
    return kind.isalpha()


def _is_credential(kind: bytes, body: bytes) -> bool:
    return kind in (b"iTXt", b"tEXt", b"zTXt") and body.partition(b"\x00")[0] in _KEYWORDS


def _chunk_text(kind: bytes, body: bytes) -> bytes:
    _keyword, _, rest = body.partition(b"\x00")
    if kind == b"tEXt":
        return rest
    if kind != b"iTXt" or len(rest) < 4 or rest[0] not in (0, 1):
        raise BakingError("The credential in this image is malformed.", code="baking-format")
    _language, _, tail = rest[2:].partition(b"\x00")
    _translated, separator, text = tail.partition(b"\x00")
    if not separator:
        raise BakingError("The credential in this image is malformed.", code="baking-format")
    if rest[0] == 0:
        return text
    expander = zlib.decompressobj()
    try:
        unpacked = expander.decompress(text, MAX_BYTES + 1)
    except zlib.error as error:
        raise BakingError("The credential in this image does not unpack.", code="baking-format") from error
    if len(unpacked) > MAX_BYTES or not expander.eof:
        raise BakingError("The credential in this image is larger than accepted here.", code="baking-size")
    return unpacked


def _written(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def _text(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BakingError("This is neither a PNG nor an SVG image.", code="baking-format") from error


def _require_sizes(image: bytes, credential: bytes) -> None:
    if len(image) > MAX_IMAGE_BYTES:
        raise BakingError("This image is larger than accepted here.", code="baking-size")
    if not credential or len(credential) > MAX_BYTES:
        raise BakingError("The credential is empty or larger than accepted here.", code="baking-size")
