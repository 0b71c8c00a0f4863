"""One ground for all attacks of this process: the handlers are made once."""

from __future__ import annotations

import pytest

from gatehouse.ops.evaluation.safety.trial import Ground
from gatehouse.ops.evaluation.safety.trusting import TrustingHandler


@pytest.fixture(scope="session")
def ground() -> Ground:
    """The prompt-driven handler behind its guard, with a model that obeys every order."""
    return Ground()


@pytest.fixture(scope="session")
def unwise() -> Ground:
    """The negative control: a handler that believes its model."""
    return Ground(make=TrustingHandler)
