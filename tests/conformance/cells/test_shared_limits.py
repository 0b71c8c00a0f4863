"""Redis counts as gatehouse.resilience.limits.gcra does, for all processes at once."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from gatehouse.resilience.breaker import Breaker
from gatehouse.resilience.limits import MemoryLimiter, Quota, gcra
from gatehouse.resilience.redis_link import RedisLink
from gatehouse.resilience.shared_limits import GCRA, PREFIX, RedisLimiter
from tests.redis_server import PATIENT, RedisServer

SLOW = Quota("session", count=1, seconds=3600, burst=5)  # nothing is forgiven during a test


def limiter_of(link: RedisLink) -> RedisLimiter:
    return RedisLimiter(link, MemoryLimiter(workers=2))


async def test_processes_share_one_burst(redis: RedisServer) -> None:
    links = [RedisLink(redis.url, Breaker("redis"), patience=PATIENT) for _ in range(4)]
    takes = [limiter_of(link).take("a", SLOW) for link in links for _ in range(10)]
    rulings = await asyncio.gather(*takes)
    assert sum(ruling.is_allowed for ruling in rulings) == SLOW.burst
    for link in links:
        await link.close()


async def test_the_script_rules_as_the_pure_function(link: RedisLink) -> None:
    """The same times go through both: a turned clock takes the place of Redis's own."""
    script = GCRA.replace("redis.call('TIME')", "{tonumber(ARGV[4]), tonumber(ARGV[5])}")
    script = script.replace(", 'PX', math.ceil((tat - now) / 1000)", "")
    assert "ARGV[5]" in script and "PX" not in script
    quota, tat, now = Quota("q", 7, 11.0, 3), None, 1_700_000_000_000_000
    for number in range(200):
        now += (number * 7919) % 2_500_000
        cost = 1 + number % 3
        tat, ruling = gcra(tat, now, quota=quota, cost=cost)
        args = (quota.interval_us, quota.burst, cost, now // 1_000_000, now % 1_000_000)
        wait, ahead = await link.script(script, ("same",), args)
        assert (wait <= 0) == ruling.is_allowed
        assert (wait / 1e6, ahead / 1e6) == (ruling.retry_after, ruling.reset_seconds)


async def test_several_keys_are_asked_for_in_one_step_and_the_first_refusal_ends_it(
    redis: RedisServer, link: RedisLink
) -> None:
    narrow, wide = Quota("narrow", 1, 3600, 2), Quota("wide", 1, 3600, 5)
    limiter = limiter_of(link)
    calls = noting(link)
    rulings = [await limiter.take_each([("a", narrow), ("b", wide)]) for _ in range(3)]
    assert calls == [2, 2, 2]  # keys; one call each time
    assert [[each.is_allowed for each in asked] for asked in rulings] == [
        [True, True],
        [True, True],
        [False],
    ]
    assert (await limiter.take("b", wide)).remaining == 2  # whom one refused used up nothing here
    alone = MemoryLimiter()
    twin = [await alone.take_each([("a", narrow), ("b", wide)]) for _ in range(3)]
    for ours, theirs in zip(rulings, twin, strict=True):
        assert [(r.is_allowed, r.remaining) for r in ours] == [
            (r.is_allowed, r.remaining) for r in theirs
        ]


def noting(link: RedisLink) -> list[int]:
    """How many keys each script call of the link brings, from now on."""
    calls: list[int] = []
    script = link.script

    async def noted(text: str, keys: Sequence[str], args: Sequence[int | str]) -> Any:
        calls.append(len(keys))
        return await script(text, keys, args)

    link.script = noted  # type: ignore[method-assign]
    return calls


async def test_a_key_ends_by_itself_when_it_is_free_again(
    redis: RedisServer, link: RedisLink
) -> None:
    await limiter_of(link).take("a", SLOW)
    left = int(redis.say(b"PTTL", f"{PREFIX}session:a".encode())[1:])
    assert 3_500_000 < left <= 3_600_000


async def test_after_a_restart_the_script_is_learnt_again(
    redis: RedisServer, link: RedisLink
) -> None:
    limiter = limiter_of(link)
    await limiter.take("a", SLOW)
    redis.say(b"SCRIPT", b"FLUSH")
    rulings = [await limiter.take("a", SLOW) for _ in range(5)]
    assert [ruling.is_allowed for ruling in rulings] == [True] * 4 + [False]


async def test_a_flushed_redis_starts_a_new_burst_and_stays_a_limit(
    redis: RedisServer, link: RedisLink
) -> None:
    limiter = limiter_of(link)
    for _ in range(2):
        rulings = [await limiter.take("a", SLOW) for _ in range(10)]
        assert sum(ruling.is_allowed for ruling in rulings) == SLOW.burst
        redis.flush()


@pytest.mark.parametrize("damage", [b"", b"nonsense", b"-5", b"9e99"])
async def test_a_damaged_key_neither_opens_nor_shuts_the_limit(
    redis: RedisServer, link: RedisLink, damage: bytes
) -> None:
    redis.say(b"SET", f"{PREFIX}quick:a".encode(), damage)
    quick = Quota("quick", count=1000, seconds=1, burst=1)
    async with asyncio.timeout(30):
        while not (await limiter_of(link).take("a", quick)).is_allowed:
            pass
