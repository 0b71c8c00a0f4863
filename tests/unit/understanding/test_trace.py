"""The explanation of what was heard: mended words, those of intents, why it was refused."""

from __future__ import annotations

import pytest

from gatehouse.understanding.state import merge
from gatehouse.understanding.trace import differences, lines
from gatehouse.understanding.types import DialogueState
from tests.unit.understanding.notation import EAR, TALKING

FRESH = DialogueState()


def explained(text: str, state: DialogueState = FRESH) -> str:
    heard = EAR.hear(text, state=state, language=None)
    return "\n".join((*lines(heard), *EAR.explain(text, heard, state=state)))


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("lookng for an apartmnet", "mended: apartmnet → apartment"),
        ("flat in Girne", 'location set girne  [8:13] "Girne"  a place was named (1.00)'),
        ("what's the weather tomorrow?", '"weather" is not about homes'),
        ("what's the weather tomorrow?", "note: out of scope: weather"),
        ("Girne'de daire arıyorum", "words of tr: "),
        ("this is a scam!", '"scam" doubts us'),
        ("a flat with a blorfing", "words that mean nothing here: blorfing"),
        ("2-комнатная в Кирении", "rooms, the living room among them"),
    ],
)
def test_the_trace_says_which_word_led_to_what(text: str, line: str) -> None:
    assert line in explained(text)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("I'm Anna, 0533 812 34 56", "contact: none → Anna, 05338123456"),
        ("the cheapest, please", "order: none → price"),
        ("can I view it on Saturday at 3 pm?", "day of the viewing: none → "),
    ],
)
def test_what_changes_beside_the_slots_is_told_too(text: str, line: str) -> None:
    heard = EAR.hear(text, state=TALKING, language=None)
    assert line in "\n".join(differences(TALKING, merge(TALKING, heard)))


def test_a_home_pointed_to_is_named_with_its_words() -> None:
    assert 'home number 2  [4:14] "second one"' in explained("the second one please", TALKING)


def test_nothing_is_explained_where_nothing_was_said() -> None:
    heard = EAR.hear("", state=FRESH, language=None)
    assert EAR.explain("", heard, state=FRESH) == ()
    assert differences(FRESH, FRESH) == []


def test_a_long_text_is_not_told_in_full() -> None:
    text = "blorfing " * 500
    heard = EAR.hear(text, state=FRESH, language=None)
    assert len("\n".join(EAR.explain(text, heard, state=FRESH))) < 20_000
