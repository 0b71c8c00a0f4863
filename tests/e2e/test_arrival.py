"""From the page of a home to the talk about it, on the real server."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from gatehouse.listings.seeding.write import home_id

from .face import Face

pytestmark = pytest.mark.browser


def test_a_question_from_the_page_of_a_home_is_answered_for_that_home(
    guest: Face, live_server: str
) -> None:
    guest.page.goto(f"{live_server}/homes/{home_id(0)}")
    title = guest.page.locator("h1").inner_text()
    guest.page.get_by_role("link", name="Ask about this home").click()
    expect(guest.box).to_have_value(f"I have a question about {title}: ")
    guest.box.press_sequentially("how much is the deposit?")
    guest.box.press("Enter")
    expect(guest.replies).to_have_count(1)
    expect(guest.replies.last).to_contain_text(title)
    expect(guest.replies.last).to_contain_text("The deposit is £")
    viewing = guest.say("I want to see it on Saturday")
    expect(viewing).to_contain_text(f"You would like to see “{title}”")
    guest.page.reload()
    expect(guest.replies).to_have_count(2)
    expect(guest.box).to_have_value("")
    guest.settle()


def test_a_home_that_is_gone_is_said_to_be_gone(guest: Face, live_server: str) -> None:
    guest.open(f"{live_server}/?about=00000000-0000-4000-8000-000000000000")
    expect(guest.box).to_be_focused()
    guest.box.press_sequentially("does it have a pool?")
    guest.box.press("Enter")
    expect(guest.replies.last).to_contain_text("no longer on offer")
    guest.settle("status of 404")
