"""R1: who answers, by environment; each test is named by its row of the catalogue."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal, cast
from uuid import UUID, uuid4

import pytest

from gatehouse.base.clock import TurnableClock
from gatehouse.base.config import Settings, load
from gatehouse.listings.types import Answer, Found
from gatehouse.observe.parts import Agents
from gatehouse.observe.report import Report
from gatehouse.resilience.deadline import Deadline
from gatehouse.talk.rules import RulesHandler
from gatehouse.talk.types import Chosen, Handler, IncomingMessage, Market, Outcome, Thread, Tools
from gatehouse.understanding.types import DialogueState
from gatehouse.web.choosing import Chooser, ceiling_of, effective_percent
from gatehouse.web.wiring import chooser_of
from tests.conversations.stock import home
from tests.unit.understanding.notation import EAR


class Stock:
    """Six homes whatever is wished for."""

    async def find(self, wish: Any) -> Answer:
        homes = tuple(home(n, "girne/lapta", price=450) for n in range(6))
        return Answer(Found(homes, 6, None, 1.0))

    async def get(self, ids: tuple[UUID, ...]) -> tuple[Any, ...]:
        return ()

    def rates(self) -> dict[str, float]:
        return {}


class Prompted(RulesHandler):
    """The other handler, as far as who answers is concerned."""

    name: Literal["prompted"] = "prompted"  # type: ignore[assignment]
    version = "p-1"


RULES = RulesHandler()
PROMPTED = cast(Handler, Prompted())


def chooser(settings: Settings) -> Chooser:
    return chooser_of(RULES, PROMPTED, settings)


def next_turn(talk: Thread, before: Chosen) -> Thread:
    return replace(talk, turn_no=talk.turn_no + 1, pin=before.pin)


async def answered(handler: Handler, text: str, before: DialogueState, **on: bool) -> Outcome:
    tools = Tools(cast(Any, Stock()), EAR, Market(), **on)
    message = IncomingMessage(1, 1, text, "en")
    thread = Thread(uuid4(), 1, before.turn + 1, before, (message,))
    return await handler.think(thread, tools, deadline=Deadline.after(30))


def report(settings: Settings, *, has_model: bool = True) -> Report:
    percent = effective_percent(ceiling_of(settings, newest="p-1" if has_model else None))
    agents = Agents(canary="p-1" if has_model else None, percent=percent)
    return Report(
        settings, cast(Any, None), cast(Any, None), TurnableClock(), agents=lambda: agents
    )


async def test_r1_08_false_sends_the_next_turn_to_the_rules_handler_with_the_slots_kept() -> None:
    talk = Thread(uuid4(), 1, 1, DialogueState(), ())
    first = chooser(load({}))(talk)
    told = await answered(first.handler, "Kyrenia 500 pounds", talk.state)
    second = chooser(load({}, use_re_prompt_driven=False))(next_turn(talk, first))
    after = await answered(second.handler, "long term", told.state)
    assert (first.handler.name, second.handler.name) == ("prompted", "rules")
    assert after.state.slots.keys() > told.state.slots.keys()
    assert after.decision.act == "SEARCH_AND_RECOMMEND"


@pytest.mark.parametrize("percent", [0, 5, 10, 50, 100])
def test_r1_09_the_share_is_of_new_conversations_and_nobody_is_moved(percent: int) -> None:
    talks = [Thread(UUID(int=n << 96 | 7), 1, 1, DialogueState(), ()) for n in range(2000)]
    share = chooser(load({}, re_prompt_canary_percent=percent))
    chosen = [share(talk) for talk in talks]
    drawn = sum(each.handler is PROMPTED for each in chosen)
    assert abs(drawn - 20 * percent) <= 4 * (2000 * percent / 100 * (1 - percent / 100)) ** 0.5
    raised = chooser(load({}, re_prompt_canary_percent=100))
    later = [next_turn(talk, each) for talk, each in zip(talks, chosen, strict=True)]
    # At 0 % nobody was drawn: they were told that it is off, and stay where they are.
    assert [raised(talk).handler for talk in later] == [each.handler for each in chosen]


@pytest.mark.parametrize("handler", [RULES, PROMPTED])
async def test_r1_12_cards_off_gives_the_same_homes_as_a_table(handler: Handler) -> None:
    wish = "flat in Kyrenia up to 500 pounds a month long term"
    shown = await answered(handler, wish, DialogueState())
    listed = await answered(handler, wish, DialogueState(), cards_on=False)
    assert len(shown.reply.cards) == 6
    assert listed.reply.cards == ()
    (table,) = [block for block in listed.reply.blocks if block["type"] == "table"]
    assert len(table["rows"]) == 6
    assert listed.reply.degraded == ("cards_off",)
    assert listed.decision.act == shown.decision.act


@pytest.mark.parametrize("percent", [10, 50, 100])
def test_r1_14_health_echoes_what_is_effective_and_where_it_comes_from(
    percent: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RE_PROMPT_CANARY_PERCENT", str(percent))
    told = report(load())
    config, source = told.config_echo(), told.config_source()
    assert (config["re_prompt_driven"], config["re_prompt_canary_percent"]) == (True, percent)
    assert source["re_prompt_canary_percent"]["env"] == str(percent)
    assert source["re_prompt_canary_percent"]["effective"] == percent
    assert told.version()["agent"] == {
        "stable": "rules",
        "canary": "p-1",
        "canary_percent": percent,
    }
    assert told.version()["feature_flags"]["re_prompt_driven"] is True


@pytest.mark.parametrize("reason", ["flag", "share", "model"])
def test_r1_14_nothing_is_echoed_as_prompt_driven_that_cannot_be(reason: str) -> None:
    settings = load(
        {},
        use_re_prompt_driven=reason != "flag",
        re_prompt_canary_percent=0 if reason == "share" else 100,
    )
    told = report(settings, has_model=reason != "model")
    assert told.config_echo()["re_prompt_driven"] is False
    assert told.config_echo()["re_prompt_canary_percent"] == 0
    assert told.version()["feature_flags"]["re_prompt_driven"] is False


def test_r1_14_tuning_values_are_echoed() -> None:
    settings = load({}, re_search_circuit_breaker_open_after=9, search_cache_ttl=0)
    config = report(settings).config_echo()
    assert config["re_search_circuit_breaker_open_after"] == 9
    assert config["search_cache_ttl"] == 0
