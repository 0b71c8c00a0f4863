"""Which other sites may call us: CORS by allow-list, and no cookie from across the border."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gatehouse.base.errors import GatehouseError

Headers = Mapping[bytes, bytes]  # of a request; names in lower case
Pairs = list[tuple[bytes, bytes]]  # of a response
ALLOW_HEADERS = b"authorization, content-type, idempotency-key, last-event-id"
EXPOSE_HEADERS = b"retry-after, idempotent-replay, ratelimit, ratelimit-policy"
SHARED_PATHS = ("/api/", "/widget/")  # the rest is never read by another site's scripts


class CrossSite(GatehouseError):
    code, status, title = "cross-site", 403, "This request came from another site"


@dataclass(frozen=True, slots=True)
class Origins:
    """The exact origins that may embed the chat, e.g. b"https://agency.example"."""

    allowed: frozenset[bytes]

    def check_credentials(self, headers: Headers) -> None:
        """Raises CrossSite for an unsafe request that carries our cookie from elsewhere.

        A bearer token is exempt: no site can make a browser send one that it does not have.
        """
        if b"cookie" not in headers or headers.get(b"authorization", b"")[:7] == b"Bearer ":
            return
        origin = headers.get(b"origin")
        if headers.get(b"sec-fetch-site") == b"cross-site" or (
            origin is not None and not is_own(origin, headers.get(b"host", b""))
        ):
            raise CrossSite

    def preflight(self, path: str, headers: Headers) -> Pairs:
        """The answer to a preflight. Raises CrossSite for an origin off the list."""
        if not self._is_shared(path, headers.get(b"origin")):
            raise CrossSite("The operator has not allowed this site.")
        return [
            (b"access-control-allow-methods", b"GET, POST"),
            (b"access-control-allow-headers", ALLOW_HEADERS),
            (b"access-control-max-age", b"600"),
        ]

    def add_to(self, answer: Pairs, path: str, headers: Headers) -> None:
        """Adds the CORS headers of an ordinary answer. Never allows credentials."""
        if not self.allowed or not path.startswith(SHARED_PATHS):
            return
        answer.append((b"vary", b"Origin"))
        if self._is_shared(path, origin := headers.get(b"origin")) and origin is not None:
            answer.append((b"access-control-allow-origin", origin))
            answer.append((b"access-control-expose-headers", EXPOSE_HEADERS))

    def _is_shared(self, path: str, origin: bytes | None) -> bool:
        return origin in self.allowed and path.startswith(SHARED_PATHS)


def is_own(origin: bytes, host: bytes) -> bool:
    """Is this origin the host that was asked? The scheme may differ behind a TLS proxy."""
    scheme, found, place = origin.lower().partition(b"://")
    if not found or scheme not in (b"http", b"https"):
        return False
    return _without_port(place, scheme) == _without_port(host.lower(), scheme)


def _without_port(place: bytes, scheme: bytes) -> bytes:
    return place.removesuffix(b":443" if scheme == b"https" else b":80")
