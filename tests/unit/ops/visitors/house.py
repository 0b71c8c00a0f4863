"""A house of one small ASGI application for visitors to be tried on: it asks, then shows."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

FACTS = ("location", "budget", "rental_type")
TITLE = "Bright flat in Lapta"


@dataclass(slots=True)
class House:
    """Asks for one fact after the other, then shows homes. `names_home`: and speaks of one.

    `fails`: statuses for the next messages, in order; `forgets`: from the third turn on.
    """

    names_home: bool = True
    forgets: bool = False
    fails: list[int] = field(default_factory=list)
    version: str = "v-1"
    turns: Counter[str] = field(default_factory=Counter)
    asked: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    beside: list[str] = field(default_factory=list)
    opened: int = 0

    @property
    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/api/chat/sessions", self._open, methods=["POST"]),
                Route("/api/chat/ask", self._ask, methods=["POST"]),
                Route("/api/chat/stream", self._stream, methods=["POST"]),
                Route("/api/chat/feedback", self._note, methods=["POST"]),
                Route("/api/telemetry/ui", self._note, methods=["POST"]),
            ]
        )

    def client(self) -> httpx.AsyncClient:
        door = httpx.ASGITransport(app=self.app)
        return httpx.AsyncClient(transport=door, base_url="http://house.test")

    async def _open(self, request: Request) -> Response:
        self.opened += 1
        body = await request.json()
        told = {"session_id": f"s{self.opened}"} | ({"token": "t" * 43} if body["bearer"] else {})
        return JSONResponse(told, 201)

    async def _ask(self, request: Request) -> Response:
        body = await request.json()
        self.headers.append(dict(request.headers))
        if self.fails and (status := self.fails.pop(0)) != 200:
            problem = {"type": "https://x.test/problems#store-down"}
            return JSONResponse(problem, status, {"retry-after": "0"})
        return JSONResponse(self._reply(body))

    async def _stream(self, request: Request) -> Response:
        reply = self._reply(await request.json())

        def events() -> Iterator[str]:
            yield f"event: delta\ndata: {json.dumps({'text': 'Here'})}\n\n"
            yield f"event: done\ndata: {json.dumps(reply)}\n\n"

        return StreamingResponse(events(), media_type="text/event-stream")

    async def _note(self, request: Request) -> Response:
        self.beside.append(request.url.path)
        return Response(status_code=204)

    def _reply(self, body: dict[str, Any]) -> dict[str, Any]:
        self.asked.append(body)
        self.turns[body["session_id"]] += 1
        turn = self.turns[body["session_id"]]
        known = FACTS[: turn - 1] if not (self.forgets and turn > 2) else ()
        is_asking = turn <= len(FACTS)
        cards = [] if is_asking else [{"title": TITLE, "variant": "long_term"}]
        named = f"I would take {TITLE}." if self.names_home else "Here they are."
        return {
            "summary": "Which?" if is_asking else named,
            "cards": cards,
            "meta": {
                "act": "ASK_SLOT" if is_asking else "SEARCH_AND_RECOMMEND",
                "next_needed": [FACTS[turn - 1]] if is_asking else [],
                "slots": dict.fromkeys(known, "x"),
                "arm": "canary",
                "version": self.version,
                "tier": "enhanced",
                "degraded": ["llm"] if turn == 2 else [],
                "message_id": "m",
            },
        }
