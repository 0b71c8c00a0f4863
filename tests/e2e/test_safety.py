"""What the server says is data: shown as text, never run, never fetched from elsewhere."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from .face import Face, face
from .mock.server import Stage

pytestmark = pytest.mark.browser
INSIDE = "document.querySelector('gatehouse-chat').shadowRoot"


def test_markup_in_replies_is_shown_as_text(visitor: Face) -> None:
    reply = visitor.say("attack")
    expect(reply.locator(".prose").first).to_contain_text("<script>window.hacked=1</script>")
    expect(reply.locator(".prose").first.locator("strong")).to_have_text("bold")
    expect(visitor.cards.first.locator(".card-title")).to_contain_text("<img src=x")
    visitor.cards.first.locator(".heart").click()
    visitor.page.locator(".tools .icon-button").first.click()
    expect(visitor.page.locator(".saved a").first).to_contain_text("<img src=x")
    visitor.page.keyboard.press("Escape")
    visitor.page.reload()
    expect(visitor.replies).to_have_count(1)
    assert visitor.page.evaluate("window.hacked") is None
    assert visitor.page.evaluate(f"{INSIDE}.querySelectorAll('script').length") == 0
    visitor.settle()


def test_visitors_own_markup_is_shown_as_text(visitor: Face) -> None:
    visitor.say('<img src=x onerror="window.hacked=1">')
    expect(visitor.mine.locator(".said")).to_have_text('<img src=x onerror="window.hacked=1">')
    assert visitor.page.evaluate("window.hacked") is None
    visitor.settle()


def test_the_policy_allows_no_inline_script_and_would_tell(
    browser: Browser, mock_url: str, stage: Stage
) -> None:
    """The negative control of `settle`: a planted inline script is refused and noticed."""
    with face(browser, mock_url) as visitor:
        visitor.open(mock_url)
        visitor.page.evaluate(
            """() => {
                const planted = document.createElement("script");
                planted.textContent = "window.hacked = 1";
                document.body.append(planted);
            }"""
        )
        assert visitor.page.evaluate("window.hacked") is None
        assert visitor.violations() == ["script-src-elem"]
        with pytest.raises(AssertionError):
            visitor.settle()
