"""That a machine answers is said, stored, counted and told: once in each conversation."""

from __future__ import annotations

from typing import Any, cast

import pytest

from gatehouse.base.config import Settings
from gatehouse.base.database import Database
from gatehouse.observe import journal
from gatehouse.talk.guarding import GuardedHandler
from gatehouse.talk.turn import TurnService
from gatehouse.talk.types import Market, Tools
from tests.unit.understanding.notation import EAR

from .conftest import Rows
from .stage import Broken, Echo, always, message

TOOLS = Tools(cast(Any, None), EAR, Market())  # no homes, but the language is really heard
EXTRAS = "SELECT turn_no, language, extra FROM turn_ledger ORDER BY turn_no"


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """The events of the journal."""
    events: list[dict[str, Any]] = []

    def note(name: str, **fields: Any) -> None:
        events.append({"event": name} | fields)

    monkeypatch.setattr(journal, "event", note)
    return events


def service(database: Database, handler: GuardedHandler) -> TurnService:
    return TurnService(database, always(handler), TOOLS, settings=Settings())


async def test_the_first_turn_alone_discloses(
    database: Database, rows: Rows, told: list[dict[str, Any]]
) -> None:
    turns = service(database, GuardedHandler(Echo(), agency="Harbour Homes"))
    for text in ("hello", "a flat"):
        accepted = await turns.accept(message(text))
        reply = await turns.reply(accepted)
        assert "turn_failed" not in {each["event"] for each in told}, told
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
