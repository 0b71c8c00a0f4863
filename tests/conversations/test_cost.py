"""What thinking costs besides the search."""

from __future__ import annotations

from statistics import fmean

from gatehouse.understanding.types import LANGUAGES
from tests.conversations.scripts import SCRIPTS, Script
from tests.conversations.test_talks import Visit

REPEATS = 7
MOST_MS = 0.6
STEPS = ("understand", "decide", "render")


async def test_a_turn_thinks_for_less_than_six_tenths_of_a_millisecond() -> None:
    scripts = [script for language in LANGUAGES for script in SCRIPTS[language]]
    runs = [[ms for s in scripts for ms in await _thinking_ms(s)] for _ in range(REPEATS)]
    quietest = [min(times) for times in zip(*runs, strict=True)]
    assert fmean(quietest) < MOST_MS


async def _thinking_ms(script: Script) -> list[float]:
    visit = Visit()
    outcomes = [await visit.say(line.said) for line in script.lines]
    return [sum(outcome.timings_ms[step] for step in STEPS) for outcome in outcomes]
