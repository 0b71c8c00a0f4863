"""One turn of the prompt-driven handler around one answer: a talk, two homes and no network."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from typing import Literal
from uuid import UUID

from gatehouse.listings.types import Answer, Found, Listing, Wish
from gatehouse.llm.scripted import ScriptedModel
from gatehouse.llm.types import ChatRequest
from gatehouse.ops.evaluation.contract.families import ASKED
from gatehouse.resilience.breaker import Breaker
from gatehouse.resilience.deadline import Deadline
from gatehouse.resilience.rules import Rules
from gatehouse.talk.contract import Verdict, parse
from gatehouse.talk.policy import is_lawful
from gatehouse.talk.prompted import PromptedHandler
from gatehouse.talk.stored_state import decode, encode
from gatehouse.talk.types import IncomingMessage, Market, Outcome, Thread, Tools
from gatehouse.talk.wire import slots_view
from gatehouse.understanding.ear import RuleEar
from gatehouse.understanding.places import Gazetteer
from gatehouse.understanding.types import DialogueState

Ending = Literal["accepted", "repaired", "fallback"]
SECONDS = 20.0
_TALK = UUID("0d4f2e34-5a0e-4a1f-8a57-6e5b3a3f0a02")
_WHEN = datetime(2026, 1, 2, tzinfo=UTC)
_NEVER = re.compile(
    r"https?:|www\.|javascript:|!\[|<\s*/?[a-z]|\{(?:home|price):"
    r"|[\x00-\x08\u202e\u200b\ud800-\udfff]"
)
_NO_BREAKER = Rules(least_calls=10**9, in_a_row=10**9)


@dataclass(frozen=True, slots=True)
class Played:
    """What came of one answer. `wrongs`: promises that the reply breaks; must be empty."""

    verdict: Verdict
    ending: Ending
    reply: str
    wrongs: tuple[str, ...]


class Shelf:
    """A catalogue of two homes."""

    async def find(self, wish: Wish) -> Answer:
        return Answer(Found(HOMES, len(HOMES), None, 0.1))

    async def get(self, ids: tuple[UUID, ...]) -> tuple[Listing, ...]:
        return tuple(home for home in HOMES if home.id in ids)

    async def is_free(self, listing_id: UUID, check_in: date, check_out: date) -> bool:
        return True

    def rates(self) -> Mapping[str, float]:
        return {"GBP": 1.0, "EUR": 1.17}


def _home(number: int, price: float) -> Listing:
    return Listing(
        id=UUID(int=number), ref=f"GH-000{number}", title=f"Bright flat {number} in Lapta",
        description="", deal="rent", rent_type="long_term", property_type="apartment",
        city="girne", district="girne/lapta", latitude=35.3, longitude=33.2, bedrooms=2,
        bathrooms=1, area_m2=80.0, price_month=price, price_night=None, price_sale=None,
        currency="GBP", deposit=None, minimum_nights=None, minimum_months=None,
        available_from=None, amenities=("furnished", "balcony"), pictures=(), agency="Example",
        agency_phone=None, rating=None, verified_at=None, listed_at=_WHEN,
    )  # fmt: skip


HOMES = (_home(1, 550.0), _home(2, 580.0))


@cache
def _tools() -> Tools:
    ear = RuleEar(Gazetteer.default(), today=lambda: date(2026, 1, 5), timezone="Asia/Nicosia")
    return Tools(Shelf(), ear, Market())


@dataclass(slots=True)
class Parrot:
    """Says one thing, whatever it is asked."""

    output: str = ""

    def __call__(self, _: ChatRequest) -> str:
        return self.output


@cache
def _handler() -> tuple[PromptedHandler, Parrot]:
    """One for all turns, which are played one after the other."""
    parrot = Parrot()
    breaker = Breaker("llm_contract", rules=_NO_BREAKER)
    return PromptedHandler(ScriptedModel(parrot), breaker=breaker), parrot


async def outcome_of(output: str) -> Outcome:
    """The turn in which the model says this, and, asked again, says it again."""
    handler, parrot = _handler()
    parrot.output = output
    thread = Thread(_TALK, 1, 1, DialogueState(), (IncomingMessage(1, 1, ASKED, None),))
    return await handler.think(thread, _tools(), deadline=Deadline.after(SECONDS))


async def play(output: str, *, never: tuple[str, ...] = (), slots: object = None) -> Played:
    """Plays the turn and looks at what the visitor would get.

    `slots`: what the talk must know after it, as `slots_view` tells.
    """
    verdict = parse(output)
    outcome = await outcome_of(output)
    reply = outcome.reply
    text = json.dumps([reply.title, reply.summary, reply.blocks], ensure_ascii=False)
    wrongs = [f"shows {mark!r}" for mark in never if mark in text]
    if found := _NEVER.search(f"{reply.title} {reply.summary}"):
        wrongs.append(f"shows {found[0]!r}")
    if not (reply.title and 0 < len(reply.summary) <= 1200 and reply.cards):
        wrongs.append("is no whole reply")
    if not is_lawful(outcome.decision, outcome.state):
        wrongs.append("asks again")
    if decode(json.loads(json.dumps(encode(outcome.state)))) != outcome.state:
        wrongs.append("leaves a state that cannot be stored")
    if slots is not None and slots_view(outcome.state) != slots:
        wrongs.append("changes what the visitor said")
    return Played(verdict, ending_of(verdict, outcome), text, tuple(wrongs))


def ending_of(verdict: Verdict, outcome: Outcome) -> Ending:
    """Fallback: not a word of the model is shown."""
    if outcome.tier == "regular" or verdict.answer is None:
        return "fallback"
    is_whole = verdict.standing == "accepted" and not outcome.errors
    return "accepted" if is_whole else "repaired"


async def slots_said() -> object:
    """What the visitor's own words say, by rules."""
    return slots_view((await outcome_of("")).state)
