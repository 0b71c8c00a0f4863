"""`python -m tests.faults --cables`: each cable in turn, in both ways, and the controls."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager

from bench.product import Product

from ..lab.stage import Outcome, Stage
from .pulled import Pull, pulled
from .wires import WAYS, Wires, database_wire, has_redis, model_wire, redis_wire

WIRES: dict[str, Callable[[Product], AbstractAsyncContextManager[Wires]]] = {
    "model": model_wire,
    "redis": redis_wire,
    "database": database_wire,
}
CONTROLS = (
    Pull("model", "refuse", ("en",), "no_word"),
    Pull("database", "hole", ("en",), "ack_before_insert"),
)


async def experiments(stage: Stage) -> AsyncIterator[tuple[Outcome, bool]]:
    """Outcomes; with True those of controls, which are well when they broke the promise."""
    for cable in WIRES:
        if cable == "redis" and not has_redis():
            yield Outcome("cable of the redis", {"skipped": "redis-server is not installed"}), False
            continue
        for how in WAYS:
            yield await pull_out(stage, Pull(cable, how)), False
    for control in CONTROLS:
        yield await pull_out(stage, control), True


async def pull_out(stage: Stage, pull: Pull) -> Outcome:
    async with WIRES[pull.cable](stage.product) as wires:
        return await pulled(stage, wires, pull)
