"""One scratch installation for all fault tests: each test forgets the talks of the one before."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bench.product import scratch

from .lab.stage import Stage


@pytest.fixture(scope="session")
def stage() -> Iterator[Stage]:
    with scratch("gatehouse-faults-") as product:
        yield Stage(product)
