"""The badge image: the seal with the title and the issuer's name below it, as SVG and as PNG."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

from .errors import SealError
from .seal import escape, seal

PAPER = "#fcfaf4"
HAIRLINE = "#d9d2c3"
TITLE_FONTS = "'Source Serif 4', Georgia, serif"
NAME_FONTS = "'Source Sans 3', Helvetica, Arial, sans-serif"
_FONT_STARTS = {b"\0\1\0\0", b"OTTO"}  # OpenType 1.9, "Table Directory"
_WIDTH = 600
_SIZES = ((38, 1), (34, 1), (32, 2), (26, 2), (21, 3))  # title size in px, most lines


def badge_image(
    public_id: UUID,
    *,
    ink: str,
    theme: str,
    title: str,
    issuer: str,
    components: Sequence[tuple[UUID, str]] = (),
) -> str:
    """Draw the face of a badge, 600 by 600, in its issued state, on paper of its own so that it stands on any ground.

    ink: "#rrggbb"; the text is written in it as well. The fonts are named with fallbacks; `rasterize` brings them.
    """
    if not title.strip() or not issuer.strip():
        raise SealError("A badge image needs a title and the issuer's name.")
    if not ink.startswith("#"):
        raise SealError("A badge image needs an ink of its own, as # and six hexadecimal digits.")
    size, lines = _fitted(title)
    figure = seal(public_id, ink=ink, theme=theme, components=components, size=396)
    top = 532 - (len(lines) - 1) * size * 1.16
    written = "".join(
        f'<text x="300" y="{top + number * size * 1.16:.1f}" font-family="{TITLE_FONTS}" '
        f'font-weight="600" font-size="{size}">{escape(line)}</text>'
        for number, line in enumerate(lines)
    )
    name, name_size = _shortened(issuer), 17
    height = {1: 436, 2: 404}.get(len(lines), 390)
    placed = figure.replace(
        'width="396" height="396"', f'x="{300 - height / 2:g}" y="30" width="{height}" height="{height}"'
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_WIDTH}" width="{_WIDTH}" height="{_WIDTH}" '
        f'role="img" aria-label="{escape(title)}, {escape(issuer)}">'
        f'<rect x="1.5" y="1.5" width="597" height="597" rx="28" fill="{PAPER}" stroke="{HAIRLINE}" stroke-width="2"/>'
        f'<rect x="11" y="11" width="578" height="578" rx="20" fill="none" stroke="{ink}" stroke-width="1"/>'
        f"{placed}"
        f'<g fill="{ink}" text-anchor="middle">{written}'
        f'<text x="300" y="568" font-family="{NAME_FONTS}" font-size="{name_size}" '
        f'letter-spacing=".4">{escape(name)}</text></g></svg>'
    )


def rasterize(svg: str, *, size: int, fonts: Sequence[Path] = ()) -> bytes:
    """Render an SVG of ours to a square PNG with a transparent ground.

    size: width in pixels, 8 to 4096. fonts: TTF or OTF files, one for each family and weight (the renderer does not mix
    files within a line); fonts of the machine are never used, so that the picture is the same everywhere. Raises
    SealError when a font or the SVG cannot be read.
    """
    import resvg_py  # here, because a process that serves pages never renders

    if not 8 <= size <= 4096:
        raise SealError("An image is 8 to 4096 pixels wide.")
    for font in fonts:
        try:
            with font.open("rb") as file:
                is_font = file.read(4) in _FONT_STARTS
        except OSError:
            is_font = False
        if not is_font:
            raise SealError(f"The font {font.name} cannot be read.")
    files = [str(font) for font in fonts]
    try:
        return bytes(
            resvg_py.svg_to_bytes(svg_string=svg, width=size, font_files=files or None, skip_system_fonts=True)
        )
    except ValueError as error:
        raise SealError("The image cannot be drawn.") from error


def _fitted(title: str) -> tuple[int, list[str]]:
    """Break a title into lines at the largest size at which it fits; the last size cuts what is left over."""
    for size, most in _SIZES:
        lines = _wrapped(title, 504 / size)
        if len(lines) <= most:
            return size, lines
    size, most = _SIZES[-1]
    lines = _wrapped(title, 504 / size)[:most]
    lines[-1] = lines[-1].rstrip(" ,;:") + "…"
    return size, lines


def _wrapped(text: str, width: float) -> list[str]:
    """Break text at spaces into as few lines of at most `width` em as it takes, then as evenly as it goes."""
    lines = _filled(text, width)
    aim = width
    while len(lines) > 1 and aim > 4:
        aim -= 0.5
        tighter = _filled(text, aim)
        if len(tighter) > len(lines):
            break
        lines = tighter
    return lines


def _filled(text: str, width: float) -> list[str]:
    lines = [""]
    for word in text.split():
        joined = f"{lines[-1]} {word}".strip()
        if lines[-1] and _ems(joined) > width:
            lines.append(word)
        else:
            lines[-1] = joined
    return lines


def _ems(text: str) -> float:
    """Estimate the width of text in a serif of normal width, in em."""
    return sum(
        1.0
        if ord(c) > 0x2E7F
        else 0.31
        if c in "ijlftI.,:;'!| ()"
        else 0.9
        if c in "mwMW—"
        else 0.7
        if c.isupper()
        else 0.57
        for c in text
    )


def _shortened(name: str) -> str:
    return name if len(name) <= 62 else name[:60].rstrip() + "…"
