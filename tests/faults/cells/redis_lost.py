"""P35: Redis killed, flushed, hung and slow: nothing but speed is lost, and limits stay limits."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx

from tests.faults.lab import checker, conversation
from tests.faults.lab.conversation import Conversation
from tests.faults.lab.proxy import Proxy, proxied
from tests.faults.lab.stage import Outcome, Stage
from tests.faults.lab.supervisor import supervised
from tests.faults.lab.toxics import Toxic
from tests.redis_server import RedisServer, running

MODES = ("killed", "flushed", "hung", "slow")
LINES = ("I need an apartment", "Kyrenia 500 pounds", "long term", "two bedrooms")
AT_ONCE, GREEDY = 4, 20
MOST_TRIES = 10  # to begin a conversation
BURST, PER_SECOND = 5, 12 / 60  # of one conversation, as the settings have it
# Where Redis answers some calls and is too slow for others, both it and the processes alone have
# their burst: that is the bound at which they count. A limit that is open lets in all twenty.
MOST_AT_ONCE = 2 * BURST + 2
SLOW_MS = 500.0
COUNTED = {
    "TRUSTED_PROXIES": "127.0.0.0/8",  # so that every visitor has an address of his own
    "RATE_LIMIT_SITE": "1000000",
    "LEASE_SECONDS": "30",
}


@dataclass(slots=True)
class Phase:
    """What the visitors of one phase met."""

    spent_ms: list[float] = field(default_factory=list)
    acked: set[str] = field(default_factory=set)
    lost: int = 0
    greedy_let_in: int = 0
    greedy_over: int = 0  # beyond what the limit and a fresh burst allow

    @property
    def p95_ms(self) -> float:
        ordered = sorted(self.spent_ms)
        return round(ordered[int(len(ordered) * 0.95)], 1) if ordered else 0.0


@dataclass(slots=True)
class Street:
    """Visitors of one server, each from an address of his own."""

    http: httpx.AsyncClient
    port: int
    number: int = 0

    async def open(self) -> tuple[Conversation, dict[str, str]]:
        self.number += 1
        address = f"11.{self.number // 250}.{self.number % 250}.7"  # a network of his own
        from_there = {"X-Forwarded-For": address}
        url = f"{conversation.address(self.port)}/api/chat/sessions"
        answer = await self.http.post(url, json={"bearer": True}, headers=from_there)
        tries = MOST_TRIES
        while answer.status_code == 503 and tries:  # the proof before it froze the database
            tries -= 1
            await asyncio.sleep(float(answer.headers["retry-after"]))
            answer = await self.http.post(url, json={"bearer": True}, headers=from_there)
        answer.raise_for_status()
        return Conversation(answer.json()["session_id"], answer.json()["token"]), from_there

    async def say(
        self, talk: Conversation, text: str, *, key: str, address: dict[str, str]
    ) -> httpx.Response:
        url = f"{conversation.address(self.port)}/api/chat/ask"
        return await self.http.post(url, json=talk.body(text), headers=talk.headers(key) | address)

    async def walk(self, visitors: int) -> Phase:
        """So many visitors tell four lines each, and one of them is greedy."""
        phase, gate = Phase(), asyncio.Semaphore(AT_ONCE)
        await asyncio.gather(*(self._visit(phase, gate) for _ in range(visitors)))
        await self._be_greedy(phase)
        return phase

    async def _visit(self, phase: Phase, gate: asyncio.Semaphore) -> None:
        async with gate:
            talk, address = await self.open()
            for text in LINES:
                key, began = str(uuid.uuid4()), time.perf_counter()
                answer = await self.say(talk, text, key=key, address=address)
                phase.spent_ms.append((time.perf_counter() - began) * 1000)
                if answer.status_code == 200 and answer.json()["summary"]:
                    phase.acked.add(key)
                else:
                    phase.lost += 1

    async def _be_greedy(self, phase: Phase) -> None:
        talk, address = await self.open()
        keys = [str(uuid.uuid4()) for _ in range(GREEDY)]
        began = time.perf_counter()
        answers = await asyncio.gather(
            *(self.say(talk, "hello", key=key, address=address) for key in keys)
        )
        allowed = MOST_AT_ONCE + PER_SECOND * (time.perf_counter() - began)
        let_in = [k for k, each in zip(keys, answers, strict=True) if each.status_code == 200]
        phase.acked.update(let_in)
        phase.greedy_let_in = len(let_in)
        phase.greedy_over = max(0, len(let_in) - int(allowed))


async def redis_lost(stage: Stage, *, mode: str, visitors: int, mutant: str = "") -> Outcome:
    """As it should be, then with Redis broken, then healed: all on one server."""
    stage.clear()
    with TemporaryDirectory() as folder, running(Path(folder)) as redis:
        async with proxied(f"127.0.0.1:{redis.port}") as proxy:
            address = f"redis://{proxy.listen}/0" if mode == "slow" else redis.url
            door = stage.supervisor(mutant, REDIS_URL=address, **COUNTED)
            async with supervised(door), conversation.client() as http:
                street = Street(http, door.port)
                await street.walk(max(2, visitors // 2))  # warm
                before = await street.walk(visitors)
                async with broken(mode, redis, proxy):
                    during = await street.walk(visitors)
                after = await street.walk(2)
    return _judged(stage, (before, during, after), mode=mode, mutant=mutant)


@asynccontextmanager
async def broken(mode: str, redis: RedisServer, proxy: Proxy) -> AsyncIterator[None]:
    """Redis in trouble; well again afterwards."""
    match mode:
        case "killed":
            redis.kill()
            yield
            redis.start()
        case "flushed":
            redis.flush()
            yield
            redis.flush()
        case "hung":
            redis.freeze()
            yield
            redis.thaw()
        case _:
            await proxy.add(Toxic("slow", "latency", attributes={"latency": SLOW_MS}))
            yield
            await proxy.remove("slow")


def _judged(stage: Stage, phases: tuple[Phase, ...], *, mode: str, mutant: str) -> Outcome:
    before, during, _ = phases
    acked = set[str]().union(*(phase.acked for phase in phases))
    verdict = checker.judge(stage.product.database_url, acked)
    lost = sum(phase.lost for phase in phases) + verdict.lost + verdict.unanswered
    over = sum(phase.greedy_over for phase in phases)
    figures: dict[str, int | float | str] = {
        "messages": sum(len(phase.spent_ms) for phase in phases),
        "lost": lost,
        "duplicates": verdict.duplicates,
        f"let in of {GREEDY} at once": "/".join(str(phase.greedy_let_in) for phase in phases),
        "p95 before ms": before.p95_ms,
        "p95 during ms": during.p95_ms,
    }
    found = [f"{lost} replies lost"] * (lost > 0)
    found += [f"{verdict.duplicates} duplicates"] * (verdict.duplicates > 0)
    found += [f"{over} let in beyond the limit"] * (over > 0)
    shut = [n for n, phase in enumerate(phases) if phase.greedy_let_in == 0]
    found += ["the limit was closed"] * bool(shut)
    name = f"redis {mode}{f' ({mutant})' if mutant else ''}"
    return Outcome(name, figures, tuple(found))
