"""Sentences of home seekers in every language, and all that should be heard in each."""

from __future__ import annotations

import pytest

from gatehouse.understanding.types import LANGUAGES, Language
from tests.unit.understanding.notation import (
    EAR,
    Row,
    changes_of,
    extras_of,
    intents_of,
    rows,
)

FEWEST_SENTENCES = 60


ALL = [
    pytest.param(language, row, id=f"{language}: {row.text}")
    for language in LANGUAGES
    for row in rows(language)
]


@pytest.mark.parametrize(("language", "row"), ALL)
def test_a_sentence_is_heard_as_its_speaker_means_it(language: Language, row: Row) -> None:
    heard = EAR.hear(row.text, state=row.state, language=None)
    said = (heard.language, intents_of(heard), changes_of(heard), extras_of(heard))
    assert said == (language, row.intents, row.changes, row.extras)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_a_full_table(language: Language) -> None:
    assert len(list(rows(language))) >= FEWEST_SENTENCES


@pytest.mark.parametrize(("language", "row"), ALL)
def test_spans_lie_on_words_of_the_text(language: Language, row: Row) -> None:
    heard = EAR.hear(row.text, state=row.state, language=None)
    spans = [c.span for c in heard.changes] + [ref.span for ref in heard.refs]
    for span in filter(None, spans):
        words = row.text[span.start : span.end]
        assert words and words == words.strip()
        assert span.start == 0 or not (row.text[span.start - 1] + words[0]).isalpha()
