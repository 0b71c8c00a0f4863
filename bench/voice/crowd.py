"""Visitors who write, read the answer, think for a while, and write again."""

from __future__ import annotations

import asyncio
import json
import random
import time
import uuid
from dataclasses import dataclass, field

from bench import load

WORDS = ("I need an apartment", "Kyrenia 500 pounds", "thank you", "long term", "show more")
SEED = 4


@dataclass(slots=True)
class Seen:
    """What the visitors got; a turn's milliseconds are from its request to its last byte."""

    latencies_ms: list[float] = field(default_factory=list)
    outside_ms: list[float] = field(default_factory=list)  # of it outside the model's call
    errors: list[str] = field(default_factory=list)
    at_once: int = 0
    most_at_once: int = 0
    enhanced: int = 0
    degraded: int = 0
    seconds: float = 0.0
    cpu_seconds: float = 0.0  # of the server's processes

    def change(self, by: int) -> None:
        self.at_once += by
        self.most_at_once = max(self.most_at_once, self.at_once)


async def talk(port: int, sessions: list[load.Session], *, turns: int, pause: float) -> Seen:
    """Holds all conversations at once; their first messages are spread over one pause."""
    seen, chance = Seen(), random.Random(SEED)
    began = time.perf_counter()
    starts = [chance.uniform(0, pause) for _ in sessions]
    async with asyncio.TaskGroup() as group:
        for session, start in zip(sessions, starts, strict=True):
            group.create_task(_visit(port, session, seen, start=start, turns=turns, pause=pause))
    seen.seconds = time.perf_counter() - began
    return seen


async def _visit(
    port: int, session: load.Session, seen: Seen, *, start: float, turns: int, pause: float
) -> None:
    """One visitor; between two messages the connection is let go, as idle ones are."""
    began = time.perf_counter()
    for number in range(turns):
        due = began + start + number * pause
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        await _write(port, session, WORDS[number % len(WORDS)], seen)


async def _write(port: int, session: load.Session, text: str, seen: Seen) -> None:
    body = {"question": text, "session_id": session.id}
    key = str(uuid.uuid4())
    seen.change(+1)
    sent = time.perf_counter()
    try:
        async with load.wire(port) as line:
            told = await line.post(
                "/api/chat/ask", body, Authorization=f"Bearer {session.token}", Idempotency_Key=key
            )
    except (load.Refused, OSError, EOFError) as trouble:
        seen.errors.append(f"{type(trouble).__name__}: {trouble}"[:200])
        return
    finally:
        seen.change(-1)
    spent_ms = (time.perf_counter() - sent) * 1000
    meta = json.loads(told)["meta"]
    steps = meta["timings_ms"]
    seen.latencies_ms.append(spent_ms)
    seen.outside_ms.append(spent_ms - steps.get("model", 0.0) + steps.get("ground", 0.0))
    seen.enhanced += meta["tier"] == "enhanced"
    seen.degraded += bool(meta["degraded"])
