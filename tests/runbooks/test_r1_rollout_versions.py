"""R1: a changed prompt is a new version; each test is named by its row of the catalogue."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any, cast
from uuid import UUID

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from gatehouse.base.config import load
from gatehouse.base.errors import BadInput, Misconfigured, NotFound
from gatehouse.llm.scripted import ScriptedModel
from gatehouse.llm.types import ChatRequest
from gatehouse.ops.evaluation.contract.stage import Shelf
from gatehouse.ops.simulator.app import Simulator
from gatehouse.ops.simulator.serving import serving
from gatehouse.resilience.breakers import Breakers
from gatehouse.resilience.deadline import Deadline
from gatehouse.rollout import versions
from gatehouse.rollout.connecting import connecting
from gatehouse.rollout.types import RULES
from gatehouse.talk.past import NoPast
from gatehouse.talk.types import Handler, IncomingMessage, Market, Thread, Tools
from gatehouse.understanding.types import DialogueState
from gatehouse.web.agents import Handlers
from gatehouse.web.workshop import Workshop
from tests.unit.understanding.notation import EAR

ROOT = Path(__file__).parents[2]
BEFORE, AFTER = "one to three sentences", "one sentence, two at most"


@pytest.fixture
def shell(clean: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[str]:
    """An operator's shell at a house with a model."""
    told = {"LLM_MODEL": "sim-good", "LLM_BASE_URL": "http://127.0.0.1:9/v1",
            "LLM_API_KEY": "none", "GATEHOUSE_DATABASE_URL": clean}  # fmt: skip
    for name, value in told.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    yield clean


def gatehouse(*words: str) -> str:
    said = StringIO()
    call_command(*words, stdout=said)
    return said.getvalue()


def edited(change: tuple[str, str] = (BEFORE, AFTER)) -> Path:
    """The system prompt as `version show` tells it, with one change."""
    text = gatehouse("version", "show", "current", "--part", "system")
    assert change[0] in text
    path = Path("system.txt")
    path.write_text(text.replace(*change), "utf-8")
    return path


def created(*words: str) -> str:
    """The new version's id."""
    return gatehouse("version", "create", *words).split()[0]


def test_r1_49_a_changed_sentence_is_a_new_version_with_a_clear_diff(shell: str) -> None:
    told = gatehouse("version", "create", "--from", "current", "--prompt", f"system={edited()}",
                     "--label", "shorter")  # fmt: skip
    lines = told.splitlines()
    assert lines[0].startswith("v-") and lines[0].endswith("is created")
    changed = [line for line in lines if line[:1] in "+-" and line[:3] not in ("+++", "---")]
    assert len(changed) == 2
    assert BEFORE in changed[0] and AFTER in changed[1]
    listed = gatehouse("version", "list")
    assert "shorter" in listed and RULES in listed


def test_r1_49_the_same_text_is_the_same_version(shell: str) -> None:
    first = created("--prompt", f"system={edited()}")
    again = gatehouse("version", "create", "--prompt", f"system={edited()}")
    assert again.startswith(f"{first} is there already")


def test_r1_49_an_edit_that_changes_nothing_makes_nothing(shell: str) -> None:
    with pytest.raises(BadInput, match="nothing differs from v-"):
        gatehouse("version", "create", "--prompt", f"system={edited((BEFORE, BEFORE))}")


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        (("$mark", "the mark"), "system lacks $mark"),
        (("$ask", "$asc"), "unknown $asc"),
        (("STATE", "5 $ a day\nSTATE"), "write $$"),
    ],
)
def test_r1_49_a_bad_prompt_file_is_refused_in_one_plain_line(
    shell: str, words: tuple[str, str], fault: str
) -> None:
    with pytest.raises(BadInput) as refused:
        gatehouse("version", "create", "--prompt", f"system={edited(words)}")
    assert fault in str(refused.value)
    assert "\n" not in str(refused.value)
    assert versions.newest(connecting(shell)) == ()


@pytest.mark.parametrize(
    ("words", "trouble", "fault"),
    [
        (("--prompt", "system=nowhere.txt"), BadInput, "system cannot be read from nowhere.txt"),
        (("--prompt", "nowhere.txt"), BadInput, "is no prompt: allowed is NAME=VALUE"),
        (("--prompt", "poem=/dev/null"), BadInput, "poem is no part of the prompts"),
        (("--set", "temperature=9"), BadInput, "temperature is '9'"),
        (("--feature", "cards=perhaps"), BadInput, "allowed is on or off"),
        (("--from", "nobody"), NotFound, "there is no version nobody"),
        (("--from", "rules", "--set", "temperature=1"), BadInput, "the rules handler has no"),
    ],
)
def test_r1_49_other_mistakes_are_one_plain_line(
    shell: str, words: tuple[str, ...], trouble: type[Exception], fault: str
) -> None:
    with pytest.raises(trouble) as refused:
        gatehouse("version", "create", *words)
    assert fault in str(refused.value)


def test_r1_49_a_model_without_a_key_is_refused(
    shell: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LLM_BASE_URL")
    monkeypatch.delenv("LLM_API_KEY")
    monkeypatch.setenv("LLM_MODEL", "ollama:qwen3")
    with pytest.raises(Misconfigured, match="LLM_API_KEY is empty"):
        gatehouse("version", "create", "--model", "openai:gpt-5-mini")


def test_r1_49_the_command_line_tells_a_mistake_in_one_line_and_exits_with_2(shell: str) -> None:
    Path("bad.txt").write_text("Be nice.")
    command = [sys.executable, str(ROOT / "manage.py"), "version", "create"]
    ended = subprocess.run(
        [*command, "--prompt", "system=bad.txt"], capture_output=True, text=True, check=False
    )
    assert ended.returncode == 2
    assert ended.stdout == ""
    assert ended.stderr.startswith("gatehouse: system lacks $acts")
    assert ended.stderr.count("\n") == 1


def test_r1_49_a_bundle_travels_as_json(shell: str) -> None:
    first = created("--model", "sim-worse", "--feature", "suggested_actions=off")
    path = Path("bundle.json")
    path.write_text(gatehouse("version", "show", first, "--json"))
    assert gatehouse("version", "create", "--file", str(path)).startswith(f"{first} is there")


def test_r1_49_a_shell_s_mistake_in_the_command_is_told(shell: str) -> None:
    with pytest.raises((CommandError, SystemExit)):
        gatehouse("version", "create", "--colour", "red")


def test_r1_49_prompts_diff_shows_the_sentence_and_says_when_there_is_none(shell: str) -> None:
    words = created("--prompt", f"system={edited()}")
    model = created("--model", "sim-worse")
    told = gatehouse("prompts", "diff", "own", words).splitlines()
    assert any(line.startswith("+Write in $language_name") and AFTER in line for line in told)
    assert "are the same" in gatehouse("prompts", "diff", "own", model)
    assert "model: sim-good -> sim-worse" in gatehouse("version", "diff", "own", model)


async def test_r1_49_prompts_test_tries_the_version_s_own_model(
    shell: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with serving(Simulator()) as address:
        monkeypatch.setenv("LLM_BASE_URL", address)
        told = await asyncio.to_thread(gatehouse, "prompts", "test", "own", "--talks", "1")
        assert told.splitlines()[-1] == "fit for a rollout"
        broken = await asyncio.to_thread(created, "--model", "sim-malformed")
        with pytest.raises(SystemExit):
            await asyncio.to_thread(gatehouse, "prompts", "test", broken, "--talks", "1")


async def test_r1_49_the_old_one_is_still_runnable_beside_the_new_one(shell: str) -> None:
    new = created("--prompt", f"system={edited()}")
    asked: list[ChatRequest] = []

    class Voice:
        """One model for both."""

        def __init__(self) -> None:
            self.chat = ScriptedModel(self._said)

        def _said(self, request: ChatRequest) -> str:
            asked.append(request)
            return "{}"

    workshop = Workshop(load(), cast(Any, Voice()), Breakers(), NoPast())
    handlers = Handlers(workshop.make)
    handlers.learn(versions.newest(connecting(shell)))
    old = next(v.id for v in versions.newest(connecting(shell)) if v.id != new)
    for version in (old, new):
        handler = handlers.of(version)
        assert handler is not None
        await take_turn(handler)
    first, last = (request.messages[0].text for request in (asked[0], asked[-1]))
    assert BEFORE in first and AFTER not in first
    assert AFTER in last and BEFORE not in last


async def take_turn(handler: Handler) -> None:
    message = IncomingMessage(1, 1, "A flat in Girne up to 500 pounds, long term", "en")
    thread = Thread(UUID(int=1), 1, 1, DialogueState(), (message,))
    await handler.think(thread, Tools(Shelf(), EAR, Market()), deadline=Deadline.after(5))
