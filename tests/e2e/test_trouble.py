"""Lost connections, overload and reloads: words are kept, sent once, and answered once."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from .face import Face
from .mock.server import Fault, Stage

pytestmark = pytest.mark.browser
NETWORK = ("net::ERR", "status of 503", "status of 429", "status of 422")


def test_after_a_503_the_same_message_goes_out_with_the_same_key(
    visitor: Face, stage: Stage
) -> None:
    stage.faults = [Fault(status=503, retry_after=1)]
    visitor.say("flat in Girne")
    assert len(stage.asked) == 2
    assert len(set(stage.keys)) == 1
    assert len(stage.turns) == 1
    expect(visitor.mine).to_have_count(1)
    visitor.settle(*NETWORK)


def test_while_waiting_the_visitor_sees_the_seconds_and_may_try_now(
    visitor: Face, stage: Stage
) -> None:
    stage.faults = [Fault(status=503, retry_after=60)]
    visitor.write("flat in Girne")
    expect(visitor.mine.locator(".wait-text")).to_contain_text(re.compile(r"again in [56]\d s"))
    expect(visitor.mine.locator(".said")).to_have_text("flat in Girne")
    visitor.button("Try now").click()
    expect(visitor.replies).to_have_count(1)
    assert len(set(stage.keys)) == 1


def test_too_fast_is_said_as_such_and_words_can_be_taken_back(visitor: Face, stage: Stage) -> None:
    stage.faults = [Fault(status=429, retry_after=60)]
    visitor.write("flat in Girne")
    expect(visitor.mine.locator(".wait-text")).to_contain_text("That was quick")
    visitor.button("Edit message").click()
    expect(visitor.box).to_have_value("flat in Girne")
    expect(visitor.mine).to_have_count(0)
    assert visitor.page.evaluate("localStorage.getItem('gatehouse.outbox')") is None


def test_a_stream_cut_in_the_middle_resumes_after_the_last_event(
    visitor: Face, stage: Stage
) -> None:
    stage.faults = [Fault(cut_after=3), Fault(cut_after=5)]
    reply = visitor.say("flat in Girne")
    assert [one["last"] for one in stage.asked] == [None, "1.3", "1.5"]
    assert len(set(stage.keys)) == 1
    expect(reply.locator(".prose").first).to_have_text(
        "I found six homes in Girne that fit. The first one is closest to your budget."
    )
    visitor.settle(*NETWORK)


def test_offline_words_wait_and_go_out_when_the_network_is_back(
    visitor: Face, stage: Stage
) -> None:
    visitor.page.context.set_offline(True)
    visitor.write("flat in Girne")
    expect(visitor.mine.locator(".wait-text")).to_contain_text("You are offline")
    visitor.page.context.set_offline(False)
    expect(visitor.replies).to_have_count(1)
    assert len(stage.turns) == 1
    visitor.settle(*NETWORK)


def test_unsent_words_survive_a_reload_with_their_key(visitor: Face, stage: Stage) -> None:
    stage.faults = [Fault(status=503, retry_after=60)]
    visitor.write("flat in Girne")
    expect(visitor.mine.locator(".wait-text")).to_be_visible()
    visitor.page.reload()
    expect(visitor.replies).to_have_count(1)
    expect(visitor.mine).to_have_count(1)
    assert len(set(stage.keys)) == 1


def test_a_reload_in_the_middle_of_a_reply_shows_the_turn_once(visitor: Face, stage: Stage) -> None:
    stage.faults = [Fault(wait_s=0.4)]
    visitor.write("flat in Girne")
    expect(visitor.page.locator(".is-theirs .prose")).to_contain_text("I found")
    visitor.page.reload()
    expect(visitor.replies).to_have_count(1)
    expect(visitor.mine).to_have_count(1)
    expect(visitor.page.locator(".message.is-theirs")).to_have_count(1)
    assert len(stage.turns) == 1


def test_a_refusal_for_good_gives_the_words_back(visitor: Face, stage: Stage) -> None:
    stage.faults = [Fault(status=422)]
    visitor.write("flat in Girne")
    expect(visitor.mine.get_by_role("alert")).to_have_text(
        "This could not be sent: something in it cannot be accepted"
    )
    visitor.button("Edit message").click()
    expect(visitor.box).to_have_value("flat in Girne")
    assert len(stage.asked) == 1
    visitor.settle(*NETWORK)


def test_words_sent_while_a_reply_is_coming_are_answered_in_order(
    visitor: Face, stage: Stage
) -> None:
    stage.faults = [Fault(wait_s=0.05)]
    visitor.write("hello")
    visitor.write("flat in Girne")
    expect(visitor.replies).to_have_count(2)
    assert [one["question"] for one in stage.asked] == ["hello", "flat in Girne"]
    order = visitor.page.locator(".message").evaluate_all(
        "nodes => nodes.map((n) => n.classList.contains('is-mine') ? 'mine' : 'theirs')"
    )
    assert order == ["mine", "theirs", "mine", "theirs"]


def test_a_slow_reply_shows_that_it_is_coming_and_says_so(visitor: Face, stage: Stage) -> None:
    stage.faults = [Fault(hold_s=0.8)]
    visitor.write("flat in Girne")
    expect(visitor.page.locator(".interim")).to_have_text("I am comparing homes…")
    expect(visitor.page.locator(".dots")).to_be_visible()
    expect(visitor.replies).to_have_count(1)
    expect(visitor.page.locator(".dots")).to_have_count(0)


def test_a_session_that_has_ended_is_replaced(visitor: Face, stage: Stage) -> None:
    visitor.say("hello")
    stage.faults = [Fault(status=404)]
    visitor.say("flat in Girne")
    assert len(stage.sessions) == 2
    visitor.settle("status of 404")


def test_undoing_a_new_conversation_brings_unsent_words_back(visitor: Face, stage: Stage) -> None:
    stage.faults = [Fault(status=503, retry_after=60)]
    visitor.write("flat in Girne")
    expect(visitor.mine.locator(".wait-text")).to_be_visible()
    expect(visitor.page.locator(".dots")).to_be_hidden()
    visitor.button("New conversation").click()
    expect(visitor.mine).to_have_count(0)
    visitor.button("Undo").click()
    expect(visitor.replies).to_have_count(1)
    expect(visitor.mine).to_have_count(1)
    assert len(set(stage.keys)) == 1


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("temporary-reduced-capacity", "Many people are writing just now"),
        ("store-down", "Keep this page open; yours will be sent by itself"),
        ("reply-late", "Your message is saved"),
    ],
)
def test_the_reason_for_waiting_is_said_plainly(
    visitor: Face, stage: Stage, code: str, words: str
) -> None:
    stage.faults = [Fault(status=503, retry_after=60, code=code)]
    visitor.write("flat in Girne")
    expect(visitor.mine.locator(".wait-text")).to_contain_text(words)
