"""Status lists and the permutation of their indexes."""

import base64
import gzip
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from issuance.openbadges import (
    MIN_SIZE,
    OpenBadgeError,
    StatusListError,
    decode,
    empty,
    encode,
    is_set,
    list_credential,
    permute,
    sign,
    unpermute,
    with_set,
)

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
KEY = bytes(range(32))


@given(st.sets(st.integers(0, MIN_SIZE - 1), max_size=20), st.integers(0, MIN_SIZE - 1))
def test_exactly_the_chosen_positions_are_set(chosen, other):
    bits = decode(encode(with_set(empty(), chosen)))

    assert all(is_set(bits, index) for index in chosen)
    assert is_set(bits, other) == (other in chosen)
    assert sum(byte.bit_count() for byte in bits) == len(chosen)


def test_position_0_is_the_left_most_bit():
    assert with_set(empty(), [0])[0] == 0b10000000
    assert with_set(empty(), [9])[1] == 0b01000000


def test_a_bit_can_be_cleared_again():
    assert with_set(with_set(empty(), [5, 6]), [5], value=False) == with_set(empty(), [6])


def packed(data):
    return "u" + base64.urlsafe_b64encode(gzip.compress(data, mtime=0)).rstrip(b"=").decode()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (None, "status-list"),
        ("", "status-list"),
        ("zH4sI", "status-list"),
        ("u", "status-list"),
        ("u!!!!", "status-list"),
        ("uAAAA", "status-list"),
        (packed(bytes(16_384))[:-6], "status-list"),
        (packed(bytes(100)), "status-list-length"),
        (packed(bytes(17_000_000)), "status-list"),
        ("u" + "A" * 40_000_000, "status-list"),
    ],
)
def test_malformed_lists_are_refused(text, code):
    with pytest.raises(StatusListError) as refused:
        decode(text)

    assert refused.value.code == code


@pytest.mark.parametrize("index", [-1, MIN_SIZE, 10**12])
def test_positions_outside_are_refused(index):
    with pytest.raises(StatusListError) as refused:
        is_set(empty(), index)

    assert refused.value.code == "status-list-range"


def test_a_short_list_is_not_made():
    for make in (lambda: empty(1024), lambda: encode(bytes(10)), lambda: empty(MIN_SIZE + 1)):
        with pytest.raises(StatusListError):
            make()


@given(st.text(max_size=60))
def test_hostile_lists_raise_nothing_else(text):
    with pytest.raises(OpenBadgeError):
        decode(text)


def test_a_list_credential_can_be_signed(signer, contexts):
    url = "https://registry.example.edu/status/1"
    credential = list_credential(
        url=url,
        issuer="did:web:registry.example.edu",
        bits=empty(),
        valid_from=NOON,
        valid_until=NOON + timedelta(days=1),
    )

    signed = sign(credential, signer=signer, created=NOON, contexts=contexts)

    assert signed.holds_under(signer.public_key)
    assert credential["credentialSubject"]["type"] == "BitstringStatusList"
    assert credential["id"] == url
    assert credential["credentialSubject"]["id"] != url


@settings(max_examples=40, deadline=None)
@given(key=st.binary(min_size=16, max_size=40), size=st.integers(1, 600))
def test_a_permutation_gives_each_index_once(key, size):
    assert sorted(permute(key, n, size) for n in range(size)) == list(range(size))


@given(key=st.binary(min_size=16, max_size=40), n=st.integers(0, MIN_SIZE - 1))
def test_a_permutation_can_be_undone(key, n):
    assert unpermute(key, permute(key, n, MIN_SIZE), MIN_SIZE) == n


@pytest.mark.long
def test_a_whole_list_is_permuted_onto_itself():
    assert len({permute(KEY, n, MIN_SIZE) for n in range(MIN_SIZE)}) == MIN_SIZE


def test_neighbors_are_scattered_and_keys_differ():
    indexes = [permute(KEY, n, MIN_SIZE) for n in range(200)]

    assert max(indexes) - min(indexes) > MIN_SIZE // 2
    assert indexes != [permute(b"another secret k", n, MIN_SIZE) for n in range(200)]


@pytest.mark.parametrize(("key", "n", "size"), [(b"short", 0, 8), (KEY, 8, 8), (KEY, -1, 8)])
def test_a_permutation_needs_a_key_and_a_position(key, n, size):
    with pytest.raises(ValueError, match="permutation"):
        permute(key, n, size)
