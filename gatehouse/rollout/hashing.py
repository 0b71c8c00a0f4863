"""The hash that draws conversations: the same in every process, release and language."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from gatehouse.rollout.types import WHOLE

SEPARATOR: Final = "\x1f"
_MASK: Final = 0xFFFFFFFF
_C1: Final = 0xCC9E2D51
_C2: Final = 0x1B873593


def plain_murmur3_32(data: bytes) -> int:
    """MurmurHash3_x86_32 with seed 0, unsigned (Austin Appleby, public domain)."""
    size = len(data)
    whole = size & ~3
    h = 0
    for at in range(0, whole, 4):
        h ^= _scrambled(int.from_bytes(data[at : at + 4], "little"))
        h = (h << 13 | h >> 19) & _MASK
        h = (h * 5 + 0xE6546B64) & _MASK
    if tail := data[whole:]:
        h ^= _scrambled(int.from_bytes(tail, "little"))
    return _mixed(h ^ size)


def _scrambled(k: int) -> int:
    k = k * _C1 & _MASK
    return (k << 15 | k >> 17) * _C2 & _MASK


def _mixed(h: int) -> int:
    h = (h ^ h >> 16) * 0x85EBCA6B & _MASK
    h = (h ^ h >> 13) * 0xC2B2AE35 & _MASK
    return h ^ h >> 16


murmur3_32: Callable[[bytes], int]
try:
    from mmh3 import mmh3_32_uintdigest as murmur3_32
except ImportError:  # the C extension is an accelerator: 0.1 instead of 5 µs
    murmur3_32 = plain_murmur3_32


def bucket_of_hash(h: int) -> int:
    """0 to WHOLE - 1: multiply and shift, for no remainder is even and no float is exact."""
    return h * WHOLE >> 32


def bucket_of(salt: str, unit: str) -> int:
    """Where a unit stands in the draw of one rollout, 0 to WHOLE - 1."""
    return murmur3_32(f"{salt}\x1f{unit}".encode()) * WHOLE >> 32
