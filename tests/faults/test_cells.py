"""P40, P41 and P35 in small; `python -m tests.faults` runs them at full size."""

from __future__ import annotations

import pytest

from .cells.redis_lost import redis_lost
from .cells.stale import stale
from .cells.stampede import Make, first_owns, no_flight, stampede
from .lab.stage import Stage

pytestmark = pytest.mark.faults


async def test_equal_searches_ask_once_whatever_becomes_of_the_first() -> None:
    outcome = await stampede(100)
    assert outcome.is_kept, outcome.lines()


@pytest.mark.parametrize("make", [no_flight, first_owns])
async def test_the_same_test_notices_a_cache_without_calls_of_its_own(make: Make) -> None:
    assert (await stampede(100, make)).broken


async def test_what_was_taken_back_is_not_shown_and_what_is_old_carries_its_hour(
    stage: Stage,
) -> None:
    outcome = await stale(stage, changes=2, frozen_seconds=6.5)
    assert outcome.is_kept, outcome.lines()


async def test_the_same_test_notices_a_cache_that_hears_no_news(stage: Stage) -> None:
    outcome = await stale(stage, changes=1, mutant="deaf", frozen_seconds=0)
    assert outcome.broken, outcome.lines()


async def test_a_redis_that_hangs_costs_no_reply_and_opens_no_limit(stage: Stage) -> None:
    outcome = await redis_lost(stage, mode="hung", visitors=2)
    assert outcome.is_kept, outcome.lines()
