"""Looking up the hosts of models, apart from everything else that looks up names.

The event loop has a handful of threads for whatever blocks, and a look-up whose name server hangs
keeps one of them for many seconds: a few hung calls would stop every other user of those threads.
Here each host has at most one look-up under way, in a thread of its own, and there are few.
"""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from ipaddress import ip_address
from itertools import zip_longest
from time import monotonic

MOST_THREADS = 4  # look-ups under way, one a host
HUNG_SECONDS = 2.0  # a look-up that takes longer hangs: nobody else waits for it
OLD_SERVE_SECONDS = 0.5  # how long a call waits for a look-up if there are older addresses
FRESH_SECONDS = 60.0
KEPT_SECONDS = 3600.0  # so long old addresses stand in for a look-up that fails
MOST_HOSTS = 64
Addresses = tuple[str, ...]


class LookUpFailed(OSError):
    """A host that cannot be looked up, or not now."""


@dataclass(frozen=True, slots=True)
class Known:
    """What a look-up found, and when (monotonic seconds)."""

    addresses: Addresses
    at: float


@dataclass(frozen=True, slots=True)
class LookUp:
    """One under way."""

    began: float
    found: Future[Addresses] = field(default_factory=Future)


class Names:
    """Addresses of hosts, for one event loop. Cancelling a caller leaves the look-up to others."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._known: dict[str, Known] = {}
        self._under_way: dict[str, LookUp] = {}

    async def addresses(self, host: str) -> Addresses:
        """At least one, the preferred first. Raises LookUpFailed."""
        if _is_address(host):
            return (host,)
        known, now = self._known.get(host), self._clock()
        if known and now - known.at < FRESH_SECONDS:
            return known.addresses
        old = known if known and now - known.at < KEPT_SECONDS else None
        try:
            async with asyncio.timeout(OLD_SERVE_SECONDS if old else None):
                return await self._looked_up(host)
        except (TimeoutError, LookUpFailed):
            if old is None:
                raise
            return old.addresses

    async def _looked_up(self, host: str) -> Addresses:
        look_up = self._under_way.get(host)
        if look_up is None or look_up.found.done():
            look_up = self._begin(host)
        elif self._clock() - look_up.began > HUNG_SECONDS:
            raise LookUpFailed(f"the look-up of {host} hangs")
        found = await asyncio.wrap_future(look_up.found)
        self._keep(host, found)
        return found

    def _begin(self, host: str) -> LookUp:
        self._under_way = {h: each for h, each in self._under_way.items() if not each.found.done()}
        if len(self._under_way) >= MOST_THREADS:
            raise LookUpFailed(f"{MOST_THREADS} look-ups hang")
        made = self._under_way[host] = LookUp(self._clock())
        made.found.set_running_or_notify_cancel()  # a caller who leaves cannot cancel it
        named = f"look-up {host}"
        threading.Thread(target=_look_up, args=(host, made.found), name=named, daemon=True).start()
        return made

    def _keep(self, host: str, found: Addresses) -> None:
        if len(self._known) >= MOST_HOSTS:
            self._known.clear()
        self._known[host] = Known(found, self._clock())


def _look_up(host: str, found: Future[Addresses]) -> None:
    """In its thread, for as long as the system takes."""
    try:
        told = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
        found.set_result(_in_turn([str(each[4][0]) for each in told]))
    except (OSError, UnicodeError) as error:
        failed = LookUpFailed(f"the look-up of {host} failed: {error}")
        failed.__cause__ = error
        found.set_exception(failed)


def _in_turn(told: list[str]) -> Addresses:
    """One of each family by turns, in the system's order, as one family may lead nowhere."""
    unique = list(dict.fromkeys(told))
    first = [each for each in unique if (":" in each) == (":" in unique[0])]
    second = [each for each in unique if each not in first]
    pairs = zip_longest(first, second)
    return tuple(each for pair in pairs for each in pair if each is not None)


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
