"""Sessions, history and feedback."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI

from ...store.talk.conftest import Rows
from .conftest import visitor


async def _talk(client: httpx.AsyncClient, *texts: str) -> tuple[str, list[dict[str, Any]]]:
    session = (await client.post("/api/chat/sessions", json={})).json()["session_id"]
    body = {"session_id": session}
    replies = [
        (await client.post("/api/chat/ask", json=body | {"question": text})).json()
        for text in texts
    ]
    return session, replies


async def test_a_session_sets_a_cookie_or_tells_its_token_never_both(
    charlie: httpx.AsyncClient,
) -> None:
    with_token = await charlie.post("/api/chat/sessions", json={"bearer": True, "language": "tr"})
    assert with_token.status_code == 201
    assert len(with_token.json()["token"]) == 43
    assert with_token.json()["language"] == "tr"
    assert "set-cookie" not in with_token.headers
    with_cookie = await charlie.post("/api/chat/sessions", json={})
    assert "token" not in with_cookie.json()
    assert "set-cookie" in with_cookie.headers


async def test_only_the_hash_of_a_token_is_stored(charlie: httpx.AsyncClient, rows: Rows) -> None:
    token = (await charlie.post("/api/chat/sessions", json={"bearer": True})).json()["token"]
    stored = str(rows("SELECT * FROM talk_conversation"))
    assert token not in stored


async def test_a_visitor_may_have_several_conversations(alice: httpx.AsyncClient) -> None:
    first, _ = await _talk(alice, "one")
    second, _ = await _talk(alice, "two")
    assert first != second
    for session in (first, second):
        assert (await alice.get(f"/api/chat/history/{session}")).status_code == 200


async def test_history_tells_the_messages_in_order(alice: httpx.AsyncClient) -> None:
    session, replies = await _talk(alice, "one", "two")
    history = (await alice.get(f"/api/chat/history/{session}")).json()
    assert history["session_id"] == session
    told = [(m["role"], m["content"]) for m in history["messages"]]
    assert told == [
        ("user", "one"),
        ("assistant", replies[0]["summary"]),
        ("user", "two"),
        ("assistant", replies[1]["summary"]),
    ]
    assert history["messages"][-1]["id"] == replies[1]["meta"]["message_id"]
    assert history["next_before"] is None


async def test_history_comes_in_pages(alice: httpx.AsyncClient) -> None:
    session, _ = await _talk(alice, "one", "two", "three")
    path = f"/api/chat/history/{session}"
    last = (await alice.get(path, params={"limit": 2})).json()
    assert [m["content"] for m in last["messages"] if m["role"] == "user"] == ["two", "three"]
    first = (await alice.get(path, params={"before": last["next_before"]})).json()
    assert [m["content"] for m in first["messages"] if m["role"] == "user"] == ["one"]


async def test_history_shows_what_is_not_answered_yet(alice: httpx.AsyncClient, rows: Rows) -> None:
    session, _ = await _talk(alice, "one")
    rows(
        "INSERT INTO talk_inbox (channel, account, ext_id, conversation_id, seq, fingerprint, text)"
        " SELECT 'web', 'x', 'x', id, 2, '', 'two' FROM talk_conversation"
    )
    history = (await alice.get(f"/api/chat/history/{session}")).json()
    assert history["messages"][-1]["content"] == "two"


async def test_history_is_for_its_owner_alone(
    alice: httpx.AsyncClient, bob: httpx.AsyncClient, charlie: httpx.AsyncClient
) -> None:
    session, _ = await _talk(alice, "one")
    for client in (bob, charlie):
        for wanted in (session, str(uuid4()), "home"):
            assert (await client.get(f"/api/chat/history/{wanted}")).status_code == 404


async def test_the_local_operator_reads_only_its_own_named_session(
    application: FastAPI, alice: httpx.AsyncClient
) -> None:
    session, _ = await _talk(alice, "one")
    async with visitor(application, address="127.0.0.1") as curl:
        body = {"question": "blue elephant", "session_id": "context_test"}
        await curl.post("/api/chat/ask", json=body)
        history = (await curl.get("/api/chat/history/context_test")).json()
        assert history["messages"][0]["content"] == "blue elephant"
        assert (await curl.get(f"/api/chat/history/{session}")).status_code == 404


async def test_feedback_is_kept_once_per_reply(alice: httpx.AsyncClient, rows: Rows) -> None:
    _, (reply,) = await _talk(alice, "one")
    body = {"message_id": reply["meta"]["message_id"]}
    for score in (1, -1):
        answer = await alice.post("/api/chat/feedback", json=body | {"score": score})
        assert answer.status_code == 204
    assert [row["score"] for row in rows("SELECT score FROM talk_feedback")] == [-1]


async def test_nobody_rates_a_foreign_reply(
    alice: httpx.AsyncClient, bob: httpx.AsyncClient, charlie: httpx.AsyncClient, rows: Rows
) -> None:
    _, (reply,) = await _talk(alice, "one")
    for client in (bob, charlie):
        for message in (reply["meta"]["message_id"], str(uuid4())):
            body = {"message_id": message, "score": 1}
            assert (await client.post("/api/chat/feedback", json=body)).status_code == 404
    assert rows("SELECT 1 FROM talk_feedback") == []


@pytest.mark.parametrize("change", [{"score": 0}, {"score": 2}, {"comment": "x" * 1001},
                                    {"message_id": "x"}, {"comment": "\0"}])  # fmt: skip
async def test_wrong_feedback_is_refused(
    alice: httpx.AsyncClient, change: dict[str, object]
) -> None:
    body = {"message_id": str(uuid4()), "score": 1} | change
    assert (await alice.post("/api/chat/feedback", json=body)).status_code == 422
