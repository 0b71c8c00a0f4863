"""The page's own words and colours are complete. Needs no browser."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

WIDGET = Path(__file__).parents[2] / "gatehouse" / "widget"


def words(language: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((WIDGET / "texts" / f"{language}.json").read_text())
    return loaded


def test_no_text_is_missing_and_none_is_left_over() -> None:
    known = set(words("en"))
    code = "\n".join(path.read_text() for path in WIDGET.rglob("*.js"))
    said = {key for match in re.finditer(r'say\(\s*"(\w+)"', code) for key in match.groups()}
    assert said <= known
    mentioned = set(re.findall(r"\w+", code))
    built = {"say_", "variant_", "theme_"}  # `say_${button}` and the like
    assert {key for key in known - mentioned if not any(key.startswith(b) for b in built)} == set()


def test_both_dark_blocks_are_equal() -> None:
    sheet = (WIDGET / "tokens.css").read_text()
    blocks = re.findall(r"color-scheme: dark;(.*?)}", sheet, re.DOTALL)
    assert len(blocks) == 2
    assert blocks[0].split() == blocks[1].split()


def test_modules_stay_small_and_fetch_from_nowhere_else() -> None:
    for path in (*WIDGET.rglob("*.js"), *WIDGET.rglob("*.css"), *WIDGET.rglob("*.html")):
        if path.stem == "home":
            continue  # belongs to the pages of homes
        text = path.read_text()
        limit = 420 if path.suffix == ".css" else 250
        assert len(text.splitlines()) <= limit, path.name
        assert re.findall(r"https?://(?!www\.w3\.org/)", text) == [], path.name
        assert "innerHTML =" not in text


def test_the_page_asks_for_all_its_modules_at_once() -> None:
    """Else the browser finds them one import at a time, a round trip each."""
    page = (WIDGET / "index.html").read_text()
    asked = set(re.findall(r'"/widget/([\w/-]+\.js)"', page))
    own = {str(path.relative_to(WIDGET)) for path in WIDGET.rglob("*.js")}
    assert asked == own - {"home.js"}
