"""How a change is to reach people: steps, gates, hours; read from YAML, kept as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import resources
from typing import Any, Final, Literal

import yaml

from gatehouse.base.errors import BadInput, Conflict
from gatehouse.rollout import plan_reading, plan_writing
from gatehouse.rollout.plan_shapes import Bake, OnInconclusive, Plan, Soak, Step
from gatehouse.rollout.types import WHOLE

__all__ = (
    "SHIPPED", "Bake", "OnInconclusive", "Plan", "PlanRefused", "Soak", "Step", "check_ceiling",
    "from_json", "load", "named", "to_json",
)  # fmt: skip

SHIPPED: Final = ("default", "R1", "R2", "R3")
CEILING: Final = "RE_PROMPT_CANARY_PERCENT"
PERMISSION: Final = "USE_RE_PROMPT_DRIVEN"
LONGEST: Final = 100_000  # characters of a plan file
Shipped = Literal["default", "R1", "R2", "R3"]


class PlanRefused(Conflict):
    """The plan is well-formed, and cannot do here what it promises."""

    code, title = "plan-refused", "This plan cannot be carried out here"


def load(text: str, *, name: str = "plan") -> Plan:
    """Reads a plan written in YAML. Raises BadInput with every trouble and its place."""
    if len(text) > LONGEST:
        raise BadInput(f"{name}: longer than {LONGEST} characters")
    try:
        raw = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError) as trouble:
        why = " ".join(str(trouble).split())
        raise BadInput(f"{name}: not YAML: {why}") from trouble
    return from_json(raw, name=name)


def from_json(raw: object, *, name: str = "plan") -> Plan:
    """The plan of a mapping as YAML or `to_json` give it. Raises BadInput."""
    if not isinstance(raw, Mapping):
        raise BadInput(f"{name}: must have the fields steps and gates")
    plan, troubles = plan_reading.read(raw, default_name=name)
    if troubles:
        raise BadInput(f"{name}: " + "; ".join(troubles))
    return plan


def to_json(plan: Plan) -> dict[str, Any]:
    """What `from_json` reads back as the same plan: times in seconds, weights in percent."""
    return plan_writing.written(plan)


def named(name: str) -> Plan:
    """One of the plans that are SHIPPED. Raises BadInput."""
    if name not in SHIPPED:
        raise BadInput(f"{name}: there is no such plan; shipped are {', '.join(SHIPPED)}")
    return load(text_of(name), name=name)


def text_of(name: str) -> str:
    """The YAML of a shipped plan, to start one's own from."""
    return (resources.files("gatehouse.rollout") / "plans_shipped" / f"{name}.yaml").read_text()


def check_ceiling(plan: Plan, most_share: int, *, is_permitted: bool = True) -> None:
    """Raises PlanRefused, naming the variable, for a step above what the environment allows.

    `most_share`: RE_PROMPT_CANARY_PERCENT in 1/100,000.
    """
    if not is_permitted:
        raise PlanRefused(f"{PERMISSION} is false: the rules answer everybody, no step can begin")
    for number, step in enumerate(plan.steps):
        if step.share > most_share:
            raise PlanRefused(
                f"steps[{number}] is {step.share * 100 / WHOLE:g} %, and {CEILING} allows "
                f"{most_share * 100 / WHOLE:g} %: raise {CEILING} or lower the step"
            )
