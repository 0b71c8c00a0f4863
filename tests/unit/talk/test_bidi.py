"""Latin words keep their order in an Arabic sentence; other languages get no marks."""

from __future__ import annotations

import pytest

from gatehouse.talk.phrases import NN_, say
from gatehouse.talk.phrases.bidi import FIRST_STRONG, POP
from gatehouse.talk.phrases.gather import faults
from gatehouse.talk.voice import Voice
from gatehouse.understanding.types import LANGUAGES, Language

PHONE = "The agency's phone number is {value}."


@pytest.mark.parametrize("value", ["+90 533 811 22 33", "ada@example.org", "Long Beach", "Girne 2"])
def test_what_runs_from_left_to_right_is_fenced_in_arabic(value: str) -> None:
    assert f"{FIRST_STRONG}{value}{POP}" in say("ar", PHONE, value=value)


@pytest.mark.parametrize("value", ["كيرينيا", "شقة في Girne", "500 £", "3 مايو 2026", 7])
def test_arabic_words_and_plain_figures_need_no_fence(value: object) -> None:
    assert FIRST_STRONG not in say("ar", PHONE, value=value)


@pytest.mark.parametrize("language", [known for known in LANGUAGES if known != "ar"])
def test_other_languages_have_no_marks(language: Language) -> None:
    assert FIRST_STRONG not in say(language, PHONE, value="+90 533 811 22 33")


def test_lists_have_the_comma_of_their_script() -> None:
    assert Voice("ar").listed(("شقة", "مسبح")) == "شقة، مسبح"
    assert Voice("ar").join(("شقة", "فيلا", "بيت")) == "شقة، فيلا وبيت"
    assert Voice("de").join(("Wohnung", "Villa", "Haus")) == "Wohnung, Villa und Haus"


def test_a_form_for_one_count_may_say_it_in_words() -> None:
    nights = NN_("{n} night", "{n} nights")
    assert [Voice("ar").many(nights, n) for n in (1, 2, 3, 11, 100)] == [
        "ليلة واحدة", "ليلتان", "3 ليالٍ", "11 ليلة", "100 ليلة",
    ]  # fmt: skip
    assert faults("ar") == []
