"""Days and hours of a visit: wanted, clashing with other plans, or left open."""

from __future__ import annotations

from datetime import date

import pytest

from gatehouse.understanding.appointment import Moment, moments, today_told
from gatehouse.understanding.glossary import Glossary
from gatehouse.understanding.letters import fold
from gatehouse.understanding.numbers import join_numbers
from gatehouse.understanding.places import Gazetteer
from gatehouse.understanding.reading import Reading, read
from gatehouse.understanding.types import DialogueState
from gatehouse.understanding.vocabulary import load
from gatehouse.understanding.words import split
from tests.unit.understanding.notation import EAR

ENGLISH = load("en")
GLOSSARY = Glossary({"en": ENGLISH}, Gazetteer(()))


def said(text: str, *, awaits_hour: bool = False, is_ours: bool = False) -> list[Moment]:
    items = join_numbers(read(split(fold(text)), ENGLISH, GLOSSARY))
    r = Reading(items, "en", DialogueState(), date(2026, 4, 15))
    return moments(r, awaits_hour=awaits_hour, is_ours=is_ours)


@pytest.mark.parametrize(
    ("text", "weekday", "hour"),
    [
        ("Monday at 5 pm", 0, 17),
        ("on Friday at 11am", 4, 11),
        ("Sunday 3", 6, 15),
        ("Tuesday at 9", 1, 9),
        ("Thursday at 7:00 pm", 3, 19),
        ("Wednesday at noon", 2, 12),
        ("Saturday at 17:30", 5, 17),
        ("Monday evening around 8", 0, 20),
        ("Could we do Sunday at 2pm?", 6, 14),
    ],
)
def test_a_day_and_its_hour_are_one_moment(text: str, weekday: int, hour: int) -> None:
    [moment] = said(text)
    assert (moment.weekday, moment.hour, moment.is_refused) == (weekday, hour, False)


@pytest.mark.parametrize(
    "text",
    [
        "I have a job interview on Friday at 11 am",
        "Thursday won't work",
        "any day except Wednesday",
        "I can't come on Monday",
        "9 pm is not available",
        "not Sunday",
    ],
)
def test_what_clashes_is_refused(text: str) -> None:
    assert all(moment.is_refused for moment in said(text)) and said(text)


@pytest.mark.parametrize(
    "text", ["Can we do Friday? I have a wedding that day.", "Can I come on Friday, I have a dog"]
)
def test_a_wish_beside_other_plans_stays_a_wish(text: str) -> None:
    assert not said(text)[0].is_refused


def test_our_own_offers_clash_with_no_plans_of_ours() -> None:
    assert said("I have a slot on Friday at 4 pm")[0].is_refused
    assert not said("I have a slot on Friday at 4 pm", is_ours=True)[0].is_refused


def test_bounds_leave_the_hour_open() -> None:
    [between] = said("between 2 and 5 pm on Friday")
    assert (between.hour, between.is_open) == (14, True)
    assert said("any time on Friday")[0].is_open


def test_a_lone_number_is_an_hour_only_where_one_was_asked_for() -> None:
    assert said("4") == []
    assert [m.hour for m in said("4", awaits_hour=True)] == [16]


@pytest.mark.parametrize("text", ["2 bedrooms", "for 2000 dollars", "the 3rd floor", "hello"])
def test_numbers_of_other_things_are_no_hours(text: str) -> None:
    assert said(text) == []


def test_the_day_after_counts_from_the_day_talked_about() -> None:
    [moment] = said("the next day would be good")
    assert (moment.ahead, moment.is_relative) == (1, True)


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("after 3 on Friday", None),
        ("any time on Friday", None),
        ("Friday between 2 and 5 pm", "14:00"),
        ("Friday around 11", "11:00"),
        ("Friday or Saturday at 5", "17:00"),
    ],
)
def test_an_answer_about_an_open_viewing_names_its_day_and_only_a_sure_time(
    text: str, time: str | None
) -> None:
    when = EAR.hear(text, state=DialogueState(viewing=("home",)), language="en").when
    assert when is not None
    assert (when.day.weekday(), when.time) == (4, time)


def test_a_weekday_beside_today_tells_which_day_today_is() -> None:
    items = join_numbers(read(split(fold("Tuesday (tomorrow)")), ENGLISH, GLOSSARY))
    assert today_told(Reading(items, "en", DialogueState(), date(2026, 4, 15))) == 0
