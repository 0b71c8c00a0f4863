"""Every breaker of this process by the name of its dependency."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Mapping

from gatehouse.base.clock import Clock, SystemClock
from gatehouse.base.errors import NotFound
from gatehouse.resilience.breaker import Breaker, Rules, Standing

LOOK_SECONDS = 1.0


class Breakers:
    """The process's fuse box. `rules` by service; those not named have the defaults."""

    def __init__(
        self, rules: Mapping[str, Rules] | None = None, *, clock: Clock | None = None
    ) -> None:
        self._rules = dict(rules or {})
        self._clock = clock or SystemClock()
        self._lock = threading.Lock()
        self._made: dict[str, Breaker] = {}

    def of(self, service: str) -> Breaker:
        """The breaker of a dependency, the same one every time."""
        with self._lock:
            if service not in self._made:
                self._made[service] = Breaker(
                    service, rules=self._rules.get(service), clock=self._clock
                )
            return self._made[service]

    def known(self, service: str) -> Breaker:
        """Like `of`, but raises NotFound where nothing has asked for it yet."""
        with self._lock:
            if service in self._made:
                return self._made[service]
        raise NotFound(f"no breaker {service}; there are {', '.join(sorted(self._made)) or 'none'}")

    def standings(self) -> dict[str, Standing]:
        """How each stands, by name. Changes nothing."""
        with self._lock:
            made = dict(self._made)
        return {service: made[service].standing for service in sorted(made)}

    async def run(self, each_time: Callable[[], None] = lambda: None) -> None:
        """Lets gauges follow the clock when no calls come along; ends by cancellation.

        `each_time` is called once a second, before that.
        """
        while True:
            each_time()
            for service in tuple(self._made):
                self._made[service].keep_time()
            await asyncio.sleep(LOOK_SECONDS)
