"""Replies while a part of the house is away: marked each time, told once, promising only what is
stored."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from gatehouse.talk import degraded
from gatehouse.talk.degraded import of_listings, prefixed
from gatehouse.talk.scene import Silence
from gatehouse.talk.stored_state import decode, encode
from gatehouse.talk.types import Reply
from gatehouse.talk.voice import Voice
from gatehouse.understanding.types import LANGUAGES, DialogueState

REPLY = Reply("Which area?", "Which town or area would you like?")
VOICE = Voice("en")


def test_short_form_is_told_when_it_begins_and_marked_in_each_reply() -> None:
    first = prefixed(REPLY, ("llm",), before=(), voice=VOICE)
    second = prefixed(REPLY, ("llm",), before=first.degraded, voice=VOICE)
    assert first.summary == f"{degraded.SHORT_FORM} {REPLY.summary}"
    assert second.summary == REPLY.summary
    assert first.degraded == second.degraded == ("llm",)


def test_a_stretch_that_comes_again_is_told_again() -> None:
    normal = prefixed(REPLY, (), before=("llm",), voice=VOICE)
    again = prefixed(REPLY, ("llm",), before=normal.degraded, voice=VOICE)
    assert normal == REPLY
    assert again.summary.startswith(degraded.SHORT_FORM)


@pytest.mark.parametrize("mode", ["redis", "json_contract", "cards_off"])
def test_modes_that_a_visitor_would_not_notice_are_marked_and_not_told(mode: Any) -> None:
    told = prefixed(REPLY, (mode,), before=(), voice=VOICE)
    assert (told.summary, told.degraded) == (REPLY.summary, (mode,))


def test_labels_of_a_reply_are_kept_and_stand_once_in_their_usual_order() -> None:
    marked = Reply("", "", degraded=("search", "cards_off"))
    assert prefixed(marked, ("search", "llm"), before=(), voice=VOICE).degraded == (
        "llm",
        "search",
        "cards_off",
    )


def test_a_message_is_promised_only_where_a_job_for_it_is_stored() -> None:
    said = {
        promised: of_listings(VOICE, Silence(is_slow=False, is_promised=promised))
        for promised in (False, True)
    }
    assert "send" in said[True] and "send" not in said[False]
    assert "send" not in of_listings(VOICE, Silence(is_slow=True))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_its_own_words_for_every_mode(language: Any) -> None:
    sentences = (
        degraded.SHORT_FORM,
        degraded.SLOW_LISTINGS,
        degraded.NO_LISTINGS,
        degraded.NO_LISTINGS_PROMISED,
        degraded.BACK,
    )
    said = [Voice(language).say(sentence) for sentence in sentences]
    assert len(set(said)) == len(sentences)
    assert language == "en" or not set(said) & set(sentences)


@pytest.mark.parametrize("language", LANGUAGES)
def test_old_homes_are_shown_with_the_hour_of_the_agency(language: Any) -> None:
    noon = datetime(2026, 1, 5, 12, 5, tzinfo=UTC)
    assert "14:05" in degraded.as_of(Voice(language), noon, "Asia/Nicosia")


def test_a_state_stored_before_there_were_modes_still_loads() -> None:
    assert decode({"turn": 3}) == DialogueState(turn=3)
    kept = DialogueState(modes=("llm",), is_owed=True)
    assert decode(encode(kept)) == kept
