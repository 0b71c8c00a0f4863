"""POST /api/chat/stream: acknowledged when stored, told in pieces, resumable."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from gatehouse.base.database import Database
from gatehouse.talk import streaming

from ...store.talk.conftest import Rows
from ...store.talk.stage import Slow
from .conftest import app, visitor

STREAM = "/api/chat/stream"


def _events(text: str) -> list[dict[str, Any]]:
    blocks = [block for block in text.split("\n\n") if block and not block.startswith(":")]
    return [dict(line.split(": ", 1) for line in block.split("\n")) for block in blocks]


async def _ask(client: httpx.AsyncClient, key: str, **headers: str) -> list[dict[str, Any]]:
    body = {"question": "hello", "session_id": "home"}
    answer = await client.post(STREAM, json=body, headers={"Idempotency-Key": key} | headers)
    assert answer.headers["content-type"].startswith("text/event-stream")
    return _events(answer.text)


async def test_the_pieces_make_the_summary_and_done_is_the_reply(
    alice: httpx.AsyncClient,
) -> None:
    events = await _ask(alice, "k")
    assert [event["event"] for event in events] == ["meta", "delta", "delta", "done"]
    reply = json.loads(events[-1]["data"])
    said = "".join(json.loads(e["data"])["text"] for e in events if e["event"] == "delta")
    assert said == reply["summary"]
    assert [event.get("id") for event in events] == [None, "1.1", "1.2", "1.3"]


async def test_ask_and_stream_share_their_keys(alice: httpx.AsyncClient) -> None:
    await alice.post("/api/chat/sessions", json={})
    events = await _ask(alice, "k")
    answer = await alice.post(
        "/api/chat/ask",
        json={"question": "hello", "session_id": "home"},
        headers={"Idempotency-Key": "k"},
    )
    assert answer.text == events[-1]["data"]


async def test_a_resumed_stream_tells_only_what_came_later(alice: httpx.AsyncClient) -> None:
    await alice.post("/api/chat/sessions", json={})
    whole = await _ask(alice, "k")
    rest = await _ask(alice, "k", **{"Last-Event-ID": "1.1"})
    assert rest[1:] == whole[2:]
    session = "/api/chat/stream/home?turn=1"
    answer = await alice.get(session, headers={"Last-Event-ID": "1.2"})
    assert _events(answer.text) == whole[3:]


async def test_only_the_owner_reads_a_turns_events(
    alice: httpx.AsyncClient, bob: httpx.AsyncClient, charlie: httpx.AsyncClient
) -> None:
    session = (await alice.post("/api/chat/sessions", json={})).json()["session_id"]
    await alice.post("/api/chat/ask", json={"question": "x", "session_id": session})
    path = f"/api/chat/stream/{session}?turn=1"
    answers = [(await client.get(path)).status_code for client in (alice, bob, charlie)]
    assert answers == [200, 404, 404]
    body = {"question": "x", "session_id": session}
    answers = [(await client.post(STREAM, json=body)).status_code for client in (bob, charlie)]
    assert answers == [404, 404]


async def test_the_message_is_stored_when_meta_arrives(database: Database, rows: Rows) -> None:
    slow = Slow()
    application = app(database, slow)
    sent: asyncio.Queue[bytes] = asyncio.Queue()
    client = asyncio.create_task(_raw_stream(application, sent))
    async with asyncio.timeout(5):
        while b"event: meta" not in await sent.get():
            pass
    assert len(rows("SELECT 1 FROM talk_inbox")) == 1
    slow.let_go.set()
    await client


async def test_a_slow_turn_gets_a_holding_text_and_heartbeats(
    database: Database, clean: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streaming, "HEARTBEAT_SECONDS", 0.1)
    slow = Slow()
    asyncio.get_running_loop().call_later(0.5, slow.let_go.set)
    async with visitor(app(database, slow, interim_after_ms=100)) as client:
        answer = await client.post(STREAM, json={"question": "hello", "language": "en"})
    kinds = [event["event"] for event in _events(answer.text)]
    assert kinds == ["meta", "interim", "delta", "delta", "done"]
    assert ": still here" in answer.text


async def test_trouble_after_the_acknowledgement_is_an_error_event(
    database: Database, rows: Rows
) -> None:
    async with visitor(app(database, turn_deadline_ms=1000)) as client:
        await client.post("/api/chat/sessions", json={})
        rows("UPDATE talk_conversation SET lease_owner = 'x', lease_until = now() + interval '9 s'")
        answer = await client.post(STREAM, json={"question": "hello"})
    assert answer.status_code == 200
    last = _events(answer.text)[-1]
    assert last["event"] == "error"
    assert json.loads(last["data"])["problem"]["error"] == "reply-late"


async def _raw_stream(application: FastAPI, sent: asyncio.Queue[bytes]) -> None:
    """httpx's transport hands a streamed body over only when it is complete; this does not."""
    body = json.dumps({"question": "hello"}).encode()
    waiting = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> dict[str, Any]:
        if waiting:
            return waiting.pop()
        await asyncio.Event().wait()
        raise AssertionError

    async def send(message: Any) -> None:
        await sent.put(message.get("body", b""))

    headers = [(b"content-type", b"application/json"), (b"host", b"house.test"),
               (b"content-length", str(len(body)).encode())]  # fmt: skip
    scope = {"type": "http", "method": "POST", "path": STREAM, "raw_path": STREAM.encode(),
             "root_path": "", "scheme": "http", "query_string": b"", "headers": headers,
             "client": ("203.0.113.7", 1), "server": ("house.test", 80),
             "http_version": "1.1", "asgi": {"version": "3.0", "spec_version": "2.4"}}  # fmt: skip
    await application(scope, receive, send)
