"""What thinking costs besides the search: `python -m bench.think`, milliseconds of one core."""

from __future__ import annotations

import asyncio
import time
from statistics import fmean

from gatehouse.understanding.types import LANGUAGES
from tests.conversations.scripts import SCRIPTS
from tests.conversations.test_talks import Visit

REPEATS = 7
STEPS = ("understand", "decide", "render")


async def measure(language: str) -> tuple[dict[str, float], float]:
    """Mean wall ms per step, and CPU ms per turn with the catalogue twin."""
    steps: dict[str, list[float]] = {step: [] for step in STEPS}
    turns, started = 0, time.process_time()
    for _ in range(REPEATS):
        for script in SCRIPTS[language]:
            visit = Visit()
            for line in script.lines:
                outcome = await visit.say(line.said)
                turns += 1
                for step in STEPS:
                    steps[step].append(outcome.timings_ms[step])
    return {s: fmean(v) for s, v in steps.items()}, (time.process_time() - started) * 1000 / turns


def main() -> None:
    """One line per language."""
    for language in LANGUAGES:
        means, cpu = asyncio.run(measure(language))
        told = "  ".join(f"{step} {ms:.3f}" for step, ms in means.items())
        print(f"{language}  {told}  CPU per turn {cpu:.3f} ms")


if __name__ == "__main__":
    main()
