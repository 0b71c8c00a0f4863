"""The page as a visitor uses it, and everything that went wrong on it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, expect

REPLY_MS = 15_000
expect.set_options(timeout=REPLY_MS)
WATCH = """
window.violations = [];
addEventListener("securitypolicyviolation", (e) => window.violations.push(e.violatedDirective));
"""


@dataclass
class Face:
    """One page with the conversation on it. Locators look into the component by themselves."""

    page: Page
    hosts: set[str]
    complaints: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("console", self._note)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", lambda request: self._check_host(request.url))

    def _note(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(f"{message.text} {message.location.get('url', '')}")

    def _check_host(self, address: str) -> None:
        parts = urlsplit(address)
        if parts.scheme in ("http", "https", "ws", "wss") and parts.netloc not in self.hosts:
            self.strangers.append(address)

    def open(self, address: str) -> Face:
        self.page.goto(address)
        self.box.wait_for()
        return self

    @property
    def box(self) -> Locator:
        return self.page.locator("#message")

    @property
    def mine(self) -> Locator:
        return self.page.locator(".message.is-mine")

    @property
    def replies(self) -> Locator:
        return self.page.locator('.message.is-theirs[data-state="whole"]')

    @property
    def cards(self) -> Locator:
        return self.replies.last.locator(".card")

    def write(self, text: str) -> None:
        self.box.fill(text)
        self.box.press("Enter")

    def say(self, text: str) -> Locator:
        """Sends and waits for the whole reply."""
        before = self.replies.count()
        self.write(text)
        expect(self.replies).to_have_count(before + 1, timeout=REPLY_MS)
        return self.replies.last

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name)

    def until(self, claim: Callable[[], object], what: str) -> None:
        """Waits for something that is no locator."""
        end = time.monotonic() + 5
        while not claim():
            assert time.monotonic() < end, what
            self.page.wait_for_timeout(10)

    def violations(self) -> list[str]:
        found: list[str] = self.page.evaluate("window.violations")
        return found

    def settle(self, *expected: str) -> None:
        """No complaint but those expected, no foreign request, no policy violation."""
        unexpected = [c for c in self.complaints if not any(e in c for e in expected)]
        assert unexpected == []
        assert self.strangers == []
        assert self.violations() == []


@contextmanager
def face(browser: Browser, *hosts: str, **options: Any) -> Iterator[Face]:
    """A page of its own with nothing remembered. `hosts`: the addresses it may ask."""
    context: BrowserContext = browser.new_context(**{"locale": "en-GB", **options})
    context.add_init_script(WATCH)
    context.set_default_timeout(REPLY_MS)
    try:
        yield Face(context.new_page(), {urlsplit(host).netloc for host in hosts})
    finally:
        context.close()
