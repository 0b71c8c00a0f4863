"""How long the breakers of each arm were not closed, weighed by time, and how often they opened.

A scraped gauge misses short openings (R1-36), so every change is a row; between two rows the
state is known. A process that is gone says nothing: its breakers count until it was last seen.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from gatehouse.rollout.connecting import Connection
from gatehouse.rollout.types import Arm, Count, GateSpec, Minute, Reading, Standing

MINUTE_MS: Final = 60_000
SEEN_SECONDS: Final = 10.0  # a process that was last seen so long ago still lives
# Like the gauge: half-open counts half, so that a quiet site whose breaker waits for the next
# call is not taken for one that is shut.
WEIGHT: Final = {"open": 1.0, "forced_open": 1.0, "half_open": 0.5}

_WORKERS: Final = """
SELECT name, extract(epoch FROM seen_at)::float8 AS seen_at FROM rollout_worker
WHERE seen_at > to_timestamp(%(since)s)
"""
# The changes inside the window, and the last one before it of each breaker.
_TURNS: Final = """
SELECT worker, service, version, state, extract(epoch FROM at)::float8 AS at
FROM rollout_breaker_turn WHERE at > to_timestamp(%(since)s)
UNION ALL
SELECT * FROM (
    SELECT DISTINCT ON (worker, service, version) worker, service, version, state,
           extract(epoch FROM at)::float8 AS at
    FROM rollout_breaker_turn WHERE at <= to_timestamp(%(since)s)
    ORDER BY worker, service, version, at DESC, id DESC) last
ORDER BY at
"""


@dataclass(frozen=True, slots=True)
class Turn:
    """One change of one breaker. `version`: "" is shared by all versions. `at`: Unix seconds."""

    worker: str
    service: str
    version: str
    state: str
    at: float


@dataclass(frozen=True, slots=True)
class Watched:
    """What is known of the breakers since `since` (Unix seconds): processes with the time each
    was last seen, and changes, oldest first."""

    since: float
    now: float
    workers: Mapping[str, float]
    turns: tuple[Turn, ...]

    def end_of(self, worker: str) -> float:
        return min(self.now, self.workers[worker] + SEEN_SECONDS)


def read(
    connection: Connection, standing: Standing, specs: Sequence[GateSpec], *, now: float
) -> dict[str, Reading]:
    """By the gate's name. Minutes: `n` milliseconds of life of the processes together, `bad` of
    them not closed. One count: `bad` is the number of openings within the gate's `minutes`."""
    if not specs:
        return {}
    longest = max(2 * spec.minutes + 1 for spec in specs)
    watched = watch(connection, since=(now // 60 - longest) * 60, now=now)
    return {spec.name: reading(watched, standing, spec) for spec in specs}


def watch(connection: Connection, *, since: float, now: float) -> Watched:
    """The rows of that time."""
    values = {"since": since}
    workers = connection.execute(_WORKERS, values).fetchall()
    turns = connection.execute(_TURNS, values).fetchall()
    return Watched(
        since,
        now,
        {row["name"]: row["seen_at"] for row in workers},
        tuple(Turn(**row) for row in turns),
    )


def reading(watched: Watched, standing: Standing, spec: GateSpec) -> Reading:
    """Of one gate: the canary's own breakers and the shared ones against the stable's likewise."""
    newest = int(watched.now // 60)
    span = range(newest - 2 * spec.minutes, newest + 1)
    own = {
        arm: [turn for turn in watched.turns if _concerns(turn, version, spec)]
        for arm, version in _versions(standing).items()
    }
    shut = {arm: _shut(watched, turns) for arm, turns in own.items()}
    alive = {at: _alive_ms(watched, at) for at in span}
    minutes = tuple(_minute(at, alive[at], shut=shut) for at in span)
    return Reading(
        spec.metric,
        counts=_openings(watched, standing, spec, own=own) if any(alive.values()) else (),
        minutes=minutes if any(alive.values()) else (),
    )


def not_closed(watched: Watched, service: str) -> tuple[int, int]:
    """Milliseconds of life of all processes, and those in which a breaker of that service was not
    closed, whichever version it belongs to."""
    span = range(int(watched.since // 60), int(watched.now // 60) + 1)
    own = [turn for turn in watched.turns if turn.service == service]
    return sum(_alive_ms(watched, at) for at in span), sum(_shut(watched, own).values())


def _versions(standing: Standing) -> dict[Arm, str]:
    return {"canary": standing.canary_version, "stable": standing.stable_version}


def _concerns(turn: Turn, version: str, spec: GateSpec) -> bool:
    return turn.version in ("", version) and spec.service in (None, turn.service)


def _alive_ms(watched: Watched, at: int) -> int:
    """Milliseconds of that minute in which the processes lived, added up."""
    return sum(_overlap_ms(watched.since, watched.end_of(worker), at) for worker in watched.workers)


def _overlap_ms(begin: float, end: float, at: int) -> int:
    return max(0, round((min(end, (at + 1) * 60.0) - max(begin, at * 60.0)) * 1000))


def _shut(watched: Watched, turns: Iterable[Turn]) -> dict[int, int]:
    """Per minute: milliseconds not closed; of several breakers of one process the worst counts."""
    by_breaker: dict[tuple[str, str, str], list[Turn]] = defaultdict(list)
    for turn in turns:
        if turn.worker in watched.workers:
            by_breaker[turn.worker, turn.service, turn.version].append(turn)
    worst: dict[tuple[str, int], float] = {}
    for (worker, _, _), own in by_breaker.items():
        for at, spent in _spent(watched, worker, own).items():
            worst[worker, at] = max(worst.get((worker, at), 0.0), spent)
    total: dict[int, float] = defaultdict(float)
    for (_, at), spent in worst.items():
        total[at] += spent
    return {at: round(spent) for at, spent in total.items()}


def _spent(watched: Watched, worker: str, turns: Sequence[Turn]) -> dict[int, float]:
    """Weighed milliseconds per minute of one breaker; before its first change it was closed."""
    spent: dict[int, float] = defaultdict(float)
    ends = [turn.at for turn in turns[1:]] + [watched.end_of(worker)]
    for turn, end in zip(turns, ends, strict=True):
        begin = max(turn.at, watched.since)
        for at in range(int(begin // 60), int(max(begin, end) // 60) + 1):
            spent[at] += WEIGHT.get(turn.state, 0.0) * _overlap_ms(begin, end, at)
    return spent


def _minute(at: int, alive: int, *, shut: Mapping[Arm, Mapping[int, int]]) -> Minute:
    return Minute(
        at=datetime.fromtimestamp(at * 60.0, UTC),
        canary_n=alive,
        canary_bad=min(alive, shut["canary"].get(at, 0)),
        stable_n=alive,
        stable_bad=min(alive, shut["stable"].get(at, 0)),
    )


def _openings(
    watched: Watched, standing: Standing, spec: GateSpec, *, own: Mapping[Arm, Sequence[Turn]]
) -> tuple[Count, ...]:
    since = watched.now - spec.minutes * 60.0
    opened = {
        arm: sum(turn.state == "open" and turn.at > since for turn in turns)
        for arm, turns in own.items()
    }
    workers = len(watched.workers)
    return (
        Count(
            step=standing.step,
            share=standing.share,
            canary_n=workers,
            canary_bad=opened["canary"],
            stable_n=workers,
            stable_bad=opened["stable"],
        ),
    )
