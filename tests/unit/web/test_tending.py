"""Background work that fails is told and begun again, and never disturbs the end of the house."""

from __future__ import annotations

import asyncio

import pytest

from gatehouse.observe import journal
from gatehouse.web.tending import tend, tended


class Trouble(Exception):
    pass


async def at_once(_: float) -> None:
    await asyncio.sleep(0)


async def test_work_that_fails_is_told_and_begun_again(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    monkeypatch.setattr(journal, "failure", lambda name, bug, **about: told.append(about["work"]))
    begun = 0

    async def work() -> None:
        nonlocal begun
        begun += 1
        if begun < 3:
            raise Trouble

    await tend("news", work, sleep=at_once)
    assert (begun, told) == (3, ["news", "news"])


async def test_work_that_has_failed_does_not_spoil_the_end() -> None:
    has_failed, others_end = asyncio.Event(), asyncio.Event()

    async def fails() -> None:
        has_failed.set()
        raise Trouble

    async def lasts() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            others_end.set()

    async with tended({"fails": fails, "lasts": lasts}):
        await has_failed.wait()
    assert others_end.is_set()
