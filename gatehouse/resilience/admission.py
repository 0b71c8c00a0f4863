"""How much work may compete for this process at once, who waits, and who is turned away. Pure."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import Enum, auto
from statistics import median

from gatehouse.base.clock import Clock, SystemClock
from gatehouse.observe.labels import WORK_CLASSES

NEVER_SHED = WORK_CLASSES[0]  # health and acknowledgements
STAFF = WORK_CLASSES[1]
BACKGROUND = frozenset(("vision", "pdf", "backfill"))  # jobs that come again by themselves
_RANK = {work: rank for rank, work in enumerate(WORK_CLASSES)}  # 0 is given up last
RETURNING = -1  # rank of work that comes back from waiting for somebody else


@dataclass(frozen=True, slots=True)
class Rules:
    """Numbers of places, and seconds."""

    most: int = 64
    floor: int = 8
    target: float = 0.1  # of a request's wait and stay together
    late: float = 0.03  # of the event loop: who is turned away must hear it at once, too
    step: float = 0.1
    steps_above: int = 5  # in a row, before the limit falls
    wait: float = 0.25  # foreseen, at the pace of the last ones, for the last in line
    patience: float = 1.0  # at most, where it was foreseen wrongly: rather served than refused late
    quick: float = 0.03  # within which one in line may still be put out for somebody better
    staff_places: int = 2  # beyond the limit
    staff_wait: float = 2.0  # they are few and served first: better late than turned away
    foreseen_when_shedding: float = 0.15  # a long line serves nobody sooner, a short one runs dry
    shedding_lasts: float = 1.0  # after the last refusal
    sheds: bool = True  # False: everybody enters at once, for the negative control


class Standing(Enum):
    """Of one ticket."""

    WAITING = auto()
    INSIDE = auto()
    AWAY = auto()  # waits for a model: competes for nothing here
    REFUSED = auto()
    GONE = auto()


@dataclass(slots=True, eq=False)
class Ticket:
    """One piece of work. `wake` is called once when the wait is over, either way."""

    work: str
    rank: int
    since: float
    until: float
    standing: Standing = Standing.WAITING
    spent: float = 0.0  # seconds of waiting and staying, absence left out
    wake: Callable[[], None] | None = None


@dataclass(slots=True)
class Tide:
    """The adaptive limit: additive growth, multiplicative fall.

    It begins low, and grows only while it is reached: a rush must not find a limit that nobody
    has ever tried.
    """

    rules: Rules
    limit: int
    above: int = 0

    @classmethod
    def low(cls, rules: Rules) -> Tide:
        return cls(rules, max(min(rules.floor, rules.most), rules.most // 4))

    def step(self, delay: float, lateness: float = 0.0, *, is_reached: bool = True) -> None:
        """Seconds that work, and the event loop, were delayed in this step."""
        if delay <= self.rules.target and lateness <= self.rules.late:
            self.above, self.limit = 0, min(self.rules.most, self.limit + is_reached)
            return
        self.above += 1
        if self.above >= self.rules.steps_above:
            self.above = 0
            self.limit = max(min(self.rules.floor, self.rules.most), int(self.limit * 0.8))


@dataclass(slots=True)
class Room:
    """The places of one process and the line before them. Knows the time only by its clock."""

    rules: Rules = field(default_factory=Rules)
    clock: Clock = field(default_factory=SystemClock)
    in_flight: int = 0
    waiting: int = 0
    tide: Tide = field(init=False)
    _lines: dict[int, deque[Ticket]] = field(init=False)
    _delays: list[float] = field(default_factory=list)
    _is_reached: bool = False  # was the limit, in this step?
    _refused_at: float = float("-inf")
    _stepped_at: float = 0.0
    _freed: int = 0  # places, in this step
    _pace: float | None = None  # places that become free in a second of rush, smoothed

    def __post_init__(self) -> None:
        self.tide, self._stepped_at = Tide.low(self.rules), self.clock.monotonic()
        self._lines = {rank: deque() for rank in range(RETURNING, len(WORK_CLASSES))}

    def retune(self, most: int) -> None:
        """Another upper end of the limit, which goes on from where it is."""
        self.rules = self.tide.rules = replace(self.rules, most=most)
        self.tide.limit = min(self.tide.limit, most)

    @property
    def is_shedding(self) -> bool:
        """Was somebody turned away a moment ago?"""
        return self.clock.monotonic() - self._refused_at < self.rules.shedding_lasts

    def would_refuse(self, work: str) -> bool:
        """Pure: is there neither a place nor a place in the line?"""
        rank = _RANK[work]
        if work == NEVER_SHED or not self.rules.sheds or self._has_place(rank):
            return False
        if work in BACKGROUND:
            return True
        ahead = sum(len(line) for r, line in self._lines.items() if r <= rank)
        return ahead >= (self.rules.most if work == STAFF else self._line_most())

    def ask(self, work: str, *, seconds: float | None = None) -> Ticket:
        """A ticket that is inside, waiting (at most `seconds`), or refused."""
        now = self.clock.monotonic()
        patience = self.rules.staff_wait if work == STAFF else self.rules.patience
        until = now + (patience if seconds is None else min(patience, seconds))
        ticket = Ticket(work, _RANK[work], now, until)
        if work == NEVER_SHED or not self.rules.sheds or self._has_place(ticket.rank):
            self._enter(ticket)
        elif until <= now or self.would_refuse(work):
            self._refuse(ticket)
        else:
            self._queue(ticket)
        return ticket

    def note_refusal(self) -> None:
        """Somebody was turned away, be it without a ticket."""
        self._refused_at = self.clock.monotonic()

    def leave(self, ticket: Ticket) -> None:
        """The work is done, or nobody waits for it any more. A second time does nothing."""
        before, ticket.standing = ticket.standing, Standing.GONE
        if before is Standing.INSIDE:
            self._note_stay(ticket)
            if ticket.work != NEVER_SHED:
                self._delays.append(ticket.spent)
                self._free()
        elif before is Standing.WAITING:
            self._lines[ticket.rank].remove(ticket)
            self._step_out()

    def go_away(self, ticket: Ticket) -> None:
        """The work waits for somebody else: its place is free meanwhile."""
        if ticket.standing is Standing.INSIDE and ticket.work != NEVER_SHED:
            ticket.standing = Standing.AWAY
            self._note_stay(ticket)
            self._free()

    def come_back(self, ticket: Ticket, *, is_urgent: bool = False) -> None:
        """Before all others, never refused: what is half done is worth more than what is new.

        Where there is no place it waits for one; what is urgent enters above the limit.
        """
        if ticket.standing is not Standing.AWAY:
            return
        ticket.rank, ticket.since, ticket.until = RETURNING, self.clock.monotonic(), float("inf")
        if is_urgent or not self.rules.sheds or self.in_flight < self.tide.limit:
            self._enter(ticket)
        else:
            ticket.standing = Standing.WAITING
            self._queue(ticket)

    def expire(self) -> None:
        """Turns away whoever waited long enough."""
        now = self.clock.monotonic()
        for line in self._lines.values():
            while line and line[0].until <= now:
                self._dismiss(line.popleft())

    def step(self, lateness: float = 0.0) -> None:
        """Every `rules.step` seconds; `lateness`: by how much the event loop came too late."""
        self.expire()
        waits = [self.clock.monotonic() - line[0].since for line in self._lines.values() if line]
        usual = median(self._delays) if self._delays else max(waits, default=0.0)
        self._delays.clear()
        self.tide.step(usual, lateness, is_reached=self._is_reached)
        self._measure_pace()
        self._admit()

    def _has_place(self, rank: int) -> bool:
        if WORK_CLASSES[rank] in BACKGROUND:
            return self.in_flight < self.tide.limit // 2 and not self.is_shedding
        if rank == _RANK[STAFF]:
            return self.in_flight < self._places_for(rank) and not self._lines[rank]
        return self.in_flight < self.tide.limit and self.waiting == 0

    def _places_for(self, rank: int) -> int:
        """Staff have some more, but not before what is half done."""
        is_extra = rank == _RANK[STAFF] and not self._lines[RETURNING]
        return self.tide.limit + (self.rules.staff_places if is_extra else 0)

    def _line_most(self) -> int:
        """As many as will find a place in time, at the pace of the last ones."""
        most = self.rules.most
        if self._pace is None:
            return most // 2  # the first rush of this process
        rules = self.rules
        foreseen = rules.foreseen_when_shedding if self.is_shedding else rules.wait
        return max(1, min(most, int(foreseen * self._pace)))

    def _worst_after(self, rank: int) -> Ticket | None:
        """Who waits and is worth least, if worth less than this rank; of equals the youngest."""
        worse = (line for r, line in reversed(self._lines.items()) if r > rank and line)
        return next((line[-1] for line in worse), None)

    def _queue(self, ticket: Ticket) -> None:
        if ticket.rank != RETURNING and self.waiting >= self._line_most():
            self._make_room(ticket)
        self._lines[ticket.rank].append(ticket)
        self.waiting += 1

    def _make_room(self, better: Ticket) -> None:
        """Turns the worst away, if it has only just come: nobody is refused after a long wait."""
        worst = self._worst_after(better.rank)
        if worst is not None and better.since - worst.since <= self.rules.quick:
            self._lines[worst.rank].remove(worst)
            self._dismiss(worst)

    def _enter(self, ticket: Ticket) -> None:
        now = self.clock.monotonic()
        ticket.spent += now - ticket.since
        ticket.since, ticket.standing = now, Standing.INSIDE
        if ticket.work != NEVER_SHED:
            self.in_flight += 1
            self._is_reached = self._is_reached or self.in_flight >= self.tide.limit

    def _note_stay(self, ticket: Ticket) -> None:
        ticket.spent += self.clock.monotonic() - ticket.since
        if ticket.work != NEVER_SHED:
            self.in_flight -= 1

    def _refuse(self, ticket: Ticket) -> None:
        self.note_refusal()
        ticket.standing = Standing.REFUSED

    def _dismiss(self, ticket: Ticket) -> None:
        """Refuses one who waited and is already taken out of its line."""
        self._step_out()
        self._refuse(ticket)
        if ticket.wake is not None:
            ticket.wake()

    def _step_out(self) -> None:
        self.waiting -= 1

    def _free(self) -> None:
        self._freed += 1
        self._admit()

    def _measure_pace(self) -> None:
        """Only of steps in which all places were taken."""
        now = self.clock.monotonic()
        took, freed, was_full = now - self._stepped_at, self._freed, self._is_reached
        self._stepped_at, self._freed, self._is_reached = now, 0, False
        if was_full and took > 0:
            before = freed / took if self._pace is None else self._pace
            self._pace = 0.7 * before + 0.3 * freed / took

    def _admit(self) -> None:
        """The best first, of equals the one who came first; who waited too long is turned away."""
        if not self.waiting:
            return
        self.expire()
        for rank, line in self._lines.items():
            while line and self.in_flight < self._places_for(rank):
                ticket = line.popleft()
                self._step_out()
                self._enter(ticket)
                if ticket.wake is not None:
                    ticket.wake()
