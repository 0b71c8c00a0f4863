"""P10 in small: nothing that a model server does holds a turn, or stays behind.

`python -m tests.faults --hangs 200` runs it at full size and holds it to 250 ms.
"""

from __future__ import annotations

from typing import Any

import pytest

from .hangs import Limit, Turn, hangs, is_bad, judged
from .hung_calls import hung_calls
from .lab.hostile import Mode
from .lab.stage import Stage

pytestmark = pytest.mark.faults
LENIENT_MS = 1500.0  # a busy machine is no broken promise; the full size is strict
# The others are met in tests/conformance/llm/test_hostile.py, and at full size.
FEW: tuple[Mode, ...] = ("drip", "endless", "tls_stall", "dns")
LENIENT = Limit(deadline_ms=2500, allowed_ms=20_000)


async def test_no_call_outlives_its_deadline_and_nothing_of_it_stays() -> None:
    outcome = await hung_calls(calls=5, seconds=0.3, modes=FEW, allowed_ms=LENIENT_MS)
    assert outcome.is_kept, outcome.lines()


async def test_the_same_test_notices_calls_without_a_deadline() -> None:
    outcome = await hung_calls(
        calls=2, seconds=0.2, modes=("silence",), mutant="no_bounds", allowed_ms=LENIENT_MS
    )
    assert "silence: calls past their deadline: 2" in outcome.broken


async def test_the_same_test_notices_sockets_of_cancelled_handshakes() -> None:
    outcome = await hung_calls(
        calls=3, seconds=0.5, modes=("tls_stall",), mutant="untidy", allowed_ms=LENIENT_MS
    )
    assert any("sockets leaked" in each for each in outcome.broken), outcome.lines()


async def test_a_visitor_has_a_good_reply_by_the_deadline_while_the_model_hangs(
    stage: Stage,
) -> None:
    (outcome,) = await hangs(stage, turns=4, modes=("silence",), limit=LENIENT)
    assert outcome.is_kept, outcome.lines()
    assert int(outcome.figures["reached_the_model"]) > 0


GOOD = Turn(900.0, None)
WELL: dict[str, Any] = {"reached": 1, "sockets": 0, "tasks": {}, "is_well": True}


@pytest.mark.parametrize(
    ("turn", "held", "told"),
    [
        (Turn(30_000.0, None), {}, "turns past the deadline: 1"),
        (Turn(900.0, "status 503"), {}, "bad replies: 1"),
        (GOOD, {"sockets": 2}, "sockets leaked: 2"),
        (GOOD, {"tasks": {"sleep": 3}}, "tasks leaked: 3"),
        (GOOD, {"is_well": False}, "server not well: 1"),
    ],
)
def test_the_judge_notices(turn: Turn, held: dict[str, Any], told: str) -> None:
    """The control; `--hangs` runs products that are broken on purpose."""
    assert judged("silence", [GOOD, GOOD], limit=LENIENT, **WELL).is_kept
    assert told in judged("silence", [GOOD, turn], limit=LENIENT, **(WELL | held)).broken


def test_a_reply_that_hides_its_trouble_is_bad() -> None:
    meta = {
        "degraded": ["llm"],
        "act": "ASK_SLOT",
        "next_needed": ["location"],
        "slots": {"property_type": ["apartment"]},
    }
    assert is_bad(200, {"summary": "Where?", "meta": meta}) is None
    assert is_bad(200, {"summary": "Where?", "meta": meta | {"degraded": []}})
    assert is_bad(200, {"summary": " ", "meta": meta}) == "no words"
    assert is_bad(503, {}) == "status 503"
