"""T11: a flood of ever new visitors and networks. Spoofing: tests/api/talk/test_limits.py."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from starlette.requests import HTTPConnection

from gatehouse.base.clock import TurnableClock
from gatehouse.base.config import load
from gatehouse.base.errors import QuotaExceeded
from gatehouse.observe.access import OpsAccess
from gatehouse.resilience.limits import MemoryLimiter, Quota, Ruling
from gatehouse.talk.allowance import Allowance
from gatehouse.talk.sessions import Door, Principal, mint

IDENTITIES = 3000
MOST_KEYS = 500


def allowance(clock: TurnableClock, **settings: object) -> tuple[Allowance, MemoryLimiter]:
    chosen = load({}, **settings)
    limiter = MemoryLimiter(clock=clock, most_keys=MOST_KEYS)
    return Allowance.of(chosen, Door(OpsAccess.of(chosen)), limiter), limiter


def stranger(number: int) -> HTTPConnection:
    """Each from a /64 of its own."""
    address = f"2001:db8:{number:x}:1::1"
    return HTTPConnection({"type": "http", "client": (address, 40000), "headers": []})


async def allowed(made: Allowance, *, seconds_apart: float, clock: TurnableClock) -> int:
    count = 0
    for number in range(IDENTITIES):
        clock.turn(seconds_apart)
        try:
            await made.charge(stranger(number), mint())
            count += 1
        except QuotaExceeded:
            pass
    return count


@pytest.mark.parametrize(("seconds_apart", "most"), [(0.0, 100), (0.01, 100 + 300)])
async def test_new_identities_win_no_more_than_the_whole_site_may(
    seconds_apart: float, most: int
) -> None:
    clock = TurnableClock()
    made, limiter = allowance(clock)
    assert await allowed(made, seconds_apart=seconds_apart, clock=clock) <= most
    assert len(limiter) <= MOST_KEYS + 1  # memory is bounded, whoever comes


async def test_the_same_test_notices_a_site_without_a_limit() -> None:
    clock = TurnableClock()
    made, _ = allowance(clock, rate_limit_site=1_000_000)
    assert await allowed(made, seconds_apart=0.0, clock=clock) == IDENTITIES


async def test_all_limits_of_a_message_are_asked_for_in_one_step() -> None:
    made, _ = allowance(TurnableClock())
    asked: list[list[str]] = []

    class Noting(MemoryLimiter):
        async def take_each(self, wanted: Sequence[tuple[str, Quota]]) -> list[Ruling]:
            asked.append([quota.name for _, quota in wanted])
            return await super().take_each(wanted)

    shared = Allowance.of(load({}), made.door, Noting())
    await shared.charge(stranger(1), Principal(b"owner", "cookie"))
    assert asked == [["session", "user", "ip", "site"]]
