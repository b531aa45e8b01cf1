"""Canonicalization: what no signature can cover is refused, and nothing else gets out."""

import copy

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from issuance.openbadges import ContextError, FormatError, LimitError, OpenBadgeError, TermError, canonize, parse

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["@id", "@type", "@graph", "@value", "id", "type", "proof", "name", "x"]), inner
        )
    ),
    max_leaves=12,
)


@pytest.fixture
def document(make_badge):
    return make_badge().to_dict()


def test_the_canonical_form_does_not_depend_on_the_order_of_keys(document, contexts):
    def turned(value):
        if isinstance(value, dict):
            return {key: turned(value[key]) for key in reversed(value)}
        return [turned(item) for item in value] if isinstance(value, list) else value

    assert canonize(turned(document), contexts) == canonize(document, contexts)


def test_canonizing_leaves_the_document_as_it_was(document, contexts):
    before = copy.deepcopy(document)

    canonize(document, contexts)

    assert document == before


def test_a_whole_number_is_canonized_alike_with_and_without_a_fraction(document, contexts):
    document["credentialSubject"]["creditsEarned"] = 12.0
    with_fraction = canonize(document, contexts)
    document["credentialSubject"]["creditsEarned"] = 12

    assert canonize(document, contexts) == with_fraction


@pytest.mark.parametrize(
    ("path", "value", "error", "code"),
    [
        (("unheardOf",), "x", TermError, "term-undefined"),
        (("credentialSubject", "achievement", "unheardOf"), "x", TermError, "term-undefined"),
        (("type",), ["VerifiableCredential", "UnheardOf"], TermError, "term-undefined"),
        (("id",), "not/absolute", TermError, "term-undefined"),
        (("credentialStatus", "statusListCredential"), "status/1", TermError, "term-undefined"),
        (("id",), "https://x.example/a> <https://y.example/b", TermError, "term-undefined"),
        (("id",), 'https://x.example/"', TermError, "term-undefined"),
        (("@index",), "hidden", TermError, "term-undefined"),
        (("name",), {"@value": "x", "@language": "en us"}, TermError, "term-undefined"),
        (("name",), None, FormatError, "null"),
        (("name",), "form\x0cfeed", FormatError, "control-character"),
        (("name",), "\ud800", FormatError, "control-character"),
        (("na\x7fme",), "x", FormatError, "control-character"),
        (("credentialSubject", "creditsEarned"), float("nan"), FormatError, "number"),
        (("credentialSubject", "creditsEarned"), 2**60, FormatError, "number"),
        (("@context",), ["https://example.org/unknown"], ContextError, "context-unknown"),
    ],
)
def test_what_no_signature_could_cover_is_refused(document, contexts, path, value, error, code):
    place = document
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value

    with pytest.raises(error) as refused:
        canonize(document, contexts)

    assert refused.value.code == code


def test_a_document_nested_too_deep_is_refused(document, contexts):
    document["credentialSubject"]["source"] = nested = {}
    for _ in range(60):
        nested["parentOrg"] = nested = {}

    with pytest.raises(LimitError):
        canonize(document, contexts)


def test_a_document_with_too_many_values_for_one_property_is_refused(document, contexts):
    document["credentialSubject"]["achievement"]["tag"] = [str(number) for number in range(600)]

    with pytest.raises(LimitError):
        canonize(document, contexts)


V2 = "https://www.w3.org/ns/credentials/v2"
ITSELF = {"@id": "x:p", "@context": {"p": {"@id": "x:p", "@context": {f"b{n}": "x:b" for n in range(1000)}}}}
LISTS = {"l": {"@id": "x:l", "@container": "@list"}}


@pytest.mark.parametrize(
    ("own", "subject"),
    [
        ([V2] * 3000, {"id": "did:x:s"}),
        ([{"p": ITSELF}], [{"id": f"did:x:{n}", "p": {"p": {"p": "1"}}} for n in range(200)]),
        ([LISTS], {"id": "did:x:s", "l": [[[["x"] * 10] * 10] * 10] * 10}),
    ],
)
def test_contexts_and_lists_that_make_much_of_little_are_refused(document, contexts, own, subject):
    small = {**document, "@context": [*document["@context"], *own], "credentialSubject": subject}

    with pytest.raises(LimitError):
        canonize(small, contexts)


def test_a_graph_made_to_be_costly_is_refused(document, contexts):
    ring = [f"_:n{number}" for number in range(9)]
    document["evidence"] = [
        {"id": one, "type": ["Evidence"], "audience": [{"id": other} for other in ring if other != one]} for one in ring
    ]

    with pytest.raises(LimitError):
        canonize(document, contexts)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"nonsense",
        b'{"a":NaN}',
        b'{"a":1,"a":2}',
        b"\xff\xfe",
        b'"text"',
        b"[" * 100_000,
        '{"a":1}'.encode("utf-16"),
    ],
    ids=["empty", "array", "no JSON", "NaN", "key twice", "no UTF-8", "text", "deep", "UTF-16"],
)
def test_bytes_that_are_no_json_object_are_refused(data):
    with pytest.raises(FormatError):
        parse(data)


def test_too_many_bytes_are_refused():
    with pytest.raises(LimitError):
        parse(b" " * 2_000_001)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(junk=JSON, place=st.sampled_from(["issuer", "credentialSubject", "evidence", "type", "@context", "name"]))
def test_hostile_documents_raise_nothing_else(make_badge, contexts, junk, place):
    document = make_badge().to_dict()
    document[place] = junk

    try:
        canonize(document, contexts)
    except OpenBadgeError as error:
        assert error.code
    else:
        assert junk is not None
