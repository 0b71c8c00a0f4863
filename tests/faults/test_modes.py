"""Section 6 in small; `python -m tests.faults --matrix` plays every row in every language."""

from __future__ import annotations

import pytest

from .lab.stage import Stage
from .modes.matrix import matrix

pytestmark = pytest.mark.faults


async def test_a_visitor_is_told_what_is_away_and_the_talk_goes_on_when_it_is_back(
    stage: Stage,
) -> None:
    outcome = await matrix(stage, languages=("de", "ar"), only=("search down",))
    assert outcome.is_kept, outcome.lines()


async def test_the_same_test_notices_replies_without_a_label(stage: Stage) -> None:
    outcome = await matrix(stage, mutant="no_label", languages=("en",), only=("search slow",))
    assert outcome.broken, outcome.lines()
