"""What is true of Redis alone: damage, neighbours, and a server that is away."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest

from gatehouse.resilience.cells import PREFIX, Held, RedisCell
from gatehouse.resilience.limits import Quota
from gatehouse.resilience.redis_link import RedisLink
from gatehouse.resilience.shared_limits import limiter_of
from tests.conformance.cells.conftest import TEXT
from tests.redis_server import RedisServer

NOON = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
HELD = Held("x" * 100, NOON)


@pytest.mark.parametrize("damage", [b"", b"\0", b"not packed", b"x\x9c", b"{}"])
async def test_a_damaged_entry_is_a_miss(
    redis: RedisServer, link: RedisLink, damage: bytes
) -> None:
    cell = RedisCell(link, TEXT)
    await cell.put("a", HELD, seconds=60)
    redis.say(b"SET", (PREFIX + "a").encode(), damage, b"EX", b"60")
    assert await cell.get("a") is None


async def test_every_flipped_bit_is_a_miss(redis: RedisServer, link: RedisLink) -> None:
    cell = RedisCell(link, TEXT)
    await cell.put("a", HELD, seconds=60)
    name = (PREFIX + "a").encode()
    whole = redis.say(b"GET", name).split(b"\r\n", 1)[1][:-2]
    for place in range(2, len(whole)):  # the first two bytes name the format
        spoilt = bytearray(whole)
        spoilt[place] ^= 1
        redis.say(b"SET", name, bytes(spoilt), b"EX", b"60")
        found = await cell.get("a")
        assert found is None or found.value == HELD.value  # a bit that packing does not use


async def test_an_entry_that_another_release_wrote_is_a_miss(link: RedisLink) -> None:
    def refuse(_: bytes) -> str:
        raise ValueError("another shape")

    await RedisCell(link, TEXT).put("a", HELD, seconds=60)
    picky = RedisCell(link, type(TEXT)(TEXT.write, refuse))
    assert await picky.get("a") is None


async def test_clearing_the_cache_leaves_limits_and_everything_else(
    redis: RedisServer, link: RedisLink
) -> None:
    cell, quota = RedisCell(link, TEXT), Quota("session", 1, 60, 1)
    limiter = limiter_of(link, workers=2)
    redis.say(b"SET", b"somebody:else", b"1")
    await cell.put("a", HELD, seconds=60)
    assert (await limiter.take("visitor", quota)).is_allowed
    assert await cell.clear("*") == 1
    assert not (await limiter.take("visitor", quota)).is_allowed
    assert redis.say(b"EXISTS", b"somebody:else") == b":1\r\n"


async def test_a_server_that_is_away_is_a_miss_and_no_error(
    redis: RedisServer, link: RedisLink
) -> None:
    cell = RedisCell(link, TEXT)
    redis.kill()
    await cell.put("a", HELD, seconds=60)
    assert await cell.get("a") is None
    assert await cell.keys() == ()
    assert await cell.clear("*") == 0


async def test_answers_are_never_mixed_up_after_callers_went_away(
    redis: RedisServer, link: RedisLink
) -> None:
    cell = RedisCell(link, TEXT)
    for number in range(20):
        await cell.put(str(number), Held(str(number), NOON), seconds=60)
    for round_ in range(20):
        calls = [asyncio.create_task(cell.get(str(number))) for number in range(20)]
        await asyncio.sleep(0)
        for call in calls[round_ % 2 :: 2]:
            call.cancel()
        answers = await asyncio.gather(*calls, return_exceptions=True)
        for number, answer in enumerate(answers):
            if isinstance(answer, Held):
                assert answer.value == str(number)
    found = [await cell.get(str(number)) for number in range(20)]
    assert [each.value if each else None for each in found] == [str(n) for n in range(20)]
