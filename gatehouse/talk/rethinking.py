"""Turns that are thought just now: some of them can be broken off and thought again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from gatehouse.talk.types import Pin


class BrokenOff(Exception):
    """Whoever thought must not answer any more; the turn is thought again."""


@dataclass(slots=True, eq=False)
class Thought:
    """One handler at work on one turn."""

    pin: Pin
    task: asyncio.Task[object]
    is_broken_off: bool = False

    def end(self) -> None:
        """After its work ended by our cancelling, or in spite of it. Raises BrokenOff.

        A second cancelling, of a process that stops, stays in force.
        """
        if self.is_broken_off:
            is_stopping = self.task.uncancel() > 0
            raise asyncio.CancelledError if is_stopping else BrokenOff


@dataclass(frozen=True, slots=True)
class Thoughts:
    """The handlers at work in this process."""

    _running: set[Thought] = field(default_factory=set)

    @contextmanager
    def of(self, pin: Pin) -> Iterator[None]:
        """Around a handler's work. Leaves as BrokenOff if it was broken off."""
        task = asyncio.current_task()
        assert task is not None, "a turn is thought in a task"
        thought = Thought(pin, task)
        self._running.add(thought)
        try:
            yield
        except asyncio.CancelledError:
            thought.end()
            raise
        finally:
            self._running.discard(thought)
        thought.end()

    def break_off(self, is_affected: Callable[[Pin], bool]) -> int:
        """Ends what is thought under these pins; how many."""
        affected = [t for t in self._running if not t.is_broken_off and is_affected(t.pin)]
        for thought in affected:
            thought.is_broken_off = True
            thought.task.cancel()
        return len(affected)
