"""The corpus of malformed answers: every verdict as fixed, nothing bad shown, no exception."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from gatehouse.ops.evaluation.contract import golden
from gatehouse.ops.evaluation.contract.mutations import mutated
from gatehouse.ops.evaluation.contract.stage import play, slots_said
from gatehouse.ops.evaluation.kinds import contract as kind
from gatehouse.talk import speech
from gatehouse.talk.contract import parse
from gatehouse.talk.grounding import Checked

EVERY = 6  # of the corpus in this test; `gatehouse evaluate contract` plays all of it


def test_the_corpus_is_large_and_of_every_family() -> None:
    items = golden.read()
    assert len(items) >= 400
    assert len({item.id for item in items}) == len(items)
    assert {"cut", "character", "meaning", "payload", "value", "type"} <= {i.family for i in items}


def test_every_answer_is_judged_as_fixed() -> None:
    wrong = [item.id for item in golden.read() if parse(item.output).reason != item.reason]
    assert wrong == []


async def test_turns_end_as_fixed_and_show_nothing_bad() -> None:
    slots = await slots_said()
    for item in golden.read()[::EVERY]:
        played = await play(item.output, never=item.never, slots=slots)
        assert golden.mistakes(item, played) == (), item.id


async def test_mutants_of_good_answers_harm_nobody() -> None:
    for text in mutated(60, seed=7):
        assert (await play(text)).wrongs == (), text


async def test_negative_control_a_gullible_house_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shows whatever is said: the same comparison must notice it."""
    monkeypatch.setattr(speech, "check", lambda sentence, *_, **__: Checked(sentence))
    monkeypatch.setattr(speech, "fits", lambda *_: True)
    items = [item for item in golden.read() if item.family == "meaning"]
    caught = Counter[bool]()
    for item in items[:20]:
        caught[bool(golden.mistakes(item, await play(item.output, never=item.never)))] += 1
    assert caught[True] >= 10


def test_the_report_counts_endings_and_faults(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(golden, "read", lambda: _some())
    report = kind.run({"mutations": 3, "seed": 1, "write": None})
    told = json.dumps(report.as_json())
    assert "corpus: fallback" in told
    assert "mutations: exceptions" in told
    assert all(figure.is_reached for figure in report.figures)


_ALL = golden.read()


def _some() -> tuple[golden.Item, ...]:
    return _ALL[:6]
