"""A visitor's side of HTTP: opens a conversation, writes, reads, and times what comes."""

from __future__ import annotations

import asyncio
import json
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import httpx

from gatehouse.ops.visitors.seen import Turn, slots_of, turn_of

Lane = Literal["ask", "stream"]
Reply = dict[str, Any]
RETRY = frozenset({409, 429, 502, 503, 504})  # after which the page tries again
MOST_TRIES = 3
LONGEST_WAIT_SECONDS = 5.0


@dataclass(slots=True)
class Talk:
    """One conversation. `headers` go with each request, such as a signed pass.

    `token`: of a visitor who has been here before; of a new one it is there once `open` is done.
    """

    http: httpx.AsyncClient
    headers: Mapping[str, str] = field(default_factory=dict)
    token: str = ""
    session: str = ""
    turns: list[Turn] = field(default_factory=list)
    last: Reply | None = None
    _told: Mapping[str, str] = field(default_factory=dict)  # headers of the last answer

    async def open(self, language: str) -> int:
        """The status: 201 where it begins. Raises httpx.HTTPError."""
        body = {"bearer": not self.token, "language": language}
        shown = self._credentials() if self.token else dict(self.headers)
        for tries in range(MOST_TRIES):
            answer = await self.http.post("/api/chat/sessions", json=body, headers=shown)
            if not await self._may_retry(answer.status_code, answer.headers, tries):
                break
        if answer.status_code == httpx.codes.CREATED:
            opened = answer.json()
            self.session, self.token = opened["session_id"], opened.get("token", self.token)
        return answer.status_code

    async def say(self, text: str, *, lane: Lane) -> Turn:
        """One message and its reply; what is no reply is a turn as well."""
        first, key = time.perf_counter(), str(uuid.uuid4())
        for tries in range(MOST_TRIES):
            began = time.perf_counter()
            turn = await self._try(text, began, lane=lane, key=key)
            if not await self._may_retry(turn.status, self._told, tries):
                break
        turn = replace(turn, retries=tries, waited_ms=(began - first) * 1000)
        self.turns.append(turn)
        return turn

    async def _try(self, text: str, began: float, *, lane: Lane, key: str) -> Turn:
        try:
            return await (self._stream if lane == "stream" else self._ask)(text, began, key)
        except (httpx.HTTPError, ValueError, KeyError) as trouble:
            self._told = {}
            return Turn(0, _since(began), lane, trouble=type(trouble).__name__)

    async def _may_retry(self, status: int, headers: Mapping[str, str], tries: int) -> bool:
        """As the page does: after the pause that it is asked for, if that is short."""
        asked = headers.get("retry-after", "1")
        seconds = float(asked) if asked.isdigit() else 1.0
        if status not in RETRY or tries + 1 >= MOST_TRIES or seconds > LONGEST_WAIT_SECONDS:
            return False
        await asyncio.sleep(seconds)
        return True

    async def rate(self, score: int) -> None:
        """A thumb for the last reply; nobody waits for it."""
        if self.last is None:
            return
        told = {"session_id": self.session, "message_id": self.last["meta"]["message_id"]}
        await self._beside("/api/chat/feedback", told | {"score": score})

    async def click(self) -> None:
        """Opens the first card."""
        if self.last is None or not self.last["cards"]:
            return
        about = {"variant": self.last["cards"][0]["variant"], "arm": self.last["meta"]["arm"]}
        told = {"event_type": "card_clicked", "metadata": about | {"session_id": self.session}}
        await self._beside("/api/telemetry/ui", told)

    async def _beside(self, path: str, told: dict[str, Any]) -> None:
        try:
            await self.http.post(path, json=told, headers=self._credentials())
        except httpx.HTTPError:
            return  # the conversation goes on without it, as a page's would

    async def _ask(self, text: str, began: float, key: str) -> Turn:
        answer = await self.http.post(
            "/api/chat/ask", json=self._body(text), headers=self._credentials(key)
        )
        self._told = answer.headers
        if answer.status_code != httpx.codes.OK:
            return Turn(answer.status_code, _since(began), trouble=_problem(answer.content))
        return self._read(answer.json(), began, lane="ask")

    async def _stream(self, text: str, began: float, key: str) -> Turn:
        sent = self.http.stream(
            "POST", "/api/chat/stream", json=self._body(text), headers=self._credentials(key)
        )
        first: float | None = None
        async with sent as answer:
            self._told = answer.headers
            if answer.status_code != httpx.codes.OK:
                told = _problem(await answer.aread())
                return Turn(answer.status_code, _since(began), "stream", trouble=told)
            kind = ""
            async for line in answer.aiter_lines():
                name, _, value = line.partition(": ")
                kind = value if name == "event" else kind
                if name != "data":
                    continue
                if kind == "delta" and first is None:
                    first = _since(began)
                if kind == "done":
                    return self._read(json.loads(value), began, lane="stream", first_words_ms=first)
                if kind == "error":
                    return Turn(200, _since(began), "stream", first, trouble=_problem(value))
        return Turn(200, _since(began), "stream", first, trouble="stream ended without a reply")

    def _read(self, reply: Reply, began: float, **told: Any) -> Turn:
        known = slots_of(self.last) if self.last else frozenset()
        turn = turn_of(reply, known, latency_ms=_since(began), **told)
        self.last = reply
        return turn

    def _body(self, text: str) -> dict[str, str]:
        return {"question": text, "session_id": self.session}

    def _credentials(self, key: str = "") -> dict[str, str]:
        shown = {**self.headers, "Authorization": f"Bearer {self.token}"}
        return {**shown, "Idempotency-Key": key} if key else shown


def _problem(content: bytes | str) -> str:
    """The code that ends the problem's type."""
    try:
        told = json.loads(content)
        return str(told.get("type", "")).rstrip("/").rpartition("/")[2] or "no problem document"
    except (ValueError, AttributeError):
        return "no problem document"


def _since(began: float) -> float:
    return (time.perf_counter() - began) * 1000
