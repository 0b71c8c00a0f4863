"""The explanation of what was heard: mended words, those of intents, why it was refused."""

from __future__ import annotations

import pytest

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
        ("what's the weather tomorrow?", 'scope: "weather"'),
        ("what's the weather tomorrow?", "note: out of scope: weather"),
        ("Girne'de daire arıyorum", "language by tr: "),
        ("this is a scam!", 'trust: "scam"'),
        ("a flat with a blorfing", "not known: blorfing"),
        ("2-комнатная в Кирении", "rooms, the living room among them"),
    ],
)
def test_the_trace_says_which_word_led_to_what(text: str, line: str) -> None:
    assert line in explained(text)


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
