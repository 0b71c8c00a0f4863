"""Gates on minutes of the wall clock: the runbooks' hard rules, breakers, and what must never be.

These stand beside the sequential tests and are quicker where the harm is plain. A rule also needs
more bad ones than chance makes at the limit, and must not hold for the stable arm as well.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate
from typing import Any, Final

from gatehouse.rollout.evidence import Beat, Ground, Told, beats_of, rows_of, total
from gatehouse.rollout.types import GateSpec, Verdict

CHANCE: Final = 0.02  # that so many are bad at the limit, in one window
BLAME: Final = 0.01  # that so many of the bad ones are the canary's, were the arms alike
PAUSE: Final = 0.02  # that so few are bad in a part of the window, at the rate of the whole of it
LEAST_BAD: Final = 3
NOT_CLOSED_MINUTES: Final = 5  # in a row, or longer (R1-27)
MOST_OPENINGS: Final = 3  # in ten minutes (R1-36)
SHORT_MINUTES: Final = 10  # the window of breakers in which openings are counted (2.6)
HALF: Final = 0.5
Beats = Sequence[Beat]


def rule(spec: GateSpec, ground: Ground, inputs: Mapping[str, Any]) -> Told:
    """Has `limit` been exceeded for more than `minutes` without a pause (R1-26)?"""
    limit, length = spec.limit or 0.0, spec.minutes + 1
    if ground.is_soaking:
        return _kept(spec, beats_of(inputs), limit)
    minutes = inputs["minutes"]
    newest = _sums(minutes[-length:])
    outputs = _told_sums(newest) | {"limit": limit, "is_shared": False}
    breached = list(_breached(minutes, length, limit=limit, least=spec.least))
    blamed = [window for window in breached if _is_canarys(window, least=spec.least)]
    outputs["is_breached"] = bool(breached)
    if blamed:
        outputs |= _told_sums(_sums(blamed[-1])) | {"since": blamed[-1][0].at}
        return Told(Verdict.FAIL, outputs | {"why": f"exceeded for more than {spec.minutes} min"})
    if breached and breached[-1][-1].at == minutes[-1][0]:
        outputs["is_shared"] = True
        return _open(ground, outputs, "exceeded, and by the stable arm as well")
    return _quiet(ground, outputs, newest, least=spec.least)


def breaker(spec: GateSpec, ground: Ground, inputs: Mapping[str, Any]) -> Told:
    """Time not closed: more than `limit` of `minutes`; in ten minutes also the openings and
    five minutes in a row. Where the stable arm's breaker is not closed either: shared (2.6)."""
    window, rows = beats_of(inputs, last=spec.minutes + 1), total(rows_of(inputs))
    seen = _sums(window)
    outputs = _told_sums(seen) | {"limit": spec.limit, "is_shared": False}
    outputs |= {"openings": rows.canary_bad, "stable_openings": rows.stable_bad}
    if not seen.canary_n:
        return Told(Verdict.NODATA, outputs | {"why": "no process was seen"})
    tripped = _tripped(spec, window, openings=rows.canary_bad)
    if tripped is None:
        return _closed(ground, outputs, window, limit=spec.limit or 0.0)
    outputs["why"], stable_trips = tripped
    outputs["is_shared"] = stable_trips or (spec.minutes <= SHORT_MINUTES and rows.stable_bad > 0)
    if outputs["is_shared"]:
        return _open(ground, outputs, f"{outputs['why']}; the stable arm's breaker as well")
    return Told(Verdict.FAIL, outputs)


def invariant(spec: GateSpec, ground: Ground, inputs: Mapping[str, Any]) -> Told:
    """One bad conversation or turn of the canary is one too many."""
    counted, lived = total(rows_of(inputs)), _sums(inputs["minutes"])
    bad = max(counted.canary_bad, lived.canary_bad)
    outputs = {"bad": bad, "n": max(counted.canary_n, lived.canary_n), "is_shared": False}
    if bad:
        return Told(Verdict.FAIL, outputs | {"why": "must never happen, and happened"})
    if not outputs["n"]:
        return Told(Verdict.NODATA, outputs | {"why": "no data"})
    return Told(Verdict.PASS, outputs | {"why": "did not happen"})


def _breached(
    minutes: Sequence[Sequence[Any]], length: int, *, limit: float, least: int
) -> Iterator[Beats]:
    """Of all runs of so many minutes, oldest first, those that break the limit: a look that came
    late misses none. Most are dismissed by a difference of two sums."""
    seen = list(accumulate([minute[1] for minute in minutes], initial=0))
    bad = list(accumulate([minute[2] for minute in minutes], initial=0))
    for begin in range(len(minutes) - length + 1):
        n, hits = seen[begin + length] - seen[begin], bad[begin + length] - bad[begin]
        if n < least or hits < LEAST_BAD or hits <= limit * n:
            continue
        window = list(map(Beat._make, minutes[begin : begin + length]))
        if _is_breached(window, hits, n, limit=limit):
            yield window


def _sums(beats: Iterable[Sequence[Any]]) -> Beat:
    at, canary_n, canary_bad, stable_n, stable_bad = 0.0, 0, 0, 0, 0
    for beat in beats:
        at, n, bad, other_n, other_bad = beat
        canary_n += n
        canary_bad += bad
        stable_n += other_n
        stable_bad += other_bad
    return Beat(at, canary_n, canary_bad, stable_n, stable_bad)


def _told_sums(seen: Beat) -> dict[str, Any]:
    return {
        "canary_n": seen.canary_n,
        "canary_bad": seen.canary_bad,
        "stable_n": seen.stable_n,
        "stable_bad": seen.stable_bad,
    }


def _is_breached(window: Beats, bad: int, n: int, *, limit: float) -> bool:
    """Above the limit as a whole, beyond chance, and without a pause at either end.

    A single minute may hold few events, so "the whole time" is asked of every part that begins or
    ends with the window: within the limit, and not just by chance, is a pause.
    """
    if bad < math.floor(limit * n) + 1 or tail(bad, n, limit) > CHANCE:
        return False
    return not _pauses(window, limit, rate=bad / n) and not _pauses(
        window[::-1], limit, rate=bad / n
    )


def _pauses(window: Beats, limit: float, *, rate: float) -> bool:
    """Whether it begins with a pause."""
    n = bad = 0
    for beat in window:
        n, bad = n + beat.canary_n, bad + beat.canary_bad
        if bad <= limit * n and rate < 1 and 1 - tail(bad + 1, n, rate) <= PAUSE:
            return True
    return False


def _is_canarys(window: Beats, *, least: int) -> bool:
    """Whether the bad ones are the canary's more often than chance allows, were the arms alike."""
    seen = _sums(window)
    if seen.stable_n < least:
        return True  # nobody to compare with
    part = seen.canary_n / (seen.canary_n + seen.stable_n)
    return tail(seen.canary_bad, seen.canary_bad + seen.stable_bad, part) <= BLAME


def tail(bad: int, n: int, p: float) -> float:
    """P(X >= bad) for X binomial(n, p), by summation from below."""
    if bad <= 0:
        return 1.0
    if bad > n:
        return 0.0
    term = n * math.log1p(-p)
    below = math.exp(term)
    for k in range(1, bad):
        term += math.log((n - k + 1) / k) + math.log(p) - math.log1p(-p)
        below += math.exp(term)
    return max(0.0, 1.0 - below)


def _kept(spec: GateSpec, beats: Beats, limit: float) -> Told:
    """While soaking: the ratio of the last `minutes`, as it is; a breach begins the soak anew."""
    seen = _sums(beats[-spec.minutes :])
    outputs = _told_sums(seen) | {"limit": limit, "is_shared": False}
    outputs["is_breached"] = seen.canary_n >= spec.least and seen.canary_bad > limit * seen.canary_n
    if not seen.canary_n:
        return Told(Verdict.NODATA, outputs | {"why": "no data"})
    if outputs["is_breached"]:
        return Told(Verdict.INCONCLUSIVE, outputs | {"why": "exceeded while soaking"})
    if seen.canary_n < spec.least:
        return Told(Verdict.RUNNING, outputs | {"why": "too little to say"})
    return Told(Verdict.PASS, outputs | {"why": "kept"})


def _quiet(ground: Ground, outputs: dict[str, Any], seen: Beat, *, least: int) -> Told:
    if not seen.canary_n:
        return Told(Verdict.NODATA, outputs | {"why": "no data"})
    if seen.canary_n < least:
        return _open(ground, outputs, "too little to say")
    return Told(Verdict.PASS, outputs | {"why": "kept"})


def _open(ground: Ground, outputs: dict[str, Any], why: str) -> Told:
    verdict = Verdict.INCONCLUSIVE if ground.is_over else Verdict.RUNNING
    return Told(verdict, outputs | {"why": why})


def _tripped(spec: GateSpec, window: Beats, *, openings: int) -> tuple[str, bool] | None:
    """Which rule the canary's breaker broke, and whether the stable one breaks it or shares it."""
    limit, seen = spec.limit or 0.0, _sums(window)
    if spec.minutes <= SHORT_MINUTES:
        if openings > MOST_OPENINGS:
            return f"opened {openings} times in {spec.minutes} min", seen.stable_bad > 0
        late = list(window[-(NOT_CLOSED_MINUTES + 1) :])
        if len(late) > NOT_CLOSED_MINUTES and all(_is_shut(beat) for beat in late):
            return f"not closed for {NOT_CLOSED_MINUTES} min", any(b.stable_bad for b in late)
    if seen.canary_bad > limit * seen.canary_n and len(window) > spec.minutes:
        why = f"not closed for more than {limit:.0%} of {spec.minutes} min"
        return why, seen.stable_bad > limit * HALF * seen.stable_n
    return None


def _is_shut(beat: Beat) -> bool:
    """Half-open counts half: a quiet site whose breaker waits for the next call is not shut."""
    return beat.canary_n > 0 and beat.canary_bad > HALF * beat.canary_n


def _closed(ground: Ground, outputs: dict[str, Any], window: Beats, *, limit: float) -> Told:
    """Not tripped: fit to go on only if it is closed now, over a window that was watched."""
    outputs["is_open_now"] = bool(window[-1].canary_bad)
    seen = _sums(window)
    if outputs["is_open_now"]:
        return _open(ground, outputs, "not closed just now")
    if seen.canary_bad > limit * seen.canary_n:
        return _open(ground, outputs, "not watched for the whole window yet")
    return Told(Verdict.PASS, outputs | {"why": "closed"})
