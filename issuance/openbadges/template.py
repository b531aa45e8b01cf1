"""Compiled templates: the canonical form of a badge in microseconds instead of milliseconds, byte for byte the same.

The badges of one credential version differ in a few texts and addresses. One of them goes through the general path with
markers in those places; afterwards the markers are filled, blank nodes labeled and the lines sorted. That is exact when
the hashes of all blank nodes differ (RDFC-1.0, section 4.4, never goes beyond step 4 then); whenever it is not, or
anything else is unusual, the general path answers. Each template is compared with the general path when it is made.
"""

from __future__ import annotations

import hashlib
import re
from collections import OrderedDict
from collections.abc import Mapping
from datetime import datetime
from itertools import pairwise
from threading import Lock
from typing import Any

import orjson
from pyld.nquads import serialize_nquad

from .canonical import canonize, is_address, is_unsafe, to_dataset
from .contexts import Contexts
from .errors import CanonicalError, OpenBadgeError, ProofError
from .keys import Signer
from .proof import Signed, finish, proof_options

TEXT, ADDRESS = "text", "address"
_Slots = Mapping[str, "str | _Slots"]

#: What differs from badge to badge of one version, and in status lists, by place. Everything else is part of a template's shape.
BADGE_SLOTS: _Slots = {
    "id": ADDRESS,
    "validFrom": TEXT,
    "validUntil": TEXT,
    "awardedDate": TEXT,
    "credentialSubject": {
        "id": ADDRESS,
        "identifier": {"identityHash": TEXT, "salt": TEXT},
        "result": {"achievedLevel": TEXT, "value": TEXT, "status": TEXT},
        "narrative": TEXT,
        "role": TEXT,
        "term": TEXT,
        "encodedList": TEXT,
    },
    "evidence": {
        "id": ADDRESS,
        "name": TEXT,
        "description": TEXT,
        "narrative": TEXT,
        "genre": TEXT,
        "digestMultibase": TEXT,
    },
    "credentialStatus": {"id": ADDRESS, "statusListIndex": TEXT, "statusListCredential": ADDRESS},
}
PROOF_SLOTS: _Slots = {"created": TEXT, "verificationMethod": ADDRESS}

#: How many proofs without their values are remembered: those of a signer's second, and of the badges and lists being verified.
MAX_CONFIGS = 64
_MARKER = re.compile("(?:urn:slot:)?\ue000([bs])([0-9]+)\ue001")
_SCHEMES = ("http://", "https://", "did:", "urn:")
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r", '"': '\\"'})
_SPECIAL = re.compile(r'[\\\t\n\r"]')
_JSON_OPTIONS = orjson.OPT_PASSTHROUGH_DATACLASS | orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_SUBCLASS


class Templates:
    """The templates of a process, made as shapes come up, at most `size` of them. Safe to share between threads.

    check_every: one filled template in so many is compared with the general path; a difference raises CanonicalError,
    code "template-differs". The counts `filled`, `general` and `compared` tell how it went.
    """

    def __init__(self, contexts: Contexts, *, size: int = 256, check_every: int = 1000) -> None:
        self._contexts = contexts
        self._size = size
        self._check_every = check_every
        self._known: OrderedDict[bytes, _Template | None] = OrderedDict()
        self._lock = Lock()
        self._configs: OrderedDict[bytes, bytes] = OrderedDict()
        self.filled = self.general = self.compared = 0

    def sign(self, document: Mapping[str, Any], *, signer: Signer, created: datetime) -> Signed:
        """Sign a document as `proof.sign` does, with the same result and the same refusals."""
        if "proof" in document:
            raise ProofError("The document has a proof already.")
        proof = proof_options(signer.verification_method, created)
        return finish(document, proof, self.hash_data(document, proof), signer)

    def hash_data(self, document: Mapping[str, Any], proof: Mapping[str, Any]) -> bytes:
        """Give the 64 bytes that a proof signs, as `proof.hash_data` does."""
        unsigned = {key: value for key, value in document.items() if key != "proof"}
        if "@context" not in unsigned:
            raise ProofError("The document has no @context.")
        return self._config_hash(proof, unsigned["@context"]) + _sha256(self.canonize(unsigned))

    def canonize(self, document: Mapping[str, Any], slots: _Slots = BADGE_SLOTS) -> str:
        """Give the canonical N-Quads of a document, as `canonical.canonize` does."""
        values: list[Any] = []
        text: str | None = None
        try:
            shape = orjson.dumps(_skeleton(document, slots, values), option=_JSON_OPTIONS)
        except (TypeError, ValueError, RecursionError):
            shape = b""
        if shape and all(type(value) is str for value in values):
            template = self._template(shape, document, slots)
            text = None if template is None else template.fill(values)
        if text is None:
            self.general += 1
            return canonize(document, self._contexts)
        self.filled += 1
        if self.filled % self._check_every == 0:
            self.compared += 1
            if canonize(document, self._contexts) != text:
                raise CanonicalError("A template gave another text than the general path.", code="template-differs")
        return text

    def _config_hash(self, proof: Mapping[str, Any], context: Any) -> bytes:
        config = {key: value for key, value in proof.items() if key != "proofValue"}
        config["@context"] = context
        try:
            name = orjson.dumps(config, option=_JSON_OPTIONS)
        except (TypeError, ValueError, RecursionError):
            return _sha256(self.canonize(config, PROOF_SLOTS))
        if (digest := self._configs.get(name)) is None:
            digest = _sha256(self.canonize(config, PROOF_SLOTS))
            with self._lock:
                self._configs[name] = digest
                if len(self._configs) > MAX_CONFIGS:
                    self._configs.popitem(last=False)
        return digest

    def _template(self, shape: bytes, document: Mapping[str, Any], slots: _Slots) -> _Template | None:
        with self._lock:
            if shape in self._known:
                self._known.move_to_end(shape)
                return self._known[shape]
        template = _compiled(document, slots, self._contexts)
        with self._lock:
            self._known[shape] = template
            if len(self._known) > self._size:
                self._known.popitem(last=False)
        return template


class _Template:
    """The lines of one shape: those that never vary, sorted, and one format that gives all the others."""

    def __init__(self, lines: list[str], nodes: int, kinds: list[str]) -> None:
        self._nodes = nodes
        self._addresses = [number for number, kind in enumerate(kinds) if kind == ADDRESS]
        self._texts = [number for number, kind in enumerate(kinds) if kind == TEXT]
        self._names = {name for line in lines for name in re.findall(r"<([^>]*)>", line)}
        varying = [line for line in lines if _MARKER.search(line)]
        self._fixed = sorted(line for line in lines if not _MARKER.search(line))
        self._open = _Format(varying, len(kinds))
        self._hashes: dict[int, str] = {}
        self._hashed: list[tuple[int, _Format]] = []
        for node in range(nodes):
            own = [_first_degree(line, node) for line in lines if f"\ue000b{node}\ue001" in line]
            if any(_MARKER.search(line) for line in own):
                self._hashed.append((node, _Format(own, len(kinds))))
            else:
                self._hashes[node] = _sha256("\n".join(sorted(own)) + "\n").hex()
        if len(set(self._hashes.values())) != len(self._hashes):
            raise CanonicalError("Blank nodes that never vary have the same hash.")

    def fill(self, values: list[str]) -> str | None:
        """Give the canonical text for some values; None when only the general path can tell."""
        names = {values[number] for number in self._addresses}
        if len(names) != len(self._addresses) or not names.isdisjoint(self._names):
            return None  # two nodes would become one
        if not all(name.startswith(_SCHEMES) and is_address(name) for name in names):
            return None
        joined = " ".join(values)
        if is_unsafe(joined):
            return None
        filled = values.copy()
        if _SPECIAL.search(joined):
            for number in self._texts:
                filled[number] = values[number].translate(_ESCAPES)
        hashes = self._hashes.copy()
        for node, own in self._hashed:
            hashes[node] = _sha256(own.sorted_text(filled)).hex()
        if len(set(hashes.values())) != self._nodes:
            return None  # a tie
        labels = [""] * self._nodes
        for number, node in enumerate(sorted(hashes, key=hashes.__getitem__)):
            labels[node] = f"_:c14n{number}"
        lines = self._fixed + self._open.lines(filled + labels)
        lines.sort()
        return "\n".join(lines) + "\n"


class _Format:
    """Several lines as one %-format with the places of its values; the labels of blank nodes come after the slots."""

    def __init__(self, lines: list[str], slots: int) -> None:
        lines = sorted(lines)
        self._places = [
            int(found[2]) + (slots if found[1] == "b" else 0) for line in lines for found in _MARKER.finditer(line)
        ]
        self._text = "\n".join(_MARKER.sub("%s", line.replace("%", "%%")) for line in lines)
        # Lines that differ before their first value keep their order, whatever the values are.
        heads = [_MARKER.split(line, maxsplit=1)[0] for line in lines]
        self._is_sorted = not any(one.startswith(other) or other.startswith(one) for one, other in pairwise(heads))

    def lines(self, values: list[str]) -> list[str]:
        """Give the filled lines. No value has a line break left in it."""
        return self._filled(values).split("\n") if self._text else []

    def sorted_text(self, values: list[str]) -> str:
        """Give the filled lines in order, each with its line break."""
        text = self._filled(values)
        return (text if self._is_sorted else "\n".join(sorted(text.split("\n")))) + "\n"

    def _filled(self, values: list[str]) -> str:
        return self._text % tuple([values[place] for place in self._places])


def _compiled(document: Mapping[str, Any], slots: _Slots, contexts: Contexts) -> _Template | None:
    """Make the template of a document's shape, or None when its shape cannot have one."""
    values: list[Any] = []
    kinds: list[str] = []
    marked = _skeleton(document, slots, values, kinds)
    try:
        dataset = to_dataset(marked, contexts)
        lines, nodes = _lines(dataset)
        if not _is_exact(lines, kinds):
            return None
        template = _Template(lines, nodes, kinds)
        if template.fill(values) not in (None, canonize(document, contexts)):
            return None
    except OpenBadgeError:
        return None
    return template


def _skeleton(value: Any, slots: _Slots, values: list[Any], kinds: list[str] | None = None) -> Any:
    """Copy a document with its slots emptied, or marked when `kinds` is asked for, and collect what was in them."""
    if type(value) is list:
        return [_skeleton(item, slots, values, kinds) for item in value]
    if not isinstance(value, Mapping):
        return value
    copy = dict(value)
    for key, slot in slots.items():
        if key not in copy:
            continue
        if type(slot) is not str:
            copy[key] = _skeleton(copy[key], slot, values, kinds)  # type: ignore[arg-type]  # a mapping, then
            continue
        values.append(copy[key])
        if kinds is None:
            copy[key] = 0
        else:
            marker = f"\ue000s{len(kinds)}\ue001"
            kinds.append(slot)
            copy[key] = marker if slot == TEXT else f"urn:slot:{marker}"
    return copy


def _lines(dataset: dict[str, list[dict[str, Any]]]) -> tuple[list[str], int]:
    """Write a dataset as N-Quads with a marker for each blank node; give them and the number of nodes.

    The proof of an endorsement inside a badge stands in a graph of its own, whose name is a blank node too.
    """
    numbers: dict[str, int] = {}

    def marker(name: str) -> str:
        return f"\ue000b{numbers.setdefault(name, len(numbers))}\ue001"

    lines = []
    for graph, quads in dataset.items():
        name = "" if graph == "@default" else f" {marker(graph)}" if graph.startswith("_:") else f" <{graph}>"
        for quad in quads:
            marked = {
                part: {**component, "value": marker(component["value"])}
                if component["type"] == "blank node"
                else component
                for part, component in quad.items()
            }
            lines.append(str(serialize_nquad(marked)).removesuffix(" .\n") + f"{name} .")
    return lines, len(numbers)


def _is_exact(lines: list[str], kinds: list[str]) -> bool:
    """Tell whether each slot is in some line, in the place of its kind, and no two lines could become the same."""
    seen: set[int] = set()
    for line in lines:
        subject, predicate, rest = line.split(" ", 2)
        for marker in _MARKER.finditer(line):
            if marker[1] == "b":
                continue
            number = int(marker[2])
            seen.add(number)
            if marker[0].startswith("urn:") != (kinds[number] == ADDRESS):
                return False
            if kinds[number] == TEXT:
                alike = [other for other in lines if other.startswith(f"{subject} {predicate} ")]
                if not rest.startswith('"') or len(alike) > 1:
                    return False
    return seen == set(range(len(kinds)))


def _first_degree(line: str, node: int) -> str:
    """Write a line as the hash of a node sees it: itself as `_:a`, every other blank node as `_:z`."""
    return re.sub("\ue000b([0-9]+)\ue001", lambda found: "_:a" if int(found[1]) == node else "_:z", line)


def _sha256(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()
