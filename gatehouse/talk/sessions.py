"""Whose conversation it is: visitor tokens, cookies, and the local operator."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from hashlib import sha256
from typing import Literal
from uuid import UUID

from starlette.requests import HTTPConnection
from starlette.responses import Response

from gatehouse.base.errors import BadInput
from gatehouse.observe.access import OpsAccess, client_address, is_trusted_peer

SECURE_COOKIE = "__Host-s"
PLAIN_COOKIE = "gatehouse_s"  # browsers refuse the __Host- name without TLS
COOKIE_SECONDS = 30 * 24 * 3600
SESSION_PATTERN = r"[A-Za-z0-9._-]{1,64}"
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")  # 256 bits, base64url
_NAME = re.compile(SESSION_PATTERN)
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
FIRST_NAME = ""  # of the conversation that a message without a session begins
OPS_LOCAL = sha256(b"principal:ops-local").digest()  # no token has this form


@dataclass(frozen=True, slots=True)
class Principal:
    """Who asks. Only the hash of a token is ever stored."""

    owner_hash: bytes
    via: Literal["cookie", "bearer", "ops", "minted"]
    token: str | None = None  # of a visitor made for this request

    @property
    def is_known(self) -> bool:
        """No look-up is needed to know that it is ours."""
        return self.via in ("ops", "minted")


def mint() -> Principal:
    """A new visitor with a random token of 256 bits."""
    token = secrets.token_urlsafe(32)
    return Principal(_hash(token), "minted", token)


@dataclass(frozen=True, slots=True)
class Door:
    """Reads credentials from requests and writes them into answers."""

    ops: OpsAccess
    has_local_names: bool = True  # never in production

    def visitor(self, request: HTTPConnection) -> Principal | None:
        """The visitor by bearer token or cookie; None without well-formed credentials."""
        scheme, _, bearer = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            bearer = bearer.strip()
            # A bearer token that is not of our making stays a credential: it owns nothing.
            return Principal(_hash(bearer), "bearer")
        token = request.cookies.get(SECURE_COOKIE) or request.cookies.get(PLAIN_COOKIE, "")
        return Principal(_hash(token), "cookie") if _TOKEN.fullmatch(token) else None

    def principal(self, request: HTTPConnection, session: UUID | str | None) -> Principal | None:
        """The visitor, or for a given session the local operator who has no credentials."""
        if (visitor := self.visitor(request)) is not None:
            return visitor
        if session is not None and self.is_local(request):
            return Principal(OPS_LOCAL, "ops")
        return None

    def is_local(self, request: HTTPConnection) -> bool:
        """Somebody at this very machine, such as the operator's curl and the runbooks' soak.

        A private network is not enough: behind a container's port mapping everybody has one.
        """
        address = client_address(request.scope, self.ops.trusted)
        return self.has_local_names and address is not None and address.is_loopback

    def give_cookie(self, request: HTTPConnection, response: Response, token: str) -> None:
        """Sets the visitor's cookie: for this host alone, unreadable for scripts."""
        is_https = self._is_https(request)
        response.set_cookie(
            SECURE_COOKIE if is_https else PLAIN_COOKIE,
            token,
            max_age=COOKIE_SECONDS,
            path="/",
            secure=is_https,
            httponly=True,
            samesite="lax",
        )

    def _is_https(self, request: HTTPConnection) -> bool:
        if request.scope.get("scheme") == "https":
            return True
        is_said = request.headers.get("x-forwarded-proto") == "https"
        return is_said and is_trusted_peer(request.scope, self.ops.trusted)


def session_of(text: str | None) -> UUID | str | None:
    """A conversation's id, or the name that a caller chose. Raises BadInput."""
    if text is None:
        return None
    if _UUID.fullmatch(text):
        return UUID(text)
    if _NAME.fullmatch(text):
        return text
    raise BadInput("session_id must be an id of ours, or a name of letters, digits, '.', '_', '-'")


def _hash(token: str) -> bytes:
    return sha256(token.encode()).digest()
