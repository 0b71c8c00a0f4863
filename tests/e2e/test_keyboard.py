"""Everything can be done with the keyboard alone, and focus is never lost."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from .face import Face
from .mock.server import Stage

pytestmark = pytest.mark.browser
FOCUSED = """() => {
    const node = document.querySelector("gatehouse-chat").shadowRoot.activeElement;
    return node ? `${node.tagName}.${node.className} ${node.ariaLabel ?? node.textContent}` : null;
}"""


def tab_to(visitor: Face, text: str, *, most: int = 60) -> None:
    """Presses Tab until the focused element's name has this text."""
    for _ in range(most):
        if text in (visitor.page.evaluate(FOCUSED) or ""):
            return
        visitor.page.keyboard.press("Tab")
    raise AssertionError(f"no way to {text!r} by keyboard")


def test_a_talk_by_keyboard_alone(visitor: Face, stage: Stage) -> None:
    keys = visitor.page.keyboard
    keys.press("Tab")
    assert "Skip to the message box" in visitor.page.evaluate(FOCUSED)
    keys.press("Enter")
    expect(visitor.box).to_be_focused()
    keys.type("two lines")
    keys.press("Shift+Enter")
    keys.type("of words")
    keys.press("Enter")
    expect(visitor.replies).to_have_count(1)
    assert stage.asked[0]["question"] == "two lines\nof words"
    expect(visitor.box).to_be_focused()
    for _ in range(120):
        keys.press("Shift+Tab")
        if "Viewing: Sea-view flat" in visitor.page.evaluate(FOCUSED):
            break
    keys.press("Enter")
    expect(visitor.replies).to_have_count(2)
    assert stage.asked[1]["question"] == "I would like to view number 1"
    visitor.settle()


def test_the_gallery_takes_the_focus_moves_by_arrows_and_gives_it_back(visitor: Face) -> None:
    visitor.say("flat in Girne")
    button = visitor.cards.first.locator("[data-button=photos]")
    button.focus()
    visitor.page.keyboard.press("Enter")
    dialog = visitor.page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    count = dialog.locator(".strip > span")
    expect(count).to_have_text("1 / 4")
    visitor.page.keyboard.press("ArrowRight")
    expect(count).to_have_text("2 / 4")
    visitor.page.keyboard.press("ArrowLeft")
    expect(count).to_have_text("1 / 4")
    for _ in range(8):
        visitor.page.keyboard.press("Tab")
        assert visitor.page.evaluate(
            """() => {
                const focused = document.querySelector("gatehouse-chat").shadowRoot.activeElement;
                return focused === null || focused.closest("dialog") !== null;
            }"""
        )
    visitor.page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(button).to_be_focused()


def test_saved_homes_open_close_and_give_the_focus_back(visitor: Face) -> None:
    visitor.page.keyboard.press("Tab")
    tab_to(visitor, "Saved homes: 0")
    visitor.page.keyboard.press("Enter")
    expect(visitor.page.get_by_role("dialog", name="Saved homes")).to_be_visible()
    visitor.page.keyboard.press("Escape")
    expect(visitor.page.get_by_role("dialog")).to_have_count(0)
    assert "Saved homes: 0" in visitor.page.evaluate(FOCUSED)


def test_what_has_the_focus_shows_it(visitor: Face) -> None:
    visitor.page.keyboard.press("Tab")
    for _ in range(12):
        visitor.page.keyboard.press("Tab")
        ring = visitor.page.evaluate(
            """() => {
                const node = document.querySelector("gatehouse-chat").shadowRoot.activeElement;
                if (!node) return "solid";
                const shown = node.closest(".composer-box") ?? node;
                return getComputedStyle(shown).outlineStyle;
            }"""
        )
        assert ring == "solid", visitor.page.evaluate(FOCUSED)


def test_a_reply_is_read_out_once_and_whole(visitor: Face) -> None:
    """What streams is hidden from screen readers; the log gains the reply in one piece."""
    visitor.page.evaluate(
        """() => {
            const root = document.querySelector("gatehouse-chat").shadowRoot;
            window.heard = [];
            const mute = "[aria-hidden=true], [aria-live=off]";
            const silent = (n) => n.nodeType !== 1 || n.closest(mute);
            new MutationObserver((all) => all.flatMap((m) => [...m.addedNodes])
                .filter((n) => !silent(n) && !n.querySelector?.("[aria-hidden=true].bubble"))
                .forEach((n) => window.heard.push(n.textContent)))
                .observe(root.querySelector("[role=log]"), { childList: true, subtree: true });
        }"""
    )
    visitor.say("flat in Girne")
    heard: list[str] = visitor.page.evaluate("window.heard")
    assert sum("I found six homes" in text for text in heard) == 1
