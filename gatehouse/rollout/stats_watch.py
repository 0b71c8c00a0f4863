"""The watch for harm that begins late: Shiryaev and Roberts' detector as an e-detector (3.4)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from threading import Lock
from typing import Final

from gatehouse.rollout.stats import slo_lines

MOST_HISTORIES: Final = 100  # of gates of this process
_BAD: Final = b"\x01"
Affine = tuple[tuple[float, float], ...]  # of each alternative: M -> a*M + b


@dataclass(slots=True)
class ShiryaevRoberts:
    """(M+1)*L per alternative of `log_e_slo`, then their mean.

    `peak`: the greatest value at a bad conversation or at the end of what was fed so far.
    Alarming at `peak` >= A, the mean time between false alarms is at least A conversations
    (Shin, Ramdas and Rinaldo, e-detectors). Costs time per bad conversation, not per conversation.
    """

    p0: float
    values: list[float] = field(init=False)
    peak: float = 0.0

    def __post_init__(self) -> None:
        self.values = [0.0] * len(slo_lines(self.p0))

    @property
    def value(self) -> float:
        """The mean over the alternatives, now."""
        return sum(self.values) / len(self.values)

    def feed(self, outcomes: bytes) -> None:
        """Outcomes in the order they matured; a byte of 1 is a bad conversation."""
        *full, last = outcomes.split(_BAD)
        self.follow([len(run) for run in full])
        self.end(len(last))

    def follow(self, runs: Sequence[int]) -> None:
        """Runs of good conversations, each ended by a bad one."""
        for run in runs:
            self._apply(_run(self.p0, run, is_bad=True))

    def end(self, run: int) -> None:
        """The good ones after the last bad one."""
        self._apply(_run(self.p0, run, is_bad=False))

    def _apply(self, step: Affine) -> None:
        self.values = [a * value + b for value, (a, b) in zip(self.values, step, strict=True)]
        self.peak = max(self.peak, sum(self.values) / len(self.values))


@dataclass(frozen=True, slots=True)
class _History:
    """A detector after whole runs, so that the next look costs only what is new."""

    p0: float
    runs: tuple[int, ...]
    values: tuple[float, ...]
    peak: float

    def begins(self, p0: float, runs: tuple[int, ...]) -> bool:
        """Is this how that history began? Unlike ones mostly differ at an end."""
        n = len(self.runs)
        if p0 != self.p0 or n > len(runs) or self.runs[-1] != runs[n - 1]:
            return False
        return self.runs[0] == runs[0] and self.runs == runs[:n]


_LOCK = Lock()
_HISTORIES: list[_History] = []


def watched(p0: float, runs: Sequence[int]) -> ShiryaevRoberts:
    """A detector that was fed `runs` of good conversations with a bad one between two of them.

    Histories only grow from look to look, and the last ones are remembered; the result is the
    same to the last bit, remembered or not.
    """
    detector, complete = ShiryaevRoberts(p0), tuple(runs[:-1])
    known = _recalled(p0, complete)
    if known:
        detector.values, detector.peak = list(known.values), known.peak
    detector.follow(complete[len(known.runs) if known else 0 :])
    if complete:
        _remember(_History(p0, complete, tuple(detector.values), detector.peak), instead_of=known)
    if runs:
        detector.end(runs[-1])
    return detector


def _recalled(p0: float, runs: tuple[int, ...]) -> _History | None:
    with _LOCK:
        return next((each for each in reversed(_HISTORIES) if each.begins(p0, runs)), None)


def _remember(history: _History, *, instead_of: _History | None) -> None:
    with _LOCK:
        _HISTORIES[:] = [each for each in _HISTORIES if each is not instead_of][-MOST_HISTORIES:]
        _HISTORIES.append(history)


@lru_cache(maxsize=8192)
def _run(p0: float, good: int, *, is_bad: bool) -> Affine:
    """So many good ones at once, M*g^t + g*(1-g^t)/(1-g), and then perhaps a bad one."""
    step = []
    for _, up, down in slo_lines(p0):
        shrink = math.exp(good * down)
        grown = math.exp(down) * math.expm1(good * down) / math.expm1(down)
        factor = math.exp(up)
        step.append((shrink * factor, (grown + 1) * factor) if is_bad else (shrink, grown))
    return tuple(step)
