"""P20 in small, against real server processes; `python -m bench.overload` has the figures.

No speed is asserted here: who is served, who is refused, and how.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from bench import load, machine
from bench.overload.openloop import Seen, open_loop
from bench.overload.shedding import existing
from bench.product import Server

from .lab.stage import LAB, Stage

pytestmark = pytest.mark.faults
SLOW = LAB | {"LAB_WORK_MS": "10", "MOST_IN_FLIGHT": "8"}  # a hundred turns a second at the most


@contextmanager
def serving(stage: Stage, **extra: str) -> Iterator[Server]:
    server = stage.product.serve(machine.free_port(), extra=SLOW | extra)
    server.await_ready()
    try:
        yield server
    finally:
        server.stop()
        stage.product.servers.remove(server)


async def flood(server: Server) -> Seen:
    """Many times what can be served, for a moment."""
    sessions = await load.open_sessions(server.port, 60)
    return await open_loop(server.port, 300, existing(sessions), seconds=0.5)


async def test_a_flood_is_served_in_part_and_the_rest_is_told_when_to_come_again(
    stage: Stage,
) -> None:
    with serving(stage) as server:
        seen = await flood(server)
        assert seen.good
        assert seen.refused
        assert seen.polite == 1.0
        assert all(1 <= (each.retry_after or 0) <= 5 for each in seen.refused)
        server.await_ready()  # nothing needs a restart


async def test_the_same_test_notices_a_server_that_sheds_nothing(stage: Stage) -> None:
    patient = {"CHECKPOINTER_POOL_TIMEOUT_SECONDS": "30"}  # a full pool would refuse, too
    with serving(stage, MUTANT="no_shedding", **patient) as server:
        assert not (await flood(server)).refused
