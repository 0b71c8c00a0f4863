"""Which language a message is in: agreement over all sentences that the tests know."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import fmean

import pytest

from gatehouse.ops.evaluation.parallel.messages import messages
from gatehouse.understanding.types import LANGUAGES, DialogueState, Language
from tests.unit.understanding.notation import EAR, TABLES, rows

AGREEMENT = 0.97
FEWEST_WORDS = 3


def sentences(language: Language) -> Iterator[str]:
    """The messages of three words or more of the parallel set and of the tables."""
    texts = [m.text for m in messages(language)]
    if (TABLES / f"{language}.txt").exists():
        texts += [row.text for row in rows(language)]
    yield from (text for text in texts if len(text.split()) >= FEWEST_WORDS)


def agreement(language: Language, texts: list[str]) -> float:
    """The share of texts taken for the language, where nothing else hints at it."""
    return fmean(
        EAR.hear(text, state=DialogueState(), language=None).language == language for text in texts
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_language_of_a_message_is_told(language: Language) -> None:
    texts = list(sentences(language))
    assert len(texts) >= 150
    assert agreement(language, texts) >= AGREEMENT


def test_the_measure_would_notice_messages_of_another_language() -> None:
    assert agreement("en", list(sentences("tr"))) < 0.1
