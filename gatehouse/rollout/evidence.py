"""What a verdict rests on, packed so that it can be stored as JSON and computed again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Any, Final, NamedTuple

from gatehouse.rollout.plan_shapes import AVERAGE_RUN
from gatehouse.rollout.types import WHOLE, GateSpec, Reading, Verdict

RATES: Final = ("slo", "worse")  # kinds with a share of the error budget
BAD: Final = b"\x01"


@dataclass(frozen=True, slots=True)
class Ground:
    """Where the rollout stands as a gate is judged; the defaults are those of one gate alone."""

    alpha: float = 0.05  # of the whole rollout's false failures
    alpha_pass: float = 0.05
    steps: int = 1  # of the plan
    step: int = 0
    is_over: bool = False  # the step has had its longest time
    has_units: bool = True  # `min_units` have matured
    is_soaking: bool = False
    is_baking: bool = False
    average_run: float = AVERAGE_RUN
    weights: float | None = None  # of all slo gates together; None: this one alone


_OF_GATE: Final = tuple(each.name for each in fields(GateSpec))
_OF_GROUND: Final = tuple(each.name for each in fields(Ground))


class Row(NamedTuple):
    """A `Count`; `share` as there, in 1/100,000."""

    step: int
    share: int
    canary_n: int
    canary_bad: int
    stable_n: int
    stable_bad: int

    @property
    def part(self) -> float:
        """The canary's share of both arms, 0 to 1."""
        return self.share / WHOLE


class Beat(NamedTuple):
    """A `Minute`; `at` in seconds since 1970."""

    at: float
    canary_n: int
    canary_bad: int
    stable_n: int
    stable_bad: int


class Told(NamedTuple):
    """A verdict with what came out."""

    verdict: Verdict
    outputs: dict[str, Any]


def packed(spec: GateSpec, reading: Reading, ground: Ground) -> dict[str, Any]:
    """The inputs of a gate as JSON; only what its kind looks at."""
    told: dict[str, Any] = {"trouble": reading.trouble, "counts": _rows(reading, spec)}
    if spec.kind not in RATES:
        told["minutes"] = [
            [each.at.timestamp(), each.canary_n, each.canary_bad, each.stable_n, each.stable_bad]
            for each in reading.minutes
        ]
    if spec.kind == "slo" and ground.is_baking:
        told["bake"] = runs_of(reading.bake)
    return told


def _rows(reading: Reading, spec: GateSpec) -> list[list[int]]:
    counted = sorted(
        (each for each in reading.counts if each.step < 0 or each.step >= spec.from_step),
        key=lambda each: (each.step, each.share),
    )
    return [
        [each.step, each.share, each.canary_n, each.canary_bad, each.stable_n, each.stable_bad]
        for each in counted
    ]


def rows_of(inputs: Mapping[str, Any]) -> list[Row]:
    return list(map(Row._make, inputs["counts"]))


def beats_of(inputs: Mapping[str, Any], *, last: int | None = None) -> list[Beat]:
    """The minutes, or so many of the newest."""
    minutes = inputs.get("minutes", ())
    return list(map(Beat._make, minutes if last is None else minutes[-last:]))


def runs_of(outcomes: bytes) -> list[int]:
    """The lengths of the runs of good ones before, between and after the bad ones."""
    return list(map(len, outcomes.split(BAD))) if outcomes else []


def spec_of(params: Mapping[str, Any]) -> GateSpec:
    return GateSpec(**params["gate"])


def ground_of(params: Mapping[str, Any]) -> Ground:
    return Ground(**params["ground"])


def params_of(spec: GateSpec, ground: Ground) -> dict[str, Any]:
    return {"kind": spec.kind, "gate": _gate_told(spec), "ground": _ground_told(ground)}


@lru_cache(maxsize=256)  # all gates of a look stand on the same ground; nobody writes into these
def _gate_told(spec: GateSpec) -> dict[str, Any]:
    return {name: getattr(spec, name) for name in _OF_GATE}


@lru_cache(maxsize=16)
def _ground_told(ground: Ground) -> dict[str, Any]:
    return {name: getattr(ground, name) for name in _OF_GROUND}


def total(rows: Iterable[Row]) -> Row:
    """All of them together; its step and share mean nothing."""
    canary_n = canary_bad = stable_n = stable_bad = 0
    for _, _, n, bad, other_n, other_bad in rows:
        canary_n += n
        canary_bad += bad
        stable_n += other_n
        stable_bad += other_bad
    return Row(0, 0, canary_n, canary_bad, stable_n, stable_bad)
