"""Saved homes: kept on the device, shown in a drawer, compared side by side."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from .face import Face

pytestmark = pytest.mark.browser


def test_saved_homes_survive_a_reload_and_a_new_conversation(visitor: Face) -> None:
    visitor.say("flat in Girne")
    visitor.cards.nth(0).locator(".heart").click()
    visitor.cards.nth(2).locator(".heart").click()
    visitor.button("New conversation").click()
    visitor.page.reload()
    visitor.button("Saved homes: 2").click()
    saved = visitor.page.locator(".saved li")
    expect(saved).to_have_count(2)
    expect(saved.nth(1)).to_contain_text("Bright corner flat near the bazaar")
    visitor.button("Remove Bright corner flat near the bazaar").click()
    expect(saved).to_have_count(1)
    expect(visitor.button("Compare side by side")).to_be_disabled()
    visitor.settle()


def test_a_heart_is_pressed_on_every_card_of_the_same_home(visitor: Face) -> None:
    visitor.say("flat in Girne")
    visitor.say("flat in Girne")
    visitor.cards.first.locator(".heart").click()
    hearts = visitor.page.locator('.heart[data-home="00000000-0000-0000-0000-000000000001"]')
    expect(hearts).to_have_count(2)
    assert hearts.evaluate_all("n => n.map((h) => h.ariaPressed)") == ["true", "true"]


def test_saved_homes_stand_side_by_side(visitor: Face) -> None:
    visitor.say("flat in Girne")
    visitor.cards.nth(0).locator(".heart").click()
    visitor.cards.nth(1).locator(".heart").click()
    visitor.button("Saved homes: 2").click()
    visitor.button("Compare side by side").click()
    table = visitor.page.locator("dialog.compare table")
    expect(table.locator("thead th")).to_have_count(3)
    price = table.locator("tbody tr").first.locator(".cell-value")
    expect(price).to_have_text(["Price", "£680 per month", "£620 per month"])
    visitor.settle()


def test_an_older_card_speaks_by_name_because_numbers_mean_the_newest(visitor: Face) -> None:
    visitor.say("flat in Girne")
    visitor.say("something cheaper")
    visitor.replies.first.locator("[data-button=info]").nth(1).click()
    expect(visitor.mine.last.locator(".said")).to_have_text(
        "Tell me more about Garden flat under the mountain"
    )
