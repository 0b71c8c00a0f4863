"""The error tree: code, HTTP status, and what the caller may do. A bug is anything else."""

from __future__ import annotations


class GatehouseError(Exception):
    """Expected trouble. `code` ends the problem type; `detail` tells a person what to do next."""

    code = "internal"
    status = 500
    title = "Something went wrong"

    def __init__(self, detail: str = "", *, retry_after: int | None = None) -> None:
        super().__init__(detail or self.title)
        self.detail = detail or self.title
        self.retry_after = retry_after


class BadInput(GatehouseError):
    code, status, title = "bad-input", 422, "A value is not allowed"


class MalformedRequest(GatehouseError):
    code, status, title = "malformed-request", 400, "The request cannot be read"


class NotFound(GatehouseError):
    code, status, title = "not-found", 404, "Not found"


class TooLarge(GatehouseError):
    code, status, title = "too-large", 413, "The request is too large"


class Conflict(GatehouseError):
    code, status, title = "conflict", 409, "The same request is still running"


class KeyReused(GatehouseError):
    code, status, title = "idempotency-key-reused", 422, "The key was used for another message"


class Unavailable(GatehouseError):
    code, status, title = "unavailable", 503, "Not available just now"


class StoreDown(Unavailable):
    code, title = "store-down", "Messages cannot be saved just now"


class Overloaded(Unavailable):
    code, title = "temporary-reduced-capacity", "Many people are writing just now"


class QuotaExceeded(GatehouseError):
    """The caller's own limit; `retry_after` seconds until the next request is allowed."""

    code, status, title = "quota-exceeded", 429, "That was quick"

    def __init__(
        self, detail: str = "", *, retry_after: int | None = None, policy: str = ""
    ) -> None:
        super().__init__(detail, retry_after=retry_after)
        self.policy = policy  # the limit's name, as in the RateLimit headers


class DeadlinePassed(Unavailable):
    """The time for this was over before it was done."""

    code, title = "deadline-passed", "That took too long on our side"


class CircuitOpen(Unavailable):
    """The breaker of a dependency lets nothing through before `retry_after` seconds."""

    code, title = "circuit-open", "A part of the service is resting"


class SearchTimeout(GatehouseError):
    code, status, title = "search-timeout", 503, "The listings are slow to answer"


class SearchDown(GatehouseError):
    code, status, title = "search-down", 503, "The listings cannot be reached"


class LostLease(GatehouseError):
    """Another worker took the conversation over; nothing of this attempt was stored."""

    code, status, title = "lost-lease", 409, "The turn was taken over"


class Misconfigured(GatehouseError):
    """A setting has a value that is not allowed. The message is one plain line."""

    code, status, title = "misconfigured", 500, "A setting is wrong"
