"""Arabic as people type it: marks, digits, stretched words, and small words written onto others."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatehouse.understanding.letters import compose, fold
from gatehouse.understanding.prefixes import NO_PREFIXES, Prefixes, unjoined
from gatehouse.understanding.types import DialogueState, Heard, Op, Slot
from gatehouse.understanding.words import split
from tests.unit.understanding.notation import EAR, changes_of

PREFIXES = Prefixes(joined=("و", "ف"), bound=("بال", "لل", "ال", "ب", "ل"))
KNOWN = frozenset(("شقه", "حديقه", "وسط", "في", "فيلا", "و"))


def hear(text: str) -> Heard:
    return EAR.hear(text, state=DialogueState(), language="ar")


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("أإآٱا", "ااااا"),
        ("شقة", "شقه"),
        ("على", "علي"),
        ("سؤال شيء", "سوال شيء"),
        ("٠١٢٣٤٥٦٧٨٩", "0123456789"),
        ("۰۱۲۳۴۵۶۷۸۹", "0123456789"),
        ("١٬٥٠٠٫٥", "1,500.5"),
        ("؟،؛", "?,;"),
    ],
)
def test_letters_that_are_typed_either_way_fold_into_one(typed: str, folded: str) -> None:
    assert fold(typed) == folded


@given(st.text(st.characters(min_codepoint=0x0600, max_codepoint=0x06FF)))
def test_folding_keeps_one_character_for_one(text: str) -> None:
    assert len(fold(text)) == len(text)


@given(st.text(st.sampled_from("شقةبيت ـًَُِّْٰ\u200f١٢")))
def test_what_falls_away_leaves_no_mark_and_knows_where_the_rest_came_from(text: str) -> None:
    plain, origins = compose(text)
    assert not any(unicodedata.combining(char) or char in "ـ\u200f" for char in plain)
    if origins is not None:
        assert [text[at] for at in origins[:-1]] == list(plain)
        assert origins[-1] == len(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("شُقَّةٌ مَفْرُوشَةٌ في كيرينيا", {"شُقَّةٌ ", "مَفْرُوشَةٌ ", "كيرينيا"}),
        ("شقـــــة مفـــروشة في كيريــنيا", {"شقـــــة", "مفـــروشة", "كيريــنيا"}),
        ("\u200fشقة مفروشة في كيرينيا\u200f", {"شقة", "مفروشة", "كيرينيا"}),
    ],
)
def test_spans_count_in_the_text_as_it_was_typed(text: str, words: set[str]) -> None:
    heard = hear(text)
    said = {text[c.span.start : c.span.end].strip("\u200f ") for c in heard.changes if c.span}
    assert said == {word.strip() for word in words}
    assert changes_of(heard) == "amenities+furnished; location=girne; property_type=apartment"


@pytest.mark.parametrize(
    "text",
    [
        "شقة بكيرينيا مع حديقة",
        "شقه في كيرينيا وحديقة",
        "الشقة بكيرينيا بالحديقة",
        "شقة في كيرينيا، والحديقة",
    ],
)
def test_a_word_is_heard_whatever_is_written_onto_its_front(text: str) -> None:
    expected = "amenities+garden; location=girne; property_type=apartment"
    assert changes_of(hear(text)) == expected


def test_an_attached_and_still_links_the_bounds_of_a_range() -> None:
    assert changes_of(hear("بين خمسمئة وستمئة باوند")) == "budget=500-600 GBP"


def test_taken_away_is_not_asked_for() -> None:
    shunned = [c for c in hear("شقة بدون حديقة وبدون مسبح").changes if c.op == Op.REMOVE]
    assert {c.value for c in shunned} == {("garden",), ("pool",)}
    assert {c.slot for c in shunned} == {Slot.AMENITIES}


def test_a_joined_word_is_parted_only_from_a_word_that_is_known() -> None:
    tokens = unjoined(split(fold("وشقة وسط وليد فيلا")), PREFIXES, KNOWN.__contains__)
    assert [token.text for token in tokens] == ["و", "شقه", "وسط", "وليد", "فيلا"]


def test_forms_leave_out_every_prefix_that_a_word_may_begin_with() -> None:
    assert set(PREFIXES.forms("بالحديقه")) == {"حديقه", "الحديقه"}
    assert PREFIXES.forms("شقه") == ()


def test_languages_without_such_prefixes_keep_their_words() -> None:
    tokens = split("baltic and villa")
    assert unjoined(tokens, NO_PREFIXES, KNOWN.__contains__) is tokens
