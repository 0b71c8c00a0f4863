"""What a forecast says: this site's traffic, and the steps and gates of a plan under it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from gatehouse.rollout.sizes import Sizes


@dataclass(frozen=True, slots=True)
class SiteTraffic:
    """This site, as its ledger shows it. Rates and shares by metric; unknown ones are assumed."""

    conversations_per_hour: float  # of visitors, drawn by share
    rates: Mapping[str, float] = field(default_factory=dict)  # bad ones of those that have it
    parts: Mapping[str, float] = field(default_factory=dict)  # of all that have it at all


@dataclass(frozen=True, slots=True)
class GateForecast:
    """In conversations of the canary that have the metric; None: the gate is no such test."""

    gate: str
    assumed_rate: float | None = None
    harm_rate: float | None = None  # detected in …
    detected: Sizes | None = None
    detected_hours: float | None = None  # the median, at the first share of the plan
    certified: Sizes | None = None  # of a healthy canary


@dataclass(frozen=True, slots=True)
class StepForecast:
    """Hours from the beginning of this step. `ready_hours`: when a healthy canary goes on."""

    share: int
    canary_per_hour: float
    units_at_most: float  # of the canary, in the step's longest time
    min_units_hours: float
    ready_hours: float  # infinite: never


@dataclass(frozen=True, slots=True)
class Forecast:
    steps: tuple[StepForecast, ...]
    gates: tuple[GateForecast, ...]
    refusals: tuple[str, ...]  # why it cannot reach a verdict; empty: it can
    flags: tuple[str, ...]  # what may take longer than the plan allows

    @property
    def hours(self) -> float:
        """From the first share to promotion, for a healthy canary, by medians."""
        return sum(step.ready_hours for step in self.steps)
