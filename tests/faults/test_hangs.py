"""P10 in small: nothing that a model server does holds a turn, or stays behind.

`python -m tests.faults --hangs 200` runs it at full size and holds it to 250 ms.
"""

from __future__ import annotations

import pytest

from .hung_calls import hung_calls

pytestmark = pytest.mark.faults
LENIENT_MS = 1500.0  # a busy machine is no broken promise; the full size is strict


async def test_no_call_outlives_its_deadline_and_nothing_of_it_stays_in_any_mode() -> None:
    outcome = await hung_calls(calls=5, seconds=0.5, allowed_ms=LENIENT_MS)
    assert outcome.is_kept, outcome.lines()


async def test_the_same_test_notices_calls_without_a_deadline() -> None:
    outcome = await hung_calls(
        calls=3, seconds=0.2, modes=("silence",), mutant="no_bounds", allowed_ms=LENIENT_MS
    )
    assert "silence: calls past their deadline: 3" in outcome.broken


async def test_the_same_test_notices_sockets_of_cancelled_handshakes() -> None:
    outcome = await hung_calls(
        calls=3, seconds=0.5, modes=("tls_stall",), mutant="untidy", allowed_ms=LENIENT_MS
    )
    assert any("sockets leaked" in each for each in outcome.broken), outcome.lines()
