"""A version is named by its content: the same content, the same name; another letter, another."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatehouse.base.errors import BadInput
from gatehouse.rollout.bundles import JUST_RULES, Bundle, bundle_of, canonical, changed, tidy
from gatehouse.rollout.differences import differences, is_about_prompts
from gatehouse.rollout.types import RULES
from gatehouse.rollout.versions import Version

TEXTS = {"system": "Speak.\nBriefly.\n", "homes": "$data\n", "repair": "$reason\n"}
BUNDLE = Bundle("prompted", TEXTS, "gpt-5-mini", {"temperature": 0.2}, {"cards": True})


def test_the_name_is_fixed_for_ever() -> None:
    assert BUNDLE.id == "v-aaacd587bae7"
    assert JUST_RULES.id == RULES


def test_the_order_of_its_parts_does_not_matter() -> None:
    other = replace(BUNDLE, prompts=dict(reversed(TEXTS.items())))
    assert other.id == BUNDLE.id


@pytest.mark.parametrize(
    "change",
    [
        {"prompts": TEXTS | {"system": "Speak.\nBriefly!\n"}},
        {"model": "gpt-5"},
        {"parameters": {"temperature": 0.3}},
        {"parameters": {}},
        {"features": {"cards": False}},
    ],
)
def test_any_change_gives_another_name(change: dict[str, Any]) -> None:
    assert replace(BUNDLE, **change).id != BUNDLE.id


def test_an_editor_s_line_ends_change_nothing() -> None:
    assert changed(BUNDLE, prompts={"system": "Speak.\r\nBriefly.\r\n\r\n"}).id == BUNDLE.id


@given(st.text(max_size=200))
def test_tidying_twice_is_tidying_once(text: str) -> None:
    assert tidy(tidy(text)) == tidy(text)


@given(
    st.dictionaries(st.sampled_from(["system", "homes"]), st.text(max_size=50), min_size=1),
    st.floats(0, 2, allow_nan=False),
    st.booleans(),
)
def test_what_is_stored_has_the_same_name_when_it_is_read_again(
    texts: dict[str, str], warmth: float, is_on: bool
) -> None:
    told = {"handler": "prompted", "prompts": texts, "model": "m",
            "parameters": {"temperature": warmth}, "features": {"cards": is_on}}  # fmt: skip
    made = bundle_of(told)
    assert bundle_of(json.loads(canonical(made.as_json()))).id == made.id


def test_values_are_understood_as_a_shell_writes_them() -> None:
    made = changed(
        BUNDLE,
        parameters={"temperature": "1", "most_tokens": "500", "output": "json"},
        features={"suggested_actions": "off"},
    )
    assert made.parameters == {"temperature": 1.0, "most_tokens": 500, "output": "json"}
    assert made.features == {"cards": True, "suggested_actions": False}


@pytest.mark.parametrize(
    ("told", "fault"),
    [
        ({"parameters": {"temperature": "hot"}}, "temperature is 'hot': allowed is a number"),
        ({"parameters": {"temperature": 2.1}}, "from 0 to 2"),
        ({"parameters": {"top_k": 3}}, "top_k is no parameter"),
        ({"parameters": {"output": "xml"}}, "output is 'xml'"),
        ({"features": {"cards": "maybe"}}, "cards is 'maybe': allowed is on or off"),
        ({"features": {"wings": "on"}}, "wings is no feature"),
        ({"model": " "}, "model is empty"),
        ({"prompts": {}}, "prompts are missing"),
        ({"handler": "rules"}, "the rules handler has no prompts"),
        ({"handler": "oracle"}, "handler is 'oracle'"),
        ({"colour": "red"}, "a version has no colour"),
        ({"prompts": ["system"]}, "prompts is \"['system']\": allowed is an object"),
        ({"parameters": None}, "parameters is 'None': allowed is an object"),
        ({"prompts": {"system": "half \ud83c"}}, "half a character"),
    ],
)
def test_what_no_version_can_be_is_refused_in_one_line(told: dict[str, Any], fault: str) -> None:
    with pytest.raises(BadInput) as refused:
        bundle_of(BUNDLE.as_json() | told)
    assert fault in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_changed_sentence_is_one_line_less_and_one_more() -> None:
    after = changed(BUNDLE, prompts={"system": "Speak.\nVery briefly.\n"})
    lines = differences(Version(BUNDLE), Version(after))
    assert [line for line in lines if is_about_prompts(line)] == ["-Briefly.", "+Very briefly."]


def test_values_are_told_by_name() -> None:
    after = changed(
        BUNDLE, model="gpt-5", parameters={"most_tokens": 300}, features={"cards": "off"}
    )
    assert differences(Version(BUNDLE), Version(after)) == [
        "model: gpt-5-mini -> gpt-5",
        "most_tokens: (as the house has it) -> 300",
        "cards: on -> off",
    ]


def test_the_same_content_has_no_differences() -> None:
    assert differences(Version(BUNDLE, "a"), Version(BUNDLE, "b")) == []
