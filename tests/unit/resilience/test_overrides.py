"""Breakers forced through the file that all processes follow."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from gatehouse.base.clock import TurnableClock
from gatehouse.base.errors import BadInput, CircuitOpen
from gatehouse.resilience.breaker import State
from gatehouse.resilience.breakers import Breakers
from gatehouse.resilience.overrides import FILE, Overrides

SEARCH = "backend_search"


class Instance:
    """A command and a server process that share a folder."""

    def __init__(self, folder: Path) -> None:
        self.clock = TurnableClock()
        self.breakers = Breakers(clock=self.clock)
        self.command = Overrides(folder, self.clock)
        self.process = Overrides(folder, self.clock)

    def follow(self) -> State:
        self.process.follow(self.breakers)
        return self.breakers.of(SEARCH).standing.state


@pytest.fixture
def instance(tmp_path: Path) -> Instance:
    return Instance(tmp_path)


def test_a_process_follows_an_override_and_its_end(instance: Instance) -> None:
    assert instance.follow() is State.CLOSED
    instance.command.force(SEARCH, "forced_open", seconds=60, reason="maintenance")
    forced = instance.follow()
    assert forced is State.FORCED_OPEN
    with pytest.raises(CircuitOpen):
        instance.breakers.of(SEARCH).refuse_if_shut()
    instance.clock.turn(60)
    assert instance.follow() is State.HALF_OPEN
    assert instance.command.read() == {}


def test_an_override_is_taken_back(instance: Instance) -> None:
    instance.command.force(SEARCH, "forced_closed", seconds=60, reason="it is wrong")
    forced = instance.follow()
    assert forced is State.FORCED_CLOSED
    assert instance.command.release(SEARCH)
    assert instance.follow() is State.CLOSED
    assert not instance.command.release(SEARCH)


def test_an_override_is_applied_once_and_a_late_process_has_its_rest(instance: Instance) -> None:
    instance.command.force(SEARCH, "forced_open", seconds=60, reason="maintenance")
    instance.clock.turn(20)
    instance.follow()
    instance.command.force("redis", "forced_open", seconds=90, reason="another one")
    instance.follow()
    assert instance.breakers.of(SEARCH).standing.retry_after == 40


@pytest.mark.parametrize("text", ["{", "[]", '{"redis": 5}', '{"redis": {"state": "open"}}'])
def test_a_file_that_cannot_be_read_changes_nothing(instance: Instance, text: str) -> None:
    instance.command.force(SEARCH, "forced_open", seconds=60, reason="maintenance")
    instance.follow()
    (instance.command._path.parent / FILE).write_text(text)
    assert instance.follow() is State.FORCED_OPEN
    with pytest.raises(BadInput):
        instance.command.read()


def test_an_entry_with_nonsense_is_passed_over(instance: Instance) -> None:
    until = instance.command.now() + 60
    path = instance.command._path
    path.write_text(f'{{"{SEARCH}": {{"state": "open", "until": {until}, "reason": "x"}}}}')
    assert instance.follow() is State.CLOSED


@pytest.mark.parametrize(
    ("service", "state", "seconds", "reason"),
    [
        ("nobody", "forced_open", 5.0, "x"),
        (SEARCH, "open", 5.0, "x"),
        (SEARCH, "forced_open", math.nan, "x"),
        (SEARCH, "forced_open", 0.0, "x"),
        (SEARCH, "forced_open", 5.0, " "),
    ],
)
def test_a_wrong_override_is_refused(
    instance: Instance, service: str, state: str, seconds: float, reason: str
) -> None:
    with pytest.raises(BadInput):
        instance.command.force(service, state, seconds=seconds, reason=reason)
    assert instance.command.read() == {}
