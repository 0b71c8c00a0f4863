"""P10: however a model hangs, every visitor has a good reply by the deadline, and nothing stays."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import httpx

from .lab import conversation
from .lab.conversation import RETRY, RETRY_SECONDS, Conversation
from .lab.hostile import MODES, Apart, Mode, hostile
from .lab.leaks import SETTLE_SECONDS
from .lab.stage import Outcome, Stage, violations
from .lab.watching import Watched, watched

STAGGER_SECONDS = 0.015  # so that the store is not what the turns wait for
# So that only the turn's deadline cuts.
PATIENT = {
    "LLM_FIRST_TOKEN_MS": "60000",
    "LLM_GAP_MS": "60000",
    "LLM_TIMEOUT_MS": "120000",
}
MOST_REFUSED = 100
FIRST_WORDS = "I need an apartment"


@dataclass(frozen=True, slots=True)
class Limit:
    """TURN_DEADLINE_MS, and what a reply may come later than that."""

    deadline_ms: int = 5000
    allowed_ms: float = 250.0


@dataclass(frozen=True, slots=True)
class Turn:
    """One reply, and how long it took from the sending of the message that was accepted."""

    took_ms: float
    fault: str | None
    refused: int = 0  # how often the message was not accepted before


async def hangs(
    stage: Stage, *, turns: int, modes: Sequence[Mode] = MODES, fault: str = "",
    limit: Limit | None = None,
) -> list[Outcome]:  # fmt: skip
    """In each mode a server of its own, and so many first messages within three seconds."""
    found = []
    for mode in modes:
        stage.clear()
        async with hostile(mode) as model:
            found.append(
                await _one_mode(stage, model, turns=turns, fault=fault, limit=limit or Limit())
            )
    return found


async def _one_mode(stage: Stage, model: Apart, *, turns: int, fault: str, limit: Limit) -> Outcome:
    extra = PATIENT | {"TURN_DEADLINE_MS": str(limit.deadline_ms)}
    extra |= {"LAB_FAULT": fault} if fault else {}
    async with (
        watched(stage, model=model.url, model_port=model.port, **extra) as served,
        conversation.client(seconds=limit.deadline_ms / 1000 + 20) as http,
    ):
        talks = [await conversation.begin(http, served.port) for _ in range(turns)]
        before = await served.tasks(http)
        done = await asyncio.gather(
            *(
                _turn(http, talk, port=served.port, pause=n * STAGGER_SECONDS)
                for n, talk in enumerate(talks)
            )
        )
        settle = SETTLE_SECONDS if not fault else 2.0
        sockets, tasks = await served.leaked(http, before, seconds=settle)
        is_well = served.server.is_alive and (await _health(http, served)) == "ok"
    reached = (await model.numbers()).accepted
    return judged(
        model.mode,
        done,
        reached=reached,
        sockets=sockets,
        tasks=tasks,
        is_well=is_well,
        limit=limit,
    )


async def _turn(http: httpx.AsyncClient, talk: Conversation, *, port: int, pause: float) -> Turn:
    await asyncio.sleep(pause)
    key, refused = str(uuid.uuid4()), 0
    while True:
        began = time.monotonic()
        try:
            answer = await conversation.ask(http, talk, FIRST_WORDS, key=key, port=port)
        except httpx.TransportError as trouble:
            return Turn((time.monotonic() - began) * 1000, type(trouble).__name__, refused)
        took_ms = (time.monotonic() - began) * 1000
        reply = answer.json()
        is_refused = answer.status_code in RETRY and not reply["type"].endswith("reply-late")
        if not is_refused or refused == MOST_REFUSED:
            return Turn(took_ms, is_bad(answer.status_code, reply), refused)
        refused += 1  # the store was short, nothing was accepted: the page tries again as well
        await asyncio.sleep(RETRY_SECONDS)


def is_bad(status: int, reply: dict[str, Any]) -> str | None:
    """What keeps this from being the good reply of simple mode to the first words."""
    if status != httpx.codes.OK:
        return f"status {status}"
    meta = reply["meta"]
    if "llm" not in meta["degraded"]:
        return f"degraded is {meta['degraded']}"
    if meta["act"] != "ASK_SLOT" or meta["next_needed"] != ["location"]:
        return f"{meta['act']} {meta['next_needed']}"
    if meta["slots"].get("property_type") != ["apartment"]:
        return "the apartment was not heard"
    return None if reply["summary"].strip() else "no words"


async def _health(http: httpx.AsyncClient, served: Watched) -> str:
    answer = await http.get(f"{conversation.address(served.port)}/healthz")
    return str(answer.json()["status"])


def judged(
    mode: Mode, done: Sequence[Turn], *, reached: int, sockets: int, tasks: dict[str, int],
    is_well: bool, limit: Limit,
) -> Outcome:  # fmt: skip
    """What the turns of one mode, and what they left behind, say of the promise."""
    faults = [turn.fault for turn in done if turn.fault]
    worst = max(turn.took_ms for turn in done)
    broken = violations(
        turns_past_the_deadline=sum(t.took_ms > limit.deadline_ms + limit.allowed_ms for t in done),
        bad_replies=len(faults),
        sockets_leaked=sockets,
        tasks_leaked=sum(tasks.values()),
        server_not_well=int(not is_well),
    )
    figures: dict[str, int | float | str] = {
        "turns": len(done),
        "worst_ms": round(worst),
        "deadline_ms": limit.deadline_ms,
        "reached_the_model": reached,
        "refused_before": sum(turn.refused for turn in done),
        "simple_mode": len(done) - len(faults),
        "sockets_leaked": sockets,
        "tasks_leaked": sum(tasks.values()),
    }
    details = (*dict.fromkeys(faults[:3]), *(f"task {name}" for name in tasks))
    return Outcome(f"P10 {mode}", figures, (*broken, *(details if broken else ())))
