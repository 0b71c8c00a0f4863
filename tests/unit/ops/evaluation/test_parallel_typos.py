"""A typing error changes each longer word once, as fingers on that keyboard would."""

from __future__ import annotations

import re
from random import Random
from typing import get_args

import pytest
from rapidfuzz.distance import OSA

from gatehouse.ops.evaluation.kinds import typos
from gatehouse.ops.evaluation.parallel.messages import messages
from gatehouse.ops.evaluation.parallel.typing_errors import mistype, neighbours
from gatehouse.understanding.names import bending
from gatehouse.understanding.types import Language

ALL: tuple[Language, ...] = get_args(Language)
NUMBER = re.compile(r"\d+")


@pytest.mark.parametrize("language", ALL)
def test_each_longer_word_gets_just_one_edit(language: Language) -> None:
    words = {w for m in messages(language) for w in re.findall(r"[^\W\d_]{5,}", m.text)}
    typed = {word: mistype(word, language, Random(word)) for word in words}
    assert {w: t for w, t in typed.items() if OSA.distance(w, t) != 1} == {}


@pytest.mark.parametrize("language", ALL)
def test_numbers_and_short_words_stay(language: Language) -> None:
    for message in messages(language):
        typed = mistype(message.text, language, Random(1))
        assert NUMBER.findall(typed) == NUMBER.findall(message.text)
    assert mistype("2+1 a bed £500 max", language, Random(1)) == "2+1 a bed £500 max"


def test_the_same_seed_types_the_same() -> None:
    text = "furnished apartment in Kyrenia"
    assert mistype(text, "en", Random("a")) == mistype(text, "en", Random("a"))
    assert len({mistype(text, "en", Random(n)) for n in range(20)}) > 10


def test_a_missed_key_is_one_beside_it() -> None:
    assert set(neighbours("s", "en")) == set("adwezx")
    assert "z" in neighbours("t", "de")
    assert "й" in neighbours("ц", "ru")
    assert neighbours("é", "fr") == ""


@pytest.mark.parametrize("language", ALL)
def test_no_key_stands_twice_on_a_keyboard(language: Language) -> None:
    keys = "".join(bending(language).keyboard)
    assert len(set(keys)) == len(keys)


def test_the_report_tells_what_is_lost_and_repeats_itself() -> None:
    options = {"lang": "en", "half": "odd", "seed": 7, "draws": 1, "failures": True}
    first, second = typos.run(options), typos.run(options)
    assert first.figures == second.figures
    assert first.figures[0].is_limit
    assert 0.0 <= first.figures[0].value < 1.0
    assert first.figures[0].count == 100
