"""The handler of each version: made of its bundle when it is needed, and kept while it may be."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Iterable
from datetime import datetime
from functools import partial
from time import monotonic

from gatehouse.base.errors import GatehouseError, StoreDown
from gatehouse.observe import journal
from gatehouse.rollout import versions
from gatehouse.rollout.connecting import Connect
from gatehouse.rollout.own_thread import in_thread
from gatehouse.rollout.types import RULES, Control
from gatehouse.rollout.versions import RULES_VERSION, Version
from gatehouse.talk.types import Handler

MOST_KEPT = 32  # handlers; those that nobody asks for are made again when somebody does
MOST_READ = 200  # versions at a time, the newest
FIRST_SECONDS = 3.0  # a start waits so long for the versions that it will need
LOOK_SECONDS = 30.0
AGAIN_SECONDS = 5.0
IDLE_SECONDS = 120.0  # after which a handler that nobody asked for goes, with its breakers


class Handlers:
    """Answers from memory. What it does not know yet is read in the background, never in a turn."""

    def __init__(
        self,
        make: Callable[[Version], Handler],
        *,
        own: Version | None = None,
        on_drop: Callable[[str], None] = lambda _: None,
    ) -> None:
        """`on_drop` is told which version's handler is let go."""
        self._make, self._on_drop = make, on_drop
        self._own, self._own_id = own, own.id if own else None
        self._known = {version.id: version for version in (RULES_VERSION, own) if version}
        self._made: OrderedDict[str, Handler] = OrderedDict()
        self._unfit: set[str] = set()
        self._wanted: set[str] = set()
        self._named: frozenset[str] = frozenset()  # by the control room
        self._asked: set[str] = set()  # since the last tidying
        self._tidied_at = monotonic()
        self._read_to: datetime | None = None
        self._news = asyncio.Event()

    @property
    def newest(self) -> str | None:
        """The house's own prompt-driven version; None: no model, or it cannot run."""
        own_id = self._own_id  # asked for at each turn: hashing the content takes 40 µs
        return own_id if own_id is not None and self.of(own_id) is not None else None

    @property
    def ready(self) -> tuple[str, ...]:
        """The versions that this process can answer with at once."""
        return tuple(sorted(self._made))

    @property
    def wanted(self) -> tuple[str, ...]:
        """Those that it will have ready next."""
        return tuple(sorted(self._wanted))

    def of(self, version_id: str) -> Handler | None:
        """None: it is not known here, or cannot run here; then somebody else must answer."""
        if (made := self._made.get(version_id)) is not None:
            self._made.move_to_end(version_id)
            self._asked.add(version_id)
            return made
        if version_id in self._unfit:
            return None
        if version_id not in self._known:
            self._ask_for(version_id)
            return None
        return self._prepare(self._known[version_id])

    def follow(self, control: Control) -> None:
        """Has ready what the control room may send people to; for `Follower.on_change`."""
        live = control.live
        named = (live.stable_version, live.canary_version) if live else (control.stable_version,)
        self._named = frozenset(version_id for version_id in named if version_id)
        self._wanted |= self._named - self._made.keys()
        self._news.set()

    def learn(self, found: Iterable[Version]) -> None:
        """Versions that may be asked for from now on."""
        fresh = {version.id: version for version in found if version.id not in self._known}
        self._unfit -= fresh.keys()
        self._known |= fresh

    async def start(self, connect: Connect) -> None:
        """The first look, so that the first turns are answered by whom they are drawn for."""
        try:
            async with asyncio.timeout(FIRST_SECONDS):
                await self._look(connect)
        except Exception as trouble:  # noqa: BLE001 - told; a process starts without them
            journal.failure("versions_not_read", trouble)

    async def run(self, connect: Connect) -> None:
        """Registers the house's own version, then reads what is new; until cancelled."""
        while True:
            self._news.clear()
            try:
                await self._look(connect)
                pause = LOOK_SECONDS
            except StoreDown:
                pause = AGAIN_SECONDS  # readiness says so
            self.tidy()
            await self._wait(pause)

    async def _look(self, connect: Connect) -> None:
        wanted = sorted(self._wanted)  # what is asked for meanwhile is looked for next time
        if self._own is not None:
            await in_thread(partial(versions.keep, connect, self._own))
        await self._read_newest(connect)
        for version_id in wanted:
            if version_id not in self._known:
                await self._read(connect, version_id)
        for version_id in wanted:
            self.of(version_id)
        self._wanted.difference_update(wanted)

    async def _read_newest(self, connect: Connect) -> None:
        """At first some, then what is younger: who asks for an older one has it read."""
        known = tuple(self._known)
        found = await in_thread(
            partial(versions.newest, connect, most=MOST_READ, but=known, since=self._read_to)
        )
        self.learn(found)
        if found:
            self._read_to = max(version.created_at for version in found)

    async def _read(self, connect: Connect, version_id: str) -> None:
        try:
            self.learn([await in_thread(partial(versions.read, connect, version_id))])
        except StoreDown:
            raise
        except GatehouseError as wrong:
            self._cannot(version_id, wrong)

    async def _wait(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._news.wait()
        except TimeoutError:
            return

    def _ask_for(self, version_id: str) -> None:
        self._wanted.add(version_id)
        self._news.set()

    def _prepare(self, version: Version) -> Handler | None:
        try:
            made = self._make(version)
        except Exception as wrong:  # noqa: BLE001 - told; a provider's library may refuse a model
            self._cannot(version.id, wrong)
            return None
        self._made[version.id] = made
        self._asked.add(version.id)
        while len(self._made) > MOST_KEPT:
            self._drop(next(each for each in self._made if not self._is_kept(each)))
        return made

    def tidy(self) -> None:
        """Now and then lets go whom nobody has asked for since the last time."""
        now = monotonic()
        if now - self._tidied_at < IDLE_SECONDS:
            return
        for version_id in [each for each in self._made if each not in self._asked]:
            if not self._is_kept(version_id):
                self._drop(version_id)
        self._asked.clear()
        self._tidied_at = now

    def _is_kept(self, version_id: str) -> bool:
        return version_id in (RULES, self._own_id) or version_id in self._named

    def _drop(self, version_id: str) -> None:
        del self._made[version_id]
        self._on_drop(version_id)

    def _cannot(self, version_id: str, wrong: Exception) -> None:
        self._unfit.add(version_id)
        journal.event("version_unfit", message=str(wrong), level="ERROR", version=version_id)
