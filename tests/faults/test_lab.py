"""The lab itself: what it writes down, what its dialogues claim, what it calls lost."""

from __future__ import annotations

import random
from itertools import pairwise
from pathlib import Path

import psycopg
import pytest

from .dialogues import missed
from .lab import checker
from .lab.history import History
from .lab.scripts import OPENERS, Writer

TALK = "00000000-0000-0000-0000-00000000000a"
TURNS = ("00000000-0000-0000-0000-0000000000b1", "00000000-0000-0000-0000-0000000000b2")


def test_a_history_remembers_every_event_across_its_own_restart(tmp_path: Path) -> None:
    history = History(tmp_path / "history.jsonl")
    history.note("sent", "k1", session="s")
    history.note("acked", "k1", session="s")
    history.note("sent", "k2", session="s", detail="again")
    history.close()
    reopened = History(tmp_path / "history.jsonl")
    assert reopened.keys("sent") == {"k1", "k2"}
    assert reopened.keys("acked") == {"k1"}


def test_the_same_dice_write_the_same_dialogue() -> None:
    first, second = (Writer(random.Random(5)).dialogue() for _ in range(2))
    assert first == second


@pytest.mark.parametrize("seed", range(20))
def test_a_dialogue_ends_with_every_fact_known_and_never_unsays_one(seed: int) -> None:
    lines = Writer(random.Random(seed)).dialogue()
    assert lines[0].text in OPENERS.values()
    assert lines[-1].facts.keys() == {"location", "budget", "rental_type", "bedrooms"}
    for before, after in pairwise(lines):
        assert before.facts.keys() <= after.facts.keys()


def test_a_fact_that_the_slots_do_not_hold_is_missed() -> None:
    slots = {"location": ["girne"], "budget": {"amount": 500.0}, "rental_type": None}
    assert missed(slots, {"location": "girne", "budget": 500}) == []
    assert missed(slots, {"location": "iskele"}) == ["location is not ['iskele']"]
    assert missed(slots, {"bedrooms": 2, "rental_type": "long_term"}) == [
        "bedrooms is not 2",
        "rental_type is not long_term",
    ]


def _write(
    url: str, *, messages: list[tuple[str, int, str | None]], turns: list[tuple[int, int]]
) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("INSERT INTO talk_conversation (id, owner_hash) VALUES (%s, '')", [TALK])
        for key, seq, turn in messages:
            connection.execute(
                "INSERT INTO talk_inbox (channel, account, ext_id, conversation_id, seq,"
                " fingerprint, text, turn_id) VALUES ('web', 'a', %s, %s, %s, '', '', %s)",
                [key, TALK, seq, turn],
            )
        for number, (first, last) in enumerate(turns):
            connection.execute(
                "INSERT INTO talk_turn (id, conversation_id, turn_no, first_seq, last_seq, act,"
                " move, language, arm, reply, slots)"
                " VALUES (%s, %s, %s, %s, %s, '', '', 'en', 'stable', '{}', '{}')",
                [TURNS[number], TALK, number + 1, first, last],
            )


def test_messages_in_their_turns_are_well(clean: str) -> None:
    _write(clean, messages=[("a", 1, TURNS[0]), ("b", 2, TURNS[1])], turns=[(1, 1), (2, 2)])
    assert checker.judge(clean, ["a", "b"]).is_kept


def test_an_acknowledged_message_without_a_row_is_lost(clean: str) -> None:
    _write(clean, messages=[("a", 1, TURNS[0])], turns=[(1, 1)])
    assert checker.judge(clean, ["a", "b"]).lost == 1


def test_an_acknowledged_message_without_a_turn_is_unanswered(clean: str) -> None:
    _write(clean, messages=[("a", 1, TURNS[0]), ("b", 2, None)], turns=[(1, 1)])
    verdict = checker.judge(clean, ["a", "b"])
    assert (verdict.unanswered, verdict.waiting) == (1, 1)


def test_turns_that_answer_one_message_twice_are_duplicates(clean: str) -> None:
    _write(clean, messages=[("a", 1, TURNS[0])], turns=[(1, 1), (1, 1)])
    assert checker.judge(clean, ["a"]).duplicates == 2  # they overlap, and one answers nothing
