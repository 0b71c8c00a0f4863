"""`gatehouse kill`: more is never less, whatever the file said before."""

from __future__ import annotations

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from gatehouse.rollout.flag_values import CEILINGS, least
from gatehouse.rollout.kill_file import NOTHING, Kill, kill_at
from gatehouse.web.management.commands import kill as command

CARDS = "enable_re_recommend_card"


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    def unrecorded(*_: Any) -> None:
        """The act needs no database, and there is none here."""

    monkeypatch.setenv("KILL_FILE", str(tmp_path / "kill.json"))
    monkeypatch.setattr(command.Command, "_audit", unrecorded)
    return tmp_path / "kill.json"


def shell(*words: str) -> None:
    call_command(command.Command(), *words, stdout=StringIO(), stderr=StringIO())


def test_on_takes_more_away_and_gives_nothing_back(path: Path) -> None:
    shell("on", "--version", "v-1")
    shell("on", "--feature", "cards")
    assert kill_at(path).versions_denied == {"v-1"}
    assert kill_at(path).ceilings == {CARDS: False}


def test_on_over_a_file_that_cannot_be_read_leaves_everything_taken_away(path: Path) -> None:
    path.write_text("{")
    shell("on", "--feature", "cards")
    assert kill_at(path).ceilings == {name: least(name) for name in CEILINGS}
    assert not kill_at(path).is_unreadable


def test_off_gives_everything_back_whatever_was_there(path: Path) -> None:
    for text in ("{", '{"USE_RE_PROMPT_DRIVEN": false}'):
        path.write_text(text)
        shell("off")
        assert kill_at(path) == NOTHING == Kill()
