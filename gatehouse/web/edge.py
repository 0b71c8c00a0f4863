"""The edge: one pass around every request, for limits, origins, headers, figures and the log."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass, field
from functools import lru_cache
from time import perf_counter
from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gatehouse.base.config import Settings
from gatehouse.base.errors import BadInput, GatehouseError, TooLarge
from gatehouse.base.keys import signing_key
from gatehouse.observe import access, journal, meters
from gatehouse.observe.meter import Counted, Observed
from gatehouse.office.badge import Badge
from gatehouse.resilience import seats
from gatehouse.resilience.seats import Admission
from gatehouse.talk.allowance import HEADERS_KEY
from gatehouse.web import body, description, problems
from gatehouse.web.classes import QUIET, class_of
from gatehouse.web.origins import Headers, Origins, Pairs
from gatehouse.web.shields import Shields

UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})
OWN_RULES = ("/office/",)  # Django checks its forms itself
CLIENT_GONE = 499
OPEN_AT_MOST = 4096  # requests of one process that wait for their replies, open streams included
_REQUEST_ID = re.compile(rb"[A-Za-z0-9_-]{8,64}")


@dataclass(frozen=True, slots=True)
class Rules:
    """What the edge enforces."""

    origins: Origins
    shields: Shields
    trusted: access.Networks
    limits: body.BodyLimits = field(default_factory=body.BodyLimits)
    admission: Admission = field(default_factory=Admission)
    badge: Badge = field(default_factory=lambda: Badge(lambda: secrets.token_hex(32)))

    @classmethod
    def of(cls, settings: Settings, *, admission: Admission | None = None) -> Rules:
        allowed = frozenset(o.rstrip("/").lower().encode() for o in settings.cors_origins)
        return cls(
            origins=Origins(allowed),
            shields=Shields.of(allowed),
            trusted=access.networks(settings.trusted_proxies, variable="TRUSTED_PROXIES"),
            admission=admission or Admission.of(settings.most_in_flight),
            badge=Badge(lambda: signing_key(settings)),
        )


def install(app: FastAPI, settings: Settings, *, rules: Rules | None = None) -> None:
    """Puts the edge around the application and makes its errors problem+json."""
    app.add_middleware(Edge, rules=rules or Rules.of(settings))
    app.add_exception_handler(GatehouseError, problems.on_gatehouse_error)
    app.add_exception_handler(RequestValidationError, problems.on_validation_error)
    app.add_exception_handler(HTTPException, problems.on_http_exception)
    description.complete(app)


class Edge:
    """Pure ASGI; a request costs it 40 to 50 µs (bench/edge.py)."""

    def __init__(self, app: ASGIApp, *, rules: Rules) -> None:
        self._app = app
        self._rules = rules
        self._open = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        passage = Passage(scope, send, self._rules)
        self._open += 1
        try:
            await self._pass(passage, receive)
        except GatehouseError as refusal:
            await passage.refuse(refusal)
        except body.ClientGone:
            passage.status = CLIENT_GONE
        except Exception as bug:  # noqa: BLE001 - the last fence: logged, counted, answered
            await passage.confess(bug)
        finally:
            self._open -= 1
            passage.record()

    async def _pass(self, passage: Passage, receive: Receive) -> None:
        scope, headers = passage.scope, passage.headers
        if b"%00" in scope["query_string"] or "\0" in scope["path"]:
            raise BadInput("The address has a NUL character.")
        if scope["method"] == "OPTIONS" and b"access-control-request-method" in headers:
            await passage.answer(204, self._rules.origins.preflight(scope["path"], headers))
            return
        work = class_of(scope["path"], headers, is_staff=self._rules.badge.is_worn)
        self._refuse_early(work)
        if scope["method"] in UNSAFE:
            receive = await self._admitted(scope, receive, headers)
        async with self._rules.admission.seated(work):
            await self._app(scope, receive, passage.send)

    async def _admitted(self, scope: Scope, receive: Receive, headers: Headers) -> Receive:
        """The body, read within its limits. Raises GatehouseError."""
        limits = self._rules.limits
        if scope["path"].startswith(OWN_RULES):
            return body.replay(await read_own(receive, headers, limits), receive)
        self._rules.origins.check_credentials(headers)
        return await admit(receive, headers, limits)

    def _refuse_early(self, work: str) -> None:
        """Before the body is read. Raises Overloaded."""
        admission = self._rules.admission
        if admission.would_refuse(work) or (self._open > OPEN_AT_MOST and work != "ack"):
            raise admission.refusal(work)


async def read_own(receive: Receive, headers: Headers, limits: body.BodyLimits) -> bytes:
    """A form, or JSON that no parser stumbles over; whose it is the office checks."""
    content = await body.read(receive, limits)
    if content and is_json(headers):
        body.check_json(content, limits)
    return content


async def admit(receive: Receive, headers: Headers, limits: body.BodyLimits) -> Receive:
    """Reads and checks the body; the returned `receive` hands it on. Raises GatehouseError."""
    length = headers.get(b"content-length", b"0")
    if length != b"0" or b"transfer-encoding" in headers:
        check_declared(headers, length, limits)
    content = await body.read(receive, limits)
    if content:
        body.check_json(content, limits)
    return body.replay(content, receive)


def check_declared(headers: Headers, length: bytes, limits: body.BodyLimits) -> None:
    """Refuses by the headers alone. A form's content type is refused too: no simple CSRF."""
    if not is_json(headers):
        raise body.WrongType
    if headers.get(b"content-encoding", b"identity").lower() != b"identity":
        raise body.WrongType("Send the body without compression.")
    if not length.isdigit() or int(length[:12]) > limits.size:
        raise TooLarge(body.TOO_LARGE)


def is_json(headers: Headers) -> bool:
    kind = headers.get(b"content-type", b"").split(b";", 1)[0].strip().lower()
    return kind == b"application/json"


class Passage:
    """One request on its way through."""

    __slots__ = ("_is_https", "_rules", "_send", "_since", "headers", "scope", "status")

    def __init__(self, scope: Scope, send: Send, rules: Rules) -> None:
        self._since = perf_counter()
        self.scope = scope
        self.headers: dict[bytes, bytes] = dict(scope["headers"])
        self.status = 0  # 0: nothing sent yet
        self._send = send
        self._rules = rules
        self._is_https = is_https(scope, self.headers, rules.trusted)
        journal.request_id.set(request_id_of(self.headers))

    async def send(self, message: Message) -> None:
        """Dresses the answer's head and notes its status; sending it competes for nothing."""
        if message["type"] == "http.response.start":
            seats.rest()
            self.status = message["status"]
            message = {**message, "headers": self._dressed(list(message.get("headers", ())))}
        await self._send(message)

    async def answer(self, status: int, headers: Pairs, content: bytes = b"") -> None:
        """A whole answer of our own."""
        await self.send({"type": "http.response.start", "status": status, "headers": headers})
        await self.send({"type": "http.response.body", "body": content})

    async def refuse(self, error: GatehouseError) -> None:
        """problem+json; closes the connection when part of the request is still under way."""
        if self.status:
            return
        reply = problems.respond(error)
        headers = list(reply.raw_headers)
        if error.status in (408, 413, 415):
            headers.append((b"connection", b"close"))
        await self.answer(error.status, headers, bytes(reply.body))

    async def confess(self, bug: Exception) -> None:
        """A bug: the log gets its frames, the client only that it happened."""
        journal.failure("http_bug", bug, message="unexpected error", route=route_of(self.scope))
        await self.refuse(GatehouseError())

    def record(self) -> None:
        """Counts and logs the request by its route template; never by its path."""
        took_ms = (perf_counter() - self._since) * 1000
        route, method, status = route_of(self.scope), self.scope["method"], self.status or 499
        duration, count = _meters_of(route, method, status)
        duration.observe(took_ms)
        count.inc()
        journal.event(
            "http",
            message=f"request {method} {route} {status}",
            level=_level(route, status),
            version=self.scope.get("state", {}).get("arm", "stable"),
            status=status,
            response_time_ms=round(took_ms, 1),
        )

    def _dressed(self, headers: Pairs) -> Pairs:
        path = self.scope["path"]
        headers.append((b"x-request-id", journal.request_id.get().encode()))
        headers.extend(self.scope.get(HEADERS_KEY, ()))
        self._rules.shields.add_to(headers, path=path, status=self.status, is_https=self._is_https)
        self._rules.origins.add_to(headers, path, self.headers)
        return headers


def request_id_of(headers: Headers) -> str:
    """The caller's X-Request-ID if it is harmless, else a new one."""
    given = headers.get(b"x-request-id", b"")
    return given.decode() if _REQUEST_ID.fullmatch(given) else secrets.token_hex(12)


def is_https(scope: Scope, headers: Headers, trusted: access.Networks) -> bool:
    """TLS here, or at a trusted proxy that says so."""
    if scope.get("scheme") == "https":
        return True
    if not trusted or headers.get(b"x-forwarded-proto") != b"https":
        return False
    return access.is_trusted_peer(scope, trusted)


def route_of(scope: Scope) -> str:
    """The template of the matched route, "/mount/*" below a mount, else "other"."""
    context: Any = scope.get("fastapi", {}).get("effective_route_context")
    if template := getattr(context, "path_format", None):
        return str(template)
    if template := getattr(scope.get("route"), "path", None):
        return str(template)
    mount = scope.get("root_path", "")
    return f"{mount}/*" if mount and "endpoint" in scope else "other"


@lru_cache(maxsize=1024)
def _meters_of(route: str, method: str, status: int) -> tuple[Observed, Counted]:
    meters.declare_routes((route,))
    return (
        meters.http_request_duration_ms.labels(route=route, method=method, status=status),
        meters.http_requests_total.labels(route=route, method=method, status=status),
    )


def _level(route: str, status: int) -> journal.Level:
    if status >= 500:
        return "WARNING"
    return "DEBUG" if route in QUIET else "INFO"
