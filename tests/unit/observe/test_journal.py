"""The journal: one event, one line, no visitor's words, and never anybody's trouble."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatehouse.base.clock import TurnableClock
from gatehouse.observe import companions, exposition, journal, masking, stdlib_logging
from gatehouse.observe.journal import Journal
from gatehouse.observe.sinks import FileSink, StdoutSink


class Kept:
    """A sink that remembers."""

    name = "file"

    def __init__(self) -> None:
        self.lines: list[bytes] = []

    def write(self, lines: bytes, monotonic: float) -> None:
        self.lines += lines.splitlines(keepends=True)

    @property
    def entries(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.lines]


class Broken:
    """A sink whose disk is full."""

    name = "file"

    def write(self, lines: bytes, monotonic: float) -> None:
        raise OSError("no space left")


@pytest.fixture
def kept() -> Iterator[Kept]:
    sink = Kept()
    before = journal.use(Journal(sinks=(sink,), release="r1", clock=TurnableClock()))
    yield sink
    journal.use(before)


def test_a_line_begins_with_its_message_and_has_no_blanks(kept: Kept) -> None:
    journal.event("end_to_end", message="end_to_end_latency_ms 12345 state=x", value_ms=12345)
    [line] = kept.lines
    assert line.startswith(b'{"message":"end_to_end_latency_ms 12345 state=x","event":"end_to_end"')
    assert line.split()[1] == b"12345"  # what the runbook's awk reads
    assert b'","' in line and b'", "' not in line


def test_every_line_has_the_common_fields(kept: Kept) -> None:
    token = journal.request_id.set("abc12345")
    journal.event("agent_step", version="canary", turn=2, thread="t1")
    journal.request_id.reset(token)
    [entry] = kept.entries
    assert entry["ts"] == "2026-01-05T09:00:00.000+00:00"
    assert entry["message"] == entry["event"] == "agent_step"
    assert (entry["level"], entry["version"], entry["release"]) == ("INFO", "canary", "r1")
    assert (entry["request_id"], entry["service"]) == ("abc12345", "gatehouse")


HOSTILE = [
    "line\nbreak",
    "carriage\r\nreturn",
    "\x1b[31mred\x1b[0m",
    "\u2028\u2029\x85\x0b\x0c",
    "\x00nul",
    "\ud800 half",
    '"},{"level":"ERROR","event":"forged"',
    "a" * 100_000,
]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_value_stays_on_one_plain_line(kept: Kept, text: str) -> None:
    journal.event("tool_execution", tool=text, message=f"tool {text}")
    [line] = kept.lines
    assert line.isascii() and line.count(b"\n") == 1 and line.endswith(b"\n")
    assert all(byte >= 0x20 for byte in line[:-1])
    assert len(line) <= journal.LINE_BYTES + 1
    assert json.loads(line)["event"] == "tool_execution"


@given(st.dictionaries(st.text(min_size=1), st.text() | st.integers() | st.floats(), max_size=8))
def test_whatever_the_fields_an_event_is_one_json_line(fields: dict[str, Any]) -> None:
    sink = Kept()
    before = journal.use(Journal(sinks=(sink,)))
    try:
        for reserved in ("name", "message", "level"):
            fields.pop(reserved, None)
        journal.event("anything", **fields)
    finally:
        journal.use(before)
    [line] = sink.lines
    assert line.isascii()
    json.loads(line)


@pytest.mark.parametrize("field", sorted(masking.WITHHELD - {"name"}))
def test_a_visitors_words_are_withheld(kept: Kept, field: str) -> None:
    said: dict[str, Any] = {field: "my number is +44 7700 900123"}
    journal.event("chat.context", **said)
    assert kept.entries[0][field] == "[withheld]"
    assert b"7700" not in kept.lines[0]


def test_an_exception_tells_where_but_not_what_was_said(kept: Kept) -> None:
    try:
        int("call me on +44 7700 900123")
    except ValueError as error:
        journal.failure("http_bug", error)
    [entry] = kept.entries
    assert entry["level"] == "ERROR"
    assert entry["error"] == "ValueError"
    assert "900123" not in kept.lines[0].decode() and "call me" not in kept.lines[0].decode()
    assert entry["trace"][-1].endswith("test_an_exception_tells_where_but_not_what_was_said")


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("phone +44 7700 900123 now", "phone [masked] now"),
        ("mail alice@example.com", "mail [masked]"),
        ("0532 123 45 67", "[masked]"),
        ("took 812 ms, code 08006", "took 812 ms, code 08006"),
    ],
)
def test_numbers_and_addresses_are_masked(said: str, expected: str) -> None:
    assert masking.mask(said) == expected


def test_a_line_of_a_library_is_json_and_masked(kept: Kept) -> None:
    record = logging.LogRecord(
        "psycopg.pool", logging.WARNING, "x.py", 1, "lost %s\nmore", ("0532 123 45 67",), None
    )
    stdlib_logging.JournalHandler().emit(record)
    [entry] = kept.entries
    assert (entry["event"], entry["logger"]) == ("library", "psycopg.pool")
    assert entry["message"] == "lost [masked]"


def test_a_record_with_wrong_arguments_does_not_break_logging(kept: Kept) -> None:
    record = logging.LogRecord("x", logging.ERROR, "x.py", 1, "%d", ("no number",), None)
    stdlib_logging.JournalHandler().emit(record)
    assert kept.entries[0]["level"] == "ERROR"


def test_a_true_reask_has_its_companion_line(kept: Kept) -> None:
    journal.event(
        "re.agent.parsed",
        act="ASK_SLOT",
        next_needed=["location"],
        filled_before=["location", "budget"],
        thread="t2",
        turn=3,
    )
    assert kept.lines[1] == (
        b'RE Agent: parsed act=ASK_SLOT next_needed=["location"] thread=t2 turn=3\n'
    )


def test_an_ordinary_question_has_no_companion_line(kept: Kept) -> None:
    journal.event(
        "re.agent.parsed", act="ASK_SLOT", next_needed=["budget"], filled_before=["location"]
    )
    assert len(kept.lines) == 1


def test_the_context_companion_ends_with_the_number(kept: Kept) -> None:
    journal.event("chat.context", turn=2, messages_before=7)
    assert kept.lines[1] == b"context turn 2 msg_count_before 7\n"
    journal.event("chat.context", turn=1, messages_before=0)
    assert len(kept.lines) == 3


def test_companions_can_be_switched_off(kept: Kept) -> None:
    journal.use(replace(Journal(sinks=(kept,)), has_companions=False))
    journal.event("chat.context", turn=2, messages_before=7)
    assert len(kept.lines) == 1


def test_a_companion_cannot_be_split_by_its_values() -> None:
    line = companions.companion(
        "re.agent.parsed",
        {
            "act": "ASK_SLOT",
            "next_needed": ["a\nb"],
            "filled_before": ["a\nb"],
            "thread": "\x1b[1m",
        },
    )
    assert line is not None and line.isprintable()


def test_events_below_the_level_are_not_written(kept: Kept) -> None:
    journal.event("http", level="DEBUG")
    assert not kept.lines


def lost() -> float:
    return sum(s.value for s in exposition.samples("journal_lost_total"))


def test_a_full_disk_is_counted_and_not_raised(kept: Kept) -> None:
    journal.use(Journal(sinks=(Broken(), kept)))
    before = lost()
    journal.event("chat.context")
    assert lost() == before + 1
    assert kept.lines  # the other sink still has it


def test_a_stalled_standard_output_is_skipped_instead_of_waited_for() -> None:
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    try:
        while True:
            os.write(writing, b"x" * 4096)
    except BlockingIOError:
        os.set_blocking(writing, True)
    before = lost()
    previous = journal.use(Journal(sinks=(StdoutSink(writing),)))
    journal.event("chat.context")  # would wait for ever if it wrote
    journal.use(previous)
    assert lost() == before + 1
    os.close(reading)
    os.close(writing)


def test_a_rotated_file_is_opened_anew(tmp_path: Path) -> None:
    path, clock = tmp_path / "logs" / "app.log", TurnableClock()
    before = journal.use(Journal(sinks=(FileSink(path),), clock=clock))
    journal.event("first")
    path.rename(tmp_path / "app.log.1")
    clock.turn(2)
    journal.event("second")
    journal.use(before)
    assert json.loads(path.read_text())["event"] == "second"
    assert json.loads((tmp_path / "app.log.1").read_text())["event"] == "first"


WRITER = """
import sys
from pathlib import Path
from gatehouse.observe import journal
from gatehouse.observe.sinks import FileSink
journal.use(journal.Journal(sinks=(FileSink(Path(sys.argv[1])),)))
for n in range(2000):
    journal.event("chat.context", turn=n, messages_before=n, padding="p" * (n % 900))
"""


def test_several_processes_never_mix_their_lines(tmp_path: Path) -> None:
    path = tmp_path / "app.log"
    writers = [subprocess.Popen([sys.executable, "-c", WRITER, str(path)]) for _ in range(3)]
    assert [w.wait() for w in writers] == [0, 0, 0]
    plain: list[str] = []
    entries: list[str] = []
    for line in path.read_text().splitlines():
        (entries if line.startswith("{") else plain).append(line)
    assert len(entries) == 6000 and all(json.loads(line) for line in entries)
    assert len(plain) == 3 * 1998 and all(p.startswith("context turn ") for p in plain)


def test_a_conversation_is_named_by_a_hash() -> None:
    conversation = UUID(int=7)
    assert journal.thread_hash(conversation) == journal.thread_hash(str(conversation))
    assert len(journal.thread_hash(conversation)) == 12
    assert str(conversation) not in journal.thread_hash(conversation)
