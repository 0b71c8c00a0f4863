"""A prompt without its place-holders never reaches a visitor."""

from __future__ import annotations

import pytest

from gatehouse.base.errors import BadInput
from gatehouse.talk.prompts import PARTS, Part, load
from gatehouse.talk.prompts.places import ALLOWED, LONGEST, NEEDED, refuse_unfit

TEXTS: dict[str, str] = dict(load().texts.items())


def test_the_release_s_own_prompts_are_fit() -> None:
    refuse_unfit(TEXTS)


def test_a_changed_sentence_is_fit() -> None:
    refuse_unfit(TEXTS | {"system": TEXTS["system"].replace("short, warm", "brief, friendly")})


@pytest.mark.parametrize("part", PARTS)
def test_each_needed_place_holder_is_missed(part: Part) -> None:
    for name in NEEDED[part]:
        without = TEXTS[part].replace(f"${name}", "so")
        with pytest.raises(BadInput, match=rf"{part} lacks \${name}"):
            refuse_unfit(TEXTS | {part: without})


def test_what_an_agency_may_leave_out_is_not_missed() -> None:
    for name in ALLOWED["system"] - NEEDED["system"]:
        refuse_unfit(TEXTS | {"system": TEXTS["system"].replace(f"${name}", "us")})


@pytest.mark.parametrize(
    ("texts", "fault"),
    [
        ({"system": TEXTS["system"] + " $colour"}, "unknown $colour"),
        ({"system": TEXTS["system"] + " it costs 5 $ a day"}, "write $$ for a dollar sign"),
        ({"system": " "}, "system is empty"),
        ({"system": TEXTS["system"] + "a" * LONGEST}, f"allowed is {LONGEST}"),
        ({"system": TEXTS["system"] + "\0"}, "cannot be stored"),
        ({"greeting": "Hello"}, "greeting is no part of the prompts"),
    ],
)
def test_other_faults_are_told_in_one_plain_line(texts: dict[str, str], fault: str) -> None:
    with pytest.raises(BadInput) as refused:
        refuse_unfit(TEXTS | texts)
    assert fault in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_dollar_sign_is_written_twice() -> None:
    refuse_unfit(TEXTS | {"system": TEXTS["system"] + " never say $$5"})
