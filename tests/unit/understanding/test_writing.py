"""How languages write figures and contractions: it is data, of all languages at once."""

from __future__ import annotations

import pytest

from gatehouse.understanding.contact import find_reach
from gatehouse.understanding.letters import fold
from gatehouse.understanding.types import LANGUAGES, Language
from gatehouse.understanding.words import split
from gatehouse.understanding.writing import of_all, writing


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_one_decimal_sign(language: Language) -> None:
    assert writing(language).decimal in (".", ",")


def test_the_words_of_all_languages_are_there_once_the_longest_first() -> None:
    words = of_all(lambda each: each.telephone)
    assert len(set(words)) == len(words)
    assert list(map(len, words)) == sorted(map(len, words), reverse=True)


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("jusqu'à 500", ["jusqu", "a", "500"]),
        ("pas d'agence", ["pas", "d", "agence"]),
        ("um 15.30 Uhr", ["um", "15:30", "uhr"]),
        ("Girne'de ev", ["girne'de", "ev"]),  # an ending, not a word before the next one
    ],
)
def test_contractions_and_hours_come_apart_as_their_language_writes_them(
    text: str, tokens: list[str]
) -> None:
    assert [token.text for token in split(fold(text))] == tokens


@pytest.mark.parametrize("said", ["tel", "Phone number is", "telefonum", "Téléphone:", "هاتف"])
def test_a_short_number_is_one_to_call_behind_a_word_for_telephone(said: str) -> None:
    text = f"{said} 815 22 33"
    assert find_reach(fold(text), text)[0] == "8152233"


@pytest.mark.parametrize("currency", ["pounds", "£", "фунтов", "złotych", "k"])
def test_no_number_before_a_currency_is_one_to_call(currency: str) -> None:
    text = f"tel 8152233 {currency}"
    assert find_reach(fold(text), text)[0] is None
