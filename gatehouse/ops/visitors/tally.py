"""The account of many visits: counted exactly, by version, with nothing smoothed over."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from gatehouse.ops.visitors.seen import Turn, Visit

NOBODY = "(nobody)"  # of turns without a reply


@dataclass(frozen=True, slots=True)
class Spread:
    """Quantiles in milliseconds by nearest rank; None: there was nothing to measure."""

    n: int
    p50: float | None
    p95: float | None
    p99: float | None
    most: float | None


@dataclass(frozen=True, slots=True)
class Tally:
    """Of one version, or of all. Rates are of conversations unless they say otherwise."""

    conversations: int
    turns: int
    answered: int  # turns
    retried: int  # turns that were sent more than once
    statuses: dict[str, int]  # "200", "503", "0": no answer at all
    acts: dict[str, int]
    sequences: dict[str, int]  # the most frequent ones, as A-C-S
    degraded: dict[str, int]
    degraded_turns: int
    endings: dict[str, int]
    troubles: dict[str, int]
    with_homes: int
    interested: int
    thumbs_up: int
    thumbs_down: int
    forgetful_turns: int  # something that was known was forgotten
    mixed: int  # more than one version answered
    latency_ms: Spread
    first_words_ms: Spread

    @property
    def interest(self) -> float | None:
        """Of those who saw homes, the share that went on."""
        return self.interested / self.with_homes if self.with_homes else None

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def tally(visits: Sequence[Visit]) -> Tally:
    """All of them together."""
    turns = [turn for visit in visits for turn in visit.turns]
    heard = [turn for turn in turns if turn.is_answered]
    return Tally(
        conversations=len(visits),
        turns=len(turns),
        answered=len(heard),
        retried=sum(turn.retries > 0 for turn in turns),
        statuses=_counted(str(turn.status) for turn in turns),
        acts=_counted(turn.act for turn in heard),
        sequences=_counted(map(sequence, visits), most=8),
        degraded=_counted(mark for turn in heard for mark in turn.degraded),
        degraded_turns=sum(bool(turn.degraded) for turn in heard),
        endings=_counted(visit.ending for visit in visits),
        troubles=_counted(_troubles(visits)),
        with_homes=sum(visit.has_homes for visit in visits),
        interested=sum(visit.is_interested is True for visit in visits),
        thumbs_up=sum(visit.score == 1 for visit in visits),
        thumbs_down=sum(visit.score == -1 for visit in visits),
        forgetful_turns=sum(not turn.is_context_kept for turn in heard),
        mixed=sum(len(visit.versions) > 1 for visit in visits),
        latency_ms=spread(turn.latency_ms for turn in heard),
        first_words_ms=spread(t.first_words_ms for t in heard if t.first_words_ms is not None),
    )


def by_version(visits: Iterable[Visit]) -> dict[str, Tally]:
    """By the version that answered first; conversations without any reply stand apart."""
    kept: dict[str, list[Visit]] = {}
    for visit in visits:
        kept.setdefault(next(iter(visit.versions), NOBODY), []).append(visit)
    return {version: tally(kept[version]) for version in sorted(kept)}


def sequence(visit: Visit) -> str:
    """The acts of a conversation, such as ASK_SLOT>ASK_SLOT>SEARCH_AND_RECOMMEND."""
    return ">".join(turn.act or f"({turn.status})" for turn in visit.turns) or "(none)"


def spread(values: Iterable[float]) -> Spread:
    """By nearest rank: each quantile is a value that was measured."""
    ordered = sorted(values)
    n = len(ordered)

    def at(share: float) -> float | None:
        return round(ordered[math.ceil(n * share) - 1], 1) if n else None

    return Spread(n, at(0.5), at(0.95), at(0.99), round(ordered[-1], 1) if n else None)


def lines_of(found: Tally, name: str) -> list[str]:
    """For people."""
    times = found.latency_ms
    told = [
        f"{name}: {found.conversations} conversations, {found.turns} turns, "
        f"{found.turns - found.answered} without a reply, {found.retried} sent again, "
        f"{found.degraded_turns} degraded",
        f"  p50 {_ms(times.p50)}  p95 {_ms(times.p95)}  p99 {_ms(times.p99)}  "
        f"first words p95 {_ms(found.first_words_ms.p95)}",
        f"  homes to {found.with_homes}, interested {_share(found.interest)}, "
        f"thumbs {found.thumbs_up} up {found.thumbs_down} down, mixed versions {found.mixed}",
    ]
    for what, counted in (("acts", found.acts), ("degraded", found.degraded),
                          ("troubles", found.troubles)):  # fmt: skip
        if counted:
            told.append(f"  {what}: {', '.join(f'{k} {n}' for k, n in counted.items())}")
    return told


def _troubles(visits: Iterable[Visit]) -> Iterable[str]:
    for visit in visits:
        if visit.trouble:
            yield visit.trouble
        yield from (_told(turn) for turn in visit.turns if not turn.is_answered)


def _told(turn: Turn) -> str:
    return f"{turn.status} {turn.trouble}".strip()


def _counted(values: Iterable[str], *, most: int | None = None) -> dict[str, int]:
    return dict(Counter(values).most_common(most))


def _ms(value: float | None) -> str:
    return "-" if value is None else f"{value:.0f} ms"


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.1%}"
