"""What "something cheaper" finds in the seeded stock, where prices come in four currencies."""

from __future__ import annotations

from datetime import date
from statistics import median
from uuid import UUID

import pytest

from gatehouse.listings.seeding.levels import PER_GBP
from gatehouse.listings.store import SqlCatalogue
from gatehouse.resilience.deadline import Deadline
from gatehouse.talk.rules import RulesHandler
from gatehouse.talk.types import IncomingMessage, Market, Outcome, Thread, Tools
from gatehouse.understanding.ear import RuleEar
from gatehouse.understanding.places import Gazetteer
from gatehouse.understanding.types import DialogueState
from tests.store.listings.stock import catalogue, stock, stock_url

__all__ = ["catalogue", "stock", "stock_url"]

EAR = RuleEar(Gazetteer.default(), today=lambda: date(2026, 11, 16), timezone="Asia/Nicosia")
TALK = UUID("0d4f2e34-5a0e-4a1f-8a57-6e5b3a3f0a02")


async def talk(catalogue: SqlCatalogue, *said: str) -> list[Outcome]:
    tools, state, outcomes = Tools(catalogue, EAR, Market()), DialogueState(), []
    for turn, text in enumerate(said, 1):
        thread = Thread(TALK, 1, turn, state, (IncomingMessage(turn, turn, text, None),))
        outcomes.append(await RulesHandler().think(thread, tools, deadline=Deadline.after(20)))
        state = outcomes[-1].state
    return outcomes


def pounds(outcome: Outcome) -> list[float]:
    return [card["price"] / PER_GBP[card["currency"]] for card in outcome.reply.cards]


@pytest.mark.parametrize("budget", ["600 euros", "600 pounds", "35000 lira", "800 dollars"])
@pytest.mark.parametrize(
    "towns", [("Girne", "Famagusta"), ("Famagusta", "Girne"), ("İskele", "Lefkoşa")]
)
async def test_cheaper_homes_are_found_and_cheaper_than_most_of_those_shown(
    catalogue: SqlCatalogue, towns: tuple[str, str], budget: str
) -> None:
    _, shown, cheaper = await talk(
        catalogue,
        f"flat in {towns[0]} for {budget} a month, 2 bedrooms",
        f"actually make it {towns[1]}",
        "something cheaper",
    )
    assert pounds(shown) and pounds(cheaper)
    assert max(pounds(cheaper)) < median(pounds(shown)) + 0.01
