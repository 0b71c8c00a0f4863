"""A house that is open and steered by the control room, and the levers of an operator."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import psycopg
import pytest
from fastapi import FastAPI

from gatehouse.base.config import Settings, load
from gatehouse.observe import api as observe_api
from gatehouse.rollout import flag_book
from gatehouse.rollout.connecting import Connect, connecting
from gatehouse.rollout.kill_file import Kill
from gatehouse.rollout.types import Actor
from gatehouse.talk import api as talk_api
from gatehouse.talk.types import Thread
from gatehouse.understanding.types import DialogueState
from gatehouse.web import edge, wiring
from gatehouse.web.wiring import House

ME = Actor("person", "operator")
WHY = "as the runbook says"
MODEL = {"LLM_MODEL": "simulated", "LLM_BASE_URL": "http://127.0.0.1:1/v1", "LLM_API_KEY": "none"}
PATIENCE_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Steered:
    """One process of the house, without a restart anywhere."""

    house: House
    connect: Connect
    news: asyncio.Queue[Settings]

    async def set(self, **values: Any) -> None:
        """`gatehouse flags set` for each; returns when this process acts on it."""
        for name, value in values.items():
            flag_book.put(self.connect, name, value, actor=ME, reason=WHY)
        await self.until(lambda now: all(getattr(now, n) == v for n, v in values.items()))

    async def unset(self, name: str, *, then: Any) -> None:
        flag_book.take(self.connect, name, actor=ME, reason=WHY)
        await self.until(lambda now: getattr(now, name) == then)

    async def kill(self, kill: Kill, is_followed: Callable[[Settings], bool]) -> None:
        """`gatehouse kill`."""
        self.house.steering.kill_file.write(kill)
        await self.until(is_followed)

    async def until(self, is_it: Callable[[Settings], bool]) -> None:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not is_it(self.house.steering.flags.settings):
                await self.news.get()

    @property
    def echo(self) -> dict[str, Any]:
        """`.config` of /api/health."""
        return self.house.report.config_echo()

    def source(self, name: str) -> dict[str, Any]:
        """`.config_source` of it."""
        told: dict[str, Any] = self.house.report.config_source()[name]
        return told

    def arms(self, count: int = 400) -> list[str]:
        """The arms of so many new conversations, the same ones each time."""
        return [self.house.turns._handler_for(new(n)).pin.arm for n in range(count)]


def new(number: int) -> Thread:
    """A conversation before its first turn."""
    return Thread(UUID(int=number << 96 | 7), 1, 1, DialogueState(), ())


@asynccontextmanager
async def steered(
    url: str, folder: Path, monkeypatch: pytest.MonkeyPatch, **environment: str
) -> AsyncIterator[Steered]:
    """An open house on that database; `environment` is its own, and the command line's."""
    monkeypatch.setenv("GATEHOUSE_DATABASE_URL", url)
    given = {"GATEHOUSE_DATA": str(folder), "LOG_FILE": str(folder / "app.log")} | MODEL
    for name, value in (given | environment).items():
        monkeypatch.setenv(name, value)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("UPDATE rollout_control SET stable_version = NULL, denied = '[]'")
    house, news = wiring.build(load()), asyncio.Queue[Settings]()
    house.steering.flags.on_change(news.put_nowait)
    async with house.open():
        yield Steered(house, connecting(url), news)


def door(room: Steered) -> httpx.AsyncClient:
    """curl at the operator's machine: the chat and the pages of operations of that house."""
    house, app = room.house, FastAPI()
    app.include_router(talk_api.router(house.turns, house.access))
    app.include_router(observe_api.router(house.report, house.access))
    edge.install(app, house.settings)
    way = httpx.ASGITransport(app=app, client=("127.0.0.1", 40000))
    return httpx.AsyncClient(transport=way, base_url="http://house.test", timeout=30)
