"""P03: one writer per conversation, so a burst is answered in order and nothing is lost."""

from __future__ import annotations

import asyncio
import json
import random
import uuid
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

import httpx
import psycopg

from .lab import checker, conversation
from .lab.checker import Message
from .lab.conversation import RETRY, Conversation
from .lab.stage import Outcome, Stage, violations
from .lab.supervisor import supervised

# Five messages, each about another slot, so that every order must end with the same slots.
BURST = ("in Girne", "up to 700 pounds", "long term", "2 bedrooms", "with a pool")
AT_ONCE = 20  # conversations whose bursts are under way together
TRIES = 300


@dataclass(frozen=True, slots=True)
class Heap:
    """A conversation, its five keys in the order sent, and statuses that should not have been."""

    talk: Conversation
    keys: tuple[str, ...]
    odd: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is left: database rows, transcripts by session, last slots by session, right slots."""

    heaps: list[Heap]
    rows: list[Message]
    told: dict[str, list[str]]
    kept: dict[str, Any]
    oracle: Any

    def misordered(self) -> int:
        """Messages that the transcript does not tell at their place in the inbox."""
        wrong = 0
        for heap in self.heaps:
            stored = [row.text for row in self.rows if row.session == heap.talk.id]
            pairs = zip_longest(stored, self.told[heap.talk.id])
            wrong += sum(here != there for here, there in pairs)
        return wrong


async def bursts(stage: Stage, *, conversations: int, seed: int, mutant: str = "") -> Outcome:
    """Five messages at once in each conversation, spread over two processes on one database."""
    dice = random.Random(seed)
    doors = [stage.supervisor(mutant), stage.supervisor(mutant)]
    ports = [door.port for door in doors]
    async with supervised(*doors), conversation.client() as http:
        gate = asyncio.Semaphore(AT_ONCE)
        heaps = await asyncio.gather(
            *(_burst(http, ports, gate=gate, seed=dice.random()) for _ in range(conversations))
        )
        rows = checker.read(stage.product.database_url)
        kept = _final_slots(stage.product.database_url)
        told = {heap.talk.id: await _transcript(http, heap.talk, ports[0]) for heap in heaps}
        oracle = await _oracle(http, ports[0])
    evidence = Evidence(heaps, rows, told, kept, oracle)
    return _judged(stage, evidence, seed=seed, mutant=mutant)


async def _burst(
    http: httpx.AsyncClient, ports: list[int], *, gate: asyncio.Semaphore, seed: float
) -> Heap:
    dice = random.Random(seed)
    texts = dice.sample(BURST, len(BURST))
    keys = tuple(str(uuid.UUID(int=dice.getrandbits(128), version=4)) for _ in texts)
    async with gate:
        talk = await conversation.begin(http, dice.choice(ports))
        sent = [
            _say(http, talk, text, key=key, port=dice.choice(ports))
            for text, key in zip(texts, keys, strict=True)
        ]
        statuses = await asyncio.gather(*sent)
    return Heap(talk, keys, tuple(s for s in statuses if s != httpx.codes.OK))


async def _say(
    http: httpx.AsyncClient, talk: Conversation, text: str, *, key: str, port: int
) -> int:
    """The final status, after as many tries as the server asks for."""
    status = 0
    for _ in range(TRIES):
        answer = await conversation.ask(http, talk, text, key=key, port=port)
        status = answer.status_code
        if status not in RETRY:
            return status
        await asyncio.sleep(0.1)
    return status


async def _transcript(http: httpx.AsyncClient, talk: Conversation, port: int) -> list[str]:
    """The visitor's own messages, as the product tells them."""
    url = f"{conversation.address(port)}/api/chat/history/{talk.id}"
    answer = await http.get(url, headers={"Authorization": f"Bearer {talk.token}"})
    answer.raise_for_status()
    return [m["content"] for m in answer.json()["messages"] if m["role"] == "user"]


async def _oracle(http: httpx.AsyncClient, port: int) -> Any:
    """The slots after the same five messages, one after the other."""
    talk = await conversation.begin(http, port)
    for text in BURST:
        answer = await conversation.ask(http, talk, text, key=str(uuid.uuid4()), port=port)
        answer.raise_for_status()
    return answer.json()["meta"]["slots"]


def _final_slots(url: str) -> dict[str, Any]:
    """Per conversation the slots of its last turn, as its reply tells them."""
    query = """SELECT DISTINCT ON (conversation_id) conversation_id::text, reply
               FROM talk_turn ORDER BY conversation_id, turn_no DESC"""
    with psycopg.connect(url) as connection:
        return {
            talk: json.loads(reply)["meta"]["slots"] for talk, reply in connection.execute(query)
        }


def _judged(stage: Stage, evidence: Evidence, *, seed: int, mutant: str) -> Outcome:
    heaps, rows = evidence.heaps, evidence.rows
    sent = {key for heap in heaps for key in heap.keys}
    answered = {row.key for row in rows if row.turns == 1}
    overlapping = checker.count(stage.product.database_url, checker.DISORDER)
    counts = {
        "lost": len(sent - {row.key for row in rows}),
        "stuck": sum(row.turns == 0 for row in rows),
        "out_of_order": evidence.misordered() + overlapping,
        "answered_twice": sum(row.turns > 1 for row in rows),
        "wrong_slots": sum(evidence.kept.get(h.talk.id) != evidence.oracle for h in heaps),
    }
    in_order = max(0, len(sent & answered) - counts["out_of_order"])
    odd = sorted({status for heap in heaps for status in heap.odd})
    stage.clear()
    return Outcome(
        f"bursts{' with ' + mutant if mutant else ''}",
        {"in_order": f"{in_order} of {len(sent)}", **counts, "conversations": len(heaps)}
        | {"seed": seed},
        (*violations(**counts), *(f"status {status} was answered" for status in odd)),
    )
