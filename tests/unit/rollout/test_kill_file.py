"""The kill file restricts, never permits, and is believed when it makes no sense."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatehouse.base.config import load
from gatehouse.base.errors import Unavailable
from gatehouse.observe import journal
from gatehouse.observe.journal import Journal
from gatehouse.rollout.flag_values import CEILINGS, least
from gatehouse.rollout.flags import effective
from gatehouse.rollout.kill_file import (
    NOTHING,
    Kill,
    KillFile,
    as_told,
    kill_at,
    understood,
)
from gatehouse.rollout.small_file import MOST_BYTES
from tests.lines import Lines


def file(folder: Path, told: Any) -> KillFile:
    path = folder / "kill.json"
    path.write_text(told if isinstance(told, str) else json.dumps(told))
    return KillFile(path)


def test_without_a_file_nothing_is_restricted(tmp_path: Path) -> None:
    assert KillFile(tmp_path / "kill.json").kill == NOTHING


def test_it_lowers_ceilings_denies_versions_and_switches_features_off(tmp_path: Path) -> None:
    told = {
        "USE_RE_PROMPT_DRIVEN": False,
        "RE_PROMPT_CANARY_PERCENT": 5,
        "versions_denied": ["v-1"],
        "features_off": ["cards"],
    }
    kill = file(tmp_path, told).kill
    assert kill.ceilings == {
        "use_re_prompt_driven": False,
        "re_prompt_canary_percent": 5,
        "enable_re_recommend_card": False,
    }
    assert kill.versions_denied == {"v-1"}


def test_what_the_command_writes_is_read_as_it_was_meant(tmp_path: Path) -> None:
    kill = Kill({"re_prompt_canary_percent": 5}, frozenset({"v-1"}), frozenset({"cards"}))
    written = KillFile(tmp_path / "deep" / "kill.json")
    written.write(kill)
    assert KillFile(written.path).kill == kill
    written.write(NOTHING)
    assert not written.path.exists()


@pytest.mark.parametrize("text", ["", "{", "[]", '"off"', "null", "\x00"])
def test_a_file_that_cannot_be_understood_restricts_everything(tmp_path: Path, text: str) -> None:
    kill = file(tmp_path, text).kill
    assert kill.is_unreadable and kill.troubles
    assert kill.ceilings == {name: least(name) for name in CEILINGS}


def test_half_a_file_is_given_a_second_look_while_running(tmp_path: Path) -> None:
    followed = KillFile(tmp_path / "kill.json")
    followed.path.write_text('{"RE_PROMPT_CANARY_')
    assert not followed.look()  # somebody may be writing it just now
    followed.path.write_text('{"RE_PROMPT_CANARY_PERCENT": 5}')
    assert followed.look()
    assert followed.kill.flags == {"re_prompt_canary_percent": 5}


def test_half_a_file_that_stays_counts_at_the_second_look(tmp_path: Path) -> None:
    followed = KillFile(tmp_path / "kill.json")
    followed.path.write_text("{")
    assert not followed.look()
    assert followed.look()
    assert followed.kill.is_unreadable


def test_a_value_that_makes_no_sense_is_taken_as_the_least(tmp_path: Path) -> None:
    kill = file(tmp_path, {"USE_RE_PROMPT_DRIVEN": "nope", "RE_PROMPT_CANARY_PERCENT": 900}).kill
    assert kill.flags == {"use_re_prompt_driven": False, "re_prompt_canary_percent": 0}
    assert len(kill.troubles) == 2


def test_what_is_no_ceiling_is_told_and_harms_nothing(tmp_path: Path) -> None:
    kill = file(tmp_path, {"SEARCH_CACHE_TTL": 0, "USE_RE_PROMPT_DRIVEN": False}).kill
    assert kill.flags == {"use_re_prompt_driven": False}
    assert "SEARCH_CACHE_TTL" in kill.troubles[0]


def test_the_end_of_the_file_is_the_end_of_the_restriction(tmp_path: Path) -> None:
    followed = file(tmp_path, {"USE_RE_PROMPT_DRIVEN": False})
    followed.path.unlink()
    assert followed.look()
    assert followed.kill == NOTHING
    assert not followed.look()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=5,
)
KEYS = st.sampled_from(
    [*(name.upper() for name in CEILINGS), "versions_denied", "features_off", "x", "reason"]
)


@given(st.dictionaries(KEYS, JSON, max_size=6), st.integers(0, 100))
def test_nothing_that_it_says_ever_permits_more(told: dict[str, Any], percent: int) -> None:
    declared = load({"USE_RE_PROMPT_DRIVEN": "false"}, re_prompt_canary_percent=percent)
    now = effective(declared, {}, killed=understood(told).ceilings)
    for name in CEILINGS:
        assert getattr(now, name) <= getattr(declared, name)


def test_its_text_is_stable() -> None:
    kill = Kill({"use_re_prompt_driven": False}, notes={"by": "me"})
    assert as_told(kill) == {"USE_RE_PROMPT_DRIVEN": False, "by": "me"}


def test_what_is_no_ordinary_file_restricts_everything_and_is_not_waited_for(
    tmp_path: Path,
) -> None:
    pipe, folder, loop = tmp_path / "pipe", tmp_path / "folder", tmp_path / "loop"
    os.mkfifo(pipe)
    folder.mkdir()
    loop.symlink_to(loop)
    for path in (pipe, folder, loop, Path("/dev/zero")):
        assert KillFile(path).kill.is_unreadable, path


@pytest.mark.parametrize(
    "text",
    [" " * (MOST_BYTES + 1), "[" * 200_000, '{"USE_RE_PROMPT_DRIVEN":' * 50_000, "9" * 5000],
    ids=["too large", "too deep", "too deep in words", "too long a number"],
)
def test_a_file_that_no_machine_should_read_restricts_everything(tmp_path: Path, text: str) -> None:
    assert file(tmp_path, text).kill.is_unreadable


def test_a_symlink_is_followed_and_a_dangling_one_is_no_file(tmp_path: Path) -> None:
    link = tmp_path / "link.json"
    link.symlink_to(tmp_path / "kill.json")
    followed = KillFile(link)
    assert followed.kill == NOTHING
    file(tmp_path, {"versions_denied": ["v-1"]})
    assert followed.look()
    assert followed.kill.versions_denied == {"v-1"}


def test_nothing_is_left_of_a_write_that_failed(tmp_path: Path) -> None:
    (tmp_path / "kill.json").mkdir()
    with pytest.raises(Unavailable):
        KillFile(tmp_path / "kill.json").write(Kill({"re_prompt_canary_percent": 5}))
    assert [each.name for each in tmp_path.iterdir()] == ["kill.json"]


def test_whoever_asks_at_each_look_fills_no_journal(tmp_path: Path) -> None:
    file(tmp_path, {"versions_denied": ["v-1"]})
    lines = Lines()
    before = journal.use(Journal(sinks=(lines,)))
    try:
        assert kill_at(tmp_path / "kill.json").versions_denied == {"v-1"}
        assert not lines.events("kill_file_followed")
        KillFile(tmp_path / "kill.json")
        assert lines.events("kill_file_followed")
    finally:
        journal.use(before)
