"""P02: exactly one turn and one reply per key, however often and however brokenly it is sent."""

from __future__ import annotations

import asyncio
import json
import random
import uuid
from contextlib import suppress
from dataclasses import dataclass, field

import httpx

from .lab import checker, conversation
from .lab.conversation import RETRY, Conversation
from .lab.stage import Outcome, Stage, violations
from .lab.supervisor import supervised
from .lab.visitors import LINES

MOST_COPIES = 5
LONGEST_CUT_SECONDS = 0.05


@dataclass(slots=True)
class Letter:
    """One message with its key, and every reply that anybody got for it."""

    talk: Conversation
    text: str
    key: str
    copies: int
    replies: set[bytes] = field(default_factory=set)
    odd: set[int] = field(default_factory=set)


async def duplicates(stage: Stage, *, keys: int, seed: int, mutant: str = "") -> Outcome:
    """Each key is sent 1–5 times over two processes, at once and in any order, some cut off."""
    dice = random.Random(seed)
    doors = [stage.supervisor(mutant), stage.supervisor(mutant)]
    ports = [door.port for door in doors]
    async with supervised(*doors), conversation.client() as http:
        letters = await _letters(http, ports[0], keys=keys, dice=dice)
        posts = [letter for letter in letters for _ in range(letter.copies)]
        dice.shuffle(posts)
        gate = asyncio.Semaphore(32)
        await asyncio.gather(*(_post(http, each, ports, dice=dice, gate=gate) for each in posts))
        for letter in letters:
            await _insist(http, letter, dice.choice(ports))
    return _judged(stage, letters, posts=len(posts), seed=seed, mutant=mutant)


async def _letters(
    http: httpx.AsyncClient, port: int, *, keys: int, dice: random.Random
) -> list[Letter]:
    """Two letters in every conversation, so that copies of different keys meet there."""
    talks = [await conversation.begin(http, port) for _ in range((keys + 1) // 2)]
    return [
        Letter(
            talks[number // 2],
            dice.choice(LINES),
            str(uuid.UUID(int=dice.getrandbits(128), version=4)),
            dice.randint(1, MOST_COPIES),
        )
        for number in range(keys)
    ]


async def _post(
    http: httpx.AsyncClient,
    letter: Letter,
    ports: list[int],
    *,
    dice: random.Random,
    gate: asyncio.Semaphore,
) -> None:
    port = dice.choice(ports)
    async with gate:
        if dice.random() < 0.3:
            await _send_and_hang_up(
                letter, port, after_seconds=dice.uniform(0, LONGEST_CUT_SECONDS)
            )
        else:
            await _take_reply(http, letter, port)


async def _take_reply(http: httpx.AsyncClient, letter: Letter, port: int) -> bool:
    """True: a reply came; False: the server says to try again."""
    answer = await conversation.ask(http, letter.talk, letter.text, key=letter.key, port=port)
    if answer.status_code == httpx.codes.OK:
        letter.replies.add(answer.content)
        return True
    if answer.status_code not in RETRY:
        letter.odd.add(answer.status_code)
    return False


async def _send_and_hang_up(letter: Letter, port: int, *, after_seconds: float) -> None:
    """The whole request leaves; the connection is cut before, while or after the answer comes."""
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    content = json.dumps(letter.talk.body(letter.text)).encode()
    headers = letter.talk.headers(letter.key) | {
        "Host": f"127.0.0.1:{port}",
        "Content-Type": "application/json",
        "Content-Length": str(len(content)),
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    writer.write(f"POST /api/chat/ask HTTP/1.1\r\n{head}\r\n".encode() + content)
    await writer.drain()
    await asyncio.sleep(after_seconds)
    writer.transport.abort()
    with suppress(ConnectionError):
        await writer.wait_closed()


async def _insist(http: httpx.AsyncClient, letter: Letter, port: int) -> None:
    """Sends it once more until it is answered: the late repeat of a visitor who saw nothing."""
    for _ in range(100):
        if await _take_reply(http, letter, port):
            return
        await asyncio.sleep(0.1)


def _judged(stage: Stage, letters: list[Letter], *, posts: int, seed: int, mutant: str) -> Outcome:
    url = stage.product.database_url
    verdict = checker.judge(url, (letter.key for letter in letters))
    turns = checker.count(url, "SELECT count(*) FROM talk_turn")
    differing = sum(len(letter.replies) > 1 for letter in letters)
    missing = sum(not letter.replies for letter in letters)
    odd = sorted({status for letter in letters for status in letter.odd})
    stage.clear()
    return Outcome(
        f"duplicates{' with ' + mutant if mutant else ''}",
        {
            "keys": len(letters),
            "sent": posts + len(letters),
            "turns": turns,
            "keys_with_several_turns": verdict.duplicates,
            "keys_with_differing_replies": differing,
            "lost": verdict.lost + verdict.unanswered,
            "seed": seed,
        },
        (
            *violations(
                surplus_turns=max(0, turns - len(letters)),
                keys_with_several_turns=verdict.duplicates,
                keys_with_differing_replies=differing,
                keys_without_a_reply=missing,
                lost=verdict.lost + verdict.unanswered,
            ),
            *(f"status {status} was answered" for status in odd),
        ),
    )
