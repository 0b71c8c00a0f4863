"""One HTTP client for all wires: what a process has."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from gatehouse.llm.client import Connections


@pytest.fixture(scope="session")
async def connections() -> AsyncIterator[Connections]:
    made = Connections()
    yield made
    await made.close()
