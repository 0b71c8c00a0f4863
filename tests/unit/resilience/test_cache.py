"""The cache: one call for many, and what each of them gets when that call goes wrong."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from gatehouse.base.clock import TurnableClock
from gatehouse.base.errors import BadInput, DeadlinePassed, SearchDown, Unavailable
from gatehouse.resilience.cache import Cache, How, Served, Times
from gatehouse.resilience.cells import Held, MemoryCell

PATIENT = 30.0


class Source:
    """Counts its calls; each waits until it is let go."""

    def __init__(self) -> None:
        self.calls = 0
        self.gate = asyncio.Event()
        self.gate.set()
        self.trouble: Exception | None = None

    async def load(self) -> str:
        self.calls += 1
        number = self.calls
        await self.gate.wait()
        if self.trouble:
            raise self.trouble
        return f"value {number}"


@pytest.fixture
def clock() -> TurnableClock:
    return TurnableClock()


@pytest.fixture
def source() -> Source:
    return Source()


def cache_of(
    clock: TurnableClock,
    *,
    times: Times | None = None,
    far: MemoryCell[str] | None = None,
    chance: Callable[[], float] = lambda: 0.5,
) -> Cache[str]:
    return Cache(
        MemoryCell(len, clock=clock),
        far,
        times=times or Times(lease=60),
        clock=clock,
        chance=chance,
        is_negative=lambda value: value == "",
    )


async def until(claim: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENT):
        while not claim():
            await asyncio.sleep(0)


async def crowd(cache: Cache[str], source: Source, size: int) -> list[asyncio.Task[Served[str]]]:
    """So many callers waiting for one call."""
    source.gate.clear()
    callers = [
        asyncio.create_task(cache.fetch("k", source.load, seconds=PATIENT)) for _ in range(size)
    ]
    await until(lambda: source.calls > 0)
    for _ in range(3):
        await asyncio.sleep(0)
    return callers


async def test_a_thousand_callers_make_one_call(clock: TurnableClock, source: Source) -> None:
    cache = cache_of(clock)
    callers = await crowd(cache, source, 1000)
    source.gate.set()
    hows = [each.how for each in await asyncio.gather(*callers)]
    assert source.calls == 1
    assert (hows.count(How.MISS), hows.count(How.JOINED)) == (1, 999)


async def test_a_cancelled_leader_harms_nobody(clock: TurnableClock, source: Source) -> None:
    callers = await crowd(cache_of(clock), source, 100)
    callers[0].cancel()
    source.gate.set()
    results = await asyncio.gather(*callers, return_exceptions=True)
    assert isinstance(results[0], asyncio.CancelledError)
    assert not [each for each in results[1:] if isinstance(each, BaseException)]
    assert source.calls == 1


async def test_when_all_callers_left_the_value_is_kept_for_the_next(
    clock: TurnableClock, source: Source
) -> None:
    cache = cache_of(clock)
    for caller in await crowd(cache, source, 10):
        caller.cancel()
    source.gate.set()
    await until(lambda: cache.in_flight == 0)
    assert (await cache.fetch("k", source.load, seconds=PATIENT)).how is How.FRESH


async def test_an_error_is_shared_once_and_the_next_caller_asks_again(
    clock: TurnableClock, source: Source
) -> None:
    cache = cache_of(clock)
    source.trouble = SearchDown(retry_after=2)
    callers = await crowd(cache, source, 50)
    source.gate.set()
    results = await asyncio.gather(*callers, return_exceptions=True)
    assert all(isinstance(each, SearchDown) for each in results) and source.calls == 1
    source.trouble = None
    assert (await cache.fetch("k", source.load, seconds=PATIENT)).value == "value 2"


async def test_a_caller_waits_no_longer_than_it_said_and_the_call_goes_on(
    clock: TurnableClock, source: Source
) -> None:
    cache = cache_of(clock)
    source.gate.clear()
    with pytest.raises(DeadlinePassed):
        await cache.fetch("k", source.load, seconds=0.01)
    source.gate.set()
    await until(lambda: cache.in_flight == 0)
    assert (await cache.fetch("k", source.load, seconds=PATIENT)).value == "value 1"


async def test_a_call_that_hangs_ends_with_its_lease(clock: TurnableClock, source: Source) -> None:
    cache = cache_of(clock, times=Times(lease=0.02))
    source.gate.clear()
    with pytest.raises(DeadlinePassed):
        await cache.fetch("k", source.load, seconds=PATIENT)
    assert cache.in_flight == 0


async def test_a_call_that_cannot_be_ended_is_replaced(clock: TurnableClock) -> None:
    """Some code does not hear that it was cancelled; nobody after its lease waits for it."""
    cache, let_go, calls = cache_of(clock, times=Times(lease=0.02)), asyncio.Event(), []

    async def deaf() -> str:
        calls.append("deaf")
        while not let_go.is_set():
            try:
                await let_go.wait()
            except asyncio.CancelledError:
                continue
        return "late"

    async def well() -> str:
        return "new"

    with pytest.raises(DeadlinePassed):
        await cache.fetch("k", deaf, seconds=0.05)
    clock.turn(1)
    assert (await cache.fetch("k", well, seconds=PATIENT)).value == "new"
    let_go.set()
    await until(lambda: cache.in_flight == 0)


async def test_fresh_then_stale_with_one_refresh_behind_it(
    clock: TurnableClock, source: Source
) -> None:
    cache = cache_of(clock)
    await cache.fetch("k", source.load, seconds=PATIENT)
    clock.turn(29)
    assert (await cache.fetch("k", source.load, seconds=PATIENT)).how is How.FRESH
    clock.turn(2)
    source.gate.clear()
    for _ in range(5):
        served = await cache.fetch("k", source.load, seconds=PATIENT)
        assert (served.how, served.value) == (How.STALE, "value 1")
    source.gate.set()
    await until(lambda: cache.in_flight == 0)
    served = await cache.fetch("k", source.load, seconds=PATIENT)
    assert (served.how, served.value, source.calls) == (How.FRESH, "value 2", 2)


async def test_after_five_minutes_a_stale_value_is_not_shown_while_the_source_works(
    clock: TurnableClock, source: Source
) -> None:
    cache = cache_of(clock)
    await cache.fetch("k", source.load, seconds=PATIENT)
    clock.turn(331)
    assert (await cache.fetch("k", source.load, seconds=PATIENT)).value == "value 2"


async def test_a_failing_source_is_stood_in_for_with_the_time_of_the_value(
    clock: TurnableClock, source: Source
) -> None:
    cache, noon = cache_of(clock), clock.now()
    await cache.fetch("k", source.load, seconds=PATIENT)
    source.trouble = SearchDown()
    clock.turn(23 * 3600)
    served = await cache.fetch("k", source.load, seconds=PATIENT)
    assert (served.how, served.value, served.as_of) == (How.STALE_ERROR, "value 1", noon)
    clock.turn(3600)
    with pytest.raises(SearchDown):
        await cache.fetch("k", source.load, seconds=PATIENT)


@pytest.mark.parametrize("wrong", [BadInput("limit"), ZeroDivisionError()])
async def test_a_bad_question_and_a_bug_are_not_papered_over(
    clock: TurnableClock, source: Source, wrong: Exception
) -> None:
    cache = cache_of(clock)
    await cache.fetch("k", source.load, seconds=PATIENT)
    source.trouble = wrong
    clock.turn(600)
    with pytest.raises(type(wrong)):
        await cache.fetch("k", source.load, seconds=PATIENT)


async def test_what_may_have_been_overtaken_is_not_shown_while_the_source_works(
    clock: TurnableClock, source: Source
) -> None:
    cache = cache_of(clock)
    await cache.fetch("k", source.load, seconds=PATIENT)
    served = await cache.fetch("k", source.load, seconds=PATIENT, is_current=False)
    assert (served.how, served.value) == (How.MISS, "value 2")
    source.trouble = SearchDown()
    served = await cache.fetch("k", source.load, seconds=PATIENT, is_current=False)
    assert (served.how, served.value) == (How.STALE_ERROR, "value 2")


async def test_nothing_found_is_believed_for_five_seconds_only(clock: TurnableClock) -> None:
    cache, calls = cache_of(clock), []

    async def nothing() -> str:
        calls.append(1)
        return ""

    for seconds in (0, 4.9):
        clock.turn(seconds)
        await cache.fetch("k", nothing, seconds=PATIENT)
    assert len(calls) == 1
    clock.turn(0.2)
    assert (await cache.fetch("k", nothing, seconds=PATIENT)).how is How.STALE
    await until(lambda: cache.in_flight == 0)
    assert len(calls) == 2


@pytest.mark.parametrize(("chance", "fresh"), [(0.0, 27), (0.5, 30), (1.0, 33)])
async def test_equal_entries_do_not_all_end_at_once(
    clock: TurnableClock, source: Source, chance: float, fresh: float
) -> None:
    cache = cache_of(clock, chance=lambda: chance)
    await cache.fetch("k", source.load, seconds=PATIENT)
    clock.turn(fresh - 0.01)
    assert (await cache.fetch("k", source.load, seconds=PATIENT)).how is How.FRESH
    clock.turn(0.02)
    assert (await cache.fetch("k", source.load, seconds=PATIENT)).how is How.STALE
    await until(lambda: cache.in_flight == 0)


async def test_what_is_fetched_while_the_cache_is_cleared_is_not_kept(
    clock: TurnableClock, source: Source
) -> None:
    far = MemoryCell[str](len, clock=clock)
    cache = cache_of(clock, far=far)
    callers = await crowd(cache, source, 3)
    assert await cache.clear("*") == 0
    source.gate.set()
    await asyncio.gather(*callers)
    await until(lambda: cache.in_flight == 0)
    assert await cache.near.keys() == () == await far.keys()


async def test_another_process_finds_a_value_in_the_far_cell(
    clock: TurnableClock, source: Source
) -> None:
    far = MemoryCell[str](len, clock=clock)
    one, other = cache_of(clock, far=far), cache_of(clock, far=far)
    await one.fetch("k", source.load, seconds=PATIENT)
    await until(lambda: one.in_flight == 0)
    clock.turn(10)
    served = await other.fetch("k", source.load, seconds=PATIENT)
    assert (served.how, served.value, source.calls) == (How.FRESH, "value 1", 1)
    clock.turn(21)  # its age came along
    assert (await other.fetch("k", source.load, seconds=PATIENT)).how is How.STALE
    await until(lambda: other.in_flight == 0)


async def test_an_old_value_of_the_far_cell_stands_in_for_a_failing_source(
    clock: TurnableClock, source: Source
) -> None:
    far = MemoryCell[str](len, clock=clock)
    one, other, noon = cache_of(clock, far=far), cache_of(clock, far=far), clock.now()
    await one.fetch("k", source.load, seconds=PATIENT)
    await until(lambda: one.in_flight == 0)
    clock.turn(600)
    source.trouble = SearchDown()
    served = await other.fetch("k", source.load, seconds=PATIENT)
    assert (served.how, served.as_of) == (How.STALE_ERROR, noon)


async def test_closing_ends_the_calls_and_tells_their_callers(
    clock: TurnableClock, source: Source
) -> None:
    cache = cache_of(clock)
    callers = await crowd(cache, source, 3)
    await cache.close()
    results = await asyncio.gather(*callers, return_exceptions=True)
    assert all(isinstance(each, Unavailable) for each in results) and cache.in_flight == 0


async def test_a_shared_error_does_not_gather_the_frames_of_all_who_heard_it(
    clock: TurnableClock, source: Source
) -> None:
    cache = cache_of(clock)
    source.trouble = SearchDown()
    callers = await crowd(cache, source, 200)
    source.gate.set()
    await asyncio.gather(*callers, return_exceptions=True)
    trace, length = source.trouble.__traceback__, 0
    while trace is not None:
        trace, length = trace.tb_next, length + 1
    assert length < 10


async def test_memory_keeps_to_its_size(clock: TurnableClock) -> None:
    cell = MemoryCell[str](len, clock=clock, most_entries=10, most_bytes=50)
    for number in range(100):
        await cell.put(str(number), Held("x" * (number % 9), clock.now()), seconds=60)
        assert len(await cell.keys()) <= 10 and cell.bytes <= 50
    await cell.put("large", Held("x" * 51, clock.now()), seconds=60)
    assert await cell.get("large") is None
    await cell.clear("*")
    assert cell.bytes == 0


async def test_memory_forgets_what_was_used_least_recently(clock: TurnableClock) -> None:
    cell = MemoryCell[str](len, clock=clock, most_entries=2)
    for key in ("a", "b"):
        await cell.put(key, Held(key, clock.now()), seconds=60)
    await cell.get("a")
    await cell.put("c", Held("c", clock.now()), seconds=60)
    assert set(await cell.keys()) == {"a", "c"}
