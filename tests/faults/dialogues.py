"""P05: nothing that was said is asked again or forgotten, though the server restarts in between."""

from __future__ import annotations

import asyncio
import random
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from .lab import conversation
from .lab.conversation import RETRY, Conversation
from .lab.scripts import Facts, Line, Writer
from .lab.stage import Outcome, Stage
from .lab.supervisor import Supervisor, supervised

AT_ONCE = 24
SHOWN_FAILURES = 10


@dataclass(slots=True)
class Dialogue:
    """A script, the conversation that speaks it, and what went wrong."""

    lines: tuple[Line, ...]
    talk: Conversation
    turns: int = 0
    re_asks: list[str] = field(default_factory=list)
    losses: list[str] = field(default_factory=list)


async def dialogues(
    stage: Stage, *, count: int, seed: int, mutant: str = "", restart_every: int = 1
) -> Outcome:
    """All dialogues take their next turn, then the server is killed or stopped, and so on.

    `restart_every` so many turns; 0: never.
    """
    dice = random.Random(seed)
    front = stage.supervisor(mutant)
    async with supervised(front), conversation.client() as http:
        running = [
            Dialogue(Writer(dice).dialogue(), await conversation.begin(http, front.port))
            for _ in range(count)
        ]
        for turn in range(max(len(each.lines) for each in running)):
            await _take_turns(http, running, turn=turn, port=front.port)
            if restart_every and turn % restart_every == 0:
                await _restart(stage, front, number=turn // restart_every)
    return _judged(stage, running, restarts=front.starts - 1, seed=seed, mutant=mutant)


async def _take_turns(
    http: httpx.AsyncClient, running: list[Dialogue], *, turn: int, port: int
) -> None:
    gate = asyncio.Semaphore(AT_ONCE)

    async def take(dialogue: Dialogue) -> None:
        async with gate:
            await _speak(http, dialogue, dialogue.lines[turn], port=port)

    await asyncio.gather(*(take(each) for each in running if turn < len(each.lines)))


async def _restart(stage: Stage, front: Supervisor, *, number: int) -> None:
    """By turns: the server is killed, is asked to end, and loses its database as well."""
    before = front.starts
    if number % 3 == 1 and front.server is not None:
        await asyncio.to_thread(front.server.stop)
    else:
        front.kill_server()
    if number % 3 == 2:
        await stage.kill_database()
    while front.starts == before:
        await asyncio.sleep(0.02)
    await front.until_ready()


async def _speak(http: httpx.AsyncClient, dialogue: Dialogue, line: Line, *, port: int) -> None:
    key = str(uuid.uuid4())
    for _ in range(100):
        answer = await conversation.ask(http, dialogue.talk, line.text, key=key, port=port)
        if answer.status_code not in RETRY:
            break
        await asyncio.sleep(0.1)
    answer.raise_for_status()
    _note(dialogue, line, answer.json()["meta"])


def _note(dialogue: Dialogue, line: Line, meta: Mapping[str, Any]) -> None:
    dialogue.turns += 1
    asked = set(meta["next_needed"]) if meta["act"] == "ASK_SLOT" else set()
    if asked & line.facts.keys():
        dialogue.re_asks.append(f"{line.text!r}: asks {sorted(asked)} of {line.facts}")
    missing = missed(meta["slots"], line.facts)
    if missing:
        dialogue.losses.append(f"{line.text!r}: {missing} in {meta['slots']}")


def missed(slots: Mapping[str, Any], facts: Facts) -> list[str]:
    """The facts that the slots of a reply do not hold."""
    held = {
        "location": list(slots.get("location") or []),
        "budget": (slots.get("budget") or {}).get("amount"),
        "bedrooms": (slots.get("bedrooms") or {}).get("low"),
        "rental_type": slots.get("rental_type"),
    }
    wanted = {topic: [value] if topic == "location" else value for topic, value in facts.items()}
    return [f"{topic} is not {value}" for topic, value in wanted.items() if held[topic] != value]


def _judged(
    stage: Stage, running: list[Dialogue], *, restarts: int, seed: int, mutant: str
) -> Outcome:
    turns = sum(each.turns for each in running)
    re_asks = [said for each in running for said in each.re_asks]
    losses = [said for each in running for said in each.losses]
    stage.clear()
    return Outcome(
        f"dialogues{' with ' + mutant if mutant else ''}",
        {
            "dialogues": len(running),
            "turns": turns,
            "restarts": restarts,
            "re_asks": len(re_asks),
            "context_kept": f"{1 - len(losses) / max(1, turns):.2%}",
            "seed": seed,
        },
        (
            *(f"asked again: {each}" for each in re_asks[:SHOWN_FAILURES]),
            *(f"not kept: {each}" for each in losses[:SHOWN_FAILURES]),
        ),
    )
