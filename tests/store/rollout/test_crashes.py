"""A controller that stops between any two writes, and twins that both believe they lead."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Barrier

import pytest

from gatehouse.base.errors import StoreDown
from gatehouse.rollout import audit, book, failpoints, verifying
from gatehouse.rollout.audit import own_key
from gatehouse.rollout.connecting import Connection
from gatehouse.rollout.controller import Controller
from gatehouse.rollout.failpoints import Place
from gatehouse.rollout.types import RULES, TERMINAL, Phase
from tests.store.rollout.control_room import GOOD, ControlRoom
from tests.store.rollout.scripted_eyes import ScriptedEyes

OF_A_MOVE: tuple[Place, ...] = (
    "before_write", "after_write", "after_pointer", "after_audit", "after_notices",
    "before_commit", "after_commit", "before_judgements", "after_judgement", "after_judgements",
)  # fmt: skip
WHOLE_WAY = [
    "start", "ready", "ramping", "observe", "advance", "observe", "advance", "observe",
    "promoting", "baking", "completed",
]  # fmt: skip
WAY_BACK = ["start", "ready", "ramping", "observe", "rolling_back", "rolled_back"]


class Stopped(BaseException):
    """The process is gone here."""


@pytest.fixture
def room(clean: str) -> Iterator[ControlRoom]:
    yield ControlRoom.of(clean, notify_slack_url="http://127.0.0.1:1/hook")
    failpoints.armed.clear()


def stop_at(place: Place, *, nth: int = 1) -> None:
    """Stops whoever comes there for the nth time; once."""
    left = [nth]

    def act() -> None:
        left[0] -= 1
        if left[0] == 0:
            raise Stopped(place)

    failpoints.armed[place] = act


def run(room: ControlRoom, eyes: ScriptedEyes, *, at_most: int = 80) -> int:
    """Until it has ended; a controller that stopped is replaced by a new one. Gives the stops."""
    stops = 0
    controller = Controller(room.connect, room.settings, eyes, clock=room.clock)
    for _ in range(at_most):
        room.follow()
        try:
            controller.tick()
        except Stopped:
            stops += 1
            controller.close()
            controller = Controller(room.connect, room.settings, eyes, clock=room.clock)
        room.clock.turn(61)
        if room.standing().phase in TERMINAL:
            break
    controller.close()
    return stops


def actions(room: ControlRoom) -> list[str]:
    return [each.action for each in room.desk.history(room.standing().id)]


def assert_all_is_told(room: ControlRoom, told: list[str]) -> None:
    """Row, audit, notices and pointer say the same, each thing once."""
    standing = room.standing()
    assert actions(room) == told
    with room.connect() as connection:
        assert not verifying.verify(connection, [own_key()]).flaws
    assert room.pointed == (GOOD if standing.phase is Phase.COMPLETED else RULES)
    kinds = [row["kind"] for row in room.sql("SELECT kind FROM rollout_notice ORDER BY id")]
    assert len(kinds) == len(set(zip(kinds, range(len(kinds)), strict=True)))
    assert kinds.count(str(standing.phase)) == 1


@pytest.mark.parametrize("place", OF_A_MOVE)
def test_a_stop_at_any_write_of_a_good_rollout_changes_nothing_of_its_way(
    room: ControlRoom, place: Place
) -> None:
    room.submit()
    stop_at(place, nth=4)
    assert run(room, ScriptedEyes()) == 1
    assert_all_is_told(room, WHOLE_WAY)


@pytest.mark.parametrize("place", OF_A_MOVE)
def test_a_stop_at_any_write_of_a_way_back_still_ends_with_everybody_back(
    room: ControlRoom, place: Place
) -> None:
    room.submit()
    eyes = ScriptedEyes()
    failing = Controller(room.connect, room.settings, eyes, clock=room.clock)
    while room.standing().observing_since is None:
        room.follow()
        failing.tick()
    failing.close()
    eyes.bad = 90
    stop_at(place)
    assert run(room, eyes) == 1
    assert_all_is_told(room, WAY_BACK)
    assert room.standing().failure


def test_a_stop_after_the_failure_was_seen_does_not_unsee_it(room: ControlRoom) -> None:
    """The gate recovers while the controller is away: what was committed stays latched."""
    room.submit()
    eyes = ScriptedEyes()
    controller = Controller(room.connect, room.settings, eyes, clock=room.clock)
    while room.standing().observing_since is None:
        room.follow()
        controller.tick()
    eyes.bad = 90
    stop_at("after_commit")
    with pytest.raises(Stopped):
        controller.tick()
    eyes.bad = 0
    run(room, eyes)
    assert room.standing().phase is Phase.ROLLED_BACK


def twins(room: ControlRoom, eyes: ScriptedEyes, *, rounds: int = 60) -> None:
    """Two controllers that both believe they lead: the lock is taken away from them."""
    first, second = (
        Controller(room.connect, room.settings, eyes, clock=room.clock) for _ in range(2)
    )
    with ThreadPoolExecutor(2) as pool:
        for _ in range(rounds):
            room.follow()
            together = Barrier(2)

            def look(controller: Controller, together: Barrier = together) -> None:
                together.wait(30)
                with suppress(StoreDown):
                    controller.tick()

            list(pool.map(look, (first, second)))
            room.clock.turn(61)
            if room.standing().phase in TERMINAL:
                break
    first.close()
    second.close()


@pytest.fixture
def no_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everybody wins the advisory lock, so that compare-and-set alone is left."""
    monkeypatch.setattr("gatehouse.rollout.leading.TAKE", "SELECT true AS won, %s AS lock")


def test_two_controllers_at_once_do_what_one_does(room: ControlRoom, no_lock: None) -> None:
    room.submit()
    twins(room, ScriptedEyes())
    assert_all_is_told(room, WHOLE_WAY)


def test_two_controllers_at_once_roll_back_once(room: ControlRoom, no_lock: None) -> None:
    room.submit()
    twins(room, ScriptedEyes(bad=90))
    assert_all_is_told(room, [action for action in WAY_BACK if action != "observe"])


def test_without_compare_and_set_the_twins_are_found_out(
    room: ControlRoom, no_lock: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: a writer that does not look at the revision doubles what is told."""
    monkeypatch.setattr(book, "UPDATE", book.UPDATE.replace("AND revision = %(revision)s ", ""))
    room.submit()
    twins(room, ScriptedEyes())
    with pytest.raises(AssertionError):
        assert_all_is_told(room, WHOLE_WAY)


def test_an_audit_outside_the_transaction_is_found_out(
    room: ControlRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: whoever writes row and audit apart loses one of them in a crash."""
    apart: Callable[..., int] = audit.append

    def append_apart(_: Connection, **told: object) -> int:
        with room.connect() as other:
            return apart(other, **told)

    monkeypatch.setattr(audit, "append", append_apart)
    room.submit()
    stop_at("after_audit", nth=3)
    run(room, ScriptedEyes())
    with pytest.raises(AssertionError):
        assert_all_is_told(room, WHOLE_WAY)
