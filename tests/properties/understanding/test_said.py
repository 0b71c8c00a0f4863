"""Laws of what is heard, in every language: order, corrections, and what was said before."""

from __future__ import annotations

from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gatehouse.understanding.places import Gazetteer
from gatehouse.understanding.state import merge
from gatehouse.understanding.types import (
    LANGUAGES,
    DialogueState,
    Heard,
    Language,
    PlaceName,
    Slot,
    SlotChange,
)
from tests.unit.understanding.notation import EAR

FRESH = DialogueState()
CITIES = ("girne", "gazimagusa", "lefkosa")


class Words(NamedTuple):
    """Things that a home seeker says in one language, each understood by itself."""

    home: str
    place: str
    rooms: str
    money: str
    extra: str
    correction: str


SAID: dict[Language, Words] = {
    "en": Words("a villa", "in Kyrenia", "3 bedrooms", "up to 700 euros", "with a garden", "no,"),
    "tr": Words("villa", "Girne'de", "3 yatak odası", "en fazla 700 euro", "bahçeli", "hayır,"),
    "ru": Words("вилла", "в Кирении", "3 спальни", "до 700 евро", "с садом", "нет,"),
    "uk": Words("вілла", "у Кіренії", "3 спальні", "до 700 євро", "з садом", "ні,"),
    "de": Words("Villa", "in Kyrenia", "3 Schlafzimmer", "bis 700 Euro", "mit Garten", "nein,"),
    "pl": Words("willa", "w Kyrenii", "3 sypialnie", "do 700 euro", "z ogrodem", "nie,"),
    "fr": Words("villa", "à Kyrenia", "3 chambres", "jusqu'à 700 euros", "avec jardin", "non,"),
    "ar": Words("فيلا", "في كيرينيا", "3 غرف نوم", "حتى 700 يورو", "مع حديقة", "لا،"),
}
SLOTS = {
    Slot.PROPERTY_TYPE,
    Slot.LOCATION,
    Slot.BEDROOMS,
    Slot.BUDGET,
    Slot.AMENITIES,
}


def test_every_language_has_its_words() -> None:
    assert SAID.keys() == set(LANGUAGES)


def hear(text: str, language: Language, state: DialogueState = FRESH) -> Heard:
    return EAR.hear(text, state=state, language=language)


def meant(heard: Heard) -> set[tuple[Slot, str, object]]:
    """The changes without where they stand, places by their keys."""
    return {(c.slot, c.op.value, _bare(c)) for c in heard.changes}


def _bare(change: SlotChange) -> object:
    if change.slot is Slot.LOCATION and isinstance(change.value, tuple):
        return tuple(p.key for p in change.value if isinstance(p, PlaceName))
    return change.value


def parts_of(words: Words) -> tuple[str, ...]:
    return words[:5]


@pytest.mark.parametrize("language", LANGUAGES)
def test_five_things_said_are_five_slots(language: Language) -> None:
    heard = hear(", ".join(parts_of(SAID[language])), language)
    assert {c.slot for c in heard.changes} == SLOTS


@given(st.sampled_from(LANGUAGES), st.permutations(range(5)))
@settings(max_examples=200, deadline=None)
def test_the_order_of_what_is_said_does_not_matter(language: Language, order: list[int]) -> None:
    parts = parts_of(SAID[language])
    usual = hear(", ".join(parts), language)
    shuffled = hear(", ".join(parts[at] for at in order), language)
    assert meant(shuffled) == meant(usual)


@given(st.sampled_from(LANGUAGES), st.permutations(range(5)))
@settings(max_examples=100, deadline=None)
def test_it_does_not_matter_in_how_many_messages_it_is_said(
    language: Language, order: list[int]
) -> None:
    parts = parts_of(SAID[language])
    at_once = merge(FRESH, hear(", ".join(parts), language))
    bit_by_bit = FRESH
    for at in order:
        bit_by_bit = merge(bit_by_bit, hear(parts[at], language, bit_by_bit))
    assert bit_by_bit.slots.keys() == at_once.slots.keys()
    for slot, filled in at_once.slots.items():
        if slot is not Slot.LOCATION:
            assert bit_by_bit.slots[slot].value == filled.value


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("city", CITIES[1:])
def test_a_place_that_follows_a_no_replaces_the_one_before(language: Language, city: str) -> None:
    words, name = SAID[language], Gazetteer.default().display(city, language)
    state = merge(FRESH, hear(f"{words.home} {words.place}", language))
    after = merge(state, hear(f"{words.correction} {name}", language, state))
    assert _keys(after) == (city,)
    assert after.slots[Slot.PROPERTY_TYPE] == state.slots[Slot.PROPERTY_TYPE]


def _keys(state: DialogueState) -> tuple[str, ...]:
    said = state.slots[Slot.LOCATION].value
    return tuple(p.key for p in said if isinstance(p, PlaceName)) if isinstance(said, tuple) else ()


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_was_said_stays_while_other_things_are_said(language: Language) -> None:
    state, said = FRESH, set[Slot]()
    for part in parts_of(SAID[language]):
        before = dict(state.slots)
        state = merge(state, hear(part, language, state))
        said |= before.keys()
        assert said <= state.slots.keys()
        assert all(state.slots[slot] == before[slot] for slot in before)
    assert state.slots.keys() >= SLOTS


def test_the_laws_would_notice_a_lost_slot() -> None:
    """The negative control: a message whose words are cut says less."""
    words = SAID["en"]
    whole = hear(", ".join(parts_of(words)), "en")
    cut = hear(", ".join(parts_of(words)[:4]), "en")
    assert meant(cut) != meant(whole)
