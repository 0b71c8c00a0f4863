"""The floor: bare FastAPI and psycopg with the statements of a turn, and no thinking at all.

What it stores and says is constant, recorded by bench.turn from the product's own talk.
"""

from __future__ import annotations

import hashlib
import json
import os
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import psycopg
from fastapi import FastAPI, Header, Response
from psycopg.rows import dict_row, tuple_row
from psycopg_pool import AsyncConnectionPool
from pydantic import BaseModel

from bench import sample
from gatehouse.listings.search import Statement
from gatehouse.observe import ledger
from gatehouse.talk import statements as sql

SAMPLE = json.loads(Path(os.environ["BENCH_SAMPLE"]).read_text())
TURNS = [
    {
        "reply": each["reply"],
        "state": json.dumps(each["state"]),
        "slots": json.dumps(each["slots"]),
        "act": each["act"],
        "move": each["move"],
        "searches": each["searches"],
    }
    for each in SAMPLE["turns"]
]
POOL_SIZE = 8
LEASE_SECONDS = 30.0


class Question(BaseModel):
    """The body of /api/chat/ask, as far as it matters here."""

    question: str
    session_id: uuid.UUID


@asynccontextmanager
async def _life(app: FastAPI) -> AsyncIterator[None]:
    kwargs = {"autocommit": True, "row_factory": dict_row}
    url = os.environ["BENCH_URL"]
    async with AsyncConnectionPool(url, min_size=1, max_size=POOL_SIZE, kwargs=kwargs) as pool:
        with psycopg.connect(url) as connection:
            app.state.search = sample.search(SAMPLE["turns"][-1]["state"], connection)
        app.state.pool = pool
        yield


app = FastAPI(lifespan=_life)


@app.get("/healthz")
async def healthz() -> Response:
    return Response("ok")


@app.post("/api/chat/sessions")
async def open_session() -> dict[str, str]:
    session, token = str(uuid.uuid4()), uuid.uuid4().hex
    values = {
        "conversation": session,
        "owner_hash": _hash(token),
        "language": None,
        "is_known_owner": True,
    }
    await _one(sql.OPEN_CONVERSATION, values)
    return {"session_id": session, "token": token}


@app.post("/api/chat/ask")
async def ask(
    body: Question,
    authorization: Annotated[str, Header()],
    idempotency_key: Annotated[str, Header()],
) -> Response:
    owner, me = _hash(authorization.removeprefix("Bearer ")), uuid.uuid4().hex
    thread = await _one(sql.ACCEPT_BY_ID, _message(body, owner, key=idempotency_key, me=me))
    turn = TURNS[thread["turn_no"] % len(TURNS)]
    if turn["searches"]:
        await _search(app.state.search)
    commit = sql.COMMITS[False, "keep", thread["turn_no"] == 0]
    await _one(commit, _turn(thread, turn, me=me))
    return Response(turn["reply"], media_type="application/json")


def _message(body: Question, owner: bytes, *, key: str, me: str) -> dict[str, Any]:
    return {
        "channel": "web",
        "account": owner.hex(),
        "key": key,
        "fingerprint": owner,
        "text": body.question,
        "about": None,
        "language": None,
        "owner_hash": owner,
        "conversation": body.session_id,
        "me": me,
        "lease": LEASE_SECONDS,
        "forced": None,
        "traffic": "visitor",
    }


def _turn(thread: dict[str, Any], turn: dict[str, Any], *, me: str) -> dict[str, Any]:
    now = datetime.now(UTC)
    turn_id = uuid.uuid4()
    row = ledger.LedgerRow(
        turn_id, thread["id"], thread["turn_no"] + 1, now, now, turn["act"], turn["move"], "en"
    )
    return ledger.params(row) | {
        "conversation": thread["id"],
        "epoch": thread["epoch"],
        "me": me,
        "turn": turn_id,
        "state": turn["state"],
        "slots": turn["slots"],
        "reply": turn["reply"],
        "act": turn["act"],
        "move": turn["move"],
        "language": "en",
        "arm": "stable",
        "pinned_arm": "stable",
        "pinned_version": "rules",
        "assign_reason": "STATIC",
        "rollout_id": None,
        "bucket": None,
        "share": 0,
        "step": 0,
        "hash_version": 1,
        "first_seq": thread["seq"],
        "last_seq": thread["seq"],
        "inbox_ids": [thread["inbox_id"]],
    }


async def _one(statement: str, values: dict[str, Any]) -> dict[str, Any]:
    async with app.state.pool.connection() as connection:
        row: dict[str, Any] = await (await connection.execute(statement, values)).fetchone()
    return row


async def _search(asked: Statement) -> list[tuple[Any, ...]]:
    async with app.state.pool.connection() as connection:
        cursor = connection.cursor(row_factory=tuple_row)
        await cursor.execute(asked.sql, asked.values)
        rows: list[tuple[Any, ...]] = await cursor.fetchall()
    return rows


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
