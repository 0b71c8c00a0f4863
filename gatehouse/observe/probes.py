"""What is measured by looking now and then: a late loop, full pools, users, availability."""

from __future__ import annotations

import asyncio
import fcntl
import shutil
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from gatehouse.base.clock import Clock
from gatehouse.base.database import Database
from gatehouse.base.errors import GatehouseError
from gatehouse.observe import journal, meters
from gatehouse.observe.meter import Gauged
from gatehouse.observe.pulse import Pulse
from gatehouse.observe.traffic import STEP_SECONDS, TrafficRing

BEAT_SECONDS = 0.1
BLOCKED_MS = 200.0
STEPS_A_MINUTE = 60 // STEP_SECONDS
Sleep = Callable[[float], Awaitable[object]]

# Conversations with a turn in each window. The block range index on received_at bounds the read.
ACTIVE = """
SELECT count(DISTINCT conversation_id) FILTER (WHERE received_at > now() - interval '5 min') AS "5m",
       count(DISTINCT conversation_id) FILTER (WHERE received_at > now() - interval '1 hour') AS "1h",
       count(DISTINCT conversation_id) AS "24h"
FROM turn_ledger WHERE received_at > now() - interval '24 hours'
"""  # noqa: E501


@dataclass
class Worst:
    """The greatest value of the last one or two periods, shown by a gauge."""

    gauge: Gauged
    present: float = 0.0
    shown: float = 0.0

    def note(self, value: float) -> None:
        if value > self.present:
            self.present = value
            if value > self.shown:
                self.shown = value
                self.gauge.set(value)

    def turn_page(self) -> None:
        """Begins a new period."""
        self.shown, self.present = self.present, 0.0
        self.gauge.set(self.shown)


@dataclass
class PoolWaits:
    """Hands waits for connections to their gauges."""

    by_pool: dict[str, Worst] = field(default_factory=dict)

    def on_wait(self, pool: str, waited_ms: float) -> None:
        """For base.database: called once a visit, with milliseconds."""
        worst = self.by_pool.get(pool)
        if worst is None:
            worst = self.by_pool[pool] = Worst(meters.pool_wait_ms.labels(pool=pool))
        worst.note(waited_ms)

    def turn_page(self) -> None:
        for worst in self.by_pool.values():
            worst.turn_page()


async def watch_loop(worst: Worst, clock: Clock, *, sleep: Sleep = asyncio.sleep) -> None:
    """Notes how late the event loop comes back; says so when a step blocked it."""
    while True:
        due = clock.monotonic() + BEAT_SECONDS
        await sleep(BEAT_SECONDS)
        late_ms = max(0.0, (clock.monotonic() - due) * 1000)
        worst.note(late_ms)
        if late_ms > BLOCKED_MS:
            journal.event("loop_blocked", level="WARNING", latency_ms=round(late_ms))


class Turn:
    """One of an instance's worker processes does what is needed once only."""

    def __init__(self, folder: Path | None) -> None:
        self._path = folder / "watch.lock" if folder else None
        self._held: IO[bytes] | None = None

    def is_mine(self) -> bool:
        """True in the process that holds the lock; it is free again when that process dies."""
        if self._path is None or self._held is not None:
            return True
        file = self._path.open("ab")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.close()
            return False
        self._held = file
        return True


@dataclass
class Watch:
    """The background task of each worker process; start `run()`, cancel it to stop."""

    clock: Clock
    pulse: Pulse
    database: Database
    traffic: TrafficRing
    turn: Turn
    waits: PoolWaits = field(default_factory=PoolWaits)
    lag: Worst = field(default_factory=lambda: Worst(meters.event_loop_lag_ms.labels()))
    sleep: Sleep = asyncio.sleep
    data: Path | None = None  # the folder whose volume is watched

    async def run(self) -> None:
        """Runs until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(watch_loop(self.lag, self.clock))
            tasks.create_task(self._step_by_step())

    async def _step_by_step(self) -> None:
        step = 0
        while True:
            try:
                await self.step(is_full_minute=step % STEPS_A_MINUTE == 0)
            except Exception as bug:  # noqa: BLE001 - logged; one bad step must not end the watch
                journal.failure("watch_failed", bug)
            await self.sleep(STEP_SECONDS)
            step += 1

    async def step(self, *, is_full_minute: bool) -> None:
        """What happens every STEP_SECONDS."""
        self.lag.turn_page()
        self.waits.turn_page()
        if not self.turn.is_mine():
            return
        await asyncio.to_thread(self.traffic.keep)
        if is_full_minute:
            await self._probe_availability()
            await self._count_users()
            await asyncio.to_thread(self._look_at_disk)

    def _look_at_disk(self) -> None:
        if self.data is not None:
            disk = shutil.disk_usage(self.data)
            meters.disk_free_ratio.labels(volume="data").set(disk.free / disk.total)

    async def _probe_availability(self) -> None:
        beat = await self.pulse.feel()
        result = "ok" if beat.is_up and beat.can_store else "failed"
        meters.availability_probe_total.labels(result=result).inc()

    async def _count_users(self) -> None:
        try:
            async with self.database.visit("search") as cursor:
                row = await (await cursor.execute(ACTIVE)).fetchone()
        except GatehouseError as trouble:
            journal.event("active_users_unknown", level="WARNING", error=trouble.code)
            return
        for window, count in (row or {}).items():
            meters.active_users.labels(window=window).set(count)
