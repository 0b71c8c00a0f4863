"""`gatehouse flags` and `gatehouse kill`, as an operator types them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management import call_command

from gatehouse.base.errors import BadInput, GatehouseError, Misconfigured, NotFound
from gatehouse.rollout import audit, flag_book
from gatehouse.rollout.connecting import connecting

Typed = Callable[..., str]


@pytest.fixture
def typed(
    clean: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Typed:
    """Runs one command and returns what it wrote."""
    monkeypatch.setenv("GATEHOUSE_DATABASE_URL", clean)
    monkeypatch.setenv("GATEHOUSE_DATA", str(tmp_path))

    def run(*words: str) -> str:
        capsys.readouterr()
        call_command(*words)
        told = capsys.readouterr()
        return told.out + told.err

    return run


def test_a_flag_is_set_listed_and_taken_back(typed: Typed) -> None:
    assert "nothing is stored" in typed("flags", "list")
    told = typed("flags", "set", "search_cache_ttl=60", "--reason", "slow base", "--for", "2h")
    assert told.startswith("SEARCH_CACHE_TTL is stored as 60 until ")
    listed = typed("flags", "list")
    assert "SEARCH_CACHE_TTL = 60; default 30; stored 60 until " in listed
    assert "slow base" in listed
    told = typed("flags", "unset", "SEARCH_CACHE_TTL", "--reason", "done")
    assert told == "SEARCH_CACHE_TTL is the environment's again: 30\n"


def test_all_flags_are_listed_where_asked(typed: Typed) -> None:
    told = typed("flags", "list", "--all")
    assert "USE_RE_PROMPT_DRIVEN = true; default true\n" in told
    assert "RE_SEARCH_TIMEOUT_MS = 800; default 800\n" in told


def test_more_than_the_environment_permits_is_told_to_have_no_effect(
    typed: Typed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RE_PROMPT_CANARY_PERCENT", "10")
    told = typed("flags", "set", "RE_PROMPT_CANARY_PERCENT=50", "--reason", "more")
    assert "the environment permits no more than 10" in told
    assert "RE_PROMPT_CANARY_PERCENT = 10; environment 10; stored 50" in typed("flags", "list")


@pytest.mark.parametrize(
    ("words", "trouble", "names"),
    [
        (("set", "SEARCH_CACHE_TTL", "--reason", "why"), BadInput, "SEARCH_CACHE_TTL=VALUE"),
        (("set", "SEARCH_CACHE_TTL=soon", "--reason", "why"), BadInput, "a whole number from 0"),
        (("set", "DATABASE_URL=x", "--reason", "why"), BadInput, "read once at the start"),
        (("set", "NOPE=1", "--reason", "why"), BadInput, "NOPE is no flag"),
        (("set", "SEARCH_CACHE_TTL=1", "--reason", "why", "--for", "soon"), BadInput, "--for"),
        (("unset", "SEARCH_CACHE_TTL", "--reason", "why"), NotFound, "SEARCH_CACHE_TTL"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(
    words: tuple[str, ...], trouble: type[GatehouseError], names: str, typed: Typed, clean: str
) -> None:
    with pytest.raises(trouble, match=names) as told:
        typed("flags", *words)
    assert "\n" not in str(told.value)
    assert flag_book.stored(connecting(clean)) == {}


def test_a_budget_of_money_without_a_price_is_refused(
    typed: Typed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LLM_MODEL", "a-model-of-nobody")
    monkeypatch.setenv("LLM_BASE_URL", "http://127.0.0.1:1/v1")
    with pytest.raises(Misconfigured, match="no price is known"):
        typed("flags", "set", "LLM_DAILY_BUDGET_USD=5", "--reason", "thrift")


def test_kill_without_a_target_takes_the_prompt_driven_agent_away(
    typed: Typed, tmp_path: Path, clean: str
) -> None:
    typed("kill", "on", "--reason", "it answers nonsense")
    told = json.loads((tmp_path / "kill.json").read_text())
    assert (told["USE_RE_PROMPT_DRIVEN"], told["reason"]) == (False, "it answers nonsense")
    assert '"USE_RE_PROMPT_DRIVEN": false' in typed("kill", "status")
    assert "nothing is taken away" in typed("kill", "off")
    assert not (tmp_path / "kill.json").exists()
    with connecting(clean)() as visit:
        actions = [each.action for each in audit.entries(visit, subject="kill_file")]
    assert actions == ["kill_on", "kill_off"]


def test_targets_add_up_and_are_given_back_one_by_one(typed: Typed, tmp_path: Path) -> None:
    typed("kill", "on", "RE_PROMPT_CANARY_PERCENT=5", "--version", "v-1", "--feature", "cards")
    typed("kill", "on", "--version", "v-2")
    typed("kill", "off", "RE_PROMPT_CANARY_PERCENT", "--version", "v-1")
    told = json.loads((tmp_path / "kill.json").read_text())
    assert (told["versions_denied"], told["features_off"]) == (["v-2"], ["cards"])
    assert "RE_PROMPT_CANARY_PERCENT" not in told


def test_kill_needs_no_database_and_says_that_the_audit_does(
    typed: Typed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GATEHOUSE_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
    told = typed("kill", "on", "--reason", "at night")
    assert "not in the audit" in told
    assert json.loads((tmp_path / "kill.json").read_text())["USE_RE_PROMPT_DRIVEN"] is False


def test_a_file_that_cannot_be_written_is_said_so(
    typed: Typed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("KILL_FILE", str(tmp_path / "file" / "kill.json"))
    with pytest.raises(GatehouseError, match="cannot be written"):
        typed("kill", "on", "--reason", "at night")


def test_only_ceilings_can_be_killed(typed: Typed) -> None:
    with pytest.raises(BadInput, match="SEARCH_CACHE_TTL is no ceiling"):
        typed("kill", "on", "SEARCH_CACHE_TTL=0")
