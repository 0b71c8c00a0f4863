"""Who is no visitor: told by headers alone, and only by those that cannot be made up."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.requests import HTTPConnection

from gatehouse.rollout.passes import Passes
from gatehouse.talk.types import ANYBODY, Entry
from gatehouse.web.entering import Entrance

PASSES = Passes("k1-3Vd9s0qLm2xTzR7uYb8NcQw5Ee6Ff4Gg")
ENTRANCE = Entrance(PASSES, is_staff=lambda headers: b"badge=worn" in headers.get(b"cookie", b""))
BROWSER = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36"


def request(**headers: str) -> HTTPConnection:
    raw = [(name.replace("_", "-").encode(), text.encode()) for name, text in headers.items()]
    scope: dict[str, Any] = {"type": "http", "headers": raw}
    return HTTPConnection(scope)


@pytest.mark.parametrize(
    "agent",
    [
        "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
        "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
        "facebookexternalhit/1.1",
        "Mozilla/5.0 (compatible; YandexBot/3.0)",
        "Mozilla/5.0 (compatible; Baiduspider/2.0)",
        "Mozilla/5.0 (compatible; ClaudeBot/1.0; +claudebot@anthropic.com)",
        "UptimeRobot/2.0",
        "Pingdom.com_bot_version_1.4",
        "Mozilla/5.0 HeadlessChrome/140.0 Safari/537.36",
    ],
)
def test_a_robot_that_says_so_is_no_visitor(agent: str) -> None:
    assert ENTRANCE(request(user_agent=agent)) == Entry(traffic="bot")


@pytest.mark.parametrize(
    "agent", [BROWSER, "curl/8.5.0", "python-httpx/0.28", "", "CUBOT X70 Build/SP1A Chrome/140.0"]
)
def test_browsers_and_plain_clients_are_visitors(agent: str) -> None:
    assert ENTRANCE(request(user_agent=agent)) == ANYBODY


def test_staff_with_a_badge_are_no_visitors_but_are_drawn_like_anybody() -> None:
    assert ENTRANCE(request(user_agent=BROWSER, cookie="badge=worn")) == Entry(None, "staff")


def test_a_pass_counts_before_the_badge() -> None:
    shown = PASSES.make("canary", "soak", seconds=60)
    entry = ENTRANCE(request(x_gatehouse_canary=shown, cookie="badge=worn"))
    assert entry == Entry("canary", "soak")


def test_a_pass_may_come_as_a_cookie_among_others() -> None:
    shown = PASSES.make("stable", "staff", seconds=60)
    assert ENTRANCE(request(cookie=f"a=b; canary={shown}; c=d")) == Entry("stable", "staff")


@pytest.mark.parametrize("value", ["canary", "always", "enabled", "canary.visitor.9999999999.x"])
def test_nobody_chooses_without_a_signature(value: str) -> None:
    assert ENTRANCE(request(x_gatehouse_canary=value, cookie=f"canary={value}")) == ANYBODY
