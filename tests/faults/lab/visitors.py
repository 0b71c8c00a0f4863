"""Visitors who write one message after the other and note what they were promised."""

from __future__ import annotations

import asyncio
import hashlib
import random
import uuid
from dataclasses import dataclass

import httpx

from . import conversation
from .conversation import RETRY, Conversation
from .history import History, Kind

LINES = (
    "I need an apartment",
    "Kyrenia 500 pounds",
    "long term",
    "actually make it Famagusta",
    "two bedrooms",
    "up to 900 euros",
    "thanks",
    "in Iskele",
)


@dataclass(slots=True)
class Visitor:
    """One conversation under load.

    Half of the messages go by stream: there the promise is the `meta` event, before any thinking,
    and a visitor who got it never sends that message again. Without a promise half of the visitors
    send again with the same key, the others give up.
    """

    http: httpx.AsyncClient
    talk: Conversation
    port: int
    history: History
    dice: random.Random
    pause_seconds: float = 0.05
    sent: int = 0
    is_well: bool = False  # answered after everything was over

    async def write_until(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            await self.write(LINES[self.sent % len(LINES)], stop=stop)
            await asyncio.sleep(self.dice.uniform(0, 2 * self.pause_seconds))

    async def write(self, text: str, *, stop: asyncio.Event) -> None:
        """Sends one message until it is promised, given up, or the test ends."""
        key = str(uuid.UUID(int=self.dice.getrandbits(128), version=4))
        self.sent += 1
        by_stream, is_patient = self.dice.random() < 0.5, self.dice.random() < 0.5
        send = self._stream if by_stream else self._ask
        while True:
            self.history.note("sent", key, session=self.talk.id)
            is_promised = await send(text, key)
            if is_promised or not is_patient or stop.is_set():
                return
            await asyncio.sleep(0.1)

    async def _ask(self, text: str, key: str) -> bool:
        try:
            answer = await conversation.ask(self.http, self.talk, text, key=key, port=self.port)
        except httpx.TransportError:
            return False
        if answer.is_success:
            self.history.note("acked", key, session=self.talk.id)
            if answer.status_code == httpx.codes.OK:
                self._note_reply(key, answer.content)
            return True
        return self._note_refusal(key, answer.status_code)

    async def _stream(self, text: str, key: str) -> bool:
        is_promised = False
        opened = conversation.stream(self.http, self.talk, text, key=key, port=self.port)
        try:
            async with opened as answer:
                if answer.status_code != httpx.codes.OK:
                    return self._note_refusal(key, answer.status_code)
                async for event in conversation.events(answer):
                    if event.kind == "meta":
                        is_promised = True
                        self.history.note("acked", key, session=self.talk.id)
        except httpx.TransportError:
            pass  # the connection was cut, which is what this test is about
        return is_promised

    def _note_reply(self, key: str, content: bytes) -> None:
        digest = hashlib.sha256(content).hexdigest()
        self.history.note("replied", key, session=self.talk.id, detail=digest)

    def _note_refusal(self, key: str, status: int) -> bool:
        kind: Kind = "refused" if status in RETRY else "odd"
        self.history.note(kind, key, session=self.talk.id, detail=str(status))
        return False


async def answers_again(visitor: Visitor, *, seconds: float) -> bool:
    """Does this conversation answer a new message within the time?"""
    key, deadline = str(uuid.uuid4()), asyncio.get_running_loop().time() + seconds
    while asyncio.get_running_loop().time() < deadline:
        try:
            answer = await conversation.ask(
                visitor.http, visitor.talk, "hello", key=key, port=visitor.port
            )
            if answer.is_success:
                return True
        except httpx.TransportError:
            pass  # still coming back
        await asyncio.sleep(0.2)
    return False
