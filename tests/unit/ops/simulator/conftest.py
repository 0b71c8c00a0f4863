"""A simulated model on a free port, and the official client that talks to it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from openai import AsyncOpenAI

from gatehouse.ops.simulator.app import Simulator
from gatehouse.ops.simulator.composing import Composer
from gatehouse.ops.simulator.directing import Director
from gatehouse.ops.simulator.serving import serving


@pytest.fixture(scope="session")
def lasting() -> Simulator:
    return Simulator()


@pytest.fixture(scope="session")
async def address(lasting: Simulator) -> AsyncIterator[str]:
    """Stopping a server takes a moment, so that all tests share one."""
    async with serving(lasting) as address:
        yield address


@pytest.fixture(autouse=True)
def simulator(lasting: Simulator) -> Simulator:
    """As new for each test."""
    lasting.director, lasting.composer = Director(), Composer()
    lasting.reset()
    return lasting


@pytest.fixture
async def client(address: str) -> AsyncIterator[AsyncOpenAI]:
    async with AsyncOpenAI(base_url=address, api_key="none", max_retries=0, timeout=20) as client:
        yield client
