"""Breakers under one face, so that `bench.breakers` can ask all of them the same.

Each opens at five failures in a row and tries again after 0.4 s. Their libraries are imported when
one is made; they are no requirement of Gatehouse.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from datetime import timedelta
from importlib.metadata import version
from typing import Any, ClassVar

THRESHOLD = 5
PERIOD = 0.4  # seconds
CALL_LIMIT = 0.3  # seconds that a call may take: only ours wants to know


class Circuit(ABC):
    """One closed breaker."""

    package: ClassVar[str]
    has_coroutines: ClassVar[bool] = True  # `call` works as it should

    @classmethod
    def told(cls) -> str:
        """Name and version."""
        return f"{cls.package} {version(cls.package)}"

    @abstractmethod
    async def call(self, work: Callable[[], Awaitable[Any]]) -> Any:
        """One call of an `async def`, as the library's documentation wraps it."""

    def call_in_thread(self, work: Callable[[], Any]) -> Any:
        """One call of a plain function."""
        raise NotImplementedError

    @abstractmethod
    def status(self) -> Any:
        """What a health page would show."""


class Ours(Circuit):
    package = "gatehouse"

    @classmethod
    def told(cls) -> str:
        return "gatehouse"

    def __init__(self) -> None:
        from gatehouse.resilience.breaker import Breaker, Rules

        rules = Rules(in_a_row=THRESHOLD, open_seconds=PERIOD)
        self._breaker = Breaker("bench", rules=rules, on_change=lambda change: None)

    async def call(self, work: Callable[[], Awaitable[Any]]) -> Any:
        with self._breaker.watch(timeout_seconds=CALL_LIMIT):
            return await work()

    def status(self) -> Any:
        return self._breaker.standing


class Purgatory(Circuit):
    package = "purgatory"

    def __init__(self) -> None:
        from purgatory import AsyncCircuitBreakerFactory

        self._factory = AsyncCircuitBreakerFactory(default_threshold=THRESHOLD, default_ttl=PERIOD)
        self._breaker: Any = None

    async def call(self, work: Callable[[], Awaitable[Any]]) -> Any:
        self._breaker = await self._factory.get_breaker("bench")
        async with self._breaker:
            return await work()

    def status(self) -> Any:
        return self._breaker.context.state


class AioBreaker(Circuit):
    package = "aiobreaker"

    def __init__(self) -> None:
        from aiobreaker import CircuitBreaker

        period = timedelta(seconds=PERIOD)
        self._breaker = CircuitBreaker(fail_max=THRESHOLD, timeout_duration=period)

    async def call(self, work: Callable[[], Awaitable[Any]]) -> Any:
        return await self._breaker.call_async(work)

    def status(self) -> Any:
        return self._breaker.current_state


class CircuitBreakerPackage(Circuit):
    package = "circuitbreaker"

    def __init__(self) -> None:
        from circuitbreaker import CircuitBreaker

        self._breaker = CircuitBreaker(
            failure_threshold=THRESHOLD, recovery_timeout=PERIOD, name="bench"
        )

    async def call(self, work: Callable[[], Awaitable[Any]]) -> Any:
        async def wrapped() -> Any:
            return await work()

        return await self._breaker(wrapped)()

    def status(self) -> Any:
        return self._breaker.state


class PyBreaker(Circuit):
    package = "pybreaker"
    has_coroutines = False  # its own call_async is for Tornado's

    def __init__(self) -> None:
        from pybreaker import CircuitBreaker

        self._breaker = CircuitBreaker(fail_max=THRESHOLD, reset_timeout=PERIOD)

    async def call(self, work: Callable[[], Awaitable[Any]]) -> Any:
        return await self._breaker.call(work)

    def call_in_thread(self, work: Callable[[], Any]) -> Any:
        return self._breaker.call(work)

    def status(self) -> Any:
        return self._breaker.current_state


class PyResilience(Circuit):
    package = "pyresilience"

    def __init__(self) -> None:
        from pyresilience import CircuitBreakerConfig, ResilienceConfig, ResilienceRegistry

        config = CircuitBreakerConfig(failure_threshold=THRESHOLD, recovery_timeout=PERIOD)
        self._registry = ResilienceRegistry()
        self._registry.register("bench", ResilienceConfig(circuit_breaker=config))

        @self._registry.decorator("bench")
        async def wrapped(work: Callable[[], Awaitable[Any]]) -> Any:
            return await work()

        self._wrapped = wrapped

    async def call(self, work: Callable[[], Awaitable[Any]]) -> Any:
        return await self._wrapped(work)

    def status(self) -> Any:
        from pyresilience import health_check

        return health_check(self._registry)


PEERS = (Ours, Purgatory, AioBreaker, CircuitBreakerPackage, PyBreaker, PyResilience)
