"""Laws of admission under any order of events."""

from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from gatehouse.base.clock import TurnableClock
from gatehouse.observe.labels import WORK_CLASSES
from gatehouse.resilience.admission import BACKGROUND, NEVER_SHED, Room, Rules, Standing, Ticket

INSIDE, WAITING, REFUSED = Standing.INSIDE, Standing.WAITING, Standing.REFUSED


class Door(RuleBasedStateMachine):
    """Visitors of all classes come, wait, go away and leave, in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = TurnableClock()
        self.room = Room(Rules(most=12, floor=4), self.clock)
        self.tickets: list[Ticket] = []
        self.woken: dict[int, int] = {}

    @rule(work=st.sampled_from(WORK_CLASSES))
    def come(self, work: str) -> None:
        foretold = self.room.would_refuse(work)
        ticket = self.room.ask(work)
        assert foretold == (ticket.standing is REFUSED)
        if ticket.standing is WAITING:
            self.woken[id(ticket)] = 0
            ticket.wake = lambda: self._wake(ticket)
        self.tickets.append(ticket)

    def _wake(self, ticket: Ticket) -> None:
        self.woken[id(ticket)] += 1
        assert ticket.standing in (INSIDE, REFUSED)
        if ticket.standing is INSIDE:
            assert ticket.until > self.clock.monotonic()  # nothing expired is begun
            better = [t for t in self.tickets if t.standing is WAITING and t.rank < ticket.rank]
            assert not better

    @precondition(lambda self: self.tickets)
    @rule(choice=st.integers(0, 10_000), act=st.sampled_from(("leave", "go_away", "come_back")))
    def act(self, choice: int, act: str) -> None:
        ticket = self.tickets[choice % len(self.tickets)]
        if act == "come_back" and ticket.standing is Standing.AWAY:
            self.woken[id(ticket)] = 0
            ticket.wake = lambda: self._wake(ticket)
        getattr(self.room, act)(ticket)

    @rule(seconds=st.floats(0, 0.4))
    def pass_time(self, seconds: float) -> None:
        self.clock.turn(seconds)

    @rule(lateness=st.floats(0, 0.5))
    def step(self, lateness: float) -> None:
        self.room.step(lateness)

    @invariant()
    def the_books_are_right(self) -> None:
        counted = [t for t in self.tickets if t.work != NEVER_SHED]
        assert self.room.in_flight == sum(t.standing is INSIDE for t in counted)
        assert self.room.waiting == sum(t.standing is WAITING for t in counted)
        assert 4 <= self.room.tide.limit <= 12
        assert self.room.in_flight <= 12 + self.room.rules.staff_places
        newcomers = [t for t in counted if t.standing is WAITING and t.rank >= 0]
        assert len(newcomers) <= 36  # staff, known and new visitors: as many as places, each

    @invariant()
    def nobody_waits_beside_a_free_place_or_is_told_twice(self) -> None:
        assert not self.room.waiting or self.room.in_flight >= self.room.tide.limit
        assert all(times <= 1 for times in self.woken.values())
        assert not any(t.standing is WAITING and t.work in BACKGROUND and t.rank >= 0
                       for t in self.tickets)  # fmt: skip
        assert not any(t.standing is REFUSED for t in self.tickets if t.work == NEVER_SHED)


TestDoor = Door.TestCase
TestDoor.settings = settings(max_examples=60, stateful_step_count=60, deadline=None)
