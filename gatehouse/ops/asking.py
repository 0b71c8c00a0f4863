"""A question to every serving process of this instance, through the database."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from time import monotonic
from typing import Any
from uuid import uuid4

import psycopg

from gatehouse.base.config import Settings
from gatehouse.listings.news import ANSWERED, ASKED, LISTENER

ANSWER_SECONDS = 3.0
_LISTENERS = """
SELECT count(*) FROM pg_stat_activity
WHERE application_name = %s AND datname = current_database()
"""


@dataclass(frozen=True, slots=True)
class Told:
    """The answers that came, and how many processes gave none in time."""

    answers: tuple[dict[str, Any], ...]
    missing: int


def url_of_instance(settings: Settings) -> str:
    """The database that the processes of this instance use."""
    return os.environ.get("GATEHOUSE_DATABASE_URL") or settings.postgres_url


async def ask_all(url: str, question: dict[str, Any], *, seconds: float = ANSWER_SECONDS) -> Told:
    """Waits until every listening process has answered, so many seconds at most."""
    number = uuid4().hex
    answers: list[dict[str, Any]] = []
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as asking:
        row = await (await asking.execute(_LISTENERS, (LISTENER,))).fetchone()
        expected = int(row[0]) if row else 0
        await asking.execute(f"LISTEN {ANSWERED}")
        payload = json.dumps(question | {"id": number})
        await asking.execute("SELECT pg_notify(%s, %s)", (ASKED, payload))
        until = monotonic() + seconds
        while len(answers) < expected and (left := until - monotonic()) > 0:
            async for notice in asking.notifies(timeout=left, stop_after=1):
                answer = json.loads(notice.payload)
                if answer["id"] == number:
                    answers.append(answer)
    return Told(tuple(answers), max(0, expected - len(answers)))
