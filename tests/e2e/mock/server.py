"""A server that pretends, behind the real edge: scripted faults, a log of what it was asked."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from fastapi import FastAPI, Request, Response
from fastapi.responses import FileResponse, JSONResponse, StreamingResponse
from fastapi.staticfiles import StaticFiles

from gatehouse.base.config import load
from gatehouse.web import edge

from . import homes, replies

WIDGET = Path(__file__).parents[3] / "gatehouse" / "widget"


@dataclass(frozen=True, slots=True)
class Fault:
    """What goes wrong with one POST of the stream."""

    status: int = 0  # answer at once with this status
    retry_after: int | None = None
    code: str = "not-now"
    cut_after: int | None = None  # events, then the connection breaks
    wait_s: float = 0.0  # before each event
    hold_s: float = 0.0  # holding text first, and that long nothing after it


@dataclass
class Stage:
    """What is going to happen and what has happened."""

    faults: list[Fault] = field(default_factory=list)
    asked: list[dict[str, Any]] = field(default_factory=list)  # each POST of the stream
    reported: list[dict[str, Any]] = field(default_factory=list)
    rated: list[dict[str, Any]] = field(default_factory=list)
    sessions: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    turns: dict[str, dict[str, Any]] = field(default_factory=dict)  # key -> reply
    examples: list[str] | None = None

    @property
    def keys(self) -> list[str]:
        return [one["key"] for one in self.asked]


def create_app(stage: Stage, *, origins: tuple[str, ...] = ()) -> FastAPI:
    app = FastAPI()
    _add_chat(app, stage)
    _add_rest(app, stage)
    app.mount("/widget", StaticFiles(directory=WIDGET))
    edge.install(app, load(cors_origins=origins))
    return app


def _add_chat(app: FastAPI, stage: Stage) -> None:
    @app.post("/api/chat/sessions", status_code=201)
    async def open_session(body: dict[str, Any]) -> dict[str, Any]:
        session = str(uuid4())
        stage.sessions[session] = []
        token = {"token": "t" * 43} if body.get("bearer") else {}
        return {"session_id": session, "language": body.get("language")} | token

    @app.post("/api/chat/stream")
    async def stream(request: Request, body: dict[str, Any]) -> Response:
        fault = stage.faults.pop(0) if stage.faults else Fault()
        key = request.headers["idempotency-key"]
        last = request.headers.get("last-event-id")
        auth = request.headers.get("authorization")
        stage.asked.append({"key": key, "last": last, "auth": auth, **body})
        if fault.status:
            return _problem(fault)
        return StreamingResponse(
            _events(stage, body, key=key, last=last, fault=fault), media_type="text/event-stream"
        )

    @app.get("/api/chat/history/{session}")
    async def history(session: str) -> Response:
        if session not in stage.sessions:
            return JSONResponse({"title": "Not found", "status": 404}, 404)
        return JSONResponse({"session_id": session, "messages": stage.sessions[session]})

    @app.post("/api/chat/feedback", status_code=204)
    async def feedback(body: dict[str, Any]) -> None:
        stage.rated.append(body)


def _add_rest(app: FastAPI, stage: Stage) -> None:
    @app.get("/")
    async def page() -> FileResponse:
        return FileResponse(WIDGET / "index.html")

    @app.get("/api/prompts/examples")
    async def examples() -> Response:
        if stage.examples is None:
            return JSONResponse({"title": "Off", "status": 404}, 404)
        return JSONResponse({"examples": stage.examples})

    @app.post("/api/telemetry/ui", status_code=204)
    async def telemetry(body: dict[str, Any]) -> None:
        stage.reported.append(body)

    @app.get("/homes/{home}/pictures/{view}.svg")
    async def picture(home: str, view: int) -> Response:
        return Response(homes.picture(int(home[-2:], 16), view), media_type="image/svg+xml")

    @app.get("/homes/{home}")
    async def home_page(home: str) -> Response:
        return Response(f"<h1>Home {home[-1]}</h1>", media_type="text/html")


def _problem(fault: Fault) -> Response:
    headers = {} if fault.retry_after is None else {"Retry-After": str(fault.retry_after)}
    return JSONResponse(
        {"title": "Not now", "status": fault.status, "error": fault.code}, fault.status, headers
    )


def _event(kind: str, data: Any, number: str | None = None) -> str:
    head = f"id: {number}\n" if number else ""
    return f"{head}event: {kind}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"


def _turn(stage: Stage, body: dict[str, Any], key: str) -> dict[str, Any]:
    """The stored reply for a key; made and remembered at its first use."""
    if key not in stage.turns:
        said, question = stage.sessions[body["session_id"]], body["question"]
        turn = {"session": body["session_id"], "turn": len(said) // 2 + 1}
        reply = replies.reply_to(question, body.get("language") or "en", **turn)
        stage.turns[key] = reply
        now = datetime.now(UTC).isoformat()
        answer = {"id": reply["meta"]["message_id"], "role": "assistant", "timestamp": now}
        said.append({"id": f"m{len(said)}", "role": "user", "content": question, "timestamp": now})
        said.append(answer | reply | {"content": reply["summary"]})
    return stage.turns[key]


def keep_promise(stage: Stage) -> None:
    """The promised matches appear in the history of the only conversation, unasked."""
    ((session, said),) = stage.sessions.items()
    reply = replies.matches(session=session, turn=len(said))
    answer = {"id": reply["meta"]["message_id"], "role": "assistant", "content": reply["summary"]}
    said.append(answer | reply | {"timestamp": datetime.now(UTC).isoformat()})


def _parts(reply: dict[str, Any]) -> list[tuple[str, Any]]:
    words = re.findall(r"\S+\s*", reply["summary"])
    parts: list[tuple[str, Any]] = [("delta", {"text": word}) for word in words]
    if reply["cards"]:
        parts.append(("cards", {"cards": reply["cards"]}))
    parts.append(("suggested_actions", {"actions": reply["meta"]["suggested_actions"]}))
    return [*parts, ("done", reply)]


async def _events(
    stage: Stage, body: dict[str, Any], *, key: str, last: str | None, fault: Fault
) -> AsyncIterator[str]:
    reply = _turn(stage, body, key)
    turn = reply["meta"]["turn"]
    yield _event("meta", {"schema": "v2", "session_id": body["session_id"]})
    if fault.hold_s:
        yield _event("interim", {"text": replies.interim(body.get("language") or "en")})
    await asyncio.sleep(fault.hold_s)
    after = int(last.split(".")[1]) if last else 0
    for number, (kind, data) in enumerate(_parts(reply), start=1):
        if number <= after:
            continue
        if fault.cut_after is not None and number > fault.cut_after:
            await asyncio.sleep(0.1)  # let what was written arrive
            raise ConnectionResetError  # uvicorn closes without the last chunk
        await asyncio.sleep(fault.wait_s)
        yield _event(kind, data, f"{turn}.{number}")
