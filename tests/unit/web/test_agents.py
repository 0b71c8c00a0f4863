"""The handler of each version: made when needed, kept, never read in a turn."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast
from uuid import UUID

import pytest

from gatehouse.base.config import Settings
from gatehouse.base.errors import BadInput, Misconfigured
from gatehouse.llm.assembly import named
from gatehouse.llm.tuned import TunedModel
from gatehouse.llm.types import ChatMessage, ChatRequest
from gatehouse.ops.evaluation.contract.stage import Shelf
from gatehouse.resilience.breaker import State
from gatehouse.resilience.breakers import Breakers
from gatehouse.resilience.deadline import Deadline
from gatehouse.rollout.bundles import JUST_RULES, Bundle, changed
from gatehouse.rollout.types import RULES, Control, Live
from gatehouse.rollout.versions import Version
from gatehouse.talk.past import NoPast
from gatehouse.talk.rules import RulesHandler
from gatehouse.talk.types import Handler, IncomingMessage, Market, Thread, Tools
from gatehouse.understanding.types import DialogueState
from gatehouse.web import agents
from gatehouse.web.agents import MOST_KEPT, Handlers
from gatehouse.web.own_version import (
    has_own_chain,
    own_bundle,
    own_version,
    prompts_of,
    settings_for,
)
from gatehouse.web.workshop import VersionedHandler, Workshop
from tests.unit.understanding.notation import EAR

SETTINGS = Settings(
    llm_model="sim-good", llm_base_url="http://127.0.0.1:9/v1", llm_api_key=cast(Any, "none")
)
OWN = cast(Version, own_version(SETTINGS))


class Voice:
    """Hands out a chain a version, and remembers for whom it made one."""

    def __init__(self) -> None:
        self.chat = object()
        self.made: list[tuple[str, str]] = []

    def chat_for(self, settings: Settings, version: str) -> object:
        self.made.append((settings.llm_model, version))
        return object()


class Bench:
    """A workshop with a voice that can be watched."""

    def __init__(self) -> None:
        self.voice = Voice()
        self.breakers = Breakers()
        self.workshop = Workshop(SETTINGS, cast(Any, self.voice), self.breakers, NoPast())
        self.handlers = Handlers(self.workshop.make, own=OWN)


@pytest.fixture
def bench() -> Bench:
    return Bench()


def other(**changes: Any) -> Version:
    return Version(changed(own_bundle(SETTINGS), **changes))


def name_of(handler: Handler | None) -> str:
    assert handler is not None
    return str(cast(Any, handler).version)


def test_the_rules_and_the_house_s_own_version_are_always_there(bench: Bench) -> None:
    assert name_of(bench.handlers.of(RULES)) == RULES
    assert bench.handlers.newest == OWN.id
    assert name_of(bench.handlers.of(OWN.id)) == OWN.id


def test_an_unknown_version_is_none_and_an_old_one_stays_runnable(bench: Bench) -> None:
    old, new = other(model="sim-good@old"), other(model="sim-good@new")
    assert bench.handlers.of(old.id) is None
    bench.handlers.learn([old, new])
    assert name_of(bench.handlers.of(old.id)) == old.id
    assert name_of(bench.handlers.of(new.id)) == new.id
    assert bench.handlers.of(old.id) is bench.handlers.of(old.id)


def test_what_the_control_room_names_is_made_before_anybody_asks(bench: Bench) -> None:
    canary = other(model="sim-good@canary")
    bench.handlers.learn([canary])
    bench.handlers.follow(Control(live=Live("ro_1", RULES, canary.id, share=1000)))
    assert canary.id in bench.handlers.wanted


def test_a_version_that_cannot_run_here_is_none_for_ever(bench: Bench) -> None:
    lame = Version(replace(own_bundle(SETTINGS), prompts={"system": "no place-holders\n"}))
    bench.handlers.learn([lame])
    assert bench.handlers.of(lame.id) is None
    assert bench.handlers.of(lame.id) is None


def test_only_so_many_handlers_are_kept_and_the_house_s_own_always(bench: Bench) -> None:
    many = [other(model=f"sim-good@{n}") for n in range(MOST_KEPT + 5)]
    bench.handlers.learn(many)
    assert bench.handlers.newest == OWN.id
    for version in many:
        assert bench.handlers.of(version.id) is not None
    assert len(bench.handlers.ready) == MOST_KEPT
    assert OWN.id in bench.handlers.ready
    assert bench.handlers.of(many[0].id) is not None  # made again


def test_another_model_has_a_chain_of_its_own_and_other_words_share_the_house_s(
    bench: Bench,
) -> None:
    text = own_bundle(SETTINGS).prompts["system"].replace("warm", "kind")
    words, model = other(prompts={"system": text}), other(model="sim-worse")
    bench.handlers.learn([words, model])
    bench.handlers.of(words.id)
    assert bench.voice.made == []
    bench.handlers.of(model.id)
    assert bench.voice.made == [("sim-worse", model.id)]


def test_each_version_has_its_own_contract_breaker(bench: Bench) -> None:
    worse = other(model="sim-worse")
    bench.handlers.learn([worse])
    bench.handlers.of(worse.id)
    bench.handlers.of(OWN.id)
    bench.breakers.of("llm_contract", worse.id).force(
        State.FORCED_OPEN, seconds=60, reason="a test"
    )
    told = bench.breakers.standings_of_versions()
    assert told["llm_contract", worse.id].state is State.FORCED_OPEN
    assert told["llm_contract", OWN.id].state is State.CLOSED


@pytest.mark.parametrize(
    ("change", "has_own"),
    [({"model": "sim-worse"}, True), ({"parameters": {"output": "json"}}, True),
     ({"parameters": {"model_repair": "sim-small"}}, True),
     ({"parameters": {"temperature": 0}}, False),
     ({"features": {"cards": "off"}}, False)],
)  # fmt: skip
def test_a_chain_of_its_own_is_made_where_the_model_is_asked_otherwise(
    change: dict[str, Any], has_own: bool
) -> None:
    assert has_own_chain(changed(own_bundle(SETTINGS), **change), SETTINGS) is has_own


def test_the_own_version_is_what_the_settings_say() -> None:
    later = SETTINGS.model_copy(update={"llm_model": "sim-good@2"})
    assert own_version(SETTINGS) == OWN
    assert own_version(later) != OWN
    assert own_version(Settings()) is None


def test_a_version_s_settings_are_refused_where_its_model_cannot_be_reached() -> None:
    bundle = Bundle("prompted", OWN.bundle.prompts, "anthropic:claude-haiku-4-5")
    with pytest.raises(Misconfigured, match="LLM_API_KEY is empty"):
        settings_for(bundle, Settings())


@pytest.mark.parametrize(
    "change",
    [{"model": "anthropic:claude-haiku-4-5"}, {"model": "ollama:qwen3"}, {"model": "google:g"},
     {"parameters": {"model_repair": "anthropic:claude-haiku-4-5"}}],
)  # fmt: skip
def test_a_version_takes_the_house_s_key_to_no_other_endpoint(change: dict[str, Any]) -> None:
    house = Settings(llm_model="openai:gpt-5-mini", llm_api_key=cast(Any, "the house's"))
    with pytest.raises(Misconfigured, match="keeps the house's endpoint and key"):
        settings_for(changed(own_bundle(house), **change), house)


def test_a_plain_name_that_would_live_elsewhere_is_refused_without_a_password() -> None:
    house = Settings(
        llm_model="ollama:qwen3",
        llm_model_repair="qwen3-small",
        llm_api_key=cast(Any, "the house's"),
    )
    with pytest.raises(Misconfigured, match=r"lives at api\.openai\.com, and LLM_MODEL at 127"):
        settings_for(changed(own_bundle(house), model="qwen3-small"), house)


def test_a_version_has_another_model_at_the_house_s_own_endpoint() -> None:
    house = Settings(llm_model="openai:gpt-5-mini", llm_api_key=cast(Any, "the house's"))
    for model in ("openai:gpt-5", "gpt-5", "openai-chat:gpt-5"):
        wanted = settings_for(changed(own_bundle(house), model=model), house)
        assert [each.there.base_url for each in named(wanted)] == ["https://api.openai.com/v1"]


@pytest.mark.parametrize(
    "model", ["../files", "a?key=b", "a#b", "a\nb", "a b", "%2e%2e/x", "x" * 201]
)
def test_what_could_bend_an_address_is_no_name_of_a_model(model: str) -> None:
    with pytest.raises(Misconfigured, match="no name of a model"):
        settings_for(changed(own_bundle(SETTINGS), model=model), SETTINGS)


async def test_a_handler_that_nobody_asks_for_goes_with_its_breakers(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, live = other(model="sim-good@old"), other(model="sim-good@live")
    handlers = Handlers(bench.workshop.make, own=OWN, on_drop=bench.breakers.retire)
    handlers.learn([old, live])
    handlers.follow(Control(live=Live("ro_1", RULES, live.id, share=1000)))
    for version in (old, live, OWN):
        assert handlers.of(version.id) is not None
    monkeypatch.setattr(agents, "IDLE_SECONDS", 0.0)
    handlers.tidy()  # all were asked for
    assert old.id in handlers.ready
    handlers.tidy()
    assert set(handlers.ready) == {live.id, OWN.id}
    assert {version for _, version in bench.breakers.standings_of_versions()} == {live.id, OWN.id}
    assert handlers.of(old.id) is not None  # and is made again


def test_a_model_that_its_library_refuses_is_told_and_harms_nobody() -> None:
    def refuse(_: Version) -> Handler:
        raise RuntimeError("no such thing")

    handlers = Handlers(refuse, own=OWN)
    assert handlers.of(OWN.id) is None
    assert handlers.newest is None


def test_features_can_be_left_out_and_never_switched_on() -> None:
    bundle = Bundle("rules", features={"cards": False})
    handler = VersionedHandler(RulesHandler(), bundle.id, bundle)
    tools = Tools(cast(Any, None), cast(Any, None), Market(), suggested_actions_on=False)
    fewer = handler.fewer(tools)
    assert (fewer.cards_on, fewer.suggested_actions_on) == (False, False)
    keen = VersionedHandler(RulesHandler(), "v", Bundle("rules", features={"cards": True}))
    assert keen.fewer(replace(tools, cards_on=False)).cards_on is False


def test_the_rules_without_cards_are_a_version_as_well(bench: Bench) -> None:
    version = Version(changed(JUST_RULES, features={"cards": "off"}))
    bench.handlers.learn([version])
    handler = bench.handlers.of(version.id)
    assert version.id != RULES
    assert handler is not None and handler.name == "rules"
    assert name_of(handler) == version.id


@pytest.mark.parametrize("is_on", [True, False])
async def test_a_version_without_cards_shows_the_same_homes_without_them(
    bench: Bench, is_on: bool
) -> None:
    version = Version(changed(JUST_RULES, features={"cards": is_on}))
    message = IncomingMessage(1, 1, "A flat in Girne up to 600 pounds, long term", "en")
    thread = Thread(UUID(int=1), 1, 1, DialogueState(), (message,))
    tools = Tools(Shelf(), EAR, Market())
    told = await bench.workshop.make(version).think(thread, tools, deadline=Deadline.after(5))
    assert told.results == 2
    assert bool(told.reply.cards) is is_on


def test_a_version_s_prompts_are_told_by_its_name() -> None:
    assert prompts_of(OWN).version.startswith(OWN.id)
    assert "no other language" in prompts_of(OWN).rules


async def test_parameters_reach_the_turn_s_question_and_no_repair() -> None:
    asked: list[ChatRequest] = []

    class Model:
        name = "m"

        def answer(self, request: ChatRequest, deadline: Deadline) -> None:
            asked.append(request)

    tuned = TunedModel(cast(Any, Model()), temperature=0.9, most_tokens=99)
    for task in ("turn", "repair"):
        request = ChatRequest(cast(Any, task), (ChatMessage("user", "hello"),), temperature=0.0)
        tuned.answer(request, Deadline.after(1))
    assert [(each.temperature, each.most_tokens) for each in asked] == [(0.9, 99), (0.0, 700)]


def test_bad_prompts_are_told_by_the_workshop(bench: Bench) -> None:
    lame = Version(replace(own_bundle(SETTINGS), prompts={"system": "x\n"}))
    with pytest.raises(BadInput, match="lacks"):
        bench.workshop.make(lame)
