"""P20 and P23 in small, against real server processes; `python -m bench.overload` has the figures.

No speed is asserted here: who is served, who is refused and how, and who is cut.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from bench import load, machine
from bench.overload.openloop import Seen, open_loop
from bench.overload.shedding import existing
from bench.product import Server
from gatehouse.ops.guarding import HEAD_SECONDS

from .lab.stage import LAB, Stage

pytestmark = pytest.mark.faults
SLOW = LAB | {"LAB_WORK_MS": "25", "MOST_IN_FLIGHT": "8"}  # forty turns a second at the most


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
    sessions = await load.open_sessions(server.port, 200)
    return await open_loop(server.port, 300, existing(sessions), seconds=1.5)


async def test_a_flood_is_served_in_part_and_the_rest_is_told_when_to_come_again(
    stage: Stage,
) -> None:
    with serving(stage) as server:
        seen = await flood(server)
        assert seen.good
        assert seen.refused
        assert seen.polite == 1.0
        assert all(1 <= (each.retry_after or 0) <= 5 for each in seen.refused)
        assert server.is_ready  # health is never shed, and nothing needs a restart


async def test_the_same_test_notices_a_server_that_sheds_nothing(stage: Stage) -> None:
    with serving(stage, MUTANT="no_shedding") as server:
        assert not (await flood(server)).refused


async def half_a_head(server: Server) -> bytes | None:
    """What comes back; None: nothing came, and the connection is still open."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(b"GET /health HTTP/1.1\r\nHost: x\r\nX-Slow: ")
    try:
        return await asyncio.wait_for(reader.read(), HEAD_SECONDS + 4)
    except TimeoutError:
        return None
    finally:
        writer.close()


async def test_half_a_head_is_cut_and_without_the_guard_it_stays(stage: Stage) -> None:
    with serving(stage) as guarded, serving(stage, MUTANT="no_guard") as bare:
        cut, held = await asyncio.gather(half_a_head(guarded), half_a_head(bare))
    assert cut is not None
    assert cut.startswith(b"HTTP/1.1 408 ")
    assert held is None
