"""The controller as background work: woken by news, soon while it waits, never in the way."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import cast

import pytest

from gatehouse.base.errors import StoreDown
from gatehouse.observe import journal
from gatehouse.observe.journal import Journal
from gatehouse.rollout.controller import Controller, Tick
from gatehouse.rollout.own_thread import in_thread
from gatehouse.rollout.running import Running
from gatehouse.rollout.types import Control
from tests.lines import Lines

LONG = 3600.0
PATIENCE_SECONDS = 30.0


@dataclass
class Counting:
    """A controller that counts; `does` is what a look does."""

    does: Callable[[], Tick] = lambda: Tick(is_leading=True)
    looks: int = 0
    is_closed: threading.Event = field(default_factory=threading.Event)

    def tick(self) -> Tick:
        self.looks += 1
        return self.does()

    def close(self) -> None:
        self.is_closed.set()


def running(controller: Counting, *, tick_seconds: float = LONG) -> Running:
    return Running(cast(Controller, controller), tick_seconds=tick_seconds)


async def until(is_it: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not is_it():
            await asyncio.sleep(0.01)


async def ended(task: asyncio.Task[None]) -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def test_news_is_looked_at_without_waiting_for_the_next_tick() -> None:
    controller = Counting()
    work = running(controller)
    task = asyncio.create_task(work.run())
    await until(lambda: controller.looks == 1)
    work.hear(Control())
    await until(lambda: controller.looks == 2)
    await ended(task)


async def test_it_looks_soon_again_while_processes_have_yet_to_follow() -> None:
    controller = Counting(lambda: Tick(is_leading=True, is_waiting=True))
    task = asyncio.create_task(running(controller).run())
    await until(lambda: controller.looks >= 3)
    await ended(task)


async def test_it_lets_another_process_lead_when_it_ends() -> None:
    controller = Counting()
    task = asyncio.create_task(running(controller).run())
    await until(lambda: controller.looks == 1)
    await ended(task)
    await until(controller.is_closed.is_set)


async def test_a_database_that_is_away_is_told_once_and_tried_again() -> None:
    def down() -> Tick:
        raise StoreDown("away")

    lines = Lines()
    before = journal.use(Journal(sinks=(lines,)))
    try:
        controller = Counting(down)
        task = asyncio.create_task(running(controller, tick_seconds=0.01).run())
        await until(lambda: controller.looks >= 3)
        await ended(task)
        assert len(lines.events("controller_lost")) == 1
    finally:
        journal.use(before)


async def test_a_look_that_hangs_does_not_hold_up_the_loop_nor_its_end() -> None:
    hangs = threading.Event()

    def hang() -> Tick:
        hangs.wait(PATIENCE_SECONDS)
        return Tick(is_leading=False)

    controller = Counting(hang)
    task = asyncio.create_task(running(controller).run())
    await until(lambda: controller.looks == 1)
    await ended(task)  # while the look still hangs
    assert not hangs.is_set()
    hangs.set()


async def test_a_bug_in_a_look_is_raised_where_it_is_awaited() -> None:
    def bug() -> Tick:
        raise ZeroDivisionError

    with suppress(ZeroDivisionError):
        await in_thread(bug)
        raise AssertionError("nothing was raised")


@pytest.mark.parametrize("steps", range(4))
async def test_news_at_the_moment_of_the_end_keeps_it_not_from_ending(steps: int) -> None:
    """`asyncio.wait_for` of Python 3.11 forgets a cancellation that meets a result."""
    controller = Counting()
    work = running(controller)
    task = asyncio.create_task(work.run())
    await until(lambda: bool(work._news._waiters))
    work.hear(Control())
    for _ in range(steps):
        await asyncio.sleep(0)
    task.cancel()
    assert (await asyncio.wait({task}, timeout=PATIENCE_SECONDS))[0] == {task}
    assert task.cancelled()
