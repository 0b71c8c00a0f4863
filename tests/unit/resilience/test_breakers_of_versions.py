"""Each agent version has its own breaker where it matters: one tripped version stops no other."""

from __future__ import annotations

import pytest

from gatehouse.base.clock import TurnableClock
from gatehouse.base.errors import CircuitOpen
from gatehouse.resilience.breaker import Breaker, Rules, State
from gatehouse.resilience.breakers import Breakers
from gatehouse.resilience.standing import Change
from gatehouse.resilience.votes import Judged, Vote

SERVICE = "llm_contract"


@pytest.fixture
def breakers() -> Breakers:
    return Breakers({SERVICE: Rules(in_a_row=2)}, clock=TurnableClock())


def trip(breaker: Breaker) -> None:
    for _ in range(2):
        with breaker.watch() as permit:
            permit.settle(Judged(Vote.FAILURE))


def test_a_version_that_trips_leaves_the_others_alone(breakers: Breakers) -> None:
    trip(breakers.of(SERVICE, "v-bad"))
    with pytest.raises(CircuitOpen), breakers.of(SERVICE, "v-bad").watch():
        pass
    with breakers.of(SERVICE, "v-good").watch():
        pass


def test_one_breaker_for_all_would_have_stopped_them(breakers: Breakers) -> None:
    """The negative control: why versions do not share."""
    trip(breakers.of(SERVICE))
    with pytest.raises(CircuitOpen), breakers.of(SERVICE).watch():
        pass


def test_the_service_stands_as_its_worst_breaker_does(breakers: Breakers) -> None:
    breakers.of(SERVICE, "v-good")
    trip(breakers.of(SERVICE, "v-bad"))
    assert breakers.standings()[SERVICE].state is State.OPEN
    told = breakers.standings_of_versions()
    assert told[SERVICE, "v-good"].state is State.CLOSED
    assert told[SERVICE, "v-bad"].state is State.OPEN


def test_changes_name_the_version(breakers: Breakers) -> None:
    told: list[Change] = []
    breakers.heard_by(told.append)
    trip(breakers.of(SERVICE, "v-bad"))
    assert [(each.service, each.version, each.to) for each in told] == [
        (SERVICE, "v-bad", State.OPEN)
    ]


def test_what_an_operator_forced_holds_for_a_version_that_comes_later(breakers: Breakers) -> None:
    for breaker in breakers.every(SERVICE):
        breaker.force(State.FORCED_OPEN, seconds=60, reason="drill")
    late = breakers.of(SERVICE, "v-new")
    assert late.standing.state is State.FORCED_OPEN
    assert late.standing.retry_after == 60


def test_every_breaker_of_a_service_is_reached_at_once(breakers: Breakers) -> None:
    good = breakers.of(SERVICE, "v-good")
    assert set(breakers.every(SERVICE)) == {breakers.of(SERVICE), good}
    assert breakers.of(SERVICE, "v-good") is good


def test_a_version_that_is_let_go_leaves_its_service_well(breakers: Breakers) -> None:
    heard: list[Change] = []
    breakers.heard_by(heard.append)
    trip(breakers.of(SERVICE, "v-bad"))
    breakers.of(SERVICE, "v-good")
    assert breakers.standings()[SERVICE].state is State.OPEN
    breakers.retire("v-bad")
    assert breakers.standings()[SERVICE].state is State.CLOSED
    assert [(change.version, change.to) for change in heard] == [
        ("v-bad", State.OPEN),
        ("v-bad", State.CLOSED),
    ]
    assert breakers.of(SERVICE, "v-bad").standing.opens_total == 0  # a new one


def test_a_shut_breaker_goes_without_a_word_and_the_shared_one_never(breakers: Breakers) -> None:
    heard: list[Change] = []
    breakers.heard_by(heard.append)
    shared = breakers.of(SERVICE)
    breakers.of(SERVICE, "v-good")
    breakers.retire("v-good")
    breakers.retire("")
    assert heard == []
    assert breakers.of(SERVICE) is shared
