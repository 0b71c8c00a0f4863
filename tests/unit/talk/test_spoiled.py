"""What the journal tells of an answer that could not be read: redacted, or its hash alone."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from hashlib import sha256
from types import SimpleNamespace
from typing import Any, cast
from uuid import uuid4

import pytest

from gatehouse.observe import journal
from gatehouse.observe.journal import Journal
from gatehouse.talk import contract, spoiled
from gatehouse.talk.voicing import Voicing
from gatehouse.understanding.types import Contact

ANSWER = "Dear Rosalind Quill, call +90 533 123 45 67 or write to rq@mail.test"
Told = Callable[[bool], dict[str, Any]]


@pytest.fixture
def told() -> Iterator[Told]:
    """The journal's line about ANSWER; True: with what the model said."""
    lines: list[bytes] = []
    sink = SimpleNamespace(name="kept", write=lambda given, _: lines.append(given))
    before = journal.use(Journal())

    def tell(has_raw: bool) -> dict[str, Any]:
        journal.use(Journal(sinks=(sink,), has_companions=False, has_raw_responses=has_raw))
        verdict = contract.parse(ANSWER)
        assert verdict.reason is not None
        spoiled.note(verdict, ANSWER, _voicing())
        journal.flush()
        entry: dict[str, Any] = json.loads(b"".join(lines))
        return entry

    yield tell
    journal.use(before)


def _voicing() -> Voicing:
    thread = SimpleNamespace(arm="stable", id=uuid4(), turn_no=1)
    state = SimpleNamespace(contact=Contact(name="Rosalind Quill"))
    made = SimpleNamespace(thread=thread, listened=SimpleNamespace(state=state), broken="")
    return cast(Voicing, made)


def test_an_answer_that_cannot_be_read_is_quoted_without_contact_data(told: Told) -> None:
    entry = told(True)
    assert entry["event"] == "re.json_parse_failed"
    assert "call" in entry["raw_response"]
    for secret in ("Rosalind", "Quill", "533", "rq@"):
        assert secret not in entry["raw_response"]


def test_nothing_of_it_is_quoted_where_that_is_switched_off(told: Told) -> None:
    entry = told(False)
    assert "raw_response" not in entry
    assert "Rosalind" not in json.dumps(entry)
    assert entry["raw_sha256"] == sha256(ANSWER.encode()).hexdigest()
