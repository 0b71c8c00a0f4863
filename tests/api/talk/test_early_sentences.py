"""A stream tells sentences while the turn is thought, and begins anew if the reply is another."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any, Literal

import httpx
import pytest

from gatehouse.base.database import Database
from gatehouse.resilience.deadline import Deadline
from gatehouse.talk.claims import Accepted
from gatehouse.talk.streaming import live_events, stored_events
from gatehouse.talk.types import Outcome, Reply, Say, Thread, Tools, say_nothing

from ...store.talk.stage import message, outcome, service

TOLD = "One is here. Two is there! Is it three?"


class Aloud:
    """Says two sentences, waits to be let go, and replies with `summary`."""

    name: Literal["prompted"] = "prompted"

    def __init__(self, summary: str = TOLD) -> None:
        self.summary = summary
        self.said = asyncio.Event()
        self.let_go = asyncio.Event()

    async def think(
        self, thread: Thread, tools: Tools, *, deadline: Deadline, say: Say = say_nothing
    ) -> Outcome:
        say("One is here.")
        say("Two is there!")
        self.said.set()
        await self.let_go.wait()
        return replace(outcome(thread), reply=Reply("Numbers", self.summary))


def events(chunks: list[bytes]) -> list[tuple[str, str | None, Any]]:
    told = []
    for chunk in chunks:
        fields = dict(line.split(": ", 1) for line in chunk.decode().strip().splitlines())
        if "event" in fields:
            told.append((fields["event"], fields.get("id"), json.loads(fields["data"])))
    return told


async def until(stream: AsyncIterator[bytes], kind: str, times: int) -> list[bytes]:
    chunks: list[bytes] = []
    while sum(b"event: " + kind.encode() in chunk for chunk in chunks) < times:
        chunks.append(await anext(stream))
    return chunks


def text_of(told: list[tuple[str, str | None, Any]]) -> str:
    return "".join(data["text"] for kind, _, data in told if kind == "delta")


async def begin(turns: Any, text: str = "numbers please") -> Accepted:
    accepted: Accepted = await turns.accept(message(text))
    return accepted


async def test_sentences_come_before_the_turn_is_stored(database: Database, clean: str) -> None:
    handler = Aloud()
    turns = service(database, handler)
    accepted = await begin(turns)
    stream = live_events(turns, accepted, interim="…", last_event_id=None)
    early = events(await until(stream, "delta", 2))
    assert text_of(early) == "One is here. Two is there! "
    handler.let_go.set()
    late = events([chunk async for chunk in stream])
    assert text_of(early) + text_of(late) == TOLD
    assert [kind for kind, _, _ in late] == ["delta", "done"]
    assert late[-1][2]["summary"] == TOLD
    ids = [event_id for _, event_id, _ in (*early, *late) if event_id]
    assert len(ids) == len(set(ids))
    await turns.stop()


async def test_a_reply_with_other_words_begins_anew(database: Database, clean: str) -> None:
    """A takeover may word the turn differently; the page must not mix the two."""
    handler = Aloud("Something else. And more.")
    turns = service(database, handler)
    accepted = await begin(turns)
    stream = live_events(turns, accepted, interim="…", last_event_id=None)
    await until(stream, "delta", 2)
    handler.let_go.set()
    late = events([chunk async for chunk in stream])
    assert late[0][0] == "meta"
    assert late[0][2]["restart"] is True
    assert text_of(late) == "Something else. And more."
    await turns.stop()


@pytest.mark.parametrize(("summary", "is_anew"), [(TOLD, False), ("Something else.", True)])
async def test_a_reader_who_was_cut_resumes_or_begins_anew(
    database: Database, clean: str, summary: str, is_anew: bool
) -> None:
    handler = Aloud(summary)
    turns = service(database, handler)
    accepted = await begin(turns)
    stream = live_events(turns, accepted, interim="…", last_event_id=None)
    last = events(await until(stream, "delta", 1))[-1][1]
    await stream.aclose()
    handler.let_go.set()
    reply = await turns.reply(accepted)
    late = events([chunk async for chunk in stored_events(reply, last)])
    assert (late[0][0] == "meta") is is_anew
    assert text_of(late) == (summary if is_anew else TOLD.removeprefix("One is here. "))
    await turns.stop()


async def test_a_reader_who_comes_back_while_it_is_thought_goes_on(
    database: Database, clean: str
) -> None:
    handler = Aloud()
    turns = service(database, handler)
    accepted = await begin(turns)
    first = live_events(turns, accepted, interim="…", last_event_id=None)
    last = events(await until(first, "delta", 1))[-1][1]
    await first.aclose()
    again = live_events(turns, accepted, interim="…", last_event_id=last)
    early = events(await until(again, "delta", 1))
    assert text_of(early) == "Two is there! "
    handler.let_go.set()
    late = events([chunk async for chunk in again])
    assert text_of(late) == "Is it three?"
    await turns.stop()


async def test_the_endpoint_streams_them_all(database: Database, clean: str) -> None:
    from .conftest import app, visitor

    handler = Aloud()
    handler.let_go.set()
    async with visitor(app(database, handler)) as alice:
        answer: httpx.Response = await alice.post("/api/chat/stream", json={"question": "count"})
        blocks = [b.encode() for b in answer.text.split("\n\n") if b.strip()]
    assert text_of(events(blocks)) == TOLD
