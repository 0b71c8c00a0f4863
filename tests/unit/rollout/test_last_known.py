"""The file that outlives a process: as it was, or not at all."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from gatehouse.rollout.last_known import FILE, LastKnown
from gatehouse.rollout.snapshot import from_text, to_text
from gatehouse.rollout.types import Control, Live, StoredFlag

KEY = "a key that nobody guesses, at least 32 long"
CONTROL = Control(
    revision=7,
    stable_version="v-1",
    live=Live("ro-1", "v-1", "v-2", 10_000, 1, "equal", 1, ("a",), ("b", "c")),
    retreats={"ro-0": "immediate"},
    denied=frozenset({"v-9", "v-8"}),
    flags={"SEARCH_CACHE_TTL": StoredFlag(60, "ops", "slow", "me", 1.5, 99.0)},
    read_at=1234.5,
    source="disk",
)


@pytest.mark.parametrize("control", [CONTROL, Control(source="disk")])
def test_what_was_known_is_known_again(control: Control, tmp_path: Path) -> None:
    LastKnown(tmp_path, KEY).write(control)
    assert LastKnown(tmp_path, KEY).read() == control
    assert from_text(to_text(control)) == control


def test_nothing_is_known_without_a_file(tmp_path: Path) -> None:
    assert LastKnown(tmp_path, KEY).read() is None
    assert LastKnown(tmp_path, KEY).age_seconds(0) == float("inf")


def test_another_key_or_a_changed_file_is_refused(tmp_path: Path) -> None:
    LastKnown(tmp_path, KEY).write(CONTROL)
    assert LastKnown(tmp_path, KEY + "x").read() is None
    told = json.loads((tmp_path / FILE).read_text())
    told["control"] = told["control"].replace("10000", "99999")
    (tmp_path / FILE).write_text(json.dumps(told))
    assert LastKnown(tmp_path, KEY).read() is None


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"control": 1, "signature": 2}', "[" * 200_000])
def test_a_broken_file_is_no_file(text: str, tmp_path: Path) -> None:
    (tmp_path / FILE).write_text(text)
    assert LastKnown(tmp_path, KEY).read() is None


def test_a_folder_that_cannot_be_written_harms_nobody(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    LastKnown(tmp_path / "file", KEY).write(CONTROL)


def test_what_is_no_ordinary_file_is_no_file_and_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / FILE)
    assert LastKnown(tmp_path, KEY).read() is None


def test_nothing_is_left_of_a_write_that_failed(tmp_path: Path) -> None:
    (tmp_path / FILE).mkdir()
    LastKnown(tmp_path, KEY).write(CONTROL)
    assert [each.name for each in tmp_path.iterdir()] == [FILE]
