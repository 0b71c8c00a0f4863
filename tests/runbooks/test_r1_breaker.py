"""R1 on the breaker: its states are seen, short openings are counted, looking is harmless."""

from __future__ import annotations

from contextlib import ExitStack

from gatehouse.base.clock import TurnableClock
from gatehouse.base.errors import CircuitOpen
from gatehouse.observe import exposition
from gatehouse.resilience.breaker import Breaker, Judged, Rules, State, Vote

SERVICE = "backend_search"


def scrape(name: str, **wanted: str) -> float:
    """One sample of /metrics."""
    return sum(s.value for s in exposition.samples(name) if s.name == name and s.labels == wanted)


def state() -> float:
    return scrape("re_circuit_breaker_state", service=SERVICE)


def openings() -> float:
    return scrape("re_circuit_breaker_transitions_total", service=SERVICE, to="open")


def breaker(clock: TurnableClock, *, open_seconds: float = 5.0) -> Breaker:
    rules = Rules(open_seconds=open_seconds, longest_open_seconds=open_seconds)
    return Breaker(SERVICE, rules=rules, clock=clock, jitter=lambda: 0.5)


def end(fuse: Breaker, vote: Vote, *, times: int = 1) -> None:
    for _ in range(times):
        with fuse.watch(timeout_seconds=1.0) as permit:
            permit.settle(Judged(vote))


def test_r1_11_five_failures_open_it_and_twenty_waiting_callers_are_one_probe() -> None:
    clock = TurnableClock()
    fuse = breaker(clock)
    end(fuse, Vote.FAILURE, times=4)
    end(fuse, Vote.NONE, times=20)
    before: State = fuse.standing.state
    assert before is State.CLOSED, "who went away or asked badly says nothing"
    end(fuse, Vote.FAILURE)
    after: State = fuse.standing.state
    assert after is State.OPEN
    clock.turn(5)
    let_through = 0
    with ExitStack() as under_way:
        for _ in range(20):
            try:
                under_way.enter_context(fuse.watch(timeout_seconds=1.0))
            except CircuitOpen:
                continue
            let_through += 1
    assert let_through == 1


def test_r1_22_three_states_are_visible_and_a_scrape_takes_no_permit() -> None:
    clock = TurnableClock()
    fuse = breaker(clock)
    end(fuse, Vote.FAILURE, times=5)
    assert state() == 1
    clock.turn(5)
    fuse.keep_time()
    assert {state() for _ in range(100)} == {0.5}
    end(fuse, Vote.OK, times=2)
    assert state() == 0


def test_r1_36_four_openings_of_two_seconds_between_two_scrapes_are_counted() -> None:
    clock = TurnableClock()
    fuse = breaker(clock, open_seconds=2)
    before = openings()
    for _ in range(4):
        end(fuse, Vote.FAILURE, times=5)
        clock.turn(2)
        end(fuse, Vote.OK, times=2)
    assert fuse.standing.state is State.CLOSED
    assert state() == 0, "the gauge alone would show nothing"
    assert openings() == before + 4


def test_r1_57_one_clean_cycle_is_one_opening() -> None:
    """The runbook counted transitions, of which one cycle has three."""
    clock = TurnableClock()
    fuse = breaker(clock)
    before = openings()
    end(fuse, Vote.FAILURE, times=5)
    clock.turn(5)
    end(fuse, Vote.OK, times=2)
    assert fuse.standing.state is State.CLOSED
    assert openings() == before + 1
