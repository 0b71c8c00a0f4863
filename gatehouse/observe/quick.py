"""Samples at a fraction of the library's price: a turn takes some forty of them.

The library asks for the process id, takes a lock and builds two byte strings at every increment.
Our server processes are spawned, never forked, and count on one thread, so one write into the
mapped file is enough. `bench/edge.py` and `bench/turn.py` measure what that is worth.
"""

from __future__ import annotations

from bisect import bisect_left
from struct import Struct
from typing import Any

import prometheus_client as prom
from prometheus_client import values

_PAIR = Struct("dd")  # a value and its timestamp, as prometheus_client.mmap_dict lays them out


def install() -> None:
    """Makes values quick where several processes share a folder. Before any metric is made."""
    shared = values.ValueClass
    if getattr(shared, "_multiprocess", False) and not issubclass(shared, QuickMixin):
        values.ValueClass = type("QuickValue", (QuickMixin, shared), {})


class QuickMixin:
    """`inc` and `set` of one double in the process's own mapped file."""

    _value: float
    _file: Any
    _key: str

    def inc(self, amount: float) -> None:
        self._value += amount
        self._store()

    def set(self, value: float, timestamp: float | None = None) -> None:
        self._value = value
        self._store()

    def _store(self) -> None:
        # Growing replaces the map and keeps positions, so both are looked up at each write.
        file = self._file
        _PAIR.pack_into(file._m, file._positions[self._key], self._value, 0.0)


class QuickCounter:
    """Only grows."""

    __slots__ = ("_inc",)

    def __init__(self, child: prom.Counter) -> None:
        self._inc = child._value.inc

    def inc(self, amount: float = 1) -> None:
        """Raises ValueError for an amount below zero."""
        if amount < 0:
            raise ValueError("a counter only grows")
        self._inc(amount)


class QuickHistogram:
    """Counts a value under its edge without walking the ladder."""

    __slots__ = ("_buckets", "_edges", "_sum")

    def __init__(self, child: prom.Histogram) -> None:
        self._edges = child._upper_bounds
        self._buckets = child._buckets
        self._sum = child._sum

    def observe(self, amount: float) -> None:
        """One value; an edge belongs to the bucket that it ends."""
        self._sum.inc(amount)
        self._buckets[bisect_left(self._edges, amount)].inc(1)
