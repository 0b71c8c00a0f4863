"""Tables: copied and saved exactly, harmless in a spreadsheet, readable on a phone."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from .conftest import DESKTOP
from .face import Face, face
from .mock.replies import TABLE
from .mock.server import Stage

pytestmark = pytest.mark.browser
HEADERS: list[str] = TABLE["headers"]  # type: ignore[assignment]
ROWS = [
    ["Price", "£680 per month", "£560 per month"],
    ["Deposit", "'=SUM(A1:A9)", "-500"],  # a formula is disarmed, a number is not
    ["Note", "two\nlines", "'@here"],
    ["Pets", "yes", "not stated"],
]


def test_the_file_holds_every_cell_and_no_formula(visitor: Face, tmp_path: Path) -> None:
    reply = visitor.say("compare")
    with visitor.page.expect_download() as waiting:
        reply.locator("[data-tool=download]").click()
    target = tmp_path / "table.csv"
    waiting.value.save_as(target)
    assert waiting.value.suggested_filename == "Comparison-of-homes.csv"
    text = target.read_bytes().decode("utf-8-sig")
    assert text.startswith('Home,"Sea-view flat, harbour","The ""lemon"" flat"\r\n')
    with target.open(encoding="utf-8-sig", newline="") as file:
        assert list(csv.reader(file)) == [HEADERS, *ROWS]
    visitor.settle()


def test_the_suggestion_to_save_gives_the_same_file(visitor: Face, stage: Stage) -> None:
    reply = visitor.say("compare")
    with visitor.page.expect_download() as waiting:
        reply.get_by_role("button", name="Save as CSV").click()
    assert waiting.value.suggested_filename == "Comparison-of-homes.csv"
    visitor.until(
        lambda: "suggested_action_clicked" in [one["event_type"] for one in stage.reported],
        "the click was not reported",
    )


def test_a_copied_table_pastes_as_rows_and_columns(browser: Browser, mock_url: str) -> None:
    with face(browser, mock_url, viewport=DESKTOP) as visitor:
        visitor.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        reply = visitor.open(mock_url).say("compare")
        reply.locator("[data-tool=copy]").click()
        expect(visitor.page.get_by_text("Copied")).to_be_visible()
        pasted = visitor.page.evaluate("navigator.clipboard.readText()")
    rows = [line.split("\t") for line in pasted.split("\n")]
    assert rows[0] == HEADERS
    assert rows[3] == ["Note", "two lines", "'@here"]


def test_headers_have_a_scope_and_the_table_a_caption(visitor: Face) -> None:
    table = visitor.say("compare").locator("table")
    expect(table.locator("caption")).to_have_text("Comparison of homes")
    assert table.locator("thead th").evaluate_all("n => n.map((h) => h.scope)") == ["col"] * 3
    assert table.locator("tbody th").evaluate_all("n => n.map((h) => h.scope)") == ["row"] * 4


def test_on_a_phone_rows_are_cards_and_nothing_scrolls_sideways(phone: Face) -> None:
    table = phone.say("compare").locator("table")
    assert table.locator("tbody tr").first.evaluate("r => getComputedStyle(r).display") == "block"
    expect(table.locator("tbody td .cell-name").first).to_be_visible()
    wide = phone.page.evaluate("document.documentElement.scrollWidth > innerWidth")
    inner = phone.page.locator(".log").evaluate("log => log.scrollWidth > log.clientWidth")
    assert (wide, inner) == (False, False)
    phone.settle()
