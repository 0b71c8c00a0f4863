"""Harm that begins late: one process, one begun anew at the step, and the watch of the bake."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from random import Random
from statistics import median

from gatehouse.ops.evaluation.rollout.paths import Failing, gap
from gatehouse.ops.evaluation.rollout.table import MEDIAN_ROOM, Row, Table
from gatehouse.rollout import stats_watch

P0, HEALTHY, HARMFUL = 0.005, 0.0025, 0.02
ONSETS, AFTER = (0, 1_000, 4_000), 8_000
RESTARTS, RUN_UP = 4, 200
ALARM = 20_000.0
REFERENCES = {
    "one process": (256, 845, 1826),
    "begun anew, α/4": (364, 549, 549),
    "Shiryaev–Roberts": (397, 353, 344),
}
FEWEST_FOUND = 0.95  # of all paths; the others alarmed before the harm began, or not at all
_SEED = 20260823
Alarm = Callable[[Sequence[int], int], int | None]


def measured(*, runs: int) -> Iterator[Table]:
    """Median delay of each, by the number of healthy conversations before."""
    for k, onset in enumerate(ONSETS):
        dice = Random(_SEED + onset)  # noqa: S311  no secrets
        paths = [_path(dice, onset) for _ in range(runs)]
        rows = [
            row
            for name, alarm in _alarms(onset).items()
            for row in _rows(name, [alarm(path, onset) for path in paths], onset, k)
        ]
        yield Table(f"conversations until late harm is found, {onset} healthy before", tuple(rows))


def _rows(name: str, alarms: list[int | None], onset: int, k: int) -> Iterator[Row]:
    delays = [found - onset for found in alarms if found is not None and found > onset]
    reference = REFERENCES[name][k]
    room = MEDIAN_ROOM * reference
    yield Row(f"{name}, found", len(delays) / len(alarms), low=FEWEST_FOUND)
    ends = (reference - room, reference + room)
    yield Row(f"{name}, median", median(delays), reference, low=ends[0], high=ends[1])


def _path(dice: Random, onset: int) -> list[int]:
    """The bad conversations of one path, by number from 1."""
    return [
        *_stretch(dice, HEALTHY, first=0, last=onset),
        *_stretch(dice, HARMFUL, first=onset, last=onset + AFTER),
    ]


def _stretch(dice: Random, rate: float, *, first: int, last: int) -> Iterator[int]:
    position, log_good = first, math.log1p(-rate)
    while (position := position + gap(dice, log_good)) <= last:
        yield position


def _alarms(onset: int) -> dict[str, Alarm]:
    whole = Failing.of(P0, horizon=onset + AFTER)
    begun = Failing.of(P0, horizon=onset + AFTER, alpha=0.05 / RESTARTS)

    def restarted(path: Sequence[int], onset: int) -> int | None:
        start = max(0, onset - RUN_UP)
        found = begun.first_of([p - start for p in path if p > start])
        return None if found is None else found + start

    return {
        "one process": lambda path, _: whole.first_of(path),
        "begun anew, α/4": restarted,
        "Shiryaev–Roberts": lambda path, _: watched(path),
    }


def watched(path: Sequence[int]) -> int | None:
    """The conversation at which the watch alarms, if it does."""
    watch, before = stats_watch.ShiryaevRoberts(P0), 0
    for position in path:
        watch.feed(b"\0" * (position - before - 1) + b"\1")
        if watch.peak >= ALARM:
            return position
        before = position
    return None
