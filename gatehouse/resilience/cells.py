"""Where a cache keeps its entries: the memory of this process, or Redis for all of them."""

from __future__ import annotations

import json
import zlib
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from fnmatch import fnmatchcase
from functools import partial
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from gatehouse.base.clock import Clock, SystemClock
from gatehouse.resilience.redis_link import RedisDown, RedisLink

if TYPE_CHECKING:
    from redis.asyncio import Redis

T = TypeVar("T")
PREFIX = "gh:cache:"
SCAN_COUNT = 500
MOST_ENTRIES = 2_000
MOST_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Held(Generic[T]):
    """A value, when it was true, how old it is, and by how much its life is stretched."""

    value: T
    as_of: datetime
    age: float = 0.0  # seconds
    spread: float = 1.0  # factor on the fresh time, so that equal entries do not end at once


class Cell(Protocol[T]):
    """Keeps entries for a while. Never raises; whatever it cannot give is a miss."""

    async def get(self, key: str) -> Held[T] | None: ...

    async def put(self, key: str, held: Held[T], *, seconds: float) -> None:
        """Keeps it for so many seconds, or not at all."""
        ...

    async def clear(self, pattern: str) -> int:
        """Forgets what matches (`*`, `?`, `[abc]`); how many entries that were."""
        ...

    async def keys(self) -> tuple[str, ...]: ...


@dataclass(slots=True)
class _Kept(Generic[T]):
    held: Held[T]
    since: float
    until: float
    size: int


class MemoryCell(Generic[T]):
    """The least recently used goes first. No method lets another task run in between.

    `weigh` tells how many bytes a value takes, roughly.
    """

    def __init__(
        self,
        weigh: Callable[[T], int],
        *,
        clock: Clock | None = None,
        most_entries: int = MOST_ENTRIES,
        most_bytes: int = MOST_BYTES,
    ) -> None:
        self._weigh = weigh
        self._clock = clock or SystemClock()
        self._most_entries = most_entries
        self._most_bytes = most_bytes
        self._kept: OrderedDict[str, _Kept[T]] = OrderedDict()
        self.bytes = 0

    async def get(self, key: str) -> Held[T] | None:
        kept = self._kept.get(key)
        if kept is None:
            return None
        now = self._clock.monotonic()
        if now >= kept.until:
            self._drop(key)
            return None
        self._kept.move_to_end(key)
        held = kept.held
        return Held(held.value, held.as_of, held.age + now - kept.since, held.spread)

    async def put(self, key: str, held: Held[T], *, seconds: float) -> None:
        self._drop(key)
        size = self._weigh(held.value)
        if size > self._most_bytes or seconds <= 0:
            return
        now = self._clock.monotonic()
        self._kept[key] = _Kept(held, now, now + seconds, size)
        self.bytes += size
        while len(self._kept) > self._most_entries or self.bytes > self._most_bytes:
            self._drop(next(iter(self._kept)))

    async def clear(self, pattern: str) -> int:
        found = [key for key in await self.keys() if fnmatchcase(key, pattern)]
        for key in found:
            self._drop(key)
        return len(found)

    async def keys(self) -> tuple[str, ...]:
        now = self._clock.monotonic()
        return tuple(key for key, kept in self._kept.items() if now < kept.until)

    def _drop(self, key: str) -> None:
        kept = self._kept.pop(key, None)
        if kept is not None:
            self.bytes -= kept.size


@dataclass(frozen=True, slots=True)
class Codec(Generic[T]):
    """A value as JSON and back; `read` raises ValueError for anything else."""

    write: Callable[[T], bytes]
    read: Callable[[bytes], T]


class RedisCell(Generic[T]):
    """Entries for all processes. Ages come from Redis's clock; a damaged entry is a miss."""

    def __init__(self, link: RedisLink, codec: Codec[T]) -> None:
        self._link = link
        self._codec = codec

    async def get(self, key: str) -> Held[T] | None:
        try:
            packed, left_ms = await self._link.run(lambda client: _read(client, PREFIX + key))
        except RedisDown:
            return None
        return self._unpack(packed, left_ms / 1000) if packed and left_ms > 0 else None

    async def put(self, key: str, held: Held[T], *, seconds: float) -> None:
        if seconds <= 0:
            return
        packed = self._pack(held, seconds)

        async def write(client: Redis) -> None:
            await client.set(PREFIX + key, packed, px=max(1, round(seconds * 1000)))

        with suppress(RedisDown):
            await self._link.run(write)

    async def clear(self, pattern: str) -> int:
        removed = 0
        for key in await self.keys():
            if fnmatchcase(key, pattern):
                removed += await self._unlink(key)
        return removed

    async def keys(self) -> tuple[str, ...]:
        """By small steps, so that Redis serves others in between."""
        found: dict[bytes, None] = {}
        cursor = 0
        with suppress(RedisDown):
            while True:
                cursor, page = await self._link.run(partial(_scan, cursor=cursor))
                found |= dict.fromkeys(page)
                if cursor == 0:
                    break
        return tuple(key.decode(errors="replace")[len(PREFIX) :] for key in found)

    async def _unlink(self, key: str) -> int:
        try:
            return await self._link.run(lambda client: _int(client.unlink(PREFIX + key)))
        except RedisDown:
            return 0

    def _pack(self, held: Held[T], seconds: float) -> bytes:
        facts = [held.as_of.isoformat(), held.age, held.spread, seconds]
        head = json.dumps(facts).encode()
        return zlib.compress(head + b"\n" + self._codec.write(held.value), level=1)

    def _unpack(self, packed: bytes, left: float) -> Held[T] | None:
        """zlib's checksum finds what was damaged, the codec what another release wrote."""
        try:
            head, body = zlib.decompress(packed).split(b"\n", 1)
            as_of, age, spread, seconds = json.loads(head)
            value = self._codec.read(body)
            return Held(
                value, datetime.fromisoformat(as_of), age + max(0.0, seconds - left), float(spread)
            )
        except (zlib.error, ValueError, TypeError):
            return None


async def _read(client: Redis, key: str) -> tuple[bytes | None, int]:
    async with client.pipeline(transaction=False) as both:
        both.get(key)
        both.pttl(key)
        packed, left_ms = await both.execute()
    return packed, left_ms


async def _scan(client: Redis, *, cursor: int) -> tuple[int, list[bytes]]:
    after, page = await client.scan(cursor, match=f"{PREFIX}*", count=SCAN_COUNT)
    return int(after), [key for key in page if isinstance(key, bytes)]


async def _int(answer: Any) -> int:
    return int(await answer)
