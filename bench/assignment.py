"""A sticky 10 % by five engines: `python -m bench.assignment` prints what one decision costs.

Every engine holds its rules in memory and is asked for the same units in turns of 1,000, one call
at a time, each timed by itself with the clock's own cost left in ("nothing" is that cost alone).
"""

from __future__ import annotations

import argparse
import gc
import importlib.util
import random
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter_ns
from typing import Any
from unittest.mock import patch
from uuid import UUID

from bench.flag_clients import PEERS, WEIGHT, Client, be_quiet
from bench.turn import BENCH_PYTHON, make_peer_environment
from gatehouse.rollout import hashing
from gatehouse.rollout.assign import Ceiling, assign
from gatehouse.rollout.types import Assignment, Control, Live

CONTROL = Control(live=Live("ro_01", "v-stable", "v-canary", WEIGHT))
CEILING = Ceiling(newest="v-canary")
ROUND = 1_000
GOALS = {"gatehouse": (2.0, 5.0), "gatehouse, pinned": (1.0, None)}
GOAL_OPENFEATURE = 12.0


@dataclass
class Lane:
    """One engine and what its calls took, in nanoseconds."""

    name: str
    decide: Callable[[str], Any]
    is_canary: Callable[[Any], bool]
    prepare: Callable[[Sequence[str]], object] = lambda _: None
    spent: list[int] = field(default_factory=list)
    canaries: int = 0

    def run(self, units: Sequence[str]) -> None:
        decide, spent = self.decide, self.spent
        self.prepare(units)
        for unit in units:
            began = perf_counter_ns()
            decided = decide(unit)
            spent.append(perf_counter_ns() - began)
            self.canaries += self.is_canary(decided)

    def quantile(self, q: float) -> float:
        """In microseconds."""
        ordered = sorted(self.spent)
        return ordered[min(len(ordered) - 1, int(len(ordered) * q))] / 1000

    def row(self) -> str:
        p50, p99 = self.quantile(0.5), self.quantile(0.99)
        share = f"{self.canaries / len(self.spent):7.1%}" if self.canaries else "      -"
        return f"{self.name:<55}{p50:8.2f}{p99:9.2f}  {share}"


def ours() -> Iterator[Lane]:
    """The product: a first turn, a later turn, and without the C extension."""

    def is_canary(found: Assignment) -> bool:
        return found.arm == "canary"

    pins: dict[str, Assignment] = {}

    def pin(units: Sequence[str]) -> None:
        pins.update((u, assign(u, CONTROL, CEILING)._replace(is_pinned=True)) for u in units)

    def later(unit: str) -> Assignment:
        return assign(unit, CONTROL, CEILING, pin=pins[unit])

    yield Lane("nothing", lambda unit: None, lambda _: False)
    yield Lane("gatehouse", lambda unit: assign(unit, CONTROL, CEILING), is_canary)
    yield Lane("gatehouse, pinned", later, is_canary, pin)
    yield Lane("gatehouse, hash in plain Python", _plainly, is_canary)


def _plainly(unit: str) -> Assignment:
    return assign(unit, CONTROL, CEILING)


@contextmanager
def hash_of(lane: Lane) -> Iterator[None]:
    """The fallback's hash for the lane that is to show it."""
    chosen = hashing.plain_murmur3_32 if lane.decide is _plainly else hashing.murmur3_32
    with patch.object(hashing, "murmur3_32", chosen):
        yield


def through_openfeature() -> Iterator[Lane]:
    """The same assignment through the SDK: the product's provider, and the least one there is."""
    from bench.flag_provider import Least, product

    yield _asked_of("gatehouse through OpenFeature", product(CONTROL))
    yield _asked_of("gatehouse through OpenFeature, least provider", Least(CONTROL, CEILING))


def _asked_of(name: str, provider: Any) -> Lane:
    from openfeature import api
    from openfeature.evaluation_context import EvaluationContext

    api.set_provider_and_wait(provider, domain=name)
    client = api.get_client(domain=name)

    def decide(unit: str) -> Any:
        return client.get_string_details("agent.conversation", "rules", EvaluationContext(unit))

    return Lane(name, decide, lambda found: found.variant == "canary")


def measure(lanes: Sequence[Lane], *, calls: int, seed: int) -> None:
    """Rounds of all lanes, so that a busy moment of the machine meets everybody."""
    dice = random.Random(seed)
    for number in range(calls // ROUND + 1):
        units = [str(UUID(int=dice.getrandbits(128), version=4)) for _ in range(ROUND)]
        for lane in lanes:
            gc.collect()
            with hash_of(lane):
                lane.run(units)
        if number == 0:
            for lane in lanes:  # the first round warms up
                lane.spent.clear()
                lane.canaries = 0


def verdicts(lanes: Sequence[Lane]) -> Iterator[str]:
    """The goals of the design beside what was found."""
    for lane in lanes:
        p50, p99 = lane.quantile(0.5), lane.quantile(0.99)
        if lane.name in GOALS:
            low, high = GOALS[lane.name]
            goal = f"p50 ≤ {low:g} µs" + (f", p99 ≤ {high:g} µs" if high else "")
            is_kept = p50 <= low and (high is None or p99 <= high)
            yield f"{lane.name}: {goal}: {'kept' if is_kept else 'MISSED'}"
        if lane.name == "gatehouse through OpenFeature":
            is_kept = p50 <= GOAL_OPENFEATURE
            yield f"{lane.name}: p50 ≤ {GOAL_OPENFEATURE:g} µs: {'kept' if is_kept else 'MISSED'}"


def main() -> int:
    """In this environment if the peers are here, else in that of the benches."""
    reader = argparse.ArgumentParser(prog="python -m bench.assignment")
    reader.add_argument("--calls", type=int, default=20_000, help="of each engine")
    reader.add_argument("--seed", type=int, default=7)
    asked = reader.parse_args()
    if not all(map(importlib.util.find_spec, ("growthbook", "UnleashClient", "ldclient"))):
        make_peer_environment()
        command = [str(BENCH_PYTHON), "-m", "bench.assignment", *sys.argv[1:]]
        return subprocess.run(command, check=False).returncode
    be_quiet()
    with tempfile.TemporaryDirectory() as folder, _clients(Path(folder)) as clients:
        peers = [Lane(each.told(), each.decide, each.is_canary) for each in clients]
        lanes = [*ours(), *through_openfeature(), *peers]
        measure(lanes, calls=asked.calls, seed=asked.seed)
    print(f"{'one decision, µs':<55}{'p50':>8}{'p99':>9}  canary")
    print("\n".join(lane.row() for lane in lanes))
    told = list(verdicts(lanes))
    print("\n".join(told))
    return 1 if any("MISSED" in line for line in told) else 0


@contextmanager
def _clients(folder: Path) -> Iterator[list[Client]]:
    made = [peer(folder) for peer in PEERS]
    try:
        yield made
    finally:
        for each in made:
            each.close()


if __name__ == "__main__":
    sys.exit(main())
