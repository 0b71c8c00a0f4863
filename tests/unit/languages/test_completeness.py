"""Each language we speak has all that English has. To add one, add what this test names."""

from __future__ import annotations

import json
from pathlib import Path
from typing import cast

import pytest

from gatehouse.understanding import vocabulary
from gatehouse.understanding.types import LANGUAGES, Language

from . import completeness
from .completeness import lacks, lexicon_files, unspoken


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language_lacks_nothing_that_english_has(language: Language) -> None:
    found = list(lacks(language))
    assert not found, f"{len(found)} to add for {language!r}:\n" + "\n".join(found)


def test_a_language_that_nobody_wrote_lacks_something_in_every_file() -> None:
    found = list(lacks(cast(Language, "it")))
    files = {line.partition(":")[0] for line in found}
    assert {name for name in files if name.startswith("tests/")} >= {
        "tests/conversations/scripts.py",
        "tests/unit/understanding/tables/it.txt",
        "tests/unit/understanding/strangers.txt",
    }
    assert {name for name in files if not name.startswith("tests/")} == {
        "talk/phrases/it/LC_MESSAGES/gatehouse.po",
        "talk/phrases/it/examples.json",
        "widget/texts/languages.js",
        "widget/texts/it.json",
        "widget/index.html",
        "understanding/lexicon/places.json",
        *(f"understanding/lexicon/it/{name}" for name in lexicon_files()),
        "listings/seeding/words/it.json",
        "ops/smoke_talks.json",
        "ops/evaluation/parallel/it.txt",
        "base/config.py",
    }


def test_a_concept_without_words_is_named_unless_it_has_a_reason(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    known = vocabulary.concepts("de")
    monkeypatch.setattr(
        vocabulary, "concepts", lambda code: known | {"rare:"} if code == "en" else known
    )
    assert any("'rare:'" in line for line in lacks("de"))
    copy = tmp_path / "de"
    copy.mkdir()
    for path in (completeness.LEXICON / "de").iterdir():
        (copy / path.name).write_text(path.read_text("utf-8"), "utf-8")
    reasons = {"Germans do not say this.": ["rare:", *unspoken("de")]}
    (copy / "unspoken.json").write_text(json.dumps(reasons), "utf-8")
    (tmp_path / "places.json").write_text("[]", "utf-8")
    monkeypatch.setattr(completeness, "LEXICON", tmp_path)
    assert not any("'rare:'" in line for line in lacks("de"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_is_a_sentence(language: Language) -> None:
    path = completeness.LEXICON / language / "unspoken.json"
    reasons = json.loads(path.read_text("utf-8")) if path.exists() else {}
    assert all(reason.endswith(".") and labels for reason, labels in reasons.items())
