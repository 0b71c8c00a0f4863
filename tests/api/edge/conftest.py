"""A small application behind the real edge."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Annotated, Any, Literal

import httpx
import pytest
from fastapi import APIRouter, FastAPI, Query, Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import StreamingResponse

from gatehouse.base.config import Settings, load
from gatehouse.base.errors import NotFound, Overloaded, StoreDown
from gatehouse.observe import journal
from gatehouse.observe.journal import Journal
from gatehouse.web import edge
from tests.lines import Lines

AGENCY = "https://agency.example"
PHONE = "+44 7700 900123"


class Question(BaseModel):
    """A body with one of each kind of limit."""

    model_config = ConfigDict(extra="forbid")

    question: str = Field(min_length=1, max_length=100)
    score: Literal[-1, 1] | None = None
    duration_ms: float | None = Field(None, ge=0, le=60000)


def routes() -> APIRouter:
    """Endpoints that behave and endpoints that do not."""
    made = APIRouter(prefix="/api")

    @made.post("/ask")
    async def ask(question: Question) -> Question:
        return question

    @made.post("/echo")
    async def echo(anything: dict[str, Any]) -> dict[str, Any]:
        return {"keys": len(anything)}

    @made.get("/homes/{number}")
    async def home(number: int, limit: Annotated[int, Query(le=50)] = 20) -> dict[str, int]:
        return {"number": number, "limit": limit}

    @made.get("/trouble/{kind}")
    async def trouble(kind: str) -> Response:
        if kind == "bug":
            raise RuntimeError(f"call me on {PHONE}")
        raise {"busy": Overloaded(retry_after=3), "down": StoreDown(retry_after=2)}.get(
            kind, NotFound("No such home.")
        )

    @made.get("/cached")
    async def cached() -> Response:
        headers = {"cache-control": "max-age=60", "content-security-policy": "sandbox"}
        return Response("x", headers=headers)

    @made.get("/broken-stream")
    async def broken_stream() -> StreamingResponse:
        async def parts() -> AsyncIterator[bytes]:
            yield b"data: 1\n\n"
            raise RuntimeError("half way")

        return StreamingResponse(parts(), media_type="text/event-stream")

    return made


def build(settings: Settings, rules: edge.Rules | None = None) -> FastAPI:
    app = FastAPI()
    app.include_router(routes())

    @app.get("/homes/{number}/pictures/{name}")
    @app.get("/widget/{name}")
    async def file(name: str, number: int = 0) -> Response:
        return Response("x")

    edge.install(app, settings, rules=rules)
    return app


@pytest.fixture(scope="session")
def app() -> FastAPI:
    return build(load({}, cors_origins=(AGENCY,), trusted_proxies=("10.0.0.1",)))


@pytest.fixture
async def http(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=True)
    async with httpx.AsyncClient(transport=transport, base_url="http://chat.example") as client:
        yield client


@pytest.fixture
def lines() -> Iterator[Lines]:
    sink = Lines()
    before = journal.use(Journal(sinks=(sink,)))
    yield sink
    journal.use(before)
