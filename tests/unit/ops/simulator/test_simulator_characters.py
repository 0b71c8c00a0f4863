"""A model's name says how it behaves, in which share of its answers."""

from __future__ import annotations

import json
from collections import Counter

import openai
import pytest
from openai import AsyncOpenAI

from gatehouse.base.errors import BadInput
from gatehouse.ops.simulator.characters import character_of
from gatehouse.ops.simulator.directing import Asked, Director
from gatehouse.ops.simulator.types import Behaviour

SYSTEM = """Write in English, and in no other language.
{"act": ..., "speak": "..."}
Likely act of this turn: SEARCH_AND_RECOMMEND
HOMES: {home:1} {price:1}"""


def played(model: str, count: int, seed: int = 0) -> Counter[str]:
    director = Director(default=Behaviour("light"), seed=seed)
    asked = (Asked(number, "chat", model) for number in range(1, count + 1))
    return Counter(director.choose(each).name for each in asked)


@pytest.mark.parametrize("model", ["simulated", "gpt-5-mini", "simple-slow:1", ""])
def test_other_names_have_no_character(model: str) -> None:
    assert character_of(model) is None
    assert played(model, 5) == {"light": 5}


def test_a_share_of_the_answers_behaves_as_the_name_says() -> None:
    told = played("sim-slow:0.1+malformed:0.3@b", 4000)
    assert 330 <= told["slow_first_token"] <= 470
    assert 1090 <= told["malformed"] <= 1310
    assert told["good"] == 4000 - told["slow_first_token"] - told["malformed"]


def test_the_same_seed_gives_the_same_and_another_mark_does_not() -> None:
    director = Director()

    def order(model: str) -> list[str]:
        return [director.choose(Asked(n, "chat", model)).name for n in range(200)]

    assert order("sim-slow:0.5") == order("sim-slow:0.5")
    assert order("sim-slow:0.5") != order("sim-slow:0.5@b")


def test_without_a_share_it_always_does() -> None:
    assert played("sim-worse", 20) == {"dull": 20}
    assert played("sim-good", 20) == {"good": 20}


def test_a_third_part_says_how_late() -> None:
    (trait,) = character_of("sim-slow:0.2:1500") or ()
    assert trait.behaviour.number("ms", 0) == 1500
    assert trait.share == 0.2


@pytest.mark.parametrize(
    "model", ["sim-rude", "sim-slow:2", "sim-slow:x", "sim-slow:0.6+malformed:0.6", "sim-slow:1:x"]
)
def test_a_name_that_cannot_be_played_is_refused(model: str) -> None:
    with pytest.raises(BadInput):
        character_of(model)


def test_only_chats_have_a_character() -> None:
    chosen = Director().choose(Asked(1, "embeddings", "sim-malformed"))
    assert chosen.name == "good"


async def test_such_a_name_is_a_client_s_mistake(client: AsyncOpenAI) -> None:
    with pytest.raises(openai.BadRequestError, match="no behaviour"):
        await client.chat.completions.create(
            model="sim-rude", messages=[{"role": "user", "content": "hello"}]
        )


@pytest.mark.parametrize(("model", "names_a_home"), [("sim-worse", False), ("sim-good", True)])
async def test_a_worse_one_shows_homes_and_speaks_of_none(
    client: AsyncOpenAI, model: str, names_a_home: bool
) -> None:
    answer = await client.chat.completions.create(
        model=model,
        messages=[
            {"role": "system", "content": SYSTEM},
            {"role": "user", "content": "A flat in Girne up to 500 pounds a month, long term"},
        ],
    )
    told = json.loads(answer.choices[0].message.content or "")
    assert told["act"] == "SEARCH_AND_RECOMMEND"
    assert ("{home:1}" in told["speak"]) is names_a_home
