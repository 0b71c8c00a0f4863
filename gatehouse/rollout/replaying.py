"""Every stored verdict computed again from what went into it, and compared bit for bit."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from gatehouse.rollout.gates import recompute
from gatehouse.rollout.judgements import Kept, text_of


@dataclass(frozen=True, slots=True)
class Replayed:
    """How many were the same, and those that were not."""

    same: int
    different: tuple[tuple[Kept, str], ...]  # with what comes out now


def replay(kept: Iterable[Kept]) -> Replayed:
    """Computes each verdict again. One that cannot be computed any more is different."""
    same, different = 0, []
    for each in kept:
        now = _again(each)
        if now == text_of(each.evidence):
            same += 1
        else:
            different.append((each, now))
    return Replayed(same, tuple(different))


def _again(kept: Kept) -> str:
    try:
        return text_of(recompute(kept.evidence))
    except Exception as trouble:  # noqa: BLE001 - told beside the verdict it belongs to
        return f"cannot be computed: {type(trouble).__name__}: {trouble}"
