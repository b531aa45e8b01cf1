"""Canonical N-Quads of a JSON-LD document: RDFC-1.0 through PyLD, in a safe mode of our own.

PyLD drops what it cannot express (undefined terms, relative addresses) and writes control characters unescaped. Both
would let a document change under a valid signature, or fail elsewhere, so both are refused here, in signing and in
verifying alike. Source: W3C RDF Dataset Canonicalization (RDFC-1.0); JSON-LD 1.1 API, Expansion and toRdf.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from typing import Any

from pyld import jsonld
from pyld.canon import URDNA2015
from pyld.context_resolver import ContextResolver

from .contexts import Contexts
from .errors import CanonicalError, FormatError, LimitError, OpenBadgeError, TermError

#: A signed document of ours is 3 to 10 kB; a transcript with 60 badges is under 1 MB.
MAX_BYTES = 2_000_000
MAX_DEPTH = 40
MAX_VALUES = 20_000
#: The most values that one property of one node may have; PyLD compares each with each.
MAX_ALIKE_VALUES = 250

#: Characters that canonicalizers write differently, or that cannot be written in UTF-8.
_UNSAFE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_ADDRESS = re.compile(r'(?:[A-Za-z][A-Za-z0-9+.\-]*|_):[^\x00-\x20<>"{}|^`\\]*')
_LANGUAGE = re.compile(r"[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*")
_KEYWORDS = {"@id", "@type", "@value", "@language", "@direction", "@list", "@set", "@graph"}
_LARGEST_EXACT = 2**53
#: PyLD resolves relative addresses against an example of its own; against this one they can be told and refused.
_NOWHERE = "relative://nowhere/"


def is_address(value: object) -> bool:
    """Tell whether a value is an absolute IRI that N-Quads can carry as it stands."""
    return isinstance(value, str) and _ADDRESS.fullmatch(value) is not None


def is_unsafe(text: str) -> bool:
    """Tell whether a text holds a character that no signature covers. None of them is printable, which is told sooner."""
    return not text.isprintable() and _UNSAFE.search(text) is not None


def parse(data: bytes | str) -> dict[str, Any]:
    """Read a JSON object from untrusted bytes.

    Raises FormatError for anything but one JSON object in UTF-8 with each key once, LimitError above MAX_BYTES.
    """
    if len(data) > MAX_BYTES:
        raise LimitError(f"The document is larger than {MAX_BYTES:,} bytes.")
    try:
        text = data.decode("utf-8-sig") if isinstance(data, bytes) else data
        document = json.loads(text, object_pairs_hook=_once, parse_constant=_no_constant)
    except OpenBadgeError:
        raise
    except (ValueError, RecursionError) as error:
        raise FormatError("The document is not valid JSON.") from error
    if not isinstance(document, dict):
        raise FormatError("The document is not a JSON object.")
    return document


def checked(document: Mapping[str, Any], budget: list[int] | None = None) -> dict[str, Any]:
    """Give a copy of a document with numbers as JSON-LD reads them, after refusing what no signature can cover.

    Refused are: null, numbers that are not exact in every implementation, unsafe characters, keys that are not text,
    and documents beyond MAX_DEPTH or MAX_VALUES. budget: values that several documents may hold together, counted down.
    """
    left = [MAX_VALUES if budget is None else min(MAX_VALUES, budget[0])]
    before = left[0]
    try:
        texts: list[str] = []
        copy = _copy(document, 0, left, texts)
        if is_unsafe("".join(texts)):
            raise _UnfitError("The document holds a control character.", code="control-character")
    except _UnfitError:
        _name_unfit(document, "")
        raise
    finally:
        if budget is not None:
            budget[0] -= before - left[0]
    if not isinstance(copy, dict):
        raise FormatError("The document is not a JSON object.")
    return copy


def bounded(document: object) -> dict[str, Any]:
    """Give a fetched JSON object that is read, not signed: within MAX_DEPTH and MAX_VALUES, its nulls left out.

    Raises FormatError when it is no object, LimitError beyond the limits.
    """
    copy = _bounded(document, 0, [MAX_VALUES])
    if not isinstance(copy, dict):
        raise FormatError("What was fetched is not a JSON object.")
    return copy


def canonize(document: Mapping[str, Any], contexts: Contexts) -> str:
    """Give the canonical N-Quads of a JSON-LD document.

    Raises TermError for what would be dropped, ContextError for an unknown context, LimitError for a graph made to be
    costly, CanonicalError for anything else that is not JSON-LD.
    """
    dataset = to_dataset(document, contexts)
    try:
        return str(_Canonicalizer().main(dataset, {"format": "application/n-quads"}))
    except RecursionError as error:
        raise LimitError("The document has too many nodes that cannot be told apart.") from error


def to_dataset(document: Mapping[str, Any], contexts: Contexts) -> dict[str, list[dict[str, Any]]]:
    """Give the RDF of a JSON-LD document: PyLD's quads by graph name. Raises as `canonize` does."""
    options = {
        "rdfDirection": "i18n-datatype",
        "documentLoader": contexts.loader(),
        "contextResolver": _BoundedResolver(contexts.cache(), contexts.loader()),
        "processingMode": "json-ld-1.1",
        "base": _NOWHERE,
    }
    try:
        dataset: dict[str, list[dict[str, Any]]] = _SafeProcessor().to_rdf(checked(document), options)
    except OpenBadgeError:
        raise
    except (jsonld.JsonLdError, RecursionError, TypeError, ValueError, KeyError, AttributeError, IndexError) as error:
        # PyLD answers some malformed documents with errors of the interpreter; they say only that it is not JSON-LD.
        cause: BaseException | None = error
        while cause is not None:
            if isinstance(cause, OpenBadgeError):
                raise cause from error
            cause = cause.__cause__
        raise CanonicalError("The document is not valid JSON-LD.") from error
    return dataset


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise FormatError("The document has the same key twice in one object.")
    return found


def _no_constant(name: str) -> None:
    raise FormatError(f"The document holds {name}, which is not JSON.")


class _UnfitError(FormatError):
    """Some value cannot be signed; which one it is, is looked for only then."""


def _copy(value: Any, depth: int, budget: list[int], texts: list[str]) -> Any:
    """Copy a value, and collect its texts and keys in `texts`, which are looked at together: that is much faster.

    For the same reason texts, which are most of a document, are copied where they stand.
    """
    kind = type(value)
    if kind is str:
        texts.append(value)
        return value
    if depth > MAX_DEPTH:
        raise LimitError(f"The document is nested more than {MAX_DEPTH} levels deep.")
    if kind is dict or isinstance(value, Mapping):
        try:
            texts.append("".join(value))
        except TypeError:
            raise _UnfitError("A key is no text.", code="control-character") from None
        _spend(len(value), budget)
        texts += [item for item in value.values() if type(item) is str]
        return {
            key: item if type(item) is str else _copy(item, depth + 1, budget, texts) for key, item in value.items()
        }
    if kind is list or kind is tuple:
        _spend(len(value), budget)
        return [_copy(item, depth + 1, budget, texts) for item in value]
    if kind is bool:
        return value
    if kind is int or kind is float:
        return _number(value)
    raise _UnfitError("The document holds what is no JSON value.")


def _spend(values: int, budget: list[int]) -> None:
    budget[0] -= values
    if budget[0] < 0:
        raise LimitError(f"The document has more than {MAX_VALUES:,} values.")


def _name_unfit(value: Any, where: str) -> None:
    """Find the first value that `_copy` refuses and raise FormatError with its place."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            if not isinstance(key, str) or is_unsafe(key):
                raise FormatError(f"{where}: a key holds a control character.", code="control-character")
            _name_unfit(item, f"{where}.{key}"[:120].lstrip("."))
    elif isinstance(value, list | tuple):
        for item in value:
            _name_unfit(item, where)
    elif value is None:
        raise FormatError(f"{where}: null is not allowed; leave the field out.", code="null")
    elif isinstance(value, str):
        if is_unsafe(value):
            raise FormatError(f"{where}: the text holds a control character.", code="control-character")
    elif type(value) in (int, float):
        if _is_inexact(value):
            raise FormatError(f"{where}: the number is not exact in every implementation.", code="number")
    elif type(value) is not bool:
        raise FormatError(f"{where}: {type(value).__name__} is no JSON value.")


def _bounded(value: object, depth: int, budget: list[int]) -> object:
    budget[0] -= 1
    if depth > MAX_DEPTH or budget[0] < 0:
        raise LimitError("What was fetched is larger or deeper than accepted here.")
    if isinstance(value, Mapping):
        return {key: _bounded(item, depth + 1, budget) for key, item in value.items() if item is not None}
    if isinstance(value, list | tuple):
        return [_bounded(item, depth + 1, budget) for item in value if item is not None]
    return value


def _number(value: int | float) -> int | float:
    """Give a number as every implementation reads it: without a fraction it is an integer."""
    if _is_inexact(value):
        raise _UnfitError("The document holds a number that is not exact in every implementation.", code="number")
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def _is_inexact(value: int | float) -> bool:
    return value != value or abs(value) > _LARGEST_EXACT


class _BoundedResolver(ContextResolver):  # type: ignore[misc]  # PyLD carries no types
    """PyLD's resolver, which writes out each context that it meets, with bounded work.

    A context that stands once in a document is met again for each value that it is about, so a small document can ask for
    millions of terms. A badge comes to 2,000 of them, a transcript with 60 badges to 53,000.
    """

    MAX_TERMS = 100_000

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._left = self.MAX_TERMS

    def resolve(self, active_ctx: Any, context: Any, base: Any, cycles: Any = None) -> Any:
        self._left -= _size(context)
        if self._left < 0:
            raise LimitError("The contexts of the document are more than are looked at here.")
        return super().resolve(active_ctx, context, base, cycles)


def _size(value: Any) -> int:
    if isinstance(value, Mapping):
        return 1 + sum(map(_size, value.values()))
    if isinstance(value, list | tuple):
        return 1 + sum(map(_size, value))
    return 1


class _SafeProcessor(jsonld.JsonLdProcessor):  # type: ignore[misc]  # PyLD carries no types
    """PyLD's processor that refuses whatever it would leave out of the RDF."""

    def __init__(self) -> None:
        super().__init__(on_property_dropped=self._dropped)

    @staticmethod
    def _dropped(term: str | None) -> None:
        raise TermError(f"The term {str(term)[:80]!r} is not defined by the document's contexts.")

    def expand(self, input_: Any, options: Any) -> Any:
        expanded = super().expand(input_, options)
        _refuse_lossy(expanded, {})
        return expanded


def _refuse_lossy(value: Any, counts: dict[tuple[str, str], int]) -> None:
    """Walk an expanded document and refuse addresses, types and keywords that the RDF would lose or garble.

    counts: values seen for each property of each named node, which the RDF joins into one.
    """
    if isinstance(value, list):
        for item in value:
            _refuse_lossy(item, counts)
        return
    if not isinstance(value, dict):
        return
    for key in value:
        if key.startswith("@"):
            if key not in _KEYWORDS:
                raise TermError(f"The JSON-LD keyword {key} is not accepted here.")
        elif not is_address(key) or key.startswith("_:"):
            raise TermError(f"The term {key[:80]!r} is not an absolute address.")
    literal = "@value" in value
    for address in _as_list(value.get("@id")) + _as_list(value.get("@type")):
        if literal and address == "@json":
            continue
        if not is_address(address) or address.startswith(_NOWHERE):
            address = str(address).removeprefix(_NOWHERE)[:80]
            raise TermError(f"{address!r} is neither a defined term nor an absolute address.")
    if literal:
        language = value.get("@language")
        if language is not None and not (isinstance(language, str) and _LANGUAGE.fullmatch(language)):
            raise TermError(f"{str(language)[:40]!r} is not a language tag.")
        return
    name = value.get("@id", "")
    for key, item in value.items():
        many = len(_as_list(item))
        if name:
            many = counts[(name, key)] = counts.get((name, key), 0) + many
        if many > MAX_ALIKE_VALUES:
            raise LimitError(f"The document gives more than {MAX_ALIKE_VALUES} values for one property.")
        if key not in ("@id", "@type"):
            _refuse_lossy(item, counts)


def _as_list(value: Any) -> list[Any]:
    return [] if value is None else value if isinstance(value, list) else [value]


class _Canonicalizer(URDNA2015):  # type: ignore[misc]  # PyLD carries no types
    """RDFC-1.0 with bounded work: a graph of many indistinguishable nodes is refused instead of run for hours."""

    MAX_CALLS = 2_000
    MAX_ALIKE = 6
    MAX_COPIED = 100_000  # names of nodes, which are copied for each order in which alike ones are tried

    def __init__(self) -> None:
        super().__init__()
        self._calls = self._copied = 0

    def hash_n_degree_quads(self, id_: Any, issuer: Any) -> Any:
        self._calls += 1
        if self._calls > self.MAX_CALLS:
            raise LimitError("The document has too many nodes that cannot be told apart.")
        return super().hash_n_degree_quads(id_, issuer)

    def create_hash_to_related(self, id_: Any, issuer: Any) -> Any:
        related = super().create_hash_to_related(id_, issuer)
        most = max(map(len, related.values()), default=0)
        if most <= self.MAX_ALIKE:
            orders = sum(math.factorial(len(nodes)) for nodes in related.values())
            self._copied += orders * (1 + len(issuer.existing))
        if most > self.MAX_ALIKE or self._copied > self.MAX_COPIED:
            raise LimitError("The document has too many nodes that cannot be told apart.")
        return related
