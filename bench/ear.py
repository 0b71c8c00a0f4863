"""`python -m bench.ear`: how long the ear takes for a message, and for hostile long ones."""

from __future__ import annotations

import gc
import resource
import time
from collections.abc import Callable, Sequence
from datetime import date

from gatehouse.ops.evaluation.parallel.messages import messages
from gatehouse.understanding.ear import RuleEar
from gatehouse.understanding.places import Gazetteer
from gatehouse.understanding.types import LANGUAGES, DialogueState, Language

ROUNDS = 4
GOAL_MEDIAN_MS, GOAL_P99_MS, GOAL_PER_1000_CHARACTERS_MS, GOAL_MB = 0.3, 2.0, 10.0, 60.0
LONGEST = 10_000  # characters
HOSTILE = (
    "9", "9 ", "1,", "٩", "kyrenia ", "kyrenai ", "blorfing ", "3 to ", "a@", "a\u0301", "\u0301",
    "'", '"', " ", "\n", "500 pounds ", "не ", "بال", "ـ", "\u064b", "\u200d", "🏠", "x",
    "not in girne and ", "between 1 and ", "no ", "?", "2+1 ", "1/2/", "zwei", "quatre-vingt-",
)  # fmt: skip


def main() -> None:
    before = _megabytes()
    ear = RuleEar(Gazetteer.default(), today=lambda: date(2026, 4, 15), timezone="Asia/Nicosia")
    texts = [text for language in LANGUAGES for text in _texts(language)]
    # As the server does: what was built at the start is no business of the collector's.
    gc.freeze()
    print(f"{len(texts)} messages in {len(LANGUAGES)} languages, CPU time of one core")
    _tell("heard for the first time", _hear_all(ear, texts))
    again = [ms for _ in range(ROUNDS) for ms in _hear_all(ear, texts)]
    _tell(f"heard {ROUNDS} times more", again)
    worst = max(HOSTILE, key=lambda piece: _long(ear, piece))
    print(
        f"worst of {len(HOSTILE)} hostile texts of {LONGEST} characters: {worst!r}, "
        f"{_long(ear, worst) * 1000 / LONGEST:.2f} ms per 1,000 "
        f"(goal {GOAL_PER_1000_CHARACTERS_MS:.0f})"
    )
    after = _megabytes()
    print(
        f"memory: {after - before:.0f} MB more than without the ear (goal {GOAL_MB:.0f}), "
        f"{after:.0f} MB the whole process"
    )


def _texts(language: Language) -> list[str]:
    return [message.text for message in messages(language)]


def _hear_all(ear: RuleEar, texts: Sequence[str]) -> list[float]:
    state = DialogueState()
    return [_ms(lambda text=text: ear.hear(text, state=state, language=None)) for text in texts]  # type: ignore[misc]


def _tell(what: str, spent: list[float]) -> None:
    spent = sorted(spent)
    median, p99 = spent[len(spent) // 2], spent[int(len(spent) * 0.99)]
    print(
        f"{what}: median {median:.3f} ms (goal {GOAL_MEDIAN_MS}), "
        f"p99 {p99:.3f} ms (goal {GOAL_P99_MS})"
    )


def _megabytes() -> float:
    """The most memory that this process ever held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _long(ear: RuleEar, piece: str) -> float:
    text = (piece * LONGEST)[:LONGEST]
    state = DialogueState()
    return min(_ms(lambda: ear.hear(text, state=state, language=None)) for _ in range(3))


def _ms(work: Callable[[], object]) -> float:
    """CPU milliseconds: what others do on the machine does not count."""
    start = time.process_time_ns()
    work()
    return (time.process_time_ns() - start) / 1e6


if __name__ == "__main__":
    main()
