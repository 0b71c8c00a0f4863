"""Early sentences: who reads them, and whether a reader has the beginning of the stored reply."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gatehouse.talk.drafts import Drafts, Mark
from gatehouse.talk.plain_text import sentences

SENTENCES = ["One is here.", "Two!", "Is it three?", "Four."]


def test_a_reader_gets_what_was_said_before_it_came_and_after() -> None:
    drafts = Drafts()
    say = drafts.begin((7, 8), turn=3, arm="canary")
    say("One is here.")
    with drafts.reading(8) as reader:
        assert reader.news.is_set()
        say("Two!")
        assert reader.draft and reader.draft.pieces == ["One is here. ", "Two! "]
    drafts.end((7, 8))
    with drafts.reading(8) as reader:
        assert reader.draft is None


def test_a_reader_of_another_message_hears_nothing() -> None:
    drafts = Drafts()
    say = drafts.begin((7,), turn=3, arm="canary")
    with drafts.reading(9) as reader:
        say("One is here.")
        assert reader.draft is None
        assert not reader.news.is_set()


@given(st.integers(0, len(SENTENCES)), st.integers(0, len(SENTENCES)))
def test_early_sentences_are_the_beginning_of_the_stored_events(early: int, more: int) -> None:
    drafts = Drafts()
    say = drafts.begin((1,), turn=2, arm="stable")
    with drafts.reading(1) as reader:
        for sentence in SENTENCES[:early]:
            say(sentence)
        pieces = reader.draft.pieces if reader.draft else []
    stored = sentences(" ".join(SENTENCES))
    mark = Mark.of(Mark.at(2, pieces).event_id)
    assert mark.holds(2, stored) is True
    assert mark.seen(2) == early
    assert mark.seen(3) == 0
    other = sentences(" ".join(["Something else.", *SENTENCES]))
    assert mark.holds(2, other) is (early == 0)
    assert mark.holds(2, stored[:more]) is (None if more < early else True)
