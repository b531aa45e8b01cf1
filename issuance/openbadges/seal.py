"""The engraved seal of a credential: a guilloché rosette computed from its public id, and the badge image around it.

Nothing is random: SHA-256 of the public id decides the proportions, the theme the number of lobes, the issuer the ink.
The curves are hypotrochoids, written as smooth Bézier splines; copies are turned and scaled with `<use>`, which keeps a
seal at a few kilobytes. The SVG has presentation attributes only, so that a strict content security policy lets it be
part of a page.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from .errors import SealError

State = Literal["issued", "revoked", "expired", "draft"]
STATES: tuple[State, ...] = ("issued", "revoked", "expired", "draft")
#: The color of the dot of wax in the middle, the same on light and dark paper.
WAX = "#c8402a"
MAX_COMPONENTS = 16

_RADIUS = 1000  # half of the drawing's own units; coordinates are whole units, 0.3 px at 600 px
Curve = Callable[[float], complex]


@dataclass(frozen=True)
class _Figure:
    """The proportions of one seal. All come from the digests, none by hand."""

    lobes: int  # of the petal line
    tag: str  # names the parts of this seal inside a page
    depth: float  # of a petal, as a share of the radius
    second: float  # weight of the second harmonic, which makes petals pointed or flat
    twist: float  # degrees from the outermost petal line to the innermost
    waist: float  # radius of the innermost petal line, as a share of the outermost
    weave: int  # waves in the border
    turns: int  # of the lace before it closes
    points: int  # of the lace

    @classmethod
    def of(cls, public_id: UUID, theme: str) -> _Figure:
        digest = hashlib.sha256(b"signet seal 1" + public_id.bytes).digest()
        kind = hashlib.sha256(b"signet theme 1" + theme.strip().casefold().encode()).digest()
        lobes = 6 + int.from_bytes(kind[:4], "big") % 9  # 6 to 14
        weave = lobes * max(3, round(54 / lobes) + digest[5] % 3 - 1)
        rounds = lobes * max(2, round(30 / lobes) + digest[6] % 2)
        turns = _coprime(rounds, 4 + digest[7] % 8)
        return cls(
            lobes=lobes,
            tag=digest[:4].hex(),
            depth=0.075 + 0.055 * digest[0] / 255,
            second=(digest[1] / 255 - 0.5) * 0.07,
            twist=(0.32 + 0.5 * digest[2] / 255) * 180 / lobes,
            waist=0.50 + 0.07 * digest[3] / 255,
            weave=weave,
            turns=turns,
            points=rounds,
        )


def seal(
    public_id: UUID,
    *,
    ink: str,
    theme: str,
    components: Sequence[tuple[UUID, str]] = (),
    state: State = "issued",
    size: int,
    label: str = "",
) -> str:
    """Draw the seal of a credential as a complete SVG.

    ink: "currentColor" or "#rrggbb". theme: any text; it decides the number of lobes. components: public id and theme
    of each component of a designation, drawn around it. size: in pixels, which also decides how fine the work is.
    label: read aloud in its place; without one the seal is decoration. Raises SealError for impossible inputs.
    """
    _require(ink, components, state, size)
    body, definitions = _drawing(public_id, ink, theme, components, state, size)
    name = f'role="img" aria-label="{escape(label)}"' if label else 'aria-hidden="true"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="seal seal-{state}" viewBox="-1000 -1000 2000 2000" '
        f'width="{size}" height="{size}" {name}>{definitions}{body}</svg>'
    )


def escape(text: str) -> str:
    """Write text so that it may stand in XML, in content and in attributes."""
    for character, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;"), ("'", "&#39;")):
        text = text.replace(character, entity)
    return text


def _require(ink: str, components: Sequence[tuple[UUID, str]], state: str, size: int) -> None:
    digits = ink.removeprefix("#")
    if ink != "currentColor" and not (len(ink) == 7 and ink != digits and set(digits) <= set("0123456789abcdefABCDEF")):
        raise SealError("The ink is currentColor or six hexadecimal digits after #.")
    if state not in STATES:
        raise SealError("The state of a seal is issued, revoked, expired or draft.")
    if not 8 <= size <= 4096:
        raise SealError("A seal is 8 to 4096 pixels wide.")
    if len(components) > MAX_COMPONENTS:
        raise SealError(f"A seal carries at most {MAX_COMPONENTS} components.")


def _drawing(
    public_id: UUID, ink: str, theme: str, components: Sequence[tuple[UUID, str]], state: State, size: int
) -> tuple[str, str]:
    figure = _Figure.of(public_id, theme)
    detail = 0 if size < 56 else 1 if size < 140 else 2
    prefix = f"s{figure.tag}{'iexd'[STATES.index(state)]}{detail}"
    pixel = 2 * _RADIUS / size
    scale = 0.66 if components else 1.0
    parts: list[str] = []
    definitions: list[str] = []
    if state in ("issued", "revoked"):
        main = _rosette(figure, prefix, detail, pixel / scale, definitions)
    else:
        main = _outline(figure, detail, pixel / scale)
    parts.append(f'<g transform="scale({_n(scale)})">{main}</g>' if components else main)
    if components:
        parts.append(_orbit(components, prefix, detail, pixel, plain=state in ("expired", "draft")))
    dash = f' stroke-dasharray="{_n(6 * pixel)} {_n(4 * pixel)}"' if state == "draft" else ""
    body = f'<g fill="none" stroke="{ink}" stroke-linejoin="round"{dash}>{"".join(parts)}</g>'
    if state == "revoked":
        definitions.append(f'<g id="{prefix}w">{body}</g>')
        body, clips = _broken(prefix)
        definitions.append(clips)
    return body, f"<defs>{''.join(definitions)}</defs>" if definitions else ""


def _rosette(figure: _Figure, prefix: str, detail: int, pixel: float, definitions: list[str]) -> str:
    """Draw the full seal: rim, woven border, net of petals, lace, heart and dot."""
    if detail == 0:
        return _small(figure, pixel)
    fine = max(3.2, pixel * (0.62 if detail == 2 else 0.7))
    parts = []
    # The rim: two circles, and waves woven between them.
    parts.append(_circle(986, max(9, 1.1 * pixel)) + _circle(958, fine))
    if detail == 2:
        wave = _wave(figure.weave, 912, 34)
        definitions.append(f'<path id="{prefix}a" d="{_spline(wave, 2 * figure.weave)}"/>')
        step = 360 / figure.weave
        parts.append(
            f'<g stroke-width="{_n(fine)}">' + "".join(_use(f"{prefix}a", turn=step * k / 3) for k in range(3)) + "</g>"
        )
        parts.append(_circle(866, fine))
    # The net of petals: one curve, scaled and turned both ways.
    outer = 852 if detail == 2 else 930
    petal = _petal(figure, outer)
    definitions.append(f'<path id="{prefix}p" d="{_spline(petal, 6 * figure.lobes)}"/>')
    rows = 11 if detail == 2 else 7
    parts.append(f'<g stroke-width="{_n(fine * 1.15)}">')
    for row in range(rows):
        share = row / (rows - 1)
        factor = 1 - (1 - figure.waist) * share**0.9
        turn = figure.twist * share
        parts.append(_use(f"{prefix}p", turn=turn, factor=factor))
        if row:
            parts.append(_use(f"{prefix}p", turn=-turn, factor=factor))
    parts.append("</g>")
    if detail == 2:  # Between the petals, the same curve half a lobe on, as a paler ground.
        parts.append(f'<g stroke-width="{_n(fine)}" opacity=".5">')
        for row in range(1, 6):
            for turn in (figure.twist * row / 9, -figure.twist * row / 9):
                parts.append(_use(f"{prefix}p", turn=180 / figure.lobes + turn, factor=1.01 - 0.022 * row))
        parts.append("</g>")
    # The lace: a hypotrochoid of many turns, and the heart with its dot of wax.
    inner = outer * figure.waist * (1 - figure.depth - abs(figure.second)) - 18
    if detail == 2:
        lace = _hypotrochoid(figure.points, figure.turns, inner * 0.5, inner)
        parts.append(f'<path d="{_spline(lace, 4 * figure.points)}" stroke-width="{_n(fine)}"/>')
    parts.append(_circle(inner * 0.46, max(fine * 1.6, pixel * 0.9)))
    parts.append(_star(figure, inner * 0.42, fine))
    parts.append(_dot(inner * 0.2))
    return "".join(parts)


def _small(figure: _Figure, pixel: float) -> str:
    """Draw the seal for the size of an icon: rim, one strong petal line, dot."""
    width = max(60, 1.25 * pixel)
    return (
        _circle(1000 - width / 2, width)
        + f'<path d="{_spline(_petal_deep(figure, 760), 2 * figure.lobes)}" stroke-width="{_n(width)}"/>'
        + _circle(360, width * 0.8)
        + _dot(190)
    )


def _outline(figure: _Figure, detail: int, pixel: float) -> str:
    """Draw the contours alone, for an expired seal and a draft."""
    width = max(60 if detail == 0 else 10, 1.25 * pixel)
    outer = 760 if detail == 0 else 900
    petal = _petal_deep(figure, outer) if detail == 0 else _petal(figure, outer)
    parts = [_circle(1000 - width / 2 - 6, width)]
    parts.append(f'<path d="{_spline(petal, 6 * figure.lobes)}" stroke-width="{_n(width)}"/>')
    if detail:
        inside = _spline(_petal(figure, outer * figure.waist), 6 * figure.lobes)
        parts.append(f'<path d="{inside}" stroke-width="{_n(width)}"/>')
    parts.append(_circle(360 if detail == 0 else 200, width))
    return "".join(parts)


def _orbit(components: Sequence[tuple[UUID, str]], prefix: str, detail: int, pixel: float, *, plain: bool) -> str:
    """Draw the small seals of the components on a circle around the seal of a designation."""
    count = len(components)
    radius = min(150.0, 800 * math.sin(math.pi / max(count, 3)) * 0.86)
    width = max(9 if detail else 40, pixel * (0.8 if detail else 1.1))
    gap = 2 * math.asin(radius / (2 * 838)) * 838 * 2 + 24
    arc = 2 * math.pi * 838 / count - gap
    parts = []
    if arc > 0 and detail and not plain:
        line = f'r="838" stroke-dasharray="{_n(arc)} {_n(gap)}" stroke-dashoffset="{_n(-gap / 2)}"'
        parts.append(f'<circle {line} stroke-width="{_n(width * 0.7)}" transform="rotate(-90)"/>')
    for number, (public_id, theme) in enumerate(components):
        angle = -math.pi / 2 + 2 * math.pi * number / count
        x, y = 838 * math.cos(angle), 838 * math.sin(angle)
        figure = _Figure.of(public_id, theme)
        parts.append(f'<g transform="translate({_n(x)} {_n(y)})" stroke-width="{_n(width)}">{_circle(radius)}')
        if detail == 0:
            parts.append(f'<circle r="{_n(radius * 0.42)}"/>')
        else:
            name = f"{prefix}c{number}"
            parts.append(f'<path id="{name}" d="{_spline(_petal_deep(figure, radius * 0.86), 2 * figure.lobes)}"/>')
            if detail == 2 and not plain:
                parts.append(_use(name, turn=180 / figure.lobes, factor=0.72))
        if not plain:
            parts.append(_dot(radius * 0.2))
        parts.append("</g>")
    return "".join(parts)


def _broken(prefix: str) -> tuple[str, str]:
    """Break a drawing in two along a jagged line from edge to edge, with a gap between the halves."""
    crack = [(-260, -1100), (-130, -640), (-230, -420), (40, -120), (-60, 130), (150, 420), (60, 690), (240, 1100)]
    line = " ".join(f"{x} {y}" for x, y in crack)
    clips = (
        f'<clipPath id="{prefix}l"><path d="M-1200 -1100 L{line} L-1200 1100Z"/></clipPath>'
        f'<clipPath id="{prefix}r"><path d="M1200 -1100 L{line} L1200 1100Z"/></clipPath>'
    )
    halves = "".join(
        f'<g transform="translate({shift} {drop})rotate({turn})scale(.93)"><g clip-path="url(#{prefix}{side})">'
        f'<use href="#{prefix}w"/></g></g>'
        for side, shift, drop, turn in (("l", -48, 10, -1.6), ("r", 48, -10, 1.6))
    )
    return halves, clips


def _circle(radius: float, width: float | None = None) -> str:
    stroke = "" if width is None else f' stroke-width="{_n(width)}"'
    return f'<circle r="{_n(radius)}"{stroke}/>'


def _dot(radius: float) -> str:
    return f'<circle class="seal-dot" r="{_n(radius)}" fill="{WAX}" stroke="none"/>'


def _star(figure: _Figure, radius: float, width: float) -> str:
    curve = _hypotrochoid(figure.lobes, 1 if figure.lobes % 2 else _coprime(figure.lobes, 3), radius * 0.62, radius)
    return f'<path d="{_spline(curve, 8 * figure.lobes)}" stroke-width="{_n(width)}"/>'


def _petal(figure: _Figure, outer: float) -> Curve:
    """A closed line of shallow lobes, r = a (1 + d cos Lt + e cos 2Lt), that just touches `outer`."""
    lobes, depth, second = figure.lobes, figure.depth, figure.second
    largest = max(1 + depth * math.cos(t) + second * math.cos(2 * t) for t in (k * math.pi / 60 for k in range(61)))
    mean = outer / largest

    def curve(t: float) -> complex:
        radius = mean * (1 + depth * math.cos(lobes * t) + second * math.cos(2 * lobes * t))
        return complex(radius * math.sin(t), -radius * math.cos(t))

    return curve


def _petal_deep(figure: _Figure, outer: float) -> Curve:
    """A closed line of deep lobes, for sizes at which shallow ones would blur."""
    lobes = figure.lobes
    depth = 0.16 + figure.depth

    def curve(t: float) -> complex:
        radius = outer * (1 + depth * math.cos(lobes * t)) / (1 + depth)
        return complex(radius * math.sin(t), -radius * math.cos(t))

    return curve


def _wave(lobes: int, mean: float, swing: float) -> Curve:
    def curve(t: float) -> complex:
        radius = mean + swing * math.cos(lobes * t)
        return complex(radius * math.sin(t), -radius * math.cos(t))

    return curve


def _hypotrochoid(lobes: int, turns: int, inner: float, outer: float) -> Curve:
    """A hypotrochoid between two radii that closes after some turns, with `lobes` points, `turns` coprime to them."""
    middle, swing = (inner + outer) / 2, (outer - inner) / 2

    def curve(t: float) -> complex:
        a, b = turns * t, (lobes - turns) * t
        return complex(middle * math.sin(a) - swing * math.sin(b), -middle * math.cos(a) - swing * math.cos(b))

    return curve


def _coprime(number: int, start: int) -> int:
    """The first whole number from `start` on that shares no divisor with another."""
    while math.gcd(number, start) != 1:
        start += 1
    return start


def _spline(curve: Curve, pieces: int) -> str:
    """Write a closed curve over 0 … 2π as smooth cubic Béziers in whole units, relative, each handle mirrored."""
    step = 2 * math.pi / pieces
    tiny = step / 1000

    def handle(t: float) -> complex:
        return (curve(t + tiny) - curve(t - tiny)) / (2 * tiny) * step / 3

    start = here = _whole(curve(0))
    numbers: list[int] = []
    for number in range(1, pieces + 1):
        t = number * step
        end = start if number == pieces else _whole(curve(t))
        for point in (_whole(curve(t) - handle(t)), end):
            numbers += (point[0] - here[0], point[1] - here[1])
        here = end
    first = _whole(curve(0) + handle(0))
    head = [first[0] - start[0], first[1] - start[1], *numbers[:4]]
    return f"M{_row(start)}c{_row(head)}s{_row(numbers[4:])}z"


def _row(numbers: Iterable[int]) -> str:
    """Write whole numbers with a space only where no minus sign divides them."""
    return " ".join(map(str, numbers)).replace(" -", "-")


def _whole(point: complex) -> tuple[int, int]:
    return round(point.real), round(point.imag)


def _use(name: str, *, turn: float = 0, factor: float = 1) -> str:
    change = (f"rotate({_n(turn)})" if turn else "") + (f"scale({_n(factor, 3)})" if factor != 1 else "")
    return f'<use href="#{name}"' + (f' transform="{change}"' if change else "") + "/>"


def _n(value: float, digits: int = 2) -> str:
    """Write a number as short as it can be."""
    text = f"{value:.{digits}f}".rstrip("0").rstrip(".")
    return text.replace("0.", ".", 1) if text.startswith(("0.", "-0.")) else text
