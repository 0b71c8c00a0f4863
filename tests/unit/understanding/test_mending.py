"""Slips of the finger: what was meant is found, and what was meant as it stands is left alone."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import islice
from pathlib import Path
from random import Random
from typing import get_args

import pytest

from gatehouse.understanding.glossary import Glossary
from gatehouse.understanding.keyboards import near_keys, slip_cost
from gatehouse.understanding.letters import fold
from gatehouse.understanding.mending import mended
from gatehouse.understanding.places import Gazetteer
from gatehouse.understanding.shapes import Shapes
from gatehouse.understanding.types import Language
from gatehouse.understanding.vocabulary import load
from gatehouse.understanding.words import split

LANGUAGES: tuple[Language, ...] = get_args(Language)
STRANGERS = Path(__file__).parent / "strangers.txt"
SAMPLED = 60  # words of each language
MOST_MISTAKEN, MOST_MISTAKEN_IN_ONE = 0.035, 0.08  # of words that mean nothing to us


@cache
def glossary() -> Glossary:
    return Glossary({language: load(language) for language in LANGUAGES}, Gazetteer.default())


def mend(language: Language, text: str) -> str:
    tokens = split(fold(text))
    return " ".join(t.text for t in mended(tokens, load(language), glossary()))


@cache
def strangers() -> dict[Language, tuple[str, ...]]:
    """Names and everyday words that are of no use to a home seeker, by language."""
    sections = STRANGERS.read_text("utf-8").split("[")[1:]
    words = {code: text.split() for code, _, text in (s.partition("]") for s in sections)}
    return {language: tuple(words[language]) for language in LANGUAGES}


def telling_words(language: Language) -> list[str]:
    """Longer words that mean something by themselves."""
    known = load(language)
    words = (w for w in known.root.words if 6 <= len(w) <= 20 and w.isalpha())
    return sorted(w for w in words if known.root.words[w].labels)


def slips_of(word: str) -> Iterator[str]:
    """Neighbours swapped, a letter left out, a letter doubled: at each place behind the first."""
    for at in range(1, len(word) - 1):
        yield word[:at] + word[at + 1] + word[at] + word[at + 2 :]
        yield word[:at] + word[at + 1 :]
        yield word[: at + 1] + word[at:]


@pytest.mark.parametrize(
    ("language", "typed", "meant"),
    [
        ("en", "an apartmnet with a gardne", "an apartment with a garden"),
        ("en", "price does't mattre", "price doesn't matter"),
        ("en", "500 ounds a onth", "500 pounds a month"),
        ("en", "a house in apta", "a house in lapta"),
        ("en", "studio in Kyrenia cenrte", "studio in kyrenia centre"),
        ("en", "Long Beahc", "long beach"),
        ("tr", "esyail darie", "esyali daire"),
        ("tr", "havuzssuz ev", "havuzsuz ev"),
        ("tr", "Laptaad", "laptada"),
        ("ru", "дом с вадом", "дом с садом"),
        ("ru", "квратира с балокном", "квартира с балконом"),
        ("uk", "бунгало у апті", "бунгало у лапті"),
        ("uk", "500 фнутів на мсіяць", "500 фунтів на місяць"),
        ("de", "wohnnug mit balkno", "wohnung mit balkon"),
        ("pl", "mieszkamie z ogordem", "mieszkanie z ogrodem"),
        ("fr", "apaprtement avec picsine", "appartement avec piscine"),
        ("ar", "شقة مفرشوة", "شقه مفروشه"),
        ("ar", "500 باند بالشهر", "500 باوند بالشهر"),
    ],
)
def test_a_word_is_mended_by_what_stands_around_it(
    language: Language, typed: str, meant: str
) -> None:
    assert mend(language, typed) == meant


@pytest.mark.parametrize("language", LANGUAGES)
def test_one_slip_in_a_longer_word_leads_back_to_it_or_to_one_as_near(language: Language) -> None:
    known, keys = load(language), near_keys(language)
    dice = Random(7)
    words = telling_words(language)
    for word in dice.sample(words, min(SAMPLED, len(words))):
        for typed in slips_of(word):
            if known.knows(typed):
                continue
            found = known.slips.nearest(typed)
            cost = slip_cost(typed, word, keys)
            assert found is not None
            assert cost is not None
            assert found[1] == word or found[0] <= cost


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_that_mean_nothing_to_us_stay_what_they_are(language: Language) -> None:
    words = strangers()[language]
    mistaken = [word for word in words if mend(language, word) != fold(word)]
    assert len(words) > 150
    assert len(mistaken) <= MOST_MISTAKEN_IN_ONE * len(words), mistaken


def test_few_words_of_all_languages_are_mistaken_for_slips() -> None:
    pairs = [(language, word) for language, words in strangers().items() for word in words]
    mistaken = [word for language, word in pairs if mend(language, word) != fold(word)]
    assert len(mistaken) <= MOST_MISTAKEN * len(pairs), mistaken


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_measure_of_strangers_would_notice_slips(language: Language) -> None:
    words = telling_words(language)[:SAMPLED]
    typed = [next(islice(slips_of(word), 3, None)) for word in words]
    changed = [word for word in typed if mend(language, word) != word]
    assert len(changed) > 5 * MOST_MISTAKEN_IN_ONE * len(typed)


@pytest.mark.parametrize("language", LANGUAGES)
def test_our_own_words_are_never_mended(language: Language) -> None:
    known = load(language)
    words = sorted(w for w in known.root.words if w.isalpha())
    assert [w for w in words if mend(language, w) != w] == []


@pytest.mark.parametrize("text", ["2+1 500 £ 3.5", "don't", "girne'de", "o'clock", "17:30"])
def test_figures_and_apostrophes_are_left_alone(text: str) -> None:
    assert mend("en", text) == " ".join(t.text for t in split(fold(text)))


def test_words_that_share_a_shape_are_found() -> None:
    shapes = Shapes(("garden", "garage", "terrace"))
    assert "garden" in shapes.sharing("gadren")
    assert "garden" in shapes.sharing("arden")
    assert shapes.sharing("kitchen") == set()


def test_a_text_without_spaces_is_no_word() -> None:
    assert Shapes(("garden",)).sharing("garden" * 2_000) == set()
    assert load("en").slips.near("x" * 10_000) == ()
