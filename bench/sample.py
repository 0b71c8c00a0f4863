"""One talk with the product, recorded: what it said, what it stored, and how it searched."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import psycopg

from bench import load
from gatehouse.listings.money import Rates
from gatehouse.listings.search import Statement, statement
from gatehouse.listings.store import NEWEST_RATES
from gatehouse.talk.looking import PAGE
from gatehouse.talk.stored_state import decode
from gatehouse.talk.types import Market
from gatehouse.talk.wish import wish

LAST_TURN = """
    SELECT t.reply, t.slots, t.act, t.move, c.state FROM talk_turn t
    JOIN talk_conversation c ON c.id = t.conversation_id ORDER BY t.created_at DESC LIMIT 1"""


async def record(port: int, url: str) -> dict[str, Any]:
    """JSON-ready: `turns` as stored, `replies` as said, `search` as literal SQL."""
    turns = []
    (session,) = await load.open_sessions(port, 1)
    async with load.wire(port) as line:
        for text in load.TALK:
            await load.say(line, session, text)
            turns.append(_last_turn(url))
    with psycopg.connect(url) as connection:
        asked = search(turns[-1]["state"], connection)
        literal = psycopg.ClientCursor(connection).mogrify(asked.sql.encode(), asked.values)
    replies = [json.loads(turn["reply"]) for turn in turns]
    return {"turns": turns, "replies": replies, "search": literal}


def search(state: dict[str, Any], connection: psycopg.Connection[Any]) -> Statement:
    """The very statement with which the product searches at this stored state."""
    rates = Rates(dict(connection.execute(NEWEST_RATES).fetchall()))
    wanted = wish(decode(state), Market())
    return statement(replace(wanted, limit=PAGE), rates)


def _last_turn(url: str) -> dict[str, Any]:
    with psycopg.connect(url) as connection:
        row = connection.execute(LAST_TURN).fetchone()
    if row is None:
        raise LookupError("the product stored no turn")
    reply, slots, act, move, state = row
    searches = bool(json.loads(reply)["cards"])
    return {
        "reply": reply,
        "slots": slots,
        "act": act,
        "move": move,
        "state": state,
        "searches": searches,
    }
