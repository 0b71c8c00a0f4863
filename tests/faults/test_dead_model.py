"""P16 in small; `python -m tests.faults --dead-model 100` runs it at full size."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from gatehouse.understanding.types import LANGUAGES

from .dead_model import Stock, Talk, dead_model, judged
from .lab.stage import Stage

HOME: dict[str, Any] = {
    "id": "a", "title": "Flat by the harbour", "translations": {"tr": {"title": "Liman evi"}},
    "currency": "GBP", "bedrooms": 2, "area": 80, "price": 450.0,
}  # fmt: skip
STOCK = Stock({"a": HOME})
CARD = {"id": "a", "title": "Liman evi", "price": 450, "currency": "GBP"}
REPLY: dict[str, Any] = {
    "summary": "I found 1 home up to £500. The best is “Flat by the harbour” for £450.",
    "cards": [CARD | {"metadata": {"bedrooms": 2}}],
    "meta": {"degraded": ["llm"]},
}


def talk(**changed: Any) -> Talk:
    reply = deepcopy(REPLY) | changed
    return Talk("en", ("I need a flat", "Kyrenia 500 pounds", "long term"), [reply])


@pytest.mark.faults
async def test_without_a_model_talks_reach_listings_and_say_that_they_are_short(
    stage: Stage,
) -> None:
    outcome = await dead_model(stage, talks=len(LANGUAGES))
    assert outcome.is_kept, outcome.lines()


def test_a_talk_that_tells_what_the_listings_tell_is_well() -> None:
    assert judged([talk()], STOCK).is_kept


@pytest.mark.parametrize(
    ("changed", "broken"),
    [
        ({"meta": {"degraded": []}}, "unlabelled replies: 1"),
        ({"cards": []}, "talks without listings: 1"),
        ({"cards": [REPLY["cards"][0] | {"price": 440}]}, "invented: 1"),
        ({"cards": [REPLY["cards"][0] | {"id": "b"}]}, "invented: 2"),  # and its price
        ({"cards": [REPLY["cards"][0] | {"title": "Palace"}]}, "invented: 1"),
        ({"summary": "It costs £449."}, "invented: 1"),
        ({"summary": "It costs £٤٤٩."}, "invented: 1"),
        ({"summary": "I would take “Villa Aphrodite”."}, "invented: 1"),
    ],
)
def test_the_judge_notices(changed: dict[str, Any], broken: str) -> None:
    assert broken in judged([talk(**changed)], STOCK).broken
