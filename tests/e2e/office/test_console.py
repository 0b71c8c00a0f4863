"""The console in a browser: read at a glance, kept up to date, moved by a lever, by any means."""

from __future__ import annotations

from typing import Any, Literal

import psycopg
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, ViewportSize, expect

from .conftest import DESKTOP, PHONE, Stage, signed_in

pytestmark = pytest.mark.browser
EVERY_MS = 3000  # an open console asks so often
ROOMS = ("console", "rollouts", "versions", "flags", "audit?check=1")


def has_levers(page: Page, *names: str, lacks: tuple[str, ...]) -> None:
    for name in names:
        expect(page.get_by_role("link", name=name)).to_be_visible()
    for name in lacks:
        expect(page.get_by_role("link", name=name)).to_have_count(0)


def grave(page: Page) -> list[str]:
    """The serious and critical findings, with where they are."""
    found: dict[str, Any] = Axe().run(page, options={"resultTypes": ["violations"]}).response
    return [
        f"{one['id']}: {node['target']} {node.get('failureSummary', '')}"
        for one in found["violations"]
        if one["impact"] in ("serious", "critical")
        for node in one["nodes"]
    ]


def test_no_page_has_a_serious_violation_or_scrolls_sideways(
    browser: Browser, office_url: str, staged: Stage
) -> None:
    """On a desktop in light, and on a phone in the dark."""
    scene = staged("failed")
    lever = f"rollouts/{scene.rollout_id}/rollback"
    with signed_in(browser, office_url, "admin", reduced_motion="reduce", bypass_csp=True) as shown:
        page = shown.page
        for room in (*ROOMS, f"versions/{scene.new}?against={scene.old}", lever):
            wear(page, "light", DESKTOP)
            page.goto(f"{office_url}/office/{room}")
            assert not (found := [*grave(page), *too_wide(page)]), (room, found)
            wear(page, "dark", PHONE)
            assert not (found := [*grave(page), *too_wide(page)]), (room, found)
        plant = "document.querySelector('main').append(document.createElement('input'))"
        page.evaluate(plant)
        assert any("label" in each for each in grave(page)), "a planted violation was not found"


def wear(page: Page, theme: Literal["light", "dark"], size: ViewportSize) -> None:
    page.emulate_media(color_scheme=theme)
    page.set_viewport_size(size)


def too_wide(page: Page) -> list[str]:
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    return [f"{wide} pixels too wide"] if wide > 0 else []


def test_everything_is_seen_at_a_glance_and_drawn_within_the_policy(
    browser: Browser, office_url: str, staged: Stage
) -> None:
    staged("held")
    with signed_in(browser, office_url, "releaser") as shown:
        page = shown.page
        expect(page.get_by_role("heading", level=1)).to_have_text(
            "10 % of new conversations get “warm greeting”"
        )
        glance = page.locator("#glance")
        expect(glance).to_contain_text("all 4 required gates are certified")
        expect(glance).to_contain_text("a releaser has to approve the next step")
        expect(glance).to_contain_text("4 of 4 follow")
        for figure in page.locator("figure[data-chart]").all():
            expect(figure.get_by_role("img")).to_have_count(1)
            assert "NaN" not in figure.inner_html()
        assert page.locator("figure[data-chart]").count() >= 10
        has_levers(page, "Roll back", "Promote to everybody", lacks=("Waive a gate",))
        shown.settle()


def test_what_happens_meanwhile_is_shown_without_a_reload(
    browser: Browser, office_url: str, staged: Stage, clean: str
) -> None:
    scene = staged("ramping")
    with signed_in(browser, office_url, "viewer") as shown:
        page = shown.page
        has_levers(page, lacks=("Roll back", "Pause", "Promote to everybody"))
        evidence = page.locator("#history details").first
        evidence.locator("summary").click()
        page.evaluate("window.isTheSame = true")
        with psycopg.connect(clean, autocommit=True) as connection:
            connection.execute(
                "UPDATE rollout SET share = 50000, held = 'incident', held_since = now()"
                " WHERE id = %s",
                (scene.rollout_id,),
            )
        page.clock.run_for(EVERY_MS)
        expect(page.get_by_role("heading", level=1)).to_contain_text("50 %")
        expect(page.locator("#glance")).to_contain_text("an incident of severity 1 or 2 is open")
        assert page.evaluate("window.isTheSame")
        expect(evidence).to_have_attribute("open", "")
        expect(page.locator("figure[data-chart] svg").first).to_be_visible()
        shown.settle()


def test_a_lever_is_pulled_in_a_dialog_by_keyboard(
    browser: Browser, office_url: str, staged: Stage
) -> None:
    staged("ramping")
    with signed_in(browser, office_url, "operator") as shown:
        page = shown.page
        has_levers(page, "Pause", "Kill", lacks=("Promote to everybody", "Waive a gate"))
        page.get_by_role("link", name="Roll back").focus()
        page.keyboard.press("Enter")
        dialog = page.get_by_role("dialog")
        expect(dialog).to_contain_text("No new conversation gets")
        expect(dialog.get_by_label("Reason")).to_be_focused()
        page.keyboard.press("Escape")
        expect(dialog).to_be_hidden()
        page.get_by_role("link", name="Roll back").press("Enter")
        expect(dialog.get_by_label("Reason")).to_be_focused()
        page.keyboard.type("p95 has doubled since four")
        dialog.get_by_role("button", name="Roll back").press("Enter")
        expect(page.locator("#headline")).to_contain_text("is being taken back; “house” answers")
        expect(page.locator("#history")).to_contain_text("p95 has doubled since four")
        assert "rollback" not in page.url
        shown.settle()


def test_without_scripts_a_lever_is_a_page_of_its_own(
    browser: Browser, office_url: str, staged: Stage
) -> None:
    staged("ramping")
    with signed_in(browser, office_url, "operator", java_script_enabled=False) as shown:
        page = shown.page
        page.get_by_role("link", name="Pause").click()
        expect(page.get_by_text("It stays at 10 % until somebody resumes it.")).to_be_visible()
        page.get_by_label("Reason").fill("looking at the search times")
        page.get_by_role("button", name="Pause").click()
        expect(page.locator("#glance")).to_contain_text("a person paused it")


def test_a_lost_server_is_told(browser: Browser, office_url: str, staged: Stage) -> None:
    staged("ramping")
    with signed_in(browser, office_url, "viewer") as shown:
        page = shown.page
        page.route("**/office/console", lambda route: route.abort())
        page.clock.run_for(EVERY_MS)
        expect(page.locator("#pulse")).to_contain_text("No news from the server")
        page.unroute("**/office/console")
        page.clock.run_for(2 * EVERY_MS)
        expect(page.locator("#pulse")).to_have_text("")


def test_signing_out_in_one_window_ends_the_other(
    browser: Browser, office_url: str, staged: Stage
) -> None:
    staged("ramping")
    with signed_in(browser, office_url, "viewer") as shown:
        other = shown.page.context.new_page()
        other.goto(f"{office_url}/office/console")
        other.get_by_role("button", name="Sign out").click()
        expect(other.get_by_label("Password")).to_be_visible()
        shown.page.clock.run_for(EVERY_MS)
        expect(shown.page.get_by_label("Password")).to_be_visible()
