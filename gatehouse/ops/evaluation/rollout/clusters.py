"""Conversations whose turns fail together: what counting turns costs, and counting one of each."""

from __future__ import annotations

import math
from bisect import bisect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import accumulate, product
from random import Random

from gatehouse.ops.evaluation.rollout.paths import Failing, gap
from gatehouse.ops.evaluation.rollout.table import POWER_ROOM, Row, Table, null_row, share_row

TURNS, CONVERSATIONS, RATE = 6, 600, 0.05
# Correlation of the turns of one conversation, and the false alarms others found when turns count.
CORRELATIONS = ((0.0, 0.027), (0.048, 0.070), (0.167, 0.161), (0.333, 0.295))
ONE_TURN_REFERENCE = 0.025
_SEED = 20260822
Pattern = tuple[int, ...]  # the bad turns of one conversation, by number


@dataclass(frozen=True, slots=True)
class Crowd:
    """Conversations of six turns with a beta-binomial number of bad ones (RATE of all turns)."""

    log_all_good: float
    patterns: tuple[Pattern, ...]
    sums: tuple[float, ...]  # of their chances

    @classmethod
    def of(cls, correlation: float) -> Crowd:
        every = [
            (tuple(i for i, bad in enumerate(turns) if bad), _chance(turns, correlation))
            for turns in product((False, True), repeat=TURNS)
        ]
        some = [(pattern, chance) for pattern, chance in every if pattern]
        sums = tuple(accumulate(chance for _, chance in some))
        return cls(math.log1p(-sums[-1]), tuple(pattern for pattern, _ in some), sums)

    def path(self, dice: Random) -> Iterator[tuple[int, Pattern]]:
        """The conversations with bad turns: number of the conversation from 1, and which."""
        number = 0
        while (number := number + gap(dice, self.log_all_good)) <= CONVERSATIONS:
            yield number, self.patterns[bisect(self.sums, dice.random() * self.sums[-1])]


def _chance(turns: tuple[bool, ...], correlation: float) -> float:
    """Of one order of good and bad turns: Pólya's urn."""
    if correlation == 0:
        return math.prod(RATE if bad else 1 - RATE for bad in turns)
    balls = 1 / correlation - 1
    chance, bad_balls = 1.0, RATE * balls
    for drawn, bad in enumerate(turns):
        share = bad_balls / (balls + drawn)
        chance *= share if bad else 1 - share
        bad_balls += bad
    return chance


Positions = Callable[[Random, list[tuple[int, Pattern]]], list[int]]


def turns_count(_: Random, path: list[tuple[int, Pattern]]) -> list[int]:
    """Every turn is an observation (the mistake)."""
    return [(number - 1) * TURNS + turn + 1 for number, pattern in path for turn in pattern]


def one_turn_counts(dice: Random, path: list[tuple[int, Pattern]]) -> list[int]:
    """One turn of each conversation, chosen beforehand, is an observation."""
    return [number for number, pattern in path if dice.randrange(TURNS) in pattern]


def false_alarms(crowd: Crowd, positions: Positions, *, runs: int) -> int:
    """How many healthy paths fail at alpha .05, looked at after each observation."""
    boundary = Failing.of(RATE, horizon=CONVERSATIONS * TURNS)
    dice = Random(_SEED)  # noqa: S311  no secrets
    paths = (list(crowd.path(dice)) for _ in range(runs))
    return sum(boundary.first_of(positions(dice, path)) is not None for path in paths)


def measured(*, runs: int) -> Iterator[Table]:
    """Both ways of counting, for each correlation."""
    by_turn: list[Row] = []
    by_conversation: list[Row] = []
    for correlation, reference in CORRELATIONS:
        crowd, name = Crowd.of(correlation), f"correlation {correlation:g}"
        share = false_alarms(crowd, turns_count, runs=runs) / runs
        room = POWER_ROOM + 3 * math.sqrt(reference * (1 - reference) / runs)
        by_turn.append(share_row(name, share, reference, room=room))
        alarms = false_alarms(crowd, one_turn_counts, runs=runs)
        by_conversation.append(null_row(name, alarms, runs, reference=ONE_TURN_REFERENCE))
    yield Table("false alarms if every turn counts (what must not be done)", tuple(by_turn))
    yield Table("false alarms if one turn of each conversation counts", tuple(by_conversation))
