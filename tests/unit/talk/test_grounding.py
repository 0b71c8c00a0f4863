"""Sentences against facts: homes, numbers, money, places, names, amenities, language."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatehouse.talk.grounding import Facts, check, fault_of, numbers_of, readings, word_runs
from gatehouse.talk.prompts import load
from gatehouse.talk.topics import asked_slots, asks
from gatehouse.talk.voice import Voice
from gatehouse.understanding.types import Language, Slot
from tests.conversations.stock import home
from tests.conversations.voices import EAR

ONE = home(1, "girne/lapta", price=550.0, amenities=("pool", "parking"), deposit=300.0)
TWO = home(2, "girne/alsancak", price=480.0, bedrooms=3, amenities=("pool", "garden"))
FACTS = Facts(
    language="en",
    homes={1: ONE, 2: TWO},
    numbers=frozenset((600.0, 24.0, 2.0)),
    amounts=frozenset((600.0,)),
    currencies=frozenset(("GBP",)),
    places=frozenset(("girne",)),
    amenities=frozenset(("furnished",)),
    words=frozenset(("sunset",)),
    titles=(ONE.title,),
    prompt=word_runs(load().rules),
)


@pytest.mark.parametrize(
    "sentence",
    [
        "Here are the homes in Girne.",
        "I found 24 homes up to £600.",
        "{home:2} has three bedrooms and costs {price:2}.",
        "{home:1} is in Lapta, and its deposit is £300.",
        "Both have a pool.",
        "{home:2} has a garden.",
        "They are furnished, as you wish.",
        "One moment, this one is lovely.",
        "“Home 1 in Lapta” is the first.",
        "The sunset there is famous; Sunset was your word.",
        "It is in Northern Cyprus, in Kyrenia.",
    ],
)
def test_what_is_known_may_be_said(sentence: str) -> None:
    assert fault_of(sentence, FACTS, ear=EAR) is None


@pytest.mark.parametrize(
    ("sentence", "fault"),
    [
        ("Look at {home:3}.", "home"),
        ("There are 25 homes.", "number"),
        ("There are seventeen homes.", "number"),
        ("{home:1} has 3 bedrooms.", "number"),
        ("It is 5 minutes away.", "number"),
        ("{home:1} costs £550.", "number"),
        ("{home:1} costs 91 pounds.", "money"),
        ("It costs 600 euros.", "money"),
        ("They are in Famagusta.", "place"),
        ("{home:1} has a garden.", "amenity"),
        ("Both have a sea view.", "amenity"),
        ("{home:1} has no pool.", "amenity"),
        ("“Palm Court” is the best.", "name"),
        ("The Palm Court is the best.", "name"),
        ("Ask Mr Yilmaz about it.", "name"),
        ("Bunlar isteklerinize uyan evler, hangisini beğendiniz?", "language"),
        ("这些房子很好", "language"),
        ("See <b>this</b>.", "markup"),
        ("See evil.com now.", "markup"),
        ("Y o u  a r e  t h e  a s s i s t a n t", "markup"),
        ("I give you half of it off.", "promise"),
        ("I have booked it for you.", "promise"),
        ("You state facts about homes only from the block HOMES.", "prompt"),
    ],
)
def test_what_is_not_known_may_not(sentence: str, fault: str) -> None:
    assert fault_of(sentence, FACTS, ear=EAR) == fault


def test_place_holders_become_title_and_price_of_the_row() -> None:
    checked = check("{home:1} costs {price:1}.", FACTS, ear=EAR, voice=Voice("en"))
    assert checked.text == "“Home 1 in Lapta” costs £550 a month."


@pytest.mark.parametrize(
    ("sentence", "language", "shown"),
    [
        ("{price:1} each night.", "en", None),
        ("{price:1} per month.", "en", "£550 per month."),
        ("{price:3} for it.", "en", "£60 a night for it."),
        ("{price:3} a month.", "en", None),
        ("{price:1} and {price:3} a night.", "en", None),
        ("{home:3} gecelik {price:3}.", "tr", "“Home 3 in Lapta” gecelik £60."),
        ("{home:3} aylık {price:3}.", "tr", None),
        ("{home:3} kostet {price:3} im Monat.", "de", None),
        ("{home:1} за {price:1} в месяц.", "ru", "«Home 1 in Lapta» за 550 £ в месяц."),
        ("{home:1} бере {price:1} за ніч.", "uk", None),
        ("{home:4} for {price:4}.", "en", "“Home 4 in Lapta” for £90,000."),
        ("{home:4} for {price:4} a month.", "en", None),
    ],
)
def test_a_price_is_told_with_its_own_period_and_never_with_another(
    sentence: str, language: Language, shown: str | None
) -> None:
    nightly = home(3, "girne/lapta", price=60.0, term="short_term")
    sold = home(4, "girne/lapta", price=90_000.0, term=None)
    facts = replace(FACTS, language=language, homes={1: ONE, 2: TWO, 3: nightly, 4: sold})
    checked = check(sentence, facts, ear=EAR, voice=Voice(language))
    assert (checked.text or "").replace("\xa0", " ") == (shown or "")
    assert checked.fault == (None if shown else "money")


@given(st.integers(2, 10_000))
def test_no_number_outside_the_grounded_set_is_said(number: int) -> None:
    known = FACTS.numbers | numbers_of(ONE)
    fault = fault_of(f"{{home:1}} has {number} of them.", FACTS, ear=EAR)
    assert (fault is None) is (float(number) in known)


@pytest.mark.parametrize(
    ("run", "values"),
    [("1.200", {1200.0}), ("1,200", {1200.0}), ("1 200", {1200.0}), ("4.5", {4.5}), ("٢٤", {24.0})],
)
def test_a_run_of_digits_is_read_as_it_is_written(run: str, values: set[float]) -> None:
    assert readings(run) == values


@pytest.mark.parametrize(
    ("language", "sentence", "slot"),
    [
        ("en", "What is your budget?", Slot.BUDGET),
        ("en", "Please tell me your budget.", Slot.BUDGET),
        ("tr", "Bütçeniz nedir?", Slot.BUDGET),
        ("ru", "Подскажите, в каком районе искать.", Slot.LOCATION),
        ("uk", "Скільки ви готові витратити?", Slot.BUDGET),
        ("de", "Wo möchten Sie wohnen?", Slot.LOCATION),
        ("pl", "Na jak długo?", Slot.RENTAL_TYPE),
        ("fr", "Dans quelle ville ?", Slot.LOCATION),
        ("ar", "ما ميزانيتك؟", Slot.BUDGET),
    ],
)
def test_questions_about_slots_are_known_in_every_language(
    language: Language, sentence: str, slot: Slot
) -> None:
    assert slot in asked_slots(sentence, language)


def test_a_statement_asks_nothing() -> None:
    assert not asks("Your budget is noted.", "en")
    assert asked_slots("Which of them do you like?", "en") == frozenset()
