"""What a rollout lacks for going forward, and how that is told."""

from __future__ import annotations

from typing import NamedTuple

from gatehouse.rollout.types import Held, Verdict


class Lack(NamedTuple):
    """Something that has to be there before a step can be left."""

    gate: str
    verdict: Verdict
    why: str
    is_breaker: bool = False


def told_of(lacks: list[Lack]) -> str:
    return "; ".join(f"{lack.gate}: {lack.why}" for lack in lacks)


def held_by(lacks: list[Lack]) -> Held:
    if any(lack.verdict is Verdict.ERROR for lack in lacks):
        return "measurement"
    if any(lack.is_breaker for lack in lacks):
        return "breaker"
    is_empty = bool(lacks) and all(lack.verdict is Verdict.NODATA for lack in lacks)
    return "nodata" if is_empty else "inconclusive"
