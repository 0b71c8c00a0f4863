"""That a machine answers is said, stored, counted and told: once in each conversation."""

from __future__ import annotations

from typing import Any

import pytest

from gatehouse.base.database import Database
from gatehouse.observe import journal
from gatehouse.talk.guarding import GuardedHandler

from .conftest import Rows
from .stage import Broken, Echo, message, service

EXTRAS = "SELECT turn_no, language, extra FROM turn_ledger ORDER BY turn_no"


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """The events of the journal."""
    events: list[dict[str, Any]] = []

    def note(name: str, **fields: Any) -> None:
        events.append({"event": name} | fields)

    monkeypatch.setattr(journal, "event", note)
    return events


async def test_the_first_turn_alone_discloses(
    database: Database, rows: Rows, told: list[dict[str, Any]]
) -> None:
    turns = service(database, GuardedHandler(Echo(), agency="Harbour Homes"))
    for text in ("hello", "a flat"):
        accepted = await turns.accept(message(text))
        reply = await turns.reply(accepted)
        assert ("automated assistant of Harbour Homes" in reply) == (text == "hello")
    first, second = rows(EXTRAS)
    assert first["extra"] == {"ai_disclosed": "web"}
    assert second["extra"] == {}
    (event,) = [each for each in told if each["event"] == "ai_disclosed"]
    assert (event["channel"], event["language"]) == ("web", first["language"])
    assert "hello" not in str(event)


async def test_a_first_turn_that_fails_discloses_too(database: Database, rows: Rows) -> None:
    turns = service(database, GuardedHandler(Broken()))
    reply = await turns.reply(await turns.accept(message("hello")))
    assert "automated assistant" in reply
    assert rows(EXTRAS)[0]["extra"] == {"ai_disclosed": "web"}
