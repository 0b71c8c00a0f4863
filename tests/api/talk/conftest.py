"""The chat endpoints behind the real edge, with three visitors at the door."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI

from gatehouse.base.config import Settings
from gatehouse.base.database import Database
from gatehouse.observe.access import OpsAccess
from gatehouse.talk.api import router
from gatehouse.talk.types import Handler
from gatehouse.web import edge

from ...store.talk.conftest import rows
from ...store.talk.stage import service

__all__ = ["rows"]
ELSEWHERE = "203.0.113.7"  # no operator's network


def app(database: Database, handler: Handler | None = None, **settings: object) -> FastAPI:
    """The application of one process; its turns are reachable as `app.state.turns`."""
    turns = service(database, handler, **settings)
    made = FastAPI()
    edge.install(made, turns.settings)
    made.include_router(router(turns, OpsAccess.of(turns.settings)))
    made.state.turns = turns
    return made


def visitor(app: FastAPI, *, address: str = ELSEWHERE, scheme: str = "http") -> httpx.AsyncClient:
    """A browser of its own: cookies, address."""
    door = httpx.ASGITransport(app=app, client=(address, 40000))
    return httpx.AsyncClient(transport=door, base_url=f"{scheme}://house.test")


@pytest.fixture
def application(database: Database, clean: str) -> FastAPI:
    return app(database, **Settings().model_dump(include={"environment"}))


@pytest.fixture
async def alice(application: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with visitor(application) as client:
        yield client


@pytest.fixture
async def bob(application: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """Another visitor with a conversation of his own."""
    async with visitor(application) as client:
        await client.post("/api/chat/sessions", json={})
        yield client


@pytest.fixture
async def charlie(application: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """A stranger without credentials."""
    async with visitor(application) as client:
        yield client
