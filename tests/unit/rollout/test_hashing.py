"""The draw is the same for ever: stored conversations and other languages depend on it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatehouse.rollout.hashing import (
    bucket_of,
    bucket_of_hash,
    murmur3_32,
    plain_murmur3_32,
)
from gatehouse.rollout.types import WHOLE

GOLDEN = {
    "": (0, 0),
    "a": (1009084850, 23494),
    "abc": (3017643002, 70259),
    "\x1f": (2880013475, 67055),
    "ro_01\x1fconv-0001": (1701846623, 39624),
    "ro_01\x1fconv-0002": (2284770014, 53196),
    "ro_01\x1fКиїв-42": (1047091829, 24379),
    "ro_02\x1fconv-0001": (4285304887, 99775),
    "ro_01\x1f": (1411009593, 32852),
    "ro_01\x1f🏠-7": (1418340097, 33023),
}
EDGES = {
    0: 0, 42949: 0, 42950: 1, 429496729: 9999, 429496730: 10000, 4294924346: 99998,
    4294924347: 99999, 4294967295: 99999,
}  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), GOLDEN.items())
def test_the_hash_of_a_known_text_never_changes(text: str, expected: tuple[int, int]) -> None:
    digest, bucket = expected
    assert murmur3_32(text.encode()) == plain_murmur3_32(text.encode()) == digest
    assert bucket_of_hash(digest) == bucket


@pytest.mark.parametrize(("digest", "bucket"), EDGES.items())
def test_the_edges_of_the_buckets_are_exact(digest: int, bucket: int) -> None:
    assert bucket_of_hash(digest) == bucket


def test_a_unit_stands_in_the_bucket_of_salt_and_name() -> None:
    assert bucket_of("ro_01", "conv-0001") == 39624
    assert bucket_of("ro_01", "🏠-7") == 33023


def test_salt_and_unit_cannot_be_mixed_up() -> None:
    assert bucket_of("ro_0", "1conv") != bucket_of("ro_01", "conv")


@given(st.binary(max_size=64))
def test_without_the_extension_the_hash_is_the_same(data: bytes) -> None:
    assert murmur3_32(data) == plain_murmur3_32(data)


@given(st.text(max_size=40), st.text(max_size=40))
def test_every_unit_has_a_bucket(salt: str, unit: str) -> None:
    try:
        unit.encode(), salt.encode()
    except UnicodeEncodeError:
        return
    assert 0 <= bucket_of(salt, unit) < WHOLE
