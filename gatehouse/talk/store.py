"""The conversation's short visits to the database: accept, claim, renew, commit."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Any
from uuid import UUID, uuid4

import psycopg

from gatehouse.base.database import Database
from gatehouse.base.errors import KeyReused, LostLease, NotFound, StoreDown
from gatehouse.observe import journal, meters
from gatehouse.talk import statements as sql
from gatehouse.talk.claims import Accepted, Claimed, Incoming, Row, Standing
from gatehouse.talk.debts import Debt
from gatehouse.talk.failpoints import is_mutant, reach
from gatehouse.talk.owner import Owner
from gatehouse.talk.stored_state import decode
from gatehouse.talk.types import IncomingMessage, Kind, Pin, Thread
from gatehouse.understanding.types import Language

JOIN_SECONDS = 1.5  # messages no further apart become one turn
HOUSE = "house"  # the channel of messages that nobody wrote: promises that fall due
ATTEMPTS = 3  # of a statement that met a locked row; nothing of a failed one is stored
_CONTENTION = (psycopg.errors.LockNotAvailable, psycopg.errors.DeadlockDetected)


class Store:
    """All statements of a turn. Raises StoreDown when the database cannot be used."""

    def __init__(
        self, database: Database, owner: Owner, *, lease_seconds: float, slow_seconds: float = 1.0
    ) -> None:
        self._database = database
        self._owner = owner
        self._lease = lease_seconds
        self._slow_ms = slow_seconds * 1000

    def retune(self, *, lease_seconds: float, slow_seconds: float) -> None:
        """Other times, from the next visit on."""
        self._lease, self._slow_ms = lease_seconds, slow_seconds * 1000

    async def accept(self, incoming: Incoming) -> Accepted:
        """Stores the message and claims its conversation if that is free: one visit, one commit.

        Raises NotFound (no such conversation of this owner), KeyReused.
        """
        token = self._owner.take()
        params = self._accept_params(incoming, token)
        began = time.monotonic()
        reach("before_inbox_commit")
        try:
            row = await self._fetch("aget_tuple", _accept_statement(incoming), params)
            reach("after_inbox_commit")
            accepted = await self._judge(row or {}, params, began)
        except BaseException:
            self._owner.drop(token)
            raise
        if accepted.claim is None:
            self._owner.drop(token)
        else:
            reach("after_claim")
        return accepted

    async def claim(self, conversation: UUID, *, dead: str | None = None) -> Claimed | None:
        """Takes over a conversation that waits and whose lease is free, or held by `dead`."""
        token = self._owner.take()
        began = time.monotonic()
        params = {"conversation": conversation, "me": token, "lease": self._lease, "dead": dead}
        claimed = None
        try:
            row = await self._fetch("aget_tuple", sql.CLAIM, params)
            if row is not None:
                claimed = await self._claimed(row, {"me": token}, row["waiting"] or [], began)
        finally:
            if claimed is None:
                self._owner.drop(token)
        reach("after_claim")
        return claimed

    async def renew(self, claimed: Claimed) -> None:
        """Prolongs the lease. Raises LostLease."""
        await self._change(sql.RENEW, claimed.fence | {"lease": self._lease})

    async def release(self, claimed: Claimed) -> None:
        """Gives the lease back without a turn. Raises LostLease if it was not ours any more."""
        await self._change(sql.RELEASE, claimed.fence)

    def drop(self, claimed: Claimed) -> None:
        """Our work under this claim ended, whatever the database says."""
        self._owner.drop(claimed.token)

    async def commit(
        self, claimed: Claimed, values: Row, *, has_effects: bool, debt: Debt = "keep"
    ) -> bool:
        """Stores the whole turn or nothing. True: more messages wait. Raises LostLease."""
        statement = sql.COMMITS[has_effects, debt, claimed.thread.turn_no == 1]
        return await self._end("aput", statement, claimed.fence | values)

    async def dismiss(self, claimed: Claimed, *, owes: bool, seconds: float = 0.0) -> bool:
        """Ends a follow-up without a turn; `owes`: it is tried again in so many seconds.

        True: more messages wait. Raises LostLease.
        """
        messages = claimed.thread.messages
        span = {"first_seq": messages[0].seq, "last_seq": messages[-1].seq}
        again = {"owes": owes, "seconds": seconds}
        return await self._end(None, sql.DISMISS, claimed.fence | span | again)

    async def _end(self, operation: str | None, statement: str, params: Row) -> bool:
        row = await self._fetch(operation, statement, params)
        if row is None:
            raise LostLease
        return bool(row["more"])

    async def standing(self, inbox_id: int) -> Standing:
        """Raises NotFound if the message is gone."""
        row = await self._fetch(None, sql.STANDING, {"inbox_id": inbox_id})
        if row is None:
            raise NotFound
        return Standing(row["reply"], row["id"], row["lease_owner"], row["is_free"])

    async def unattended(self) -> list[tuple[UUID, str | None]]:
        """Conversations to take over, each with the dead holder of its lease, if it has one."""
        async with self._database.visit() as cur:
            await cur.execute(sql.UNATTENDED, {"host": f"{self._owner.host}:"})
            rows = await cur.fetchall()
        return [
            (row["id"], None if row["is_free"] else row["lease_owner"])
            for row in rows
            if row["is_free"] or self._owner.is_dead(row["lease_owner"])
        ]

    def _accept_params(self, incoming: Incoming, token: str) -> Row:
        return {
            "channel": "web",
            "account": incoming.owner_hash.hex(),
            "key": str(uuid4()) if is_mutant("no_unique") else incoming.key,
            "fingerprint": incoming.fingerprint,
            "text": incoming.text,
            "language": incoming.language,
            "about": incoming.about,
            "owner_hash": incoming.owner_hash,
            "conversation": incoming.conversation or uuid4(),
            "name": incoming.name,
            "is_known_owner": incoming.is_known_owner,
            "forced": incoming.entry.forced,
            "traffic": incoming.entry.traffic,
            "me": token,
            "lease": self._lease,
        }

    async def _judge(self, row: Row, params: Row, began: float) -> Accepted:
        if row.get("inbox_id") is not None:
            return await self._stored(row, params, began)
        if row.get("id") is not None:  # the same key arrived twice at one instant
            await self._give_back(row, params)
            row = await self._fetch(None, sql.KNOWN, params) or {}
        if row.get("known_id") is None:
            raise NotFound("There is no such conversation.")
        if bytes(row["fingerprint"]) != params["fingerprint"]:
            raise KeyReused
        conversation = row["conversation_id"]
        return Accepted(
            row["known_id"],
            row["known_seq"],
            conversation,
            params["name"] or str(conversation),
            reply=row["reply"],
            is_replay=True,
        )

    async def _stored(self, row: Row, params: Row, began: float) -> Accepted:
        claim = None
        if row["is_claimed"]:
            own = [row["inbox_id"], row["seq"], params["text"], params["language"]]
            own += [row["received_at"], params["about"], params["channel"]]
            waiting = [*(row["waiting"] or []), own]
            claim = await self._claimed(row, params, waiting, began)
        return Accepted(
            row["inbox_id"],
            row["seq"],
            row["id"],
            row["name"] or str(row["id"]),
            claim=claim,
            is_first=row["next_seq"] == 1,
        )

    async def _claimed(
        self, row: Row, params: Row, waiting: list[list[Any]], began: float
    ) -> Claimed | None:
        if len(waiting) != row["next_seq"] - row["done_seq"]:  # a stale view; see statements
            waiting = await self._read_waiting(row["id"])
        if not waiting:
            await self._give_back(row, params)
            return None
        now = time.monotonic()
        return Claimed(
            _thread(row, _one_turn(waiting)),
            params["me"],
            row["name"] or str(row["id"]),
            row["version"],
            row["language"],
            received_at=waiting[0][4],
            claimed_at=now,
            accept_ms=(now - began) * 1000,
            is_recomputed=row["is_recomputed"],
        )

    async def _read_waiting(self, conversation: UUID) -> list[list[Any]]:
        async with self._database.visit() as cur:
            await cur.execute(sql.ROWS, {"conversation": conversation})
            return [list(row.values()) for row in await cur.fetchall()]

    async def _give_back(self, row: Row, params: Row) -> None:
        if row["is_claimed"]:
            fence = {"conversation": row["id"], "epoch": row["epoch"], "me": params["me"]}
            await self._change(sql.RELEASE, fence)

    async def _change(self, statement: str, params: Row) -> None:
        async with self._database.visit() as cur:
            await cur.execute(statement, params)
            if cur.rowcount != 1:
                raise LostLease

    async def _fetch(self, operation: str | None, statement: str, params: Row) -> Row | None:
        began = time.monotonic()
        for attempt in range(ATTEMPTS):
            try:
                async with self._database.visit() as cur:
                    await cur.execute(statement, params)
                    row = await cur.fetchone()
                break
            except StoreDown as trouble:
                if attempt + 1 < ATTEMPTS and isinstance(trouble.__cause__, _CONTENTION):
                    continue
                _count_trouble(operation, trouble)
                raise
        if operation is not None:
            self._count(operation, (time.monotonic() - began) * 1000)
        return row

    def _count(self, operation: str, ms: float) -> None:
        meters.checkpointer_ops_total.labels(operation=operation).inc()
        meters.checkpointer_latency_ms.labels(operation=operation).observe(ms)
        if ms > self._slow_ms:
            journal.event(
                "checkpointer",
                message=f"[CHECKPOINTER] {operation} took {ms / 1000:.2f}s",
                level="WARNING",
                operation=operation,
                latency_ms=round(ms),
            )


def _accept_statement(incoming: Incoming) -> str:
    if incoming.name is not None:
        return sql.ACCEPT_NAMED
    return sql.ACCEPT_LATEST if incoming.conversation is None else sql.ACCEPT_BY_ID


def _thread(row: Row, messages: Iterable[list[Any]]) -> Thread:
    opened_in = row["language"] if row["turn_no"] == 0 else None
    return Thread(
        id=row["id"],
        epoch=row["epoch"],
        turn_no=row["turn_no"] + 1,
        state=decode({} if is_mutant("forget") else row["state"]),
        messages=tuple(_message(m, opened_in) for m in messages),
        arm=row["arm"],
        pin=_pin(row) if row["turn_no"] > 0 else None,
        forced=row["forced_arm"],
        traffic=row["traffic"],
    )


def _pin(row: Row) -> Pin:
    return Pin(
        row["arm"],
        row["version"],
        row["assign_reason"] or "STATIC",
        row["rollout_id"],
        row["bucket"],
        row["share"] or 0,
        row["step"] or 0,
        row["hash_version"] or 1,
    )


def _message(row: list[Any], opened_in: Language | None) -> IncomingMessage:
    """A first message without a language has the one in which the session was opened."""
    inbox_id, seq, text, language, _received_at, about, channel = row
    home = UUID(str(about)) if about else None
    kind: Kind = "follow_up" if channel == HOUSE else "visitor"
    return IncomingMessage(inbox_id, seq, text, language or opened_in, home, kind)


def _one_turn(waiting: list[list[Any]]) -> list[list[Any]]:
    """The first waiting messages, as far as each came within JOIN_SECONDS of the one before.

    One of the house stands alone.
    """
    joined = waiting[:1]
    for message in waiting[1:]:
        is_of_house = HOUSE in (message[6], joined[-1][6])
        if is_of_house or message[4] - joined[-1][4] > JOIN_SECONDS:
            break
        joined.append(message)
    return joined


def _count_trouble(operation: str | None, trouble: StoreDown) -> None:
    if operation is None:
        return
    is_cut = isinstance(trouble.__cause__, psycopg.errors.QueryCanceled)
    kind = "timeout" if is_cut else "unavailable"
    meters.checkpointer_ops_total.labels(operation=operation).inc()
    meters.checkpointer_errors_total.labels(operation=operation, kind=kind).inc()
