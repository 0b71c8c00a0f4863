"""Many visitors: so many a minute or a fixed number, against a base URL, until the time is over."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from time import monotonic

import httpx

from gatehouse.base.errors import BadInput
from gatehouse.ops.visitors.persona import Persona, drawn
from gatehouse.ops.visitors.seen import Visit
from gatehouse.ops.visitors.talking import Talk
from gatehouse.ops.visitors.visiting import Visitor
from gatehouse.understanding.types import LANGUAGES, Language

PATIENCE_SECONDS = 40.0  # for one reply; a page would wait as long
AWAY_SECONDS = 1.0  # before the next one comes where the last was not answered
Told = Callable[[Visit], None]


def say_nothing(_: Visit) -> None:
    """For crowds whose sum is all that matters."""


@dataclass(frozen=True, slots=True)
class Crowd:
    """Who comes, how many, and how.

    With `per_minute` they come at even intervals, whatever becomes of those before; without it
    `at_once` of them are there all the time. It ends after `visitors` or `seconds`, at least one
    of which is given. Who finds `at_once` others inside is turned away, and counted.
    """

    url: str = "http://127.0.0.1:8000"
    seed: int = 1
    languages: tuple[Language, ...] = LANGUAGES
    per_minute: float | None = None
    visitors: int | None = None
    seconds: float | None = None
    at_once: int = 200
    pause_seconds: float = 0.0  # of reading and typing, before each message
    streaming: float = 0.5
    lengths: tuple[int, ...] = (8,)
    wordy: float = 0.0
    stays: bool = False
    is_loyal: bool = False  # without `per_minute`: one visitor a place, who comes again and again
    headers: Mapping[str, str] = field(default_factory=dict)
    addresses: bool = False  # each has an address of its own, told as X-Forwarded-For
    first: int = 0  # number of the first visitor

    def __post_init__(self) -> None:
        if self.visitors is None and self.seconds is None:
            raise BadInput("a crowd ends after so many visitors or so many seconds: give one")
        if not self.languages:
            raise BadInput("a crowd speaks at least one language")
        if self.at_once < 1 or (self.per_minute is not None and self.per_minute <= 0):
            raise BadInput("a crowd has at least one visitor at once, and more than 0 a minute")

    def persona(self, number: int) -> Persona:
        return drawn(
            self.seed,
            number,
            languages=self.languages,
            streaming=self.streaming,
            lengths=self.lengths,
            wordy=self.wordy,
        )

    def headers_of(self, number: int) -> dict[str, str]:
        """Addresses are of the network that is kept for documents (RFC 3849), a /64 each."""
        if not self.addresses:
            return dict(self.headers)
        address = f"2001:db8:{(number >> 16) % 65_536:x}:{number % 65_536:x}::1"
        return {**self.headers, "X-Forwarded-For": address}


@dataclass(slots=True)
class Gathering:
    """What became of a crowd. `turned_away`: found `at_once` others inside."""

    visits: list[Visit] = field(default_factory=list)
    seconds: float = 0.0
    turned_away: int = 0


async def gather(
    crowd: Crowd,
    *,
    told: Told = say_nothing,
    stop: asyncio.Event | None = None,
    http: httpx.AsyncClient | None = None,
) -> Gathering:
    """Everybody who comes until the end, or until `stop` is set; who is inside finishes.

    Raises nothing but bugs: a server that is away is what each visitor saw.
    """
    coming = _Coming(crowd, told, stop or asyncio.Event())
    began = monotonic()
    async with AsyncExitStack() as closing:
        there = http
        if there is None:
            there = await closing.enter_async_context(client(crowd.url))
        await (coming.paced(there) if crowd.per_minute else coming.steady(there))
    coming.found.seconds = monotonic() - began
    return coming.found


@asynccontextmanager
async def client(url: str) -> AsyncIterator[httpx.AsyncClient]:
    """Without proxies: visitors come from here."""
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=400)
    async with httpx.AsyncClient(
        base_url=url, timeout=PATIENCE_SECONDS, limits=limits, trust_env=False
    ) as http:
        yield http


@dataclass(slots=True)
class _Coming:
    crowd: Crowd
    told: Told
    stop: asyncio.Event
    found: Gathering = field(default_factory=Gathering)
    _next: int = 0
    _end: float = field(init=False)

    def __post_init__(self) -> None:
        seconds = self.crowd.seconds
        self._end = float("inf") if seconds is None else monotonic() + seconds

    def another(self) -> int | None:
        """The number of the next visitor; None: nobody comes any more."""
        most = self.crowd.visitors
        is_over = self.stop.is_set() or monotonic() >= self._end
        if is_over or (most is not None and self._next >= most):
            return None
        self._next += 1
        return self.crowd.first + self._next - 1

    async def steady(self, http: httpx.AsyncClient) -> None:
        async with asyncio.TaskGroup() as inside:
            for _ in range(min(self.crowd.at_once, self.crowd.visitors or self.crowd.at_once)):
                inside.create_task(self._one_after_another(http))

    async def _one_after_another(self, http: httpx.AsyncClient) -> None:
        token = ""
        while (number := self.another()) is not None:
            talk = await self._let_in(http, number, token if self.crowd.is_loyal else "")
            token = talk.token
            if not talk.turns or not talk.turns[-1].is_answered:
                await self._until(monotonic() + AWAY_SECONDS)

    async def paced(self, http: httpx.AsyncClient) -> None:
        """At even intervals by the clock: a late start delays nobody after it."""
        began, interval = monotonic(), 60 / (self.crowd.per_minute or 60)
        inside: set[asyncio.Task[Talk]] = set()
        async with asyncio.TaskGroup() as group:
            while (number := self.another()) is not None:
                if len(inside) >= self.crowd.at_once:
                    self.found.turned_away += 1
                else:
                    task = group.create_task(self._let_in(http, number))
                    inside.add(task)
                    task.add_done_callback(inside.discard)
                await self._until(min(began + self._next * interval, self._end))

    async def _until(self, moment: float) -> None:
        try:
            async with asyncio.timeout(max(moment - monotonic(), 0)):
                await self.stop.wait()
        except TimeoutError:
            return

    async def _let_in(self, http: httpx.AsyncClient, number: int, token: str = "") -> Talk:
        """Until the visitor has left."""
        talk = Talk(http, self.crowd.headers_of(number), token=token)
        visitor = Visitor(
            self.crowd.persona(number), talk, pause=self._pause, stays=self.crowd.stays
        )
        visit = await visitor.visit()
        self.found.visits.append(visit)
        self.told(visit)
        return talk

    async def _pause(self, factor: float) -> None:
        if self.crowd.pause_seconds:
            await asyncio.sleep(self.crowd.pause_seconds * factor)
