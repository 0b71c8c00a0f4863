"""The breaker and the reference model agree on any sequence; a broken breaker does not.

`python -m tests.faults --breaker 100000` runs the same at full size.
"""

from __future__ import annotations

import pytest

from .broken import BROKEN
from .sequences import divergences

SEQUENCES = 400


def test_breaker_and_model_agree() -> None:
    assert divergences(SEQUENCES, seed=7) == []


@pytest.mark.parametrize("fault", sorted(BROKEN))
def test_a_broken_breaker_is_noticed(fault: str) -> None:
    assert divergences(SEQUENCES, seed=7, make=BROKEN[fault], most=1)
