"""Six breakers through the same checks: `python -m bench.breakers` prints what each did.

Every one opens at five failures in a row and is to try again after 0.4 s. Nothing is timed but the
ten calls at once, and there only whether they ran side by side or one after the other.
"""

from __future__ import annotations

import asyncio
import importlib
import importlib.util
import subprocess
import sys
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from unittest.mock import patch

from bench.circuits import PEERS, PERIOD, THRESHOLD, Circuit
from bench.turn import BENCH_PYTHON, make_peer_environment

CALLERS = 20
CALLS, CALL_SECONDS = 10, 0.1
READS = 100
LOST_SECONDS = 3.0
HOUR = 3600.0
DATED = ("aiobreaker.state", "aiobreaker.circuitbreaker", "pybreaker", "gatehouse.base.clock")
COLUMNS = ("trips", "half-open", "cancelled", "clock -1 h", "clock +1 h", "ten calls", "status",
           "lost probe")  # fmt: skip


class Broken(Exception):
    """What the dependency answers while it is down."""


@dataclass
class Dependency:
    """Counts who reaches it; slow on demand."""

    is_down: bool = False
    seconds: float = 0.0
    reached: int = 0
    inside: int = 0
    most_inside: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    async def answer(self) -> str:
        self._count()
        await asyncio.sleep(self.seconds)
        return self._end()

    def answer_in_thread(self) -> str:
        self._count()
        time.sleep(self.seconds)
        return self._end()

    def _count(self) -> None:
        with self.lock:
            self.reached += 1
            self.inside += 1
            self.most_inside = max(self.most_inside, self.inside)

    def _end(self) -> str:
        with self.lock:
            self.inside -= 1
        if self.is_down:
            raise Broken
        return "ok"


async def rush(circuit: Circuit, backend: Dependency, count: int) -> int:
    """So many calls at once, in coroutines or, where it has none that work, in threads."""
    before = backend.reached
    calls = [_call(circuit, backend) for _ in range(count)]
    await asyncio.gather(*calls, return_exceptions=True)
    return backend.reached - before


def _call(circuit: Circuit, backend: Dependency) -> Awaitable[object]:
    if circuit.has_coroutines:
        return circuit.call(backend.answer)
    return asyncio.to_thread(circuit.call_in_thread, backend.answer_in_thread)


async def opened(circuit: Circuit, backend: Dependency) -> None:
    """Five failures, one after the other."""
    backend.is_down, backend.seconds = True, 0.0
    for _ in range(THRESHOLD):
        with suppress(Exception):
            await _call(circuit, backend)
    backend.is_down = False


async def trips(make: Callable[[], Circuit]) -> str:
    """Ten failing calls of an `async def`: how many reach the dependency?"""
    circuit, backend = make(), Dependency(is_down=True)
    for _ in range(10):
        with suppress(Exception):
            await circuit.call(backend.answer)
    return _mark(f"{backend.reached} of 10", is_good=backend.reached == THRESHOLD)


async def half_open(make: Callable[[], Circuit]) -> str:
    """Twenty callers just after the open period: how many are inside at the same time?"""
    circuit, backend = make(), Dependency()
    await opened(circuit, backend)
    await asyncio.sleep(PERIOD * 1.5)
    backend.seconds, backend.most_inside = CALL_SECONDS, 0
    await rush(circuit, backend, CALLERS)
    inside = backend.most_inside
    return _mark(f"{inside} of {CALLERS}", is_good=inside == 1)


async def cancelled(make: Callable[[], Circuit]) -> str:
    """Ten visitors who go away in the middle of a call: is the next one still let in?"""
    circuit, backend = make(), Dependency(seconds=60)
    if not circuit.has_coroutines:
        return "-"
    for _ in range(10):
        task = asyncio.ensure_future(_call(circuit, backend))
        await asyncio.sleep(0)
        task.cancel()
        with suppress(BaseException):
            await task
    backend.seconds = 0
    let_in = await rush(circuit, backend, 1)
    return _mark("closed" if let_in else "opened", is_good=let_in == 1)


async def clock_back(make: Callable[[], Circuit]) -> str:
    """The date is set back an hour while it is open: does it ever try again?"""
    circuit, backend = make(), Dependency()
    await opened(circuit, backend)
    with the_date_moved(-HOUR):
        await asyncio.sleep(PERIOD * 1.5)
        let_in = await rush(circuit, backend, 1)
    return _mark("in time" if let_in else "still shut", is_good=let_in == 1)


async def clock_forward(make: Callable[[], Circuit]) -> str:
    """The date is set an hour ahead just after it opened: is anybody let in at once?"""
    circuit, backend = make(), Dependency()
    await opened(circuit, backend)
    with the_date_moved(HOUR):
        let_in = await rush(circuit, backend, 1)
    return _mark("at once" if let_in else "in time", is_good=let_in == 0)


async def side_by_side(make: Callable[[], Circuit]) -> str:
    """Ten calls of 0.1 s at once while it is closed: 0.1 s, or 1 s because a lock is held."""
    circuit, backend = make(), Dependency(seconds=CALL_SECONDS)
    began = time.monotonic()
    await rush(circuit, backend, CALLS)
    spent = time.monotonic() - began
    return _mark(f"{spent:.1f} s", is_good=spent < CALLS * CALL_SECONDS / 2)


async def status(make: Callable[[], Circuit]) -> str:
    """A hundred looks at the status at half-open: is a caller still let in, and only one?"""
    circuit, backend = make(), Dependency()
    await opened(circuit, backend)
    await asyncio.sleep(PERIOD * 1.5)
    for _ in range(READS):
        circuit.status()
    backend.seconds = CALL_SECONDS
    let_in = await rush(circuit, backend, 1)
    return _mark("pure" if let_in else "wedged", is_good=let_in == 1)


async def lost_probe(make: Callable[[], Circuit]) -> str:
    """A probe that does not come back for 3 s: is anybody let in after 1.5 s?"""
    circuit, backend = make(), Dependency()
    await opened(circuit, backend)
    await asyncio.sleep(PERIOD * 1.5)
    backend.seconds = LOST_SECONDS
    lost = asyncio.ensure_future(_call(circuit, backend))
    await asyncio.sleep(LOST_SECONDS / 2)
    backend.seconds, before = 0, backend.reached
    try:
        async with asyncio.timeout(LOST_SECONDS / 4):
            await asyncio.shield(asyncio.ensure_future(_call(circuit, backend)))
    except TimeoutError:
        told = "waits"
    else:
        told = "let in" if backend.reached > before else "wedged"
    with suppress(Exception):
        await lost
    return _mark(told, is_good=told == "let in")


CHECKS = (
    trips, half_open, cancelled, clock_back, clock_forward, side_by_side, status, lost_probe,
)  # fmt: skip


def _mark(told: str, *, is_good: bool) -> str:
    return told if is_good else f"{told} !"


@contextmanager
def the_date_moved(seconds: float) -> Iterator[None]:
    """`time.time` and the `datetime` of everybody here; the monotonic clock runs on."""

    class Moved(datetime):
        @classmethod
        def now(cls, tz=None):  # type: ignore[no-untyped-def]
            return datetime.now(tz) + timedelta(seconds=seconds)

        @classmethod
        def utcnow(cls):  # type: ignore[no-untyped-def]
            return datetime.now(UTC).replace(tzinfo=None) + timedelta(seconds=seconds)

    real = time.time
    modules = [importlib.import_module(name) for name in DATED]
    with patch.object(time, "time", lambda: real() + seconds):
        patches = [patch.object(module, "datetime", Moved) for module in modules]
        for each in patches:
            each.start()
        try:
            yield
        finally:
            for each in patches:
                each.stop()


async def table() -> Iterator[tuple[str, ...]]:
    """A row a breaker: its name and version, then a cell a check."""
    rows = []
    for peer in PEERS:
        cells = [await check(peer) for check in CHECKS]
        rows.append((peer.told(), *cells))
    return iter(rows)


def show(rows: Iterator[tuple[str, ...]]) -> None:
    """The table; `!` marks what a breaker should not do."""
    lines = [("", *COLUMNS), *rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    for line in lines:
        cells = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        sys.stdout.write("  ".join(cells).rstrip() + "\n")


def main() -> int:
    """In this environment if the peers are here, else in that of the benches."""
    if importlib.util.find_spec("purgatory") is None:
        make_peer_environment()
        return subprocess.run([str(BENCH_PYTHON), "-m", "bench.breakers"]).returncode
    show(asyncio.run(table()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
