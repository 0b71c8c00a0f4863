"""Gates of a plan: from their fields to values, with what each kind needs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, Literal, cast

from gatehouse.rollout.plan_fields import Fields
from gatehouse.rollout.types import METRICS, GateKind, GateSpec

KINDS: Final = ("slo", "worse", "rule", "invariant", "breaker")
STATISTICAL: Final = ("slo", "worse")  # they share the error budget of the rollout
EDGED: Final = ("turn_slow", "search_slow", "model_slow", "end_to_end_slow", "store_slow", "cost")
RESERVED: Final = ("srm", "guard", "combined", "bake")  # names of the evidence about all gates
MOST_GATES: Final = 50


def read_gates(fields: Fields, name: str) -> tuple[GateSpec, ...]:
    """The gates under `name`; what cannot work is told in the fields' troubles."""
    gates = tuple(_gate(each) for each in fields.each(name))
    for trouble in _contradictions(gates):
        fields.refuse(name, trouble)
    return gates


def _gate(fields: Fields) -> GateSpec:
    metric = fields.choice("metric", METRICS)
    kind = cast(GateKind, fields.choice("kind", KINDS))
    gate = GateSpec(
        name=fields.text("name", metric),
        kind=kind,
        metric=metric,
        limit=fields.number("limit", None, high=1),
        edge_ms=fields.whole("edge_ms", None, low=1),
        weight=fields.number("weight", 0.1, low=0.001, high=1) or 0.1,
        required=fields.flag("required", default=False),
        policy=cast(
            Literal["certified", "no_evidence"],
            fields.choice("policy", ("certified", "no_evidence"), "certified"),
        ),
        delta_max=fields.number("delta_max", None),
        tolerance=fields.number("tolerance", 1.0, low=1, high=10) or 1.0,
        minutes=fields.whole("minutes", 10, low=1) or 10,
        least=fields.whole("least", 20, low=1) or 20,
        service=fields.text("service") if fields.values.get("service") else None,
        from_step=fields.whole("from_step", 0) or 0,
    )
    fields.get("service")
    fields.close()
    for why in (*_lacks(gate), *_of_policy(gate)):
        fields.refuse("", why)
    return gate


def _lacks(gate: GateSpec) -> Iterator[str]:
    if gate.metric in EDGED and gate.edge_ms is None:
        yield f"{gate.metric} needs edge_ms: an observation above it is bad"
    if gate.metric not in EDGED and gate.edge_ms is not None:
        yield f"{gate.metric} has no edge_ms"
    if gate.kind in ("slo", "rule") and not 0 < (gate.limit or 0.0) < 1:
        yield f"{gate.kind} needs a limit between 0 and 1, like 0.5%"
    if gate.kind == "breaker" and (gate.service is None or not 0 < (gate.limit or 0.0) < 1):
        yield "breaker needs a service and a limit of the time it is not closed"
    if (gate.kind == "breaker") != (gate.metric == "breaker_open"):
        yield "breaker is the kind of breaker_open, and of nothing else"
    if gate.kind in ("worse", "invariant") and gate.limit is not None:
        yield f"{gate.kind} has no limit"


def _of_policy(gate: GateSpec) -> Iterator[str]:
    """Whether a required gate could ever be shown to be good."""
    if gate.tolerance != 1.0 and gate.kind != "worse":
        yield "tolerance belongs to worse"
    if gate.kind not in STATISTICAL or not gate.required:
        return
    if gate.policy == "certified" and gate.kind == "worse" and gate.tolerance <= 1:
        yield "as good as stable cannot be certified: give a tolerance above 1, or no_evidence"
    if gate.policy == "no_evidence":
        floor = gate.tolerance if gate.kind == "worse" else gate.limit or 0.0
        if gate.delta_max is None or gate.delta_max <= floor:
            yield f"no_evidence needs a delta_max above {floor:g}"
        elif gate.kind == "slo" and gate.delta_max >= 1:
            yield "delta_max of slo is a share below 1"


def _contradictions(gates: Sequence[GateSpec]) -> Iterator[str]:
    names = [gate.name for gate in gates]
    if doubled := sorted({name for name in names if names.count(name) > 1}):
        yield f"several have the name {', '.join(doubled)}"
    if taken := sorted({name for name in names if name in RESERVED or "@" in name}):
        yield f"{', '.join(taken)}: this name has a meaning of its own"
    spent = sum(gate.weight for gate in gates if gate.kind in STATISTICAL)
    if spent > 1 + 1e-9:
        yield f"their weights add up to {spent:g}, more than the whole error budget (1)"
    if len(gates) > MOST_GATES:
        yield f"more than {MOST_GATES}"
