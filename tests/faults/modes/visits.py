"""One visitor a language, and what they see."""

from __future__ import annotations

import asyncio
import json
import time
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from gatehouse.understanding.types import LANGUAGES, Language

from ..lab import conversation
from ..lab.conversation import RETRY, Conversation
from ..lab.scripts import BEDROOMS, BUDGETS, OPENERS, PLACES, TERMS

GOLDEN: dict[str, dict[Language, str]] = json.loads(
    Path(__file__).with_name("golden.json").read_text("utf-8")
)
YES: dict[Language, str] = {
    "en": "Yes, please",
    "tr": "Evet, lütfen",
    "ru": "Да, пожалуйста",
    "uk": "Так, будь ласка",
    "de": "Ja, bitte",
    "pl": "Tak, proszę",
    "fr": "Oui, s’il vous plaît",
    "ar": "نعم، من فضلك",
}
Reply = dict[str, Any]
LOOK_SECONDS = 0.3


@dataclass(slots=True)
class Visit:
    """A dialogue in one language; `faults` says what was not as it must be."""

    language: Language
    http: httpx.AsyncClient
    talk: Conversation
    port: int
    price: int
    faults: list[str] = field(default_factory=list)
    replies: list[Reply] = field(default_factory=list)
    is_finished: bool = False

    async def say(self, text: str, *, seconds: float = 60) -> Reply:
        """The reply; sent again with the same key while the server is short, as the page does."""
        key, until = str(uuid.uuid4()), time.monotonic() + seconds
        while True:
            answer = await self._post(text, key)
            if answer.status_code not in RETRY or time.monotonic() > until:
                break
            await asyncio.sleep(min(float(answer.headers.get("retry-after", 1)), 2.0))
        answer.raise_for_status()
        reply: Reply = answer.json()
        self.replies.append(reply)
        return reply

    async def _post(self, text: str, key: str) -> httpx.Response:
        body = self.talk.body(text) | {"language": self.language}
        url = f"{conversation.address(self.port)}/api/chat/ask"
        return await self.http.post(url, json=body, headers=self.talk.headers(key))

    async def stream(self, text: str) -> tuple[list[str], Reply]:
        """The holding texts, and the reply that followed them."""
        holding: list[str] = []
        body = self.talk.body(text) | {"language": self.language}
        headers = self.talk.headers(str(uuid.uuid4()))
        url = f"{conversation.address(self.port)}/api/chat/stream"
        async with self.http.stream("POST", url, json=body, headers=headers) as answer:
            async for event in conversation.events(answer):
                if event.kind == "interim":
                    holding.append(event.data["text"])
                if event.kind == "done":
                    self.replies.append(event.data)
                    return holding, event.data
        raise httpx.RemoteProtocolError("the stream ended without a reply")

    async def begin(self) -> None:
        await self.say(OPENERS[self.language])
        await self.say(PLACES["girne"][self.language][0])

    def budget(self) -> str:
        return BUDGETS[self.language][0].format(self.price)

    def term(self) -> str:
        return TERMS["long_term"][self.language]

    def bedrooms(self) -> str:
        return BEDROOMS[self.language][0].format(2)

    def yes(self) -> str:
        return YES[self.language]

    def expect(self, told: bool, what: str) -> None:
        """Notes what is not as it must be."""
        if not told:
            self.faults.append(f"{self.language}: {what}")

    def expect_told(self, reply: Reply, golden: str, label: str) -> None:
        """Said in the words of this language, and marked."""
        said = reply["summary"]
        self.expect(GOLDEN[golden][self.language] in said, f"not told {golden!r}: {said[:90]!r}")
        self.expect(label in reply["meta"]["degraded"], f"{golden} without the label {label!r}")

    async def written(self) -> list[Reply]:
        """The replies in the history, oldest first."""
        url = f"{conversation.address(self.port)}/api/chat/history/{self.talk.id}"
        answer = await self.http.get(url, headers=self.talk.headers(""))
        answer.raise_for_status()
        told = answer.json()["messages"]
        return [message for message in told if message["role"] == "assistant"]

    async def await_more(self, than: int, *, seconds: float) -> Reply | None:
        """The newest reply, once the history has more than so many."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if len(told := await self.written()) > than:
                return told[-1]
            await asyncio.sleep(LOOK_SECONDS)
        return None


async def visits(
    http: httpx.AsyncClient, port: int, languages: tuple[Language, ...] = LANGUAGES
) -> list[Visit]:
    """One conversation a language, each with a budget of its own: no search is in the cache."""
    return [
        Visit(language, http, await conversation.begin(http, port), port, 700 + 13 * number)
        for number, language in enumerate(languages)
    ]
