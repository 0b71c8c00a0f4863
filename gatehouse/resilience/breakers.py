"""Every breaker of this process by the name of its dependency, and by agent version where each
version has its own."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Mapping

from gatehouse.base.clock import Clock, SystemClock
from gatehouse.base.errors import NotFound
from gatehouse.resilience.breaker import Breaker, Rules, Standing, State
from gatehouse.resilience.standing import WORST_FIRST, Change, tell

LOOK_SECONDS = 1.0
Listener = Callable[[Change], None]


class Breakers:
    """The process's fuse box. `rules` by service; those not named have the defaults."""

    def __init__(
        self, rules: Mapping[str, Rules] | None = None, *, clock: Clock | None = None
    ) -> None:
        self._rules = dict(rules or {})
        self._clock = clock or SystemClock()
        self._lock = threading.Lock()
        self._made: dict[tuple[str, str], Breaker] = {}  # by service and version
        self._states: dict[tuple[str, str], State] = {}  # as last told
        self._listeners: list[Listener] = []

    def of(self, service: str, version: str = "") -> Breaker:
        """The breaker of a dependency, the same one every time; of one agent version, or shared.

        What an operator forced upon the service holds for a new one as well.
        """
        with self._lock:
            if (service, version) in self._made:
                return self._made[service, version]
            made = Breaker(
                service,
                rules=self._rules.get(service),
                clock=self._clock,
                on_change=self._told,
                version=version,
            )
            self._made[service, version] = made
            forced = next((each for b in self._of(service) if (each := b.override)), None)
        if forced is not None:
            state, seconds, reason = forced
            made.force(state, seconds=seconds, reason=reason)
        return made

    def retire(self, version: str) -> None:
        """Forgets the breakers of a version that nobody asks for any more.

        One that was not shut is told as shut: otherwise what nobody calls would look ill for ever.
        """
        with self._lock:
            names = [name for name in self._made if version and name[1] == version]
            gone = [self._made.pop(name) for name in names]
        for breaker in gone:
            standing = breaker.standing
            if standing.state is not State.CLOSED:
                self._told(_farewell(breaker, standing))
            self._states.pop((breaker.service, version), None)

    def retune(self, service: str, rules: Rules) -> None:
        """Other rules for the breakers of a dependency; what they have seen goes on counting."""
        with self._lock:
            self._rules[service] = rules
            made = self._of(service)
        for breaker in made:
            breaker.rules = rules

    def every(self, service: str) -> tuple[Breaker, ...]:
        """The shared one, made if need be, and those of versions."""
        shared = self.of(service)
        with self._lock:
            return (shared, *(breaker for breaker in self._of(service) if breaker is not shared))

    def _of(self, service: str) -> list[Breaker]:
        return [breaker for (name, _), breaker in self._made.items() if name == service]

    def heard_by(self, listener: Listener) -> None:
        """`listener` is told each change from now on; it must be quick, and raise nothing."""
        self._listeners.append(listener)

    def _told(self, change: Change) -> None:
        """Called under the lock of one breaker: takes no other lock."""
        self._states[change.service, change.version] = change.to
        states = [to for (name, _), to in tuple(self._states.items()) if name == change.service]
        tell(change, shown=min(states, key=WORST_FIRST.index))
        for listener in tuple(self._listeners):
            listener(change)

    def known(self, service: str) -> Breaker:
        """Like `of`, but raises NotFound where nothing has asked for it yet."""
        with self._lock:
            names = sorted({name for name, _ in self._made})
            if found := self._of(service):
                return found[0]
        raise NotFound(f"no breaker {service}; there are {', '.join(names) or 'none'}")

    def standings(self) -> dict[str, Standing]:
        """How each service stands, by name; of several breakers the worst. Changes nothing."""
        told: dict[str, Standing] = {}
        for (service, _), standing in sorted(self.standings_of_versions().items()):
            before = told.get(service, standing)
            told[service] = min(before, standing, key=lambda each: WORST_FIRST.index(each.state))
        return told

    def standings_of_versions(self) -> dict[tuple[str, str], Standing]:
        """By service and version; "": shared by all versions."""
        with self._lock:
            made = dict(self._made)
        return {name: made[name].standing for name in sorted(made)}

    async def run(self, each_time: Callable[[], None] = lambda: None) -> None:
        """Lets gauges follow the clock when no calls come along; ends by cancellation.

        `each_time` is called once a second, before that.
        """
        while True:
            each_time()
            for breaker in tuple(self._made.values()):
                breaker.keep_time()
            await asyncio.sleep(LOOK_SECONDS)


def _farewell(breaker: Breaker, standing: Standing) -> Change:
    return Change(
        breaker.service,
        before=standing.state,
        to=State.CLOSED,
        reason="version_let_go",
        opens_total=standing.opens_total,
        seconds=0.0,
        version=breaker.version,
    )
