"""Takes a chat request in: who asks, in which conversation, under which key; then stores it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID, uuid4

from starlette.requests import HTTPConnection, Request
from starlette.responses import Response

from gatehouse.base.errors import MalformedRequest, NotFound
from gatehouse.talk.allowance import Allowance
from gatehouse.talk.claims import Accepted, Incoming
from gatehouse.talk.schemas import Ask
from gatehouse.talk.sessions import FIRST_NAME, Door, Principal, mint, session_of
from gatehouse.talk.turn import TurnService
from gatehouse.talk.types import ANYBODY, Entry
from gatehouse.talk.wire import to_json

_KEY = re.compile(r"[\x20-\x7e]{1,255}")


EntryOf = Callable[[HTTPConnection], Entry]


def anybody(_: HTTPConnection) -> Entry:
    """Nobody is known by anything."""
    return ANYBODY


@dataclass(frozen=True, slots=True)
class Received:
    """A stored message and the visitor to whom the answer goes."""

    accepted: Accepted
    principal: Principal


@dataclass(frozen=True, slots=True)
class Reception:
    """The way in for both chat endpoints, which share their idempotency keys."""

    turns: TurnService
    door: Door
    allowance: Allowance | None = None
    entry_of: EntryOf = anybody

    async def receive(self, request: Request, ask: Ask) -> Received:
        """Stores the message once.

        Raises NotFound, KeyReused, MalformedRequest, QuotaExceeded, StoreDown.
        """
        key = key_of(request, ask)
        session = session_of(ask.session_id)
        principal = self.door.principal(request, session) or self._newcomer(session)
        if self.allowance is not None:
            await self.allowance.charge(request, principal, session=session or "", key=key)
        try:
            return await self._accept(
                principal, ask, key=key, session=session, entry=self.entry_of(request)
            )
        except NotFound:
            if principal.via != "cookie" or isinstance(session, UUID):
                raise
        # A cookie whose conversations are gone: the visitor begins anew.
        if self.allowance is not None:
            await self.allowance.welcome(request)
        return await self._accept(
            mint(), ask, key=key, session=session, entry=self.entry_of(request)
        )

    def dress(self, request: Request, response: Response, principal: Principal) -> None:
        """Gives a new visitor the cookie."""
        if principal.token is not None:
            self.door.give_cookie(request, response, principal.token)

    async def _accept(
        self,
        principal: Principal,
        ask: Ask,
        *,
        key: str,
        session: UUID | str | None,
        entry: Entry,
    ) -> Received:
        name = session if isinstance(session, str) else None
        if session is None and principal.via == "minted":
            name = FIRST_NAME
        incoming = Incoming(
            owner_hash=principal.owner_hash,
            key=key,
            fingerprint=fingerprint(ask),
            text=ask.question,
            language=ask.language,
            about=UUID(ask.about) if ask.about else None,
            conversation=session if isinstance(session, UUID) else None,
            name=name,
            is_known_owner=principal.is_known,
            entry=entry,
        )
        return Received(await self.turns.accept(incoming), principal)

    def _newcomer(self, session: UUID | str | None) -> Principal:
        if isinstance(session, UUID):
            raise NotFound("There is no such conversation.")
        return mint()


def key_of(request: Request, ask: Ask) -> str:
    """The idempotency key: header, else body, else a new one. Raises MalformedRequest."""
    given = request.headers.get("idempotency-key", ask.client_msg_id)
    if given is None:
        return str(uuid4())
    if not _KEY.fullmatch(given):
        raise MalformedRequest("Idempotency-Key must have 1 to 255 printable ASCII characters.")
    return given


def fingerprint(ask: Ask) -> bytes:
    """SHA-256 of what the message says; the key itself is no part of it."""
    said = [ask.question, ask.session_id, ask.language, *([ask.about] if ask.about else [])]
    return sha256(to_json(said).encode()).digest()
