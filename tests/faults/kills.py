"""P01: no acknowledged message is lost or answered twice, whatever dies at any instant."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Literal

from .lab import checker, conversation
from .lab.history import History
from .lab.stage import Outcome, Stage, violations
from .lab.supervisor import Supervisor, supervised
from .lab.visitors import Visitor, answers_again

Target = Literal["server", "worker", "postgres"]
TARGETS: tuple[Target, ...] = ("server", "worker", "postgres")
FAILPOINTS = (
    "before_inbox_commit",
    "after_inbox_commit",
    "before_ack",
    "after_claim",
    "after_llm",
    "before_turn_commit",
    "after_turn_commit",
)
VISITORS = 12
SECONDS_PER_FAILPOINT = 20.0
WAIT_SECONDS = 40.0  # longer than a lease and a restart


@dataclass(frozen=True, slots=True)
class Plan:
    """How often to kill what, and with which deliberate fault in the product."""

    kills: int
    seed: int
    targets: tuple[Target, ...] = TARGETS
    mutant: str = ""
    pause_seconds: float = 0.05  # of each visitor between two messages, on average
    commit_ms: int = 0  # by which every commit is slowed down


async def random_kills(stage: Stage, plan: Plan) -> Outcome:
    """Kills at random instants, 50–900 ms after everything was well again."""
    dice = random.Random(plan.seed)
    front = stage.supervisor(plan.mutant)

    async def kill_all() -> int:
        for _ in range(plan.kills):
            await asyncio.sleep(dice.uniform(0.05, 0.9))
            await _kill(dice.choice(plan.targets), stage, front)
            await front.until_ready()
        return plan.kills

    name = f"kills{' with ' + plan.mutant if plan.mutant else ''}"
    pause = plan.pause_seconds
    with stage.slow_commits(plan.commit_ms):
        async with _under_load(stage, front, seed=plan.seed, pause_seconds=pause) as visitors:
            killed = await kill_all()
    return await _judged(stage, visitors, front=front, name=name, kills=killed, seed=plan.seed)


def control(*, kills: int, seed: int) -> Plan:
    """The same on a server that acknowledges before it stores, in haste and on a slow disk:
    what it promises and does not have yet at the instant of a kill is lost."""
    return Plan(kills, seed, ("server",), "ack_before_insert", pause_seconds=0.005, commit_ms=30)


async def failpoint_kills(stage: Stage, *, each: int, seed: int) -> Outcome:
    """The server kills itself at every named place of a turn, so many times each."""
    dice = random.Random(seed)
    front = stage.supervisor()
    kills = 0
    async with _under_load(stage, front, seed=seed) as visitors:
        for place in FAILPOINTS:
            front.environment["FAILPOINT"] = f"{place}:kill:{dice.randint(1, 12)}"
            front.kill_server()
            kills += await _deaths(front, each)
        del front.environment["FAILPOINT"]
        front.kill_server()
        await front.until_ready()
    return await _judged(stage, visitors, front=front, name="failpoints", kills=kills, seed=seed)


async def _deaths(front: Supervisor, wanted: int) -> int:
    """Waits until so many processes of a server have ended by themselves."""
    seen = set(front.workers)
    async with asyncio.timeout(SECONDS_PER_FAILPOINT * (wanted + 1)):
        while len(seen) <= wanted:
            await asyncio.sleep(0.02)
            seen.update(front.workers)
    return wanted


async def _kill(target: Target, stage: Stage, front: Supervisor) -> None:
    if target == "postgres":
        await stage.kill_database()
    elif target == "worker":
        front.kill_worker()
    else:
        front.kill_server()


@asynccontextmanager
async def _under_load(
    stage: Stage, front: Supervisor, *, seed: int, pause_seconds: float = 0.05
) -> AsyncIterator[list[Visitor]]:
    """Visitors write for as long as the block lasts; then the conversations must answer again."""
    history = History(stage.product.folder / f"history-{time.monotonic_ns()}.jsonl")
    stop = asyncio.Event()
    async with supervised(front), conversation.client() as http:
        visitors = [
            Visitor(
                http,
                await conversation.begin(http, front.port),
                front.port,
                history,
                random.Random(seed * 1000 + number),
                pause_seconds,
            )
            for number in range(VISITORS)
        ]
        writing = [asyncio.create_task(visitor.write_until(stop)) for visitor in visitors]
        try:
            yield visitors
            await asyncio.sleep(0.5)
        finally:
            stop.set()
            await asyncio.gather(*writing)
        await _settle(stage, visitors)


async def _settle(stage: Stage, visitors: list[Visitor]) -> None:
    """Every conversation is asked once more, and what waits is given time to be answered."""
    again = [answers_again(visitor, seconds=WAIT_SECONDS) for visitor in visitors]
    for visitor, is_well in zip(visitors, await asyncio.gather(*again), strict=True):
        visitor.is_well = is_well
    deadline = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < deadline:
        if checker.judge(stage.product.database_url, ()).waiting == 0:
            return
        await asyncio.sleep(0.2)


async def _judged(
    stage: Stage, visitors: list[Visitor], *, front: Supervisor, name: str, kills: int, seed: int
) -> Outcome:
    history = visitors[0].history
    verdict = checker.judge(stage.product.database_url, history.keys("acked"))
    replies = {(event.key, event.detail) for event in history.events() if event.kind == "replied"}
    differing = len(replies) - len({key for key, _ in replies})
    odd = sorted({e.detail for e in history.events() if e.kind == "odd"})
    silent = sum(not visitor.is_well for visitor in visitors)
    figures: dict[str, int | float | str] = {
        "sent": len(history.keys("sent")),
        "acked": verdict.acked,
        "lost": verdict.lost + verdict.unanswered,
        "duplicates": verdict.duplicates + differing,
        "unanswered_at_end": verdict.waiting,
        "silent_conversations": silent,
        "kills": kills,
        "bound_per_kill": f"{min(1.0, 3 / max(1, kills)):.2%}",
        "starts": front.starts,
        "seed": seed,
    }
    history.close()
    stage.clear()
    return Outcome(
        name,
        figures,
        (
            *violations(
                lost=verdict.lost,
                acknowledged_and_never_answered=verdict.unanswered,
                duplicates=verdict.duplicates,
                replies_that_differ=differing,
                left_waiting=verdict.waiting,
                conversations_that_fell_silent=silent,
            ),
            *(f"status {status} was answered" for status in odd),
        ),
    )
