"""The soak: all limits kept for so long without interruption. A breach starts its clock again.

No data is no evidence: time without a reply does not count.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Final, Literal

from gatehouse.ops.visitors.seen import Turn, Visit
from gatehouse.ops.visitors.tally import spread

LEAST: Final = 20  # observations before a share or a quantile is judged
LONGEST_SILENCE_SECONDS: Final = 120.0  # between two visits; more of it counts for nothing
Verdict = Literal["passed", "failed"]


@dataclass(frozen=True, slots=True)
class Limit:
    """Of the rollout procedures runbook. `is_most`: the value may not be above `value`."""

    name: str
    value: float
    unit: Literal["ms", "%"]
    is_most: bool = True


LIMITS: Final = (
    Limit("ask_p95", 1500, "ms"),
    Limit("server_errors", 0.3, "%"),  # 5xx and no answer at all; those shed with 503 included
    Limit("context_kept", 99.9, "%", is_most=False),  # from the second turn on
    Limit("store_errors", 0.1, "%"),
    Limit("repaired", 0.5, "%"),
)


@dataclass(frozen=True, slots=True)
class Measure:
    """What was found of one limit. value None: nothing to measure, or too little."""

    name: str
    value: float | None
    n: int
    limit: float
    unit: str
    is_kept: bool | None

    @property
    def line(self) -> str:
        shown = "-" if self.value is None else f"{self.value:.4g} {self.unit}"
        kept = {True: "kept", False: "BROKEN", None: "no data"}[self.is_kept]
        return f"{self.name:14} {shown:>12}  limit {self.limit:g} {self.unit}  n {self.n}  {kept}"


@dataclass(frozen=True, slots=True)
class Counters:
    """Of the server, since it began; None: /metrics may not be read from here."""

    store_ops: float
    store_errors: float
    answers: float  # of a model that were judged
    repaired: float

    def since(self, before: Counters) -> Counters:
        """What came since; after a restart of the server all of it did."""
        pairs = zip(asdict(self).values(), asdict(before).values(), strict=True)
        return Counters(*(now if now < then else now - then for now, then in pairs))


@dataclass(frozen=True, slots=True)
class Breach:
    """A limit was broken, and the clock started again. `at`: seconds since the soak began."""

    at: float
    measure: Measure


@dataclass(slots=True)
class Soak:
    """Judges what visitors see. Times are of one monotonic clock, in seconds."""

    wanted: float
    began: float
    visits: list[Visit] = field(default_factory=list)  # since the clock started
    breaches: list[Breach] = field(default_factory=list)
    clean: float = 0.0
    seen: int = 0  # visits in all
    _before: Counters | None = None
    _now: Counters | None = None
    _counted_to: float = field(init=False)
    _last: float | None = None

    def __post_init__(self) -> None:
        self._counted_to = self.began

    @property
    def is_done(self) -> bool:
        return self.clean >= self.wanted

    def see(self, visit: Visit, now: float) -> None:
        """One conversation is over."""
        self.visits.append(visit)
        self.seen += 1
        if any(turn.is_answered for turn in visit.turns):
            self._last = now

    def look(self, now: float, counters: Counters | None = None) -> None:
        """Counts the time since the last look, unless a limit is broken or nobody is served."""
        self._before = self._before or counters
        self._now = counters or self._now
        is_served = self._last is not None and now - self._last <= LONGEST_SILENCE_SECONDS
        if is_served:
            self.clean += now - self._counted_to
        self._counted_to = now
        if broken := [measure for measure in self.measures if measure.is_kept is False]:
            self.breaches += [Breach(now - self.began, measure) for measure in broken]
            self._start_again()

    def _start_again(self) -> None:
        self.visits, self.clean, self._last = [], 0.0, None
        self._before = self._now

    @property
    def measures(self) -> tuple[Measure, ...]:
        """Since the clock started."""
        return measured(self.visits, self._delta)

    @property
    def _delta(self) -> Counters | None:
        return self._now.since(self._before) if self._now and self._before else None

    @property
    def verdict(self) -> Verdict:
        """passed: long enough without a breach, and with replies."""
        return "passed" if self.is_done and self._last is not None else "failed"


def measured(visits: Sequence[Visit], counters: Counters | None) -> tuple[Measure, ...]:
    """Every limit against what was seen."""
    turns = [turn for visit in visits for turn in visit.turns]
    heard = [turn for turn in turns if turn.is_answered]
    asked = [turn.latency_ms for turn in heard if turn.lane == "ask"]
    later = [turn for visit in visits for turn in visit.turns[1:] if turn.is_answered]
    lost = sum(not visit.turns and visit.ending == "broken" for visit in visits)
    found: Mapping[str, tuple[float | None, int]] = {
        "ask_p95": (spread(asked).p95, len(asked)),
        "server_errors": _share(sum(map(is_server_error, turns)) + lost, len(turns) + lost),
        "context_kept": _share(sum(turn.is_context_kept for turn in later), len(later)),
        "store_errors": _share(counters.store_errors, counters.store_ops) if counters else _NONE,
        "repaired": _share(counters.repaired, counters.answers) if counters else _NONE,
    }
    return tuple(_held(limit, *found[limit.name]) for limit in LIMITS)


_NONE: Final = (None, 0)


def is_server_error(turn: Turn) -> bool:
    """5xx, or no answer at all."""
    return turn.status >= 500 or turn.status == 0


def _share(part: float, whole: float) -> tuple[float | None, int]:
    return (100 * part / whole if whole else None), int(whole)


def _held(limit: Limit, value: float | None, n: int) -> Measure:
    is_kept: bool | None = None
    if value is not None and n >= LEAST:
        is_kept = value <= limit.value if limit.is_most else value >= limit.value
    return Measure(limit.name, value, n, limit.value, limit.unit, is_kept)


def report(soak: Soak, now: float, **about: Any) -> dict[str, Any]:
    """All of it, as JSON."""
    return {
        "verdict": soak.verdict,
        "wanted_seconds": soak.wanted,
        "clean_seconds": round(soak.clean, 1),
        "total_seconds": round(now - soak.began, 1),
        "conversations": soak.seen,
        "measures": [asdict(measure) for measure in soak.measures],
        "breaches": [{"at": round(b.at, 1), **asdict(b.measure)} for b in soak.breaches],
        **about,
    }
