"""An event loop whose time jumps to the next timer: minutes of traffic in a second, repeatably."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Coroutine
from datetime import UTC, datetime
from typing import Any, TypeVar

T = TypeVar("T")


class VirtualLoop(asyncio.SelectorEventLoop):
    """Never sleeps. What waits for something outside of the process would wait for ever."""

    def __init__(self) -> None:
        self.virtual = 0.0
        super().__init__(_Jumping(self))

    def time(self) -> float:
        return self.virtual


class _Jumping(selectors.DefaultSelector):
    def __init__(self, loop: VirtualLoop) -> None:
        super().__init__()
        self._loop = loop

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:
            raise RuntimeError("nothing is due: the experiment waits for ever")
        self._loop.virtual += max(0.0, timeout)
        return super().select(0)


class LoopClock:
    """The monotonic hand is the running loop's time."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return asyncio.get_running_loop().time()


def in_virtual_time(work: Coroutine[Any, Any, T]) -> T:
    """Runs it on a loop of its own; not from inside another one."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(work)
