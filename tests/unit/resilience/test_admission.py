"""Who gets a place, who waits and who is turned away, on a clock that stands still."""

from __future__ import annotations

import asyncio

import pytest

from gatehouse.base.clock import TurnableClock
from gatehouse.base.errors import Overloaded
from gatehouse.observe.labels import WORK_CLASSES
from gatehouse.resilience import seats
from gatehouse.resilience.admission import Room, Rules, Standing, Tide
from gatehouse.resilience.deadline import Deadline
from gatehouse.resilience.seats import Admission

INSIDE, WAITING, REFUSED = Standing.INSIDE, Standing.WAITING, Standing.REFUSED


@pytest.fixture
def clock() -> TurnableClock:
    return TurnableClock()


def room(clock: TurnableClock, most: int = 8) -> Room:
    return Room(Rules(most=most, floor=min(8, most)), clock)


def test_the_limit_falls_after_five_slow_steps_and_grows_by_one_a_quiet_step() -> None:
    tide = Tide(Rules(), 64)
    for _ in range(4):
        tide.step(0.2)
    assert tide.limit == 64
    tide.step(0.2)
    assert tide.limit == 51
    tide.step(0.05)
    assert tide.limit == 52
    tide.step(0.05, is_reached=False)
    assert tide.limit == 52


def test_a_late_event_loop_counts_as_delay() -> None:
    tide = Tide(Rules(), 64)
    for _ in range(5):
        tide.step(0.0, lateness=0.05)
    assert tide.limit == 51


def test_a_limit_that_nobody_reaches_does_not_grow(clock: TurnableClock) -> None:
    place = Room(Rules(most=64), clock)
    assert place.tide.limit == 16
    for _ in range(9):
        place.leave(place.ask("new"))
        place.step()
    assert place.tide.limit == 16
    crowd = [place.ask("new") for _ in range(17)]
    place.step()
    assert (place.tide.limit, crowd[-1].standing) == (17, INSIDE)


def test_one_quiet_step_begins_the_count_again() -> None:
    tide = Tide(Rules(), 50)
    for delay in (0.2, 0.2, 0.2, 0.2, 0.1, 0.2, 0.2, 0.2, 0.2):
        tide.step(delay)
    assert tide.limit == 51


def test_the_limit_stays_between_floor_and_most() -> None:
    tide = Tide(Rules(), 64)
    for _ in range(500):
        tide.step(9.0)
    assert tide.limit == 8
    for _ in range(500):
        tide.step(0.0)
    assert tide.limit == 64


def test_who_waits_gets_the_next_free_place_the_better_class_first(clock: TurnableClock) -> None:
    place = room(clock)
    inside = [place.ask("new") for _ in range(8)]
    new, existing = place.ask("new"), place.ask("existing")
    assert [t.standing for t in (new, existing)] == [WAITING] * 2
    for ticket, expected in zip(inside, (existing, new), strict=False):
        place.leave(ticket)
        assert expected.standing is INSIDE
    assert place.in_flight == 8


def test_staff_have_two_places_more_and_the_front_of_the_line(clock: TurnableClock) -> None:
    place = room(clock)
    inside = [place.ask("existing") for _ in range(8)]
    visitor = place.ask("existing")
    staff = [place.ask("staff") for _ in range(3)]
    assert [t.standing for t in staff] == [INSIDE, INSIDE, WAITING]
    place.leave(inside[0])
    assert (staff[2].standing, visitor.standing) == (INSIDE, WAITING)


def test_staff_are_not_refused_because_visitors_fill_the_line(clock: TurnableClock) -> None:
    place = room(clock)
    for _ in range(40):
        place.ask("existing")
    assert REFUSED not in {place.ask("staff").standing for _ in range(8)}


def test_who_has_waited_for_a_while_is_not_put_out_for_somebody_better(
    clock: TurnableClock,
) -> None:
    place = room(clock)
    inside = [place.ask("existing") for _ in range(8)]
    line = [place.ask("new") for _ in range(4)]
    clock.turn(0.1)
    better = place.ask("existing")
    assert {t.standing for t in (*line, better)} == {WAITING}
    for ticket in inside[:2]:
        place.leave(ticket)
    assert [t.standing for t in (better, *line[:2])] == [INSIDE, INSIDE, WAITING]


def test_health_is_never_refused_and_takes_no_place(clock: TurnableClock) -> None:
    place = room(clock)
    for _ in range(100):
        place.ask("new")
    ticket = place.ask("ack")
    assert ticket.standing is INSIDE
    before = place.in_flight
    place.leave(ticket)
    assert place.in_flight == before


def test_a_full_line_turns_away_the_youngest_of_the_worst_class(clock: TurnableClock) -> None:
    place = room(clock)
    for _ in range(8):
        place.ask("existing")
    line = [place.ask("new") for _ in range(4)]
    assert place.ask("new").standing is REFUSED
    better = place.ask("existing")
    assert better.standing is WAITING
    assert [t.standing for t in line] == [WAITING] * 3 + [REFUSED]


def test_background_work_takes_half_the_places_and_none_while_anybody_is_turned_away(
    clock: TurnableClock,
) -> None:
    place = room(clock)
    given = [place.ask("backfill").standing for _ in range(6)]
    assert given == [INSIDE] * 4 + [REFUSED] * 2
    other = room(clock)
    crowd = [other.ask("new") for _ in range(30)]
    for ticket in crowd:
        other.leave(ticket)
    assert other.ask("pdf").standing is REFUSED
    clock.turn(1.5)
    assert other.ask("pdf").standing is INSIDE


def test_who_waited_too_long_is_dropped_before_it_starts(clock: TurnableClock) -> None:
    place = room(clock)
    inside = [place.ask("new") for _ in range(8)]
    late = place.ask("new")
    clock.turn(1.1)
    place.leave(inside[0])
    assert late.standing is REFUSED
    assert place.in_flight == 7


def test_staff_wait_longer_than_visitors(clock: TurnableClock) -> None:
    place = room(clock)
    inside = [place.ask("new") for _ in range(8)]
    for _ in range(2):
        place.ask("staff")
    visitor, staff = place.ask("existing"), place.ask("staff")
    clock.turn(1.5)
    place.leave(inside[0])
    assert (visitor.standing, staff.standing) == (REFUSED, INSIDE)


def test_the_line_is_no_longer_than_what_can_be_served_in_time(clock: TurnableClock) -> None:
    place = room(clock)
    inside = [place.ask("new") for _ in range(8)]
    clock.turn(0.1)
    place.leave(inside[0])
    inside[0] = place.ask("new")
    place.step()  # one a tenth of a second: two in the time that one may wait
    place.ask("new")
    assert place.ask("new").standing is WAITING
    assert place.ask("new").standing is REFUSED
    for done in inside[:2]:
        place.leave(done)
    assert place.waiting == 0
    assert [place.ask("new").standing for _ in range(2)] == [WAITING, REFUSED]  # still shedding


def test_work_that_waits_for_a_model_leaves_its_place_and_has_it_back_first(
    clock: TurnableClock,
) -> None:
    place = room(clock)
    inside = [place.ask("existing") for _ in range(8)]
    place.go_away(inside[0])
    other = place.ask("new")
    assert other.standing is INSIDE
    staff = [place.ask("staff") for _ in range(2)]
    waiting = place.ask("staff")
    clock.turn(2.0)
    place.come_back(inside[0])
    assert inside[0].standing is WAITING
    assert waiting.standing is WAITING
    for done in (other, *staff):
        place.leave(done)
    assert inside[0].standing is INSIDE
    assert waiting.standing is REFUSED  # it waited two seconds
    assert inside[0].spent == 0.0  # being away is no delay of ours


def test_asking_whether_one_would_be_refused_changes_nothing(clock: TurnableClock) -> None:
    place = room(clock)
    for _ in range(12):
        place.ask("new")
    for work in WORK_CLASSES:
        place.would_refuse(work)
    assert (place.in_flight, place.waiting, place.is_shedding) == (8, 4, False)


def test_without_shedding_everybody_enters(clock: TurnableClock) -> None:
    place = Room(Rules(most=8, sheds=False), clock)
    assert {place.ask("backfill").standing for _ in range(500)} == {INSIDE}


async def test_a_refusal_tells_when_to_come_again_and_is_spread(clock: TurnableClock) -> None:
    admission = Admission(room(clock))
    for _ in range(24):
        admission.room.ask("new")
    seconds = set()
    for _ in range(100):
        with pytest.raises(Overloaded) as refused:
            await admission.enter("new")
        seconds.add(refused.value.retry_after)
    assert seconds == {1, 2, 3, 4, 5}


async def test_work_past_its_deadline_is_not_begun(clock: TurnableClock) -> None:
    admission = Admission(room(clock))
    for _ in range(8):
        admission.room.ask("new")
    with pytest.raises(Overloaded):
        await admission.enter("new", deadline=Deadline.after(0.0, clock))


async def test_a_cancelled_waiter_leaves_the_line(clock: TurnableClock) -> None:
    admission = Admission(room(clock))
    for _ in range(8):
        admission.room.ask("new")
    waiting = asyncio.create_task(admission.enter("new"))
    await asyncio.sleep(0)
    assert admission.room.waiting == 1
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    assert (admission.room.waiting, admission.room.in_flight) == (0, 8)


async def test_a_turn_keeps_the_seat_of_its_request_and_lends_it_while_a_model_thinks(
    clock: TurnableClock,
) -> None:
    admission = Admission(room(clock))
    may_end, asked = asyncio.Event(), asyncio.Event()

    async def turn() -> None:
        async with seats.away():
            asked.set()
            await may_end.wait()

    async with admission.seated("new"):
        seat = seats.carry()
        assert seat is not None
        working = asyncio.create_task(turn())
        seats.rest()
        assert admission.room.in_flight == 1
    await asked.wait()
    assert admission.room.in_flight == 0
    may_end.set()
    await working
    assert admission.room.in_flight == 1
    seat.release()
    seat.release()
    assert admission.room.in_flight == 0


async def test_a_turn_that_is_cut_while_away_waits_for_nobody(clock: TurnableClock) -> None:
    admission = Admission(room(clock))
    async with admission.seated("new"):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0), seats.away():
                for _ in range(8):
                    admission.room.ask("new")
                await asyncio.Event().wait()
        assert admission.room.in_flight == 9  # one above the limit rather than one late
    assert admission.room.in_flight == 8


async def test_a_thousand_turns_may_wait_for_models_at_once(clock: TurnableClock) -> None:
    admission = Admission(room(clock))
    may_end = asyncio.Event()

    async def turn() -> str:
        async with admission.seated("new"):
            async with seats.away():
                await may_end.wait()
            await asyncio.sleep(0)
            assert admission.room.in_flight <= 8
            return "done"

    turns = [asyncio.create_task(turn()) for _ in range(1000)]
    while any(admission.room.in_flight for _ in turns) or admission.room.waiting:
        await asyncio.sleep(0)
    await asyncio.sleep(0)
    may_end.set()
    assert await asyncio.gather(*turns) == ["done"] * 1000
    assert admission.room.in_flight == 0


async def test_outside_of_any_request_nothing_is_counted() -> None:
    assert seats.carry() is None
    seats.rest()
    async with seats.away():
        pass
