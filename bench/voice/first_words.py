"""From the piece that completes a model's first sentence to the first event of the stream."""

from __future__ import annotations

import asyncio
import json
import time
from uuid import uuid4

from gatehouse.base.config import Settings
from gatehouse.base.database import Database, PoolLimits
from gatehouse.listings.store import SqlCatalogue
from gatehouse.llm.types import Answering, ChatRequest, Completion, Delta, Usage
from gatehouse.observe import journal
from gatehouse.resilience.deadline import Deadline
from gatehouse.talk.claims import Incoming
from gatehouse.talk.prompted import PromptedHandler
from gatehouse.talk.streaming import live_events
from gatehouse.talk.turn import TurnService
from gatehouse.understanding.places import Gazetteer
from gatehouse.web.wiring import turn_service

WISH = "flat in Girne for 900 pounds a month, long term"
FIRST = "I would look at {home:1} for {price:1} first. "
REST = "Tell me which one you like, and I will tell you more about it."
PIECE, GAP_SECONDS = 12, 0.004
ANSWER = json.dumps(
    {
        "act": "SEARCH_AND_RECOMMEND",
        "slots_delta": {},
        "next_needed": [],
        "notes": {"normalizations": [], "continuity_reason": "sticky", "to_domain": None},
        "speak": FIRST + REST,
    }
)


class Metronome:
    """A model that writes piece by piece and notes when its first sentence was complete."""

    name = "metronome"

    def __init__(self) -> None:
        self.completed_at = 0.0

    async def answer(self, request: ChatRequest, deadline: Deadline) -> Answering:
        """Raises nothing."""
        end = ANSWER.index(REST)
        self.completed_at = 0.0
        for start in range(0, len(ANSWER), PIECE):
            await asyncio.sleep(GAP_SECONDS)
            if not self.completed_at and start + PIECE >= end:
                self.completed_at = time.perf_counter()
            yield Delta(ANSWER[start : start + PIECE])
        yield Completion(ANSWER, Usage(), self.name, "scripted")


async def measure(url: str, talks: int) -> list[float]:
    """Milliseconds per talk, one talk after the other."""
    journal.use(journal.Journal(sinks=()))
    database = Database(url, chat=PoolLimits(4, 2000), search=PoolLimits(4, 800, is_read_only=True))
    await database.open()
    model = Metronome()
    turns = turn_service(
        database,
        SqlCatalogue(database, timeout_ms=800),
        gazetteer=Gazetteer.default(),
        settings=Settings(),
        prompted=PromptedHandler(model),
    )
    try:
        return [await _first(turns, model) for _ in range(talks)]
    finally:
        await turns.stop()
        await database.close()


async def _first(turns: TurnService, model: Metronome) -> float:
    """The disclosure and the sentence come together; the first of them counts."""
    incoming = Incoming(
        owner_hash=uuid4().bytes * 2,
        key=str(uuid4()),
        fingerprint=b"f" * 32,
        text=WISH,
        conversation=None,
        name="home",
        about=None,
        is_known_owner=True,
    )
    accepted = await turns.accept(incoming)
    found = 0.0
    async for event in live_events(turns, accepted, interim="…", last_event_id=None):
        if not found and b"event: delta" in event:
            found = (time.perf_counter() - model.completed_at) * 1000
    return found
