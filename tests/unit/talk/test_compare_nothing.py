"""Comparing before any home is on the screen."""

from __future__ import annotations

from gatehouse.talk.policy import decide
from gatehouse.talk.types import Move
from gatehouse.understanding.types import DialogueState, Heard, Intent


def test_comparing_before_any_home_is_shown_says_that_none_is_shown() -> None:
    heard = Heard("compare 1, 3 and 5", "en", 1.0, intents=(Intent.COMPARE,))
    assert decide(DialogueState(), heard).move is Move.WHICH_HOME
