"""What a process holds on to: its sockets and its tasks."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

SETTLE_SECONDS = 20.0  # until what was let go is really gone
POLL_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Held:
    """Numbers at one moment."""

    sockets: int
    tasks: int

    def beyond(self, before: Held) -> Held:
        """What there is more than before."""
        return Held(max(0, self.sockets - before.sockets), max(0, self.tasks - before.tasks))


def sockets(pid: int) -> int:
    """Open sockets of a process."""
    count = 0
    for entry in Path(f"/proc/{pid}/fd").iterdir():
        try:
            count += str(entry.readlink()).startswith("socket:")
        except OSError:
            continue  # closed while we looked
    return count


async def held_here() -> Held:
    """By this process and its event loop."""
    return Held(sockets(os.getpid()), len(asyncio.all_tasks()))


async def leaked(
    look: Callable[[], Awaitable[Held]], before: Held, *, seconds: float = SETTLE_SECONDS
) -> Held:
    """What is still held when everything has had time to go; returns as soon as nothing is."""
    until = asyncio.get_running_loop().time() + seconds
    while True:
        more = (await look()).beyond(before)
        if more == Held(0, 0) or asyncio.get_running_loop().time() > until:
            return more
        await asyncio.sleep(POLL_SECONDS)
