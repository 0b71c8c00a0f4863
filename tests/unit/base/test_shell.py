"""Whose name stands under what is done at the shell."""

from __future__ import annotations

import getpass

import pytest

from gatehouse.base.shell import NOBODY, user_name
from gatehouse.web.asking_reason import shell_actor


def nameless() -> str:
    raise KeyError("getpwuid(): uid not found: 12345")


def test_a_user_without_a_name_can_act_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(getpass, "getuser", nameless)
    assert user_name() == NOBODY
    assert shell_actor().name == NOBODY


def test_who_has_a_name_is_told_by_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(getpass, "getuser", lambda: "dana")
    assert shell_actor().name == "dana"
