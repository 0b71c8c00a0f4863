"""Flags: the environment is the ceiling, stored values and the kill file restrict it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatehouse.base.clock import TurnableClock
from gatehouse.base.config import Settings, load
from gatehouse.base.errors import BadInput
from gatehouse.rollout.flag_values import CEILINGS, FLAGS, checked, named
from gatehouse.rollout.flags import Flags, effective
from gatehouse.rollout.kill_file import Kill, KillFile
from gatehouse.rollout.types import Control, StoredFlag

AT = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


class Room:
    """A control room of one process, in memory."""

    def __init__(self, folder: Path, **declared: Any) -> None:
        self.control = Control()
        self.clock = TurnableClock(AT)
        self.file = KillFile(folder / "kill.json")
        self.flags = Flags(
            load({}, **declared),
            control=lambda: self.control,
            kill_file=self.file,
            clock=self.clock,
        )
        self.told: list[Settings] = []
        self.flags.on_change(self.told.append)

    def store(self, **stored: Any) -> None:
        flags = {n.upper(): v if isinstance(v, StoredFlag) else StoredFlag(v)
                 for n, v in stored.items()}  # fmt: skip
        self.control = Control(revision=self.control.revision + 1, flags=flags)
        self.flags.refresh()


def test_a_stored_live_value_takes_the_place_of_the_environments(tmp_path: Path) -> None:
    room = Room(tmp_path, search_cache_ttl=30)
    room.store(search_cache_ttl=60)
    assert room.flags.settings.search_cache_ttl == 60
    room.store()
    assert room.flags.settings.search_cache_ttl == 30


@pytest.mark.parametrize(("env", "stored", "now"), [(100, 5, 5), (5, 100, 5), (0, 50, 0)])
def test_a_stored_ceiling_only_restricts(env: int, stored: int, now: int, tmp_path: Path) -> None:
    room = Room(tmp_path, re_prompt_canary_percent=env)
    room.store(re_prompt_canary_percent=stored)
    assert room.flags.settings.re_prompt_canary_percent == now
    assert room.flags.most_share == now * 1000


def test_a_value_ends_at_its_time_without_news_from_anybody(tmp_path: Path) -> None:
    room = Room(tmp_path, search_cache_ttl=30)
    room.store(search_cache_ttl=StoredFlag(60, until=AT.timestamp() + 10))
    room.clock.turn(9)
    room.flags.refresh()
    assert room.flags.settings.search_cache_ttl == 60
    room.clock.turn(1)
    room.flags.refresh()
    assert room.flags.settings.search_cache_ttl == 30


def test_who_asked_is_told_once_a_change_and_not_at_all_without_one(tmp_path: Path) -> None:
    room = Room(tmp_path)
    room.store(search_cache_ttl=60)
    room.store(search_cache_ttl=60)
    assert [each.search_cache_ttl for each in room.told] == [60]


def fails(_: Settings) -> None:
    raise ValueError("a bug")


def test_a_listener_that_fails_keeps_nothing_from_the_others(tmp_path: Path) -> None:
    room = Room(tmp_path)
    room.flags._told.insert(0, fails)
    room.store(search_cache_ttl=60)
    assert len(room.told) == 1


def test_sources_tell_who_says_what(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RE_PROMPT_CANARY_PERCENT", "50")
    room = Room(tmp_path, re_prompt_canary_percent=50)
    room.file.write(Kill({"re_prompt_canary_percent": 5}))
    room.file.look()
    room.store(re_prompt_canary_percent=10)
    told = room.flags.sources()["re_prompt_canary_percent"]
    assert (told.env, told.stored, told.kill, told.effective) == ("50", 10, 5, 5)


@pytest.mark.parametrize("bad", [101, -1, "many", 1.5, None, [], True])
def test_a_stored_value_that_is_not_allowed_counts_nothing(bad: Any, tmp_path: Path) -> None:
    room = Room(tmp_path, re_prompt_canary_percent=50)
    room.store(re_prompt_canary_percent=bad)
    assert room.flags.settings.re_prompt_canary_percent == 50


@pytest.mark.parametrize("name", FLAGS)
def test_every_flag_reads_its_own_default_from_text_and_from_json(name: str) -> None:
    usual = getattr(load({}), name)
    assert checked(name, usual) == usual
    assert checked(name, str(usual).lower()) == usual


@pytest.mark.parametrize("name", ["DATABASE_URL", "NONSENSE"])
def test_only_flags_can_be_stored(name: str) -> None:
    with pytest.raises(BadInput, match=name):
        named(name)


VALUES = {
    name: st.booleans() if isinstance(getattr(load({}), name), bool) else st.integers(0, 100)
    for name in CEILINGS
}
SOURCE = st.fixed_dictionaries({}, optional=VALUES)


@given(declared=st.fixed_dictionaries(VALUES), stored=SOURCE, outside=SOURCE, killed=SOURCE)
def test_no_source_permits_more_than_another_one_allows(
    declared: dict[str, Any],
    stored: dict[str, Any],
    outside: dict[str, Any],
    killed: dict[str, Any],
) -> None:
    now = effective(load({}, **declared), stored, outside=outside, killed=killed)
    for name in CEILINGS:
        for source in (declared, stored, outside, killed):
            assert getattr(now, name) <= source.get(name, True if declared[name] is True else 100)
