"""Every sentence of the breaker's rules, one test each, on a clock that the test turns."""

from __future__ import annotations

import asyncio
import json
import math
from collections.abc import AsyncIterator

import pytest

from gatehouse.base.clock import TurnableClock
from gatehouse.base.errors import BadInput, CircuitOpen, DeadlinePassed, Overloaded, SearchDown
from gatehouse.observe import exposition, journal
from gatehouse.resilience.breaker import Breaker, Judged, Rules, State, Vote
from gatehouse.resilience.breakers import Breakers
from gatehouse.resilience.rules import CONTRACT
from gatehouse.resilience.standing import Change
from gatehouse.resilience.votes import judge, judge_status
from gatehouse.web.standing import parts

MIDDLE = 0.5  # no jitter


class Fuse:
    """A breaker of the backend search with everything that a test looks at."""

    def __init__(self, rules: Rules | None = None, *, chance: float = MIDDLE) -> None:
        self.clock = TurnableClock()
        self.changes: list[Change] = []
        self.breaker = Breaker(
            "backend_search",
            rules=rules,
            clock=self.clock,
            jitter=lambda: chance,
            on_change=self.changes.append,
        )

    def call(self, vote: Vote, *, retry_after: float = 0, took: float = 0.0) -> None:
        with self.breaker.watch(timeout_seconds=1.0) as permit:
            self.clock.turn(took)
            permit.settle(Judged(vote, retry_after))

    def fail(self, times: int = 5) -> None:
        for _ in range(times):
            self.call(Vote.FAILURE)

    def state(self) -> State:
        return self.breaker.standing.state


def open_fuse() -> Fuse:
    fuse = Fuse()
    fuse.fail()
    return fuse


def half_open_fuse() -> Fuse:
    fuse = open_fuse()
    fuse.clock.turn(5)
    return fuse


def test_five_failures_in_a_row_open_it_and_nobody_is_let_through() -> None:
    fuse = open_fuse()
    with pytest.raises(CircuitOpen) as refused:
        fuse.call(Vote.OK)
    assert refused.value.retry_after == 5 + 2  # the open time, and half of the spread
    assert fuse.breaker.standing.reason == "failures_in_a_row"
    assert fuse.breaker.standing.opens_total == 1


def test_a_success_ends_the_row() -> None:
    fuse = Fuse()
    fuse.fail(4)
    fuse.call(Vote.OK)
    fuse.fail(4)
    assert fuse.state() is State.CLOSED


@pytest.mark.parametrize("bad", [Vote.FAILURE, Vote.OK])
def test_half_of_ten_calls_failed_or_slow_open_it(bad: Vote) -> None:
    fuse = Fuse()
    for _ in range(5):
        fuse.call(Vote.OK, took=0.1)
        fuse.call(bad, took=0.9)
    assert fuse.state() is State.OPEN
    assert fuse.breaker.standing.reason == "share_failed_or_slow"


def test_calls_older_than_thirty_seconds_no_longer_count() -> None:
    fuse = Fuse()
    for _ in range(4):
        fuse.call(Vote.OK)
        fuse.call(Vote.FAILURE)
    fuse.clock.turn(30)
    fuse.call(Vote.FAILURE)
    fuse.call(Vote.FAILURE)
    assert fuse.state() is State.CLOSED


def test_four_fifths_of_the_time_out_is_not_yet_slow() -> None:
    fuse = Fuse()
    for _ in range(20):
        fuse.call(Vote.OK, took=0.75)
    assert fuse.state() is State.CLOSED


@pytest.mark.parametrize(
    ("openings", "seconds"), [(1, 5), (2, 10), (3, 20), (4, 40), (5, 60), (6, 60)]
)
def test_the_open_time_doubles_up_to_a_minute(openings: int, seconds: float) -> None:
    fuse = open_fuse()
    for _ in range(openings - 1):
        fuse.clock.turn(60)
        fuse.call(Vote.FAILURE)
    assert fuse.changes[-1].seconds == pytest.approx(seconds)


@pytest.mark.parametrize(("chance", "seconds"), [(0.0, 4.0), (1.0, 6.0)])
def test_the_jitter_is_a_fifth_both_ways(chance: float, seconds: float) -> None:
    fuse = Fuse(chance=chance)
    fuse.fail()
    assert fuse.changes[-1].seconds == pytest.approx(seconds)


def test_the_doubling_starts_anew_after_a_minute_of_health() -> None:
    for healthy, expected in ((59, 10), (60, 5)):
        fuse = half_open_fuse()
        fuse.call(Vote.OK)
        fuse.call(Vote.OK)
        fuse.clock.turn(healthy)
        fuse.fail()
        assert fuse.changes[-1].seconds == pytest.approx(expected)


def test_a_failures_retry_after_is_the_least_open_time() -> None:
    fuse = Fuse()
    fuse.call(Vote.FAILURE, retry_after=40)
    fuse.fail(4)
    assert fuse.breaker.standing.retry_after == 40


@pytest.mark.parametrize("nonsense", [math.nan, math.inf, -5.0])
def test_a_nonsensical_retry_after_is_as_none(nonsense: float) -> None:
    fuse = Fuse()
    fuse.call(Vote.FAILURE, retry_after=nonsense)
    fuse.fail(4)
    assert fuse.breaker.standing.retry_after == 5


def test_throttling_shuts_the_gate_and_does_not_vote() -> None:
    fuse = Fuse()
    fuse.fail(4)
    fuse.call(Vote.THROTTLED, retry_after=7)
    assert fuse.state() is State.CLOSED
    assert fuse.breaker.standing.reason == "throttled"
    with pytest.raises(CircuitOpen) as refused:
        fuse.call(Vote.OK)
    assert refused.value.retry_after == 7 + 2
    fuse.clock.turn(7)
    fuse.fail(1)
    assert fuse.state() is State.OPEN  # the fifth failure: the 429 between did not end the row


def test_a_refused_key_opens_at_once_for_five_minutes() -> None:
    fuse = Fuse()
    fuse.call(Vote.MISCONFIGURED)
    assert fuse.breaker.standing.reason == "misconfigured"
    fuse.clock.turn(299)
    assert fuse.state() is State.OPEN
    fuse.clock.turn(1)
    assert fuse.state() is State.HALF_OPEN


def test_two_probes_in_a_row_close_it() -> None:
    fuse = half_open_fuse()
    fuse.call(Vote.OK)
    assert fuse.state() is State.HALF_OPEN
    fuse.call(Vote.OK)
    assert fuse.state() is State.CLOSED


@pytest.mark.parametrize(("vote", "took"), [(Vote.FAILURE, 0.0), (Vote.OK, 0.9)])
def test_a_failed_or_slow_probe_opens_it_again(vote: Vote, took: float) -> None:
    fuse = half_open_fuse()
    fuse.call(Vote.OK)
    fuse.call(vote, took=took)
    assert fuse.state() is State.OPEN
    assert fuse.changes[-1].seconds == pytest.approx(10)


def test_while_a_probe_is_under_way_others_are_refused_until_its_lease_ends() -> None:
    fuse = half_open_fuse()
    with fuse.breaker.watch(timeout_seconds=3.0), pytest.raises(CircuitOpen) as refused:
        fuse.call(Vote.OK)
    assert refused.value.retry_after == 4 + 2


def test_a_probe_that_never_returns_gives_its_permit_back() -> None:
    fuse = half_open_fuse()
    lost = fuse.breaker.watch(timeout_seconds=3.0)
    lost.__enter__()
    fuse.clock.turn(3.9)
    with pytest.raises(CircuitOpen):
        fuse.call(Vote.OK)
    fuse.clock.turn(0.1)
    with fuse.breaker.watch(timeout_seconds=3.0):
        lost.settle(Judged(Vote.FAILURE))  # too late: another probe has its place
        with pytest.raises(CircuitOpen):
            fuse.call(Vote.OK)
    assert fuse.state() is State.HALF_OPEN


@pytest.mark.parametrize("timeout", [None, math.inf])
def test_a_probe_without_a_time_out_has_a_lease_all_the_same(timeout: float | None) -> None:
    fuse = half_open_fuse()
    fuse.breaker.watch(timeout_seconds=timeout).__enter__()
    fuse.clock.turn(31)
    fuse.call(Vote.OK)


async def test_a_cancelled_probe_gives_its_permit_back_and_does_not_vote() -> None:
    fuse = half_open_fuse()

    async def probe() -> None:
        with fuse.breaker.watch(timeout_seconds=1.0):
            await asyncio.get_running_loop().create_future()

    task = asyncio.create_task(probe())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    fuse.call(Vote.OK)
    assert fuse.state() is State.HALF_OPEN


async def test_a_stream_that_its_reader_closes_does_not_vote() -> None:
    fuse = Fuse(Rules(in_a_row=1))

    async def stream() -> AsyncIterator[int]:
        with fuse.breaker.watch(timeout_seconds=1.0):
            yield 1
            yield 2

    reading = stream()
    assert await anext(reading) == 1
    await reading.aclose()  # type: ignore[attr-defined]
    assert fuse.state() is State.CLOSED


def test_what_began_before_a_change_says_nothing_after_it() -> None:
    fuse = Fuse()
    early = [fuse.breaker.watch(timeout_seconds=100.0) for _ in range(8)]
    for permit in early:
        permit.__enter__()
    fuse.fail()
    fuse.clock.turn(5)
    early[0].settle(Judged(Vote.OK))
    early[1].settle(Judged(Vote.OK))
    assert fuse.state() is State.HALF_OPEN
    early[2].settle(Judged(Vote.FAILURE))
    assert fuse.state() is State.HALF_OPEN


def test_reading_changes_nothing() -> None:
    fuse = half_open_fuse()
    told = len(fuse.changes)
    assert {fuse.breaker.standing.state for _ in range(100)} == {State.HALF_OPEN}
    assert len(fuse.changes) == told
    fuse.call(Vote.OK)


def test_the_gauge_follows_the_clock_when_nobody_calls() -> None:
    fuse = half_open_fuse()
    fuse.breaker.keep_time()
    assert [change.to for change in fuse.changes] == [State.OPEN, State.HALF_OPEN]


@pytest.mark.parametrize(
    ("forced", "after"),
    [(State.FORCED_OPEN, State.HALF_OPEN), (State.FORCED_CLOSED, State.CLOSED)],
)
def test_a_forced_state_ends_by_itself(forced: State, after: State) -> None:
    fuse = Fuse()
    fuse.breaker.force(forced, seconds=10, reason="trying")
    fuse.clock.turn(9)
    assert fuse.breaker.standing.state is forced
    fuse.clock.turn(1)
    assert fuse.breaker.standing.state is after


def test_forced_closed_lets_everything_through_and_forced_open_nothing() -> None:
    fuse = open_fuse()
    fuse.breaker.force("forced_closed", seconds=60, reason="the breaker is wrong")
    fuse.fail(20)
    assert fuse.state() is State.FORCED_CLOSED
    fuse.breaker.force("forced_open", seconds=60, reason="maintenance")
    with pytest.raises(CircuitOpen):
        fuse.call(Vote.OK)
    fuse.breaker.release(reason="done")
    assert fuse.state() is State.HALF_OPEN


@pytest.mark.parametrize(
    ("state", "seconds", "reason"),
    [
        ("open", 5.0, "x"),
        ("forced_open", 0.0, "x"),
        ("forced_open", math.nan, "x"),
        ("forced_open", 1e9, "x"),
        ("forced_open", 5.0, " "),
    ],
)
def test_a_wrong_override_is_refused(state: str, seconds: float, reason: str) -> None:
    with pytest.raises(BadInput):
        Fuse().breaker.force(state, seconds=seconds, reason=reason)


def test_a_tenth_of_fifty_answers_breaking_the_contract_open_its_breaker() -> None:
    fuse = Fuse(CONTRACT)
    for number in range(49):
        fuse.call(Vote.FAILURE if number % 10 == 0 else Vote.OK)
        fuse.clock.turn(600)
    assert fuse.state() is State.CLOSED
    fuse.call(Vote.OK)
    assert fuse.state() is State.OPEN


@pytest.mark.parametrize(
    ("error", "vote"),
    [
        (CircuitOpen(), Vote.NONE),
        (Overloaded(), Vote.NONE),
        (BadInput(), Vote.NONE),
        (SearchDown(), Vote.FAILURE),
        (DeadlinePassed(), Vote.FAILURE),
        (TimeoutError(), Vote.FAILURE),
        (ConnectionRefusedError(), Vote.FAILURE),
    ],
)
def test_exceptions_are_judged(error: Exception, vote: Vote) -> None:
    assert judge(error).vote is vote


@pytest.mark.parametrize(
    ("status", "vote"),
    [
        (200, Vote.OK), (304, Vote.OK), (400, Vote.NONE), (404, Vote.NONE), (409, Vote.NONE),
        (422, Vote.NONE), (401, Vote.MISCONFIGURED), (403, Vote.MISCONFIGURED),
        (408, Vote.FAILURE), (429, Vote.THROTTLED), (500, Vote.FAILURE), (529, Vote.FAILURE),
    ],
)  # fmt: skip
def test_statuses_are_judged(status: int, vote: Vote) -> None:
    assert judge_status(status).vote is vote


def _sample(name: str, **wanted: str) -> float:
    return sum(s.value for s in exposition.samples(name) if s.name == name and s.labels == wanted)


class _Lines:
    name = "lines"

    def __init__(self) -> None:
        self.told: list[dict[str, object]] = []

    def write(self, line: bytes, monotonic: float) -> None:
        self.told.append(json.loads(line))


def test_a_change_is_counted_shown_and_told_when_it_happens() -> None:
    lines = _Lines()
    before = journal.use(journal.Journal(sinks=(lines,)))
    begun = _sample("re_circuit_breaker_transitions_total", service="embeddings", to="open")
    try:
        breaker = Breaker("embeddings", clock=TurnableClock())
        with breaker.watch() as permit:
            permit.settle(Judged(Vote.MISCONFIGURED))
    finally:
        journal.use(before)
    counted = _sample("re_circuit_breaker_transitions_total", service="embeddings", to="open")
    assert counted == begun + 1
    assert _sample("re_circuit_breaker_state", service="embeddings") == 1
    assert [line["event"] for line in lines.told] == ["breaker_transition"]
    assert lines.told[0]["level"] == "ERROR"
    assert lines.told[0]["dependency"] == "embeddings"
    assert lines.told[0]["to"] == "open"


def test_the_process_has_one_breaker_a_dependency() -> None:
    breakers = Breakers({"redis": Rules(in_a_row=1)}, clock=TurnableClock())
    assert breakers.of("redis") is breakers.of("redis")
    assert breakers.of("redis").rules.in_a_row == 1
    assert set(breakers.standings()) == {"redis"}


def test_staff_see_how_each_breaker_stands() -> None:
    breakers = Breakers(clock=TurnableClock())
    breakers.of("redis")
    breakers.of("embeddings").force("forced_open", seconds=60, reason="the provider moves")
    told = parts(breakers)
    assert told.resting == ("embeddings",)
    assert told.breakers == {
        "embeddings": {
            "state": "forced_open",
            "reason": "the provider moves",
            "opens_total": 0,
            "retry_after": 60,
        },
        "redis": {"state": "closed", "reason": "", "opens_total": 0, "retry_after": 0},
    }
