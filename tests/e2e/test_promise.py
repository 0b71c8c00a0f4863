"""Matches that were promised while the listings were away appear by themselves, once."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from .face import Face
from .mock.replies import BACK, NO_LISTINGS
from .mock.server import Stage, keep_promise

pytestmark = pytest.mark.browser


def test_promised_matches_appear_by_themselves_and_once(visitor: Face, stage: Stage) -> None:
    reply = visitor.say("promise me a flat")
    expect(reply).to_contain_text(NO_LISTINGS)
    keep_promise(stage)
    expect(visitor.replies).to_have_count(2)
    expect(visitor.replies.nth(1)).to_contain_text(BACK)
    expect(visitor.replies.nth(1).locator(".card")).to_have_count(6)
    visitor.page.reload()
    expect(visitor.replies).to_have_count(2)
    visitor.settle()


def test_a_reload_before_they_come_does_not_lose_the_promise(visitor: Face, stage: Stage) -> None:
    visitor.say("promise me a flat")
    visitor.page.reload()
    expect(visitor.replies).to_have_count(1)
    keep_promise(stage)
    expect(visitor.replies).to_have_count(2)
    visitor.settle()


def test_the_talk_goes_on_meanwhile_and_everything_stands_in_its_order(
    visitor: Face, stage: Stage
) -> None:
    visitor.say("promise me a flat")
    visitor.say("hello again")
    keep_promise(stage)
    expect(visitor.replies).to_have_count(3)
    expect(visitor.replies.nth(2)).to_contain_text(BACK)
    expect(visitor.mine).to_have_count(2)
    visitor.settle()


def test_nothing_is_looked_for_without_a_promise(visitor: Face, stage: Stage) -> None:
    visitor.say("hello")
    assert (
        visitor.page.evaluate(
            "document.querySelector('gatehouse-chat').desk.conversation.promised.timer"
        )
        is None
    )
    visitor.settle()
