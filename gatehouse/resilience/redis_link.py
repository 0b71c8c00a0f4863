"""The line to an optional Redis: bounded, behind a breaker, and nobody's reason to fail."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha1
from typing import TYPE_CHECKING, Any, TypeVar

from gatehouse.base.errors import CircuitOpen, Unavailable
from gatehouse.observe import journal, meters
from gatehouse.resilience.breaker import Breaker, Judged, Vote
from gatehouse.resilience.breakers import Breakers

if TYPE_CHECKING:
    from redis.asyncio import Redis

T = TypeVar("T")
PLACES = 16  # connections of one process
LOOK_SECONDS = 5.0
FAILURES_TO_SAY_SO = 2  # in a row, so that one slow answer is no piece of news


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds that Redis has for each step, whatever its library makes of them."""

    connect: float = 0.05
    operation: float = 0.05

    @property
    def total(self) -> float:
        return self.connect + self.operation


class RedisDown(Unavailable):
    """Redis did not answer in time, or is resting. Whoever hears this goes on without it."""

    code, title = "redis-down", "Redis does not answer"


class RedisLink:
    """One client of this process. The library is loaded with the first call."""

    def __init__(self, url: str, breaker: Breaker, *, patience: Patience | None = None) -> None:
        self._url = url
        self._patience = patience or Patience()
        self._breaker = breaker
        self._client: Redis | None = None
        self._places = asyncio.Semaphore(PLACES)
        self._failures = 0
        self._is_up: bool | None = None

    @property
    def is_up(self) -> bool:
        """As the last calls found it; True before the first."""
        return self._is_up is not False

    async def run(self, work: Callable[[Redis], Awaitable[T]]) -> T:
        """What `work` gets from the client, within our patience. Raises RedisDown."""
        from redis.exceptions import RedisError

        await self._enter()
        try:
            with self._breaker.watch(timeout_seconds=self._patience.total, judge=_judge):
                async with asyncio.timeout(self._patience.total):
                    answer = await work(self._connect())
        except CircuitOpen as resting:
            raise RedisDown(retry_after=resting.retry_after) from resting
        except (TimeoutError, OSError, RedisError) as trouble:
            self._note_failure(trouble)
            raise RedisDown from trouble
        finally:
            self._places.release()
        self._note_success()
        return answer

    async def script(self, text: str, keys: Sequence[str], args: Sequence[int | str]) -> Any:
        """Runs a Lua script by its digest; sends its text where Redis does not know it yet."""
        from redis.exceptions import NoScriptError

        digest = sha1(text.encode(), usedforsecurity=False).hexdigest()

        async def call(client: Redis) -> Any:
            try:
                return await _awaited(client.evalsha(digest, len(keys), *keys, *args))
            except NoScriptError:
                return await _awaited(client.eval(text, len(keys), *keys, *args))

        return await self.run(call)

    async def watch(self, *, every_seconds: float = LOOK_SECONDS) -> None:
        """Until cancelled: looks now and then, so that health knows also where nobody calls."""
        while True:
            with suppress(RedisDown):
                await self.run(_ping)
            await asyncio.sleep(every_seconds)

    async def close(self) -> None:
        """Drops the connections."""
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()

    async def _enter(self) -> None:
        """Many calls at once wait for a connection, not for long; that says nothing of Redis."""
        try:
            async with asyncio.timeout(self._patience.operation):
                await self._places.acquire()
        except TimeoutError as busy:
            raise RedisDown("All connections to Redis are busy") from busy

    def _connect(self) -> Redis:
        if self._client is None:
            self._client = _client(self._url, self._patience)
        return self._client

    def _note_success(self) -> None:
        self._failures = 0
        if self._is_up is not True:
            meters.redis_up.set(1)
            if self._is_up is False:
                journal.event("redis_available")
            self._is_up = True

    def _note_failure(self, trouble: Exception) -> None:
        self._failures += 1
        if self._failures >= FAILURES_TO_SAY_SO and self._is_up is not False:
            meters.redis_up.set(0)
            journal.event("redis_unavailable", level="WARNING", error=type(trouble).__name__)
            self._is_up = False


def open_link(url: str, breakers: Breakers) -> RedisLink | None:
    """The link that the settings want; None without REDIS_URL, which the gauge shows as -1."""
    if not url:
        meters.redis_up.set(-1)
        return None
    return RedisLink(url, breakers.of("redis"))


async def _ping(client: Redis) -> bool:
    return bool(await _awaited(client.ping()))


async def _awaited(answer: Any) -> Any:
    """The library's types are of its blocking and its asynchronous client at once."""
    return await answer


def _judge(error: Exception) -> Judged:
    """A wrong password does not get better by trying again."""
    from redis.exceptions import AuthenticationError, NoPermissionError

    is_refused = isinstance(error, AuthenticationError | NoPermissionError)
    return Judged(Vote.MISCONFIGURED if is_refused else Vote.FAILURE)


def _client(url: str, patience: Patience) -> Redis:
    """Without the library's own retries: with them a dead Redis costs a minute."""
    from redis.asyncio import Redis
    from redis.asyncio.retry import Retry
    from redis.backoff import NoBackoff

    return Redis.from_url(
        url,
        socket_connect_timeout=patience.connect,
        socket_timeout=patience.operation,
        retry=Retry(NoBackoff(), 0),
        retry_on_timeout=False,
        health_check_interval=0,
        max_connections=2 * PLACES,
        client_name="gatehouse",
    )
