"""The parallel messages are whole, their gold can be read, and exact slots are counted rightly."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date
from typing import get_args

import pytest

from gatehouse.listings.wording import AMENITIES
from gatehouse.ops.evaluation.kinds import parallel
from gatehouse.ops.evaluation.parallel.hearing import (
    Outcome,
    complete_languages,
    default_ear,
    error_kinds,
    listen,
)
from gatehouse.ops.evaluation.parallel.messages import SITUATIONS, Meaning, Message, meanings
from gatehouse.ops.evaluation.parallel.messages import messages as read
from gatehouse.ops.evaluation.parallel.notation import atoms, written
from gatehouse.ops.evaluation.sources import EvaluationError
from gatehouse.understanding.places import Gazetteer
from gatehouse.understanding.types import (
    Budget,
    Heard,
    Language,
    Op,
    PlaceName,
    Range,
    Slot,
    SlotChange,
    SlotValue,
)

ALL: tuple[Language, ...] = get_args(Language)


def change(slot: Slot, op: Op, value: SlotValue | None) -> SlotChange:
    return SlotChange(slot, op, value, None)


def heard(text: str, *changes: SlotChange) -> Heard:
    return Heard(text, "en", 1.0, changes=changes)


LAPTA = change(Slot.LOCATION, Op.SET, (PlaceName("girne/lapta", "Lapta"),))
POOL = change(Slot.AMENITIES, Op.ADD, ("pool",))
MESSAGE = Message("en", "Lapta with a pool", Meaning(1, "fresh", atoms("location=girne/lapta")))


@pytest.mark.parametrize("language", ALL)
def test_every_language_words_all_two_hundred_messages(language: Language) -> None:
    said = read(language)
    assert [m.meaning.number for m in said] == list(range(1, 201))
    assert all(m.text.strip() == m.text != "" for m in said)


@pytest.mark.parametrize("language", ALL)
def test_no_message_is_said_twice_and_halves_are_equally_large(language: Language) -> None:
    texts = Counter(m.text.casefold() for m in read(language))
    assert [text for text, times in texts.items() if times > 1] == []
    assert len(read(language, half="odd")) == len(read(language, half="even")) == 100


def test_gold_names_only_places_and_amenities_that_exist() -> None:
    places, found = Gazetteer.default(), [a for m in meanings() for a in m.changes]
    named = [a.removeprefix("location")[1:] for a in found if a.startswith("location")]
    keys = {key for names in named for key in names.split(",")} - {"any"}
    assert {key for key in keys if key not in places} == set()
    wishes = {a.removeprefix("amenities").lstrip("+-") for a in found if a.startswith("amenities")}
    assert {w.removeprefix("=clear ") for w in wishes} <= set(AMENITIES)


def test_every_situation_is_used() -> None:
    assert {m.situation for m in meanings()} == set(SITUATIONS)


@pytest.mark.parametrize(
    ("said", "gold"),
    [
        (LAPTA, "location=girne/lapta"),
        (POOL, "amenities+pool"),
        (change(Slot.AMENITIES, Op.REMOVE, ("pool", "lift")), "amenities-lift; amenities-pool"),
        (change(Slot.AMENITIES, Op.CLEAR, ("pool",)), "amenities=clear pool"),
        (change(Slot.BUDGET, Op.CLEAR, None), "budget=clear"),
        (change(Slot.BUDGET, Op.ANY, None), "budget=any"),
        (change(Slot.BUDGET, Op.LESS, Budget(None, 450.0, "GBP", "month")), "budget less"),
        (
            change(Slot.BUDGET, Op.SET, Budget(None, 5e5, "GBP", "total")),
            "budget<=500000 GBP/total",
        ),
        (change(Slot.BUDGET, Op.SET, Budget(400.0, 600.0, None, None)), "budget=400-600"),
        (change(Slot.BUDGET, Op.SET, Budget(None, 7.0, None, None, True)), "budget~<=7"),
        (change(Slot.BEDROOMS, Op.SET, Range(2.0, 2.0)), "bedrooms=2"),
        (change(Slot.BEDROOMS, Op.SET, Range(3.0, None)), "bedrooms>=3"),
        (change(Slot.CHECK_IN, Op.SET, date(2026, 5, 3)), "check_in=2026-05-03"),
        (change(Slot.MIN_NIGHTS, Op.SET, 14), "min_nights=14"),
        (change(Slot.PROPERTY_TYPE, Op.SET, ("villa", "house")), "property_type=house,villa"),
    ],
)
def test_a_change_is_written_as_gold_writes_it(said: SlotChange, gold: str) -> None:
    assert written([said]) == atoms(gold)


@pytest.mark.parametrize("gold", ["bedroms=2", "budget=cheap", "location", "amenities+pool lift"])
def test_gold_that_is_no_change_is_refused(gold: str) -> None:
    with pytest.raises(EvaluationError):
        atoms(gold)


def test_only_the_same_changes_are_exact() -> None:
    assert Outcome(MESSAGE, heard("Lapta", LAPTA)).is_exact
    assert not Outcome(MESSAGE, heard("Lapta")).is_exact
    assert not Outcome(MESSAGE, heard("Lapta", LAPTA, POOL)).is_exact


def test_where_in_the_text_and_how_sure_do_not_count() -> None:
    assert Outcome(MESSAGE, heard("Lapta", replace(LAPTA, confidence=0.4, why="guess"))).is_exact


def test_errors_are_told_by_slot_and_kind() -> None:
    girne = replace(LAPTA, value=(PlaceName("girne", "Girne"),))
    outcomes = [Outcome(MESSAGE, heard("", *said)) for said in ((), (girne,), (LAPTA, POOL))]
    assert error_kinds(outcomes) == {
        "location missing": 1,
        "location wrong": 1,
        "amenities extra": 1,
    }


def test_the_report_has_a_figure_for_each_language_and_the_worst_of_them() -> None:
    report = parallel.run({"lang": None, "half": "odd", "failures": False})
    names = [figure.name for figure in report.figures]
    assert {f"exact slots {language}" for language in complete_languages()} <= set(names)
    assert any(name.startswith("worst language") for name in names)
    assert not report.details


def test_failures_never_show_what_only_measures() -> None:
    numbers = {m.text: m.meaning.number for m in read("en")}
    wrong = [
        Outcome(m, heard(m.text, change(Slot.MIN_NIGHTS, Op.SET, 99)), "en") for m in read("en")
    ]
    shown = [line for line in parallel.failures(wrong) if line.startswith("en ")]
    assert len(shown) == 100
    assert all(numbers[line.split(": ", 1)[1]] % 2 for line in shown)


def test_predictions_keep_the_wording_of_what_only_measures_to_themselves() -> None:
    report = parallel.run({"lang": "en", "half": "even", "failures": True})
    assert report.predictions
    assert not any("text" in line or "heard" in line for line in report.predictions)


def test_a_language_without_a_lexicon_is_refused() -> None:
    with pytest.raises(EvaluationError, match="no lexicon of 'eo'"):
        parallel.run({"lang": "eo", "half": "all", "failures": False})


def test_shuffled_gold_scores_like_the_floor() -> None:
    """Negative control: the scorer must not be pleased by meanings of other messages."""
    ear, said = default_ear(("en",)), read("en")
    outcomes = [listen(ear, message) for message in said]
    shifted = [
        Outcome(replace(o.message, meaning=said[(n + 67) % len(said)].meaning), o.heard)
        for n, o in enumerate(outcomes)
    ]
    assert parallel.exact_share(outcomes) > 0.8
    assert parallel.exact_share(shifted) < 0.1
