"""Somebody who signs in with a real browser, and what a page must be for everybody."""

from __future__ import annotations

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from web_serving import PHRASE, Coach

PATIENCE = 60_000  # milliseconds; the first text to be read loads the pipeline on a slow machine
expect.set_options(timeout=PATIENCE)


def opened(
    browser: Browser,
    coach: Coach,
    name: str,
    width: int = 1280,
    scheme: Any = "light",
    *,
    script: bool = True,
) -> Page:
    """The first page of somebody who has just signed in."""
    context = browser.new_context(
        viewport={"width": width, "height": 800},
        color_scheme=scheme,
        java_script_enabled=script,
        base_url=coach.url,
    )
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.goto("/")
    page.get_by_label("Your name").fill(name)
    page.get_by_label("Passphrase").fill(PHRASE)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Hello {name}")
    return page


def serious(page: Page) -> list[str]:
    """What axe-core finds that keeps somebody out, and words that do not fit the width."""
    page.wait_for_load_state()  # with the style sheet, without which colours are the browser's
    found = Axe().run(page).response["violations"]
    told = [f"{v['id']}: {v['nodes'][0]['html']}" for v in found if v["impact"] in {"serious", "critical"}]
    return told if fits(page) else [*told, f"{page.url} is wider than the window"]


def problems_of(page: Page) -> list[str]:
    """The same on a wide screen in the light and on a telephone in the dark."""
    told = []
    for width, scheme in ((360, "dark"), (1280, "light")):
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        told += serious(page)
    return told


def fits(page: Page) -> bool:
    """Whether nothing lies beside the window."""
    page.wait_for_load_state()
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def tab_to(page: Page, selector: str) -> None:
    """Go on with the Tab key until an element has the focus, as somebody without a mouse does."""
    for _ in range(300):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"Tab does not lead to {selector}")
