"""All measurements at once, and the document that holds their figures."""

from __future__ import annotations

from pathlib import Path

import pytest

from gatehouse.ops.evaluation.kinds import everything
from gatehouse.ops.evaluation.kinds.everything import BEGIN, END, Step
from gatehouse.ops.evaluation.sources import EvaluationError

ENGLISH = Step("parallel", (), ("--lang", "en"))


@pytest.fixture(autouse=True)
def only_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(everything, "STEPS", (ENGLISH,))


def test_a_document_gets_the_figures_between_its_two_lines_and_keeps_the_rest(
    tmp_path: Path,
) -> None:
    document = tmp_path / "page.md"
    document.write_text(f"before\n{BEGIN}\nold figures\n{END}\nafter\n")
    report = everything.run({"folder": tmp_path, "write": document})
    text = document.read_text()
    assert text.startswith(f"before\n{BEGIN}\n") and text.endswith(f"{END}\nafter\n")
    assert "old figures" not in text
    assert f"`{ENGLISH.command}`" in text
    shares = [figure for figure in report.figures if figure.name == "parallel: exact slots en"]
    assert f"| exact slots en | {shares[0].value:.3f} |" in text


def test_a_document_without_the_two_lines_is_left_as_it_is(tmp_path: Path) -> None:
    document = tmp_path / "page.md"
    document.write_text("no place for figures\n")
    with pytest.raises(EvaluationError, match="has no lines"):
        everything.run({"folder": tmp_path, "write": document})
    assert document.read_text() == "no place for figures\n"


def test_a_missing_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match="is no folder"):
        everything.run({"folder": tmp_path / "nowhere", "write": None})


def test_every_step_is_a_kind_with_options_that_it_knows(tmp_path: Path) -> None:
    step = Step("sgd", ("a.jsonl",), ("--schema", "@s.json"))
    assert step.arguments(tmp_path) == [
        str(tmp_path / "a.jsonl"),
        "--schema",
        str(tmp_path / "s.json"),
    ]
    assert step.command == "gatehouse evaluate understanding sgd a.jsonl --schema s.json"
