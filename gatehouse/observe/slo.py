"""How the objectives are kept: shares of bad events over windows, per arm, or "no data"."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from gatehouse.observe.objectives import Objective, Source

ARMS: Final = ("all", "stable", "canary")
Status = Literal["pass", "fail", "no_data"]


@dataclass(frozen=True, slots=True)
class Measured:
    """Events of one arm in the window: above the target's edge `bad`, above the alert's `worse`."""

    n: int = 0
    bad: int = 0
    worse: int = 0

    def __add__(self, other: Measured) -> Measured:
        return Measured(self.n + other.n, self.bad + other.bad, self.worse + other.worse)


Arms = Mapping[str, Measured]  # by arm
Measure = Callable[[tuple[Objective, ...]], Mapping[str, Arms]]  # by the objective's name


@dataclass(frozen=True, slots=True)
class Kept:
    """How one objective stands in one arm. `value`: the share of bad events; None: too few."""

    objective: Objective
    arm: str
    measured: Measured
    why: str = ""  # there is nothing to say, although there are events

    @property
    def value(self) -> float | None:
        is_enough = self.measured.n >= max(1, self.objective.least)
        return self.measured.bad / self.measured.n if is_enough and not self.why else None

    @property
    def status(self) -> Status:
        """At the target it is kept; above it, missed."""
        if self.value is None:
            return "no_data"
        return "pass" if self.value <= self.objective.target else "fail"

    @property
    def is_alerting(self) -> bool:
        share = self.measured.worse / self.measured.n if self.value is not None else 0.0
        return share > self.objective.alert

    def told(self) -> dict[str, Any]:
        """The item of the report (R3-15). Shares from 0 to 1, edges in ms, window in seconds."""
        each = self.objective
        return {
            "value": self.value,
            "target": each.target,
            "alert": each.alert,
            "n": self.measured.n,
            "status": self.status,
            "is_alerting": self.is_alerting,
            **({"edge_ms": each.edge_ms} if each.edge_ms is not None else {}),
            "window_seconds": each.window,
            "least": each.least,
            "about": each.about,
            "alert_name": each.alert_name,
            **({"why": self.why} if self.why else {}),
        }


_SILENT: Final[dict[Source, str]] = {
    "rollout": "compared between the arms of a rollout",
    "absent": "this house has no such part",
}


def check(
    objectives: tuple[Objective, ...], measures: Mapping[Source, Measure]
) -> tuple[Kept, ...]:
    """How each objective stands in each arm that has events; always in "all"."""
    measured: dict[str, Arms] = {}
    for source, measure in measures.items():
        own = tuple(each for each in objectives if each.source == source)
        if own:
            measured |= measure(own)
    return tuple(kept for each in objectives for kept in _kept(each, measured.get(each.name, {})))


def _kept(objective: Objective, arms: Arms) -> Iterable[Kept]:
    why = _SILENT.get(objective.source, "")
    whole = sum((arms[arm] for arm in arms), Measured())
    yield Kept(objective, "all", whole, why)
    if len(arms) > 1 or "canary" in arms:
        yield from (Kept(objective, arm, arms[arm]) for arm in ARMS[1:] if arm in arms)


def overall(kept: Iterable[Kept]) -> Status:
    """The worst that is known; silence where nothing is."""
    statuses = {each.status for each in kept}
    if "fail" in statuses:
        return "fail"
    return "pass" if "pass" in statuses else "no_data"


def compliance(kept: tuple[Kept, ...]) -> dict[str, Any]:
    """`slo_compliance` of /api/metrics/observability: each objective, its arms inside."""
    items: dict[str, Any] = {}
    for each in kept:
        if each.arm == "all":
            items[each.objective.name] = each.told()
        else:
            arm = {"value": each.value, "n": each.measured.n, "status": each.status}
            items[each.objective.name].setdefault("arms", {})[each.arm] = arm
    return {"overall": overall(k for k in kept if k.arm == "all"), "items": items}
