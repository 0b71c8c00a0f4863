"""docs/plans.md says everything that a plan can say, and its example is one."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest

from gatehouse.base.errors import BadInput
from gatehouse.rollout import plans
from gatehouse.rollout.types import Held, Verdict
from tests.unit.rollout.looks import SMALL

TEXT = (Path(__file__).parents[3] / "docs" / "plans.md").read_text(encoding="utf-8")


def test_the_example_is_a_plan() -> None:
    (example,) = re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL)
    assert len(plans.load(example).gates) == 6


@pytest.mark.parametrize(
    "where", ["", "steps: [{?: 1}]", "gates: [{?: 1}]", "bake: {?: 1}", "calendar: {?: 1}"]
)
def test_every_field_is_described(where: str) -> None:
    text = where.replace("?", "unheard_of") if where else f"{SMALL}unheard_of: 1"
    with pytest.raises(BadInput) as refused:
        plans.load(text)
    known = re.search(r"unheard_of: is unknown; known are ([a-z_, ]+)", refused.value.detail)
    assert known is not None
    missing = [name for name in known[1].split(", ") if f"`{name}`" not in TEXT]
    assert missing == []


def test_every_verdict_and_every_hold_is_described() -> None:
    assert all(verdict.name in TEXT for verdict in Verdict)
    assert all(f"`{held}`" in TEXT for held in get_args(Held))
