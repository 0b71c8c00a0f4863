"""From conversations alike to counts: which arm they stand for, whether they are due, how they
came out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, Final

from gatehouse.rollout.connecting import Row
from gatehouse.rollout.folding import SETTLE_SECONDS
from gatehouse.rollout.outcomes import AT_ONCE, BIT, LATE, TIMED, TOKENS
from gatehouse.rollout.types import WHOLE, Count, GateSpec, Standing, Units

MATURE_SECONDS: Final = 1800.0  # silent for so long: the talk is over (R1-25, R3-23)


def mature_after(standing: Standing) -> float:
    """Seconds of silence after which a conversation is over."""
    return float(standing.plan.get("mature_after", MATURE_SECONDS))


def settle_after(standing: Standing) -> float:
    """Seconds after its first turn at which a conversation counts for the quick metrics."""
    settled = mature_after(standing) * SETTLE_SECONDS / MATURE_SECONDS
    return float(standing.plan.get("settle_after", settled))


def equal_steps(standing: Standing) -> tuple[int, ...]:
    """The steps whose baseline is the equal slice, not all stable conversations."""
    steps = standing.plan.get("steps") or ()
    return tuple(no for no, step in enumerate(steps) if step.get("baseline") == "equal")


def place_of(number: int) -> str:
    return f"over_{number}"


def is_known(spec: GateSpec) -> bool:
    is_edged = spec.metric in TIMED or spec.metric == TOKENS
    return spec.edge_ms is not None if is_edged else spec.metric in BIT


def trouble_of(spec: GateSpec) -> str:
    if is_known(spec):
        return ""
    return f"{spec.metric}: the ledger has no such metric, or the gate has no edge_ms"


def over_edges(specs: Sequence[GateSpec]) -> tuple[str, dict[str, Any]]:
    """Columns that say of each timed gate whether the figure is above its edge; null: no figure."""
    columns, values = [], {}
    for number, spec in enumerate(specs):
        if is_known(spec) and spec.metric not in BIT:
            place = place_of(number)
            figure = f"(facts ->> '{spec.metric}')::float8"
            columns.append(f", {figure} > %({place})s AS {place}")
            values[place] = spec.edge_ms
    return "".join(columns), values


def in_place(row: Row, standing: Standing, *, is_guard: bool) -> Row | None:
    """The group under the share that its two arms were drawn with; None: in neither arm."""
    share, step = row["share"], row["step"]
    is_equal = step in equal_steps(standing)
    if is_guard and row["arm"] == "canary":
        return None
    if is_guard:
        slice_ = min(share, WHOLE - share) if is_equal else min(share, (WHOLE - share) // 2)
        rest = WHOLE - share
        arm = "canary" if row["is_slice"] else "stable"
        return row | {"arm": arm, "share": slice_ * WHOLE // rest if rest else 0}
    if not is_equal:
        return row
    if row["arm"] == "stable" and not row["is_slice"]:
        return None
    return row | {"share": share * WHOLE // (share + min(share, WHOLE - share)) if share else 0}


def counts(groups: Iterable[Row], spec: GateSpec, *, place: str) -> tuple[Count, ...]:
    sums: dict[tuple[int, int], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for row in groups:
        outcome = _outcome(row, spec, place=place)
        if outcome is None or not _is_due(row, spec):
            continue
        tally = sums[row["step"], row["share"]]
        tally[f"{row['arm']}_n"] += row["n"]
        tally[f"{row['arm']}_bad"] += row["n"] * outcome
    return tuple(_count(step, share, sums[step, share]) for step, share in sorted(sums))


def _count(step: int, share: int, tally: dict[str, int]) -> Count:
    return Count(
        step=step,
        share=share,
        canary_n=tally["canary_n"],
        canary_bad=tally["canary_bad"],
        stable_n=tally["stable_n"],
        stable_bad=tally["stable_bad"],
    )


def _is_due(row: Row, spec: GateSpec) -> bool:
    if spec.metric in AT_ONCE:
        return True
    return bool(row["is_mature"] if spec.metric in LATE else row["is_settled"])


def _outcome(row: Row, spec: GateSpec, *, place: str) -> bool | None:
    """Bad, good, or None: it cannot be told."""
    if spec.metric not in BIT:
        return row.get(place)
    bit = BIT[spec.metric]
    return bool(row["bad"] & bit) if row["seen"] & bit else None


def outcomes(rows: Iterable[Row], spec: GateSpec, *, place: str) -> bytes:
    outcomes = (_outcome(row, spec, place=place) for row in rows if _is_due(row, spec))
    return bytes(outcome for outcome in outcomes if outcome is not None)


def units(groups: Iterable[Row]) -> tuple[Units, ...]:
    sums: dict[tuple[int, int], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for row in groups:
        if row["step"] >= 0:
            tally = sums[row["step"], row["share"]]
            tally[row["arm"]] += row["n"]
            tally["slice"] += row["n"] * row["is_slice"]
    return tuple(
        Units(step, share, tally["canary"], tally["stable"], tally["slice"])
        for (step, share), tally in sorted(sums.items())
    )
