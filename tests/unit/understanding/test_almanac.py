"""The ear hears days that only the wide calendar knows."""

from __future__ import annotations

from datetime import date

import pytest

from gatehouse.understanding.ear import RuleEar
from gatehouse.understanding.places import Gazetteer
from gatehouse.understanding.types import DialogueState, Language, Slot

EAR = RuleEar(Gazetteer.default(), today=lambda: date(2026, 4, 15), timezone="Asia/Nicosia")


def _said(text: str, language: Language) -> dict[Slot, object]:
    heard = EAR.hear(text, state=DialogueState(), language=language)
    return {change.slot: change.value for change in heard.changes}


@pytest.mark.parametrize(
    ("language", "text", "day"),
    [
        ("en", "a villa from the second Friday of May", date(2026, 5, 8)),
        ("en", "a flat from the last week of July", date(2026, 7, 27)),
        ("en", "an apartment for rent over Easter", date(2027, 3, 28)),
        ("tr", "kurban bayramında kiralık villa", date(2026, 5, 26)),
        ("de", "Wohnung ab Pfingsten mieten", date(2026, 5, 24)),
    ],
)
def test_a_day_of_the_almanac_is_when_to_move_in(language: Language, text: str, day: date) -> None:
    assert _said(text, language)[Slot.AVAILABLE_FROM] == day


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "a villa from the third to the seventeenth of May"),
        ("de", "Wohnung vom dritten bis siebzehnten Mai"),
        ("fr", "une villa du trois au dix-sept mai"),
        ("pl", "mieszkanie od trzeciego do siedemnastego maja"),
        ("ru", "квартира с третьего по семнадцатое мая"),
        ("uk", "квартира з третього до сімнадцятого травня"),
        ("ar", "أريد شقة من الثالث إلى السابع عشر من مايو"),
    ],
)
def test_two_days_in_words_are_a_stay(language: Language, text: str) -> None:
    said = _said(text, language)
    assert said[Slot.CHECK_IN] == date(2026, 5, 3)
    assert said[Slot.CHECK_OUT] == date(2026, 5, 17)


def test_a_visit_may_be_on_a_weekday_of_a_month() -> None:
    heard = EAR.hear(
        "can I view it on the first Monday of May", state=DialogueState(), language="en"
    )
    assert heard.when is not None
    assert heard.when.day == date(2026, 5, 4)


def test_the_first_of_what_was_shown_is_no_day() -> None:
    assert not _said("the first one please", "en")
