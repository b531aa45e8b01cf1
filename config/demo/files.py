"""The evidence of the story: a real PDF and a real image, drawn when they are needed."""

import io
from pathlib import Path

from PIL import Image, ImageDraw
from weasyprint import HTML

NOTE = """<html lang="en"><head><title>Admission note</title></head><body>
<h1>Admission note (training case)</h1>
<p>A fictional patient of the skills center, prepared for teaching. Nothing in it comes from a real encounter.</p>
<h2>Assessment and plan</h2>
<ol><li>Community-acquired pneumonia, moderate: oxygen, antibiotics, review at 24 hours.</li>
<li>Fall risk: physical therapy today; bed low, call light in reach.</li>
<li>Discharge: social work about transport; follow-up in one week.</li></ol>
</body></html>"""
REFLECTION = """I presented the training case in four minutes to the ward team of the skills center. I led with the reason for
admission and the one problem that mattered today. The nurse asked about oxygen at night, which my note had left out; I added
it. Next time I will say the plan for the night before I am asked."""


def note_pdf(folder: Path) -> Path:
    path = folder / "admission-note.pdf"
    path.write_bytes(HTML(string=NOTE).write_pdf())
    return path


def sketch_png(folder: Path) -> Path:
    """A plain drawing: a timeline of a presentation."""
    image = Image.new("RGB", (900, 320), "#fbf8f2")
    draw = ImageDraw.Draw(image)
    draw.line((60, 200, 840, 200), fill="#1f3a5f", width=4)
    for number, word in enumerate(("reason", "problem", "findings", "plan", "night")):
        x = 60 + number * 195
        draw.ellipse((x - 10, 190, x + 10, 210), fill="#c8391f")
        draw.text((x - 20, 225), word, fill="#1f3a5f")
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    path = folder / "presentation-timeline.png"
    path.write_bytes(buffer.getvalue())
    return path


def altered(document: bytes) -> bytes:
    """The same badge with one letter of its title changed."""
    marker = b'"name":"'
    at = document.index(marker, document.index(b'"achievement"')) + len(marker)
    letter = b"X" if document[at : at + 1] != b"X" else b"Y"
    return document[:at] + letter + document[at + 1 :]
