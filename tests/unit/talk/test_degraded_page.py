"""docs/degraded.md quotes what is really said, and names every label."""

from __future__ import annotations

from pathlib import Path

import pytest

from gatehouse.talk import degraded, holding

PAGE = (Path(__file__).parents[3] / "docs" / "degraded.md").read_text("utf-8")
QUOTED = (
    degraded.SHORT_FORM,
    degraded.SLOW_LISTINGS,
    degraded.NO_LISTINGS,
    degraded.NO_LISTINGS_PROMISED,
    degraded.AS_OF,
    degraded.BACK,
    holding._INTERIM,
    holding._TROUBLE,
)


@pytest.mark.parametrize("sentence", QUOTED)
def test_the_page_quotes_every_sentence(sentence: str) -> None:
    assert f"“{sentence}”" in PAGE


@pytest.mark.parametrize("label", degraded.MODES)
def test_the_page_names_every_label(label: str) -> None:
    assert f"`{label}`" in PAGE
