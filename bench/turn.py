"""`python -m bench.turn`: our turn, the floor under it and a LangGraph, side by side in one run."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from bench import load, machine
from bench.product import Product, Server, scratch
from bench.sample import record

SERVER_CORE, OTHER_CORE = 0, 1
BENCH_PYTHON = machine.ROOT / ".venv-bench/bin/python"
MOST_OF_FLOOR, MOST_OF_GRAPH = 1.5, 1 / 8
GRAPH_SHARE = 8  # so many times fewer talks for the slow peer
WARM_UP_SHARE = 10


@dataclass(frozen=True, slots=True)
class Lane:
    """One thing to measure."""

    name: str
    server: Server
    talks: int
    path: str = "/api/chat/ask"


@dataclass(frozen=True, slots=True)
class Reading:
    """One repeat of one lane; times in milliseconds."""

    lane: str
    cpu_ms: float  # of the server's processes, per turn
    database_cpu_ms: float  # of all PostgreSQL processes, per turn
    per_second: float
    p50_ms: float
    p99_ms: float
    turns: int
    refused: int


def main() -> int:
    asked = _arguments()
    make_peer_environment()
    with scratch() as product:
        readings = asyncio.run(_measure(product, asked))
    worst = [_worst(group) for group in _by_lane(readings).values()]
    summary = _summary(readings)
    _print(worst, summary, asked)
    if asked.json:
        told = {"worst": [asdict(r) for r in worst], "all": [asdict(r) for r in readings]}
        asked.json.write_text(json.dumps(told | {"ratios": summary}, indent=2) + "\n")
    return 0 if _is_goal_met(summary) else 1


def _arguments() -> argparse.Namespace:
    reader = argparse.ArgumentParser(prog="python -m bench.turn", description=__doc__)
    reader.add_argument("--clients", type=int, default=32)
    reader.add_argument("--talks", type=int, default=1500, help="of three turns, per repeat")
    reader.add_argument("--repeats", type=int, default=3, help="interleaved; the worst is told")
    reader.add_argument("--json", type=Path)
    return reader.parse_args()


def make_peer_environment() -> None:
    """LangGraph lives in an environment of its own, made once from the hashed lock."""
    if BENCH_PYTHON.exists():
        return
    sys.stdout.write("making .venv-bench from requirements/bench.txt (once)\n")
    folder = BENCH_PYTHON.parent.parent
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    lock = machine.ROOT / "requirements/bench.txt"
    install = ["-m", "pip", "install", "-q", "--require-hashes", "-r", str(lock)]
    subprocess.run([str(BENCH_PYTHON), *install], check=True)


async def _measure(product: Product, asked: argparse.Namespace) -> list[Reading]:
    ours = product.serve(machine.free_port())
    ours.await_ready()
    sample = product.folder / "sample.json"
    sample.write_text(json.dumps(await record(ours.port, product.database_url)))
    floor = _peer(product, "bench.floor:app", sys.executable, sample=sample)
    graph = _peer(product, "bench.graph:app", str(BENCH_PYTHON), sample=sample)
    few = max(asked.clients, asked.talks // GRAPH_SHARE)
    lanes = [
        Lane("ours", ours, asked.talks),
        Lane("floor", floor, asked.talks),
        Lane("langgraph", graph, few),
        Lane("langgraph, saved once", graph, few, path="/api/chat/ask-exit"),
    ]
    with _pinned(product, [ours, floor, graph]):
        readings = []
        for repeat in range(asked.repeats):
            for lane in lanes:
                readings.append(await _read(product, lane, clients=asked.clients))
                sys.stdout.write(f"  {repeat + 1}/{asked.repeats} {_row(readings[-1])}\n")
                sys.stdout.flush()
    return readings


def _peer(product: Product, app: str, python: str, *, sample: Path) -> Server:
    """A bare server on the same database; LangGraph's own tables get a database beside it."""
    port = machine.free_port()
    command = [python, "-m", "uvicorn", app, "--port", str(port), "--no-access-log"]
    command += ["--loop", "uvloop", "--http", "httptools", "--log-level", "warning"]
    env = {
        "PATH": os.environ["PATH"],
        "BENCH_SAMPLE": str(sample),
        "BENCH_URL": product.database_url,
        "BENCH_GRAPH_URL": _database_beside(product.database_url, "bench_graph"),
        "PYTHONPATH": str(machine.ROOT),
    }
    log = product.folder / f"{app.partition(':')[0]}.log"
    server = Server(machine.spawn(command, env=env, log=log), port, log)
    product.servers.append(server)
    url = f"http://127.0.0.1:{port}/healthz"
    machine.await_http(url, process=server.process, log=log, seconds=60)
    return server


def _database_beside(url: str, name: str) -> str:
    """Makes a database if it is not there."""
    with psycopg.connect(url, autocommit=True) as connection:
        known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        if not known.fetchone():
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    return psycopg.conninfo.make_conninfo(url, dbname=name)


@contextmanager
def _pinned(product: Product, servers: list[Server]) -> Iterator[None]:
    """Servers on one core; PostgreSQL and this process on the other."""
    before = os.sched_getaffinity(0)
    machine.pin((pid for server in servers for pid in server.pids), SERVER_CORE)
    machine.pin([*machine.family(product.postgres_pid), os.getpid()], OTHER_CORE)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


async def _read(product: Product, lane: Lane, *, clients: int) -> Reading:
    """A warm-up, which does not count, and one measurement."""
    few = max(clients, lane.talks // WARM_UP_SHARE)
    await _hold(lane, talks=few, clients=clients)
    sessions = await load.open_sessions(lane.server.port, lane.talks)
    database = machine.family(product.postgres_pid)
    before = machine.cpu_seconds(lane.server.pids), machine.cpu_seconds(database)
    measured = await load.closed_loop(lane.server.port, sessions, clients=clients, path=lane.path)
    after = machine.cpu_seconds(lane.server.pids), machine.cpu_seconds(database)
    return Reading(
        lane.name,
        (after[0] - before[0]) * 1000 / measured.turns,
        (after[1] - before[1]) * 1000 / measured.turns,
        measured.per_second,
        measured.percentile(0.5),
        measured.percentile(0.99),
        measured.turns,
        measured.refused,
    )


async def _hold(lane: Lane, *, talks: int, clients: int) -> None:
    sessions = await load.open_sessions(lane.server.port, talks)
    await load.closed_loop(lane.server.port, sessions, clients=clients, path=lane.path)


def _by_lane(readings: list[Reading]) -> dict[str, list[Reading]]:
    groups: dict[str, list[Reading]] = {}
    for reading in readings:
        groups.setdefault(reading.lane, []).append(reading)
    return groups


def _worst(group: list[Reading]) -> Reading:
    """The worst value of each column over the repeats."""
    return Reading(
        group[0].lane,
        max(r.cpu_ms for r in group),
        max(r.database_cpu_ms for r in group),
        min(r.per_second for r in group),
        max(r.p50_ms for r in group),
        max(r.p99_ms for r in group),
        min(r.turns for r in group),
        max(r.refused for r in group),
    )


def _summary(readings: list[Reading]) -> dict[str, float]:
    """The worst CPU ratios: each repeat of ours over the other lane's in the same round."""
    groups = _by_lane(readings)
    return {
        lane: max(a.cpu_ms / b.cpu_ms for a, b in zip(groups["ours"], group, strict=True))
        for lane, group in groups.items()
        if lane != "ours"
    }


def _is_goal_met(ratios: Mapping[str, float]) -> bool:
    return ratios["floor"] <= MOST_OF_FLOOR and ratios["langgraph"] <= MOST_OF_GRAPH


def _row(reading: Reading) -> str:
    return (
        f"{reading.lane:<22}{reading.cpu_ms:9.3f}{reading.database_cpu_ms:9.3f}"
        f"{reading.per_second:10.0f}{reading.p50_ms:9.1f}{reading.p99_ms:9.1f}"
        f"{reading.refused:9d}"
    )


def _print(worst: list[Reading], ratios: Mapping[str, float], asked: argparse.Namespace) -> None:
    out = sys.stdout.write
    out(f"\n{asked.clients} clients, one core; worst of {asked.repeats} repeats\n")
    out(f"{'':22}{'CPU ms':>9}{'DB CPU':>9}{'turns/s':>10}{'p50 ms':>9}{'p99 ms':>9}{'503s':>9}\n")
    for reading in worst:
        out(_row(reading) + "\n")
    out(f"\nours / floor, CPU per turn: {ratios['floor']:.2f} (goal ≤ {MOST_OF_FLOOR})\n")
    for lane in ("langgraph", "langgraph, saved once"):
        out(f"ours / {lane}: 1/{1 / ratios[lane]:.1f} (goal ≤ 1/8 of the default)\n")


if __name__ == "__main__":
    sys.exit(main())
