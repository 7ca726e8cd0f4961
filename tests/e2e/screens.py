"""A browser on the platform's screens. Software rendering, the clock of the machine, no foreign addresses."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, expect, sync_playwright

from tests.e2e.browser import chromium_path
from tests.e2e.platform import Platform

IMAGES = Path(__file__).parents[2] / "docs" / "images"
KEEP = os.environ.get("NINGJULAN_KEEP_SCREENSHOTS") == "1"
FLAGS = [
    *("--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--ignore-gpu-blocklist"),
    *("--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update"),
    *("--disable-sync", "--hide-scrollbars", "--force-color-profile=srgb"),
]
MAP_WITHIN_MS = 120_000  # three million triangles without a graphics card


@contextmanager
def browser_page(platform: Platform, *, width: int = 1600, height: int = 900) -> Iterator[Page]:
    """Open a page that fails the test when the screen writes an error to the console."""
    executable = chromium_path()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=FLAGS)
        context = browser.new_context(
            viewport={"width": width, "height": height}, base_url=platform.url, locale="zh-CN"
        )
        page = context.new_page()
        page.set_default_timeout(30_000)
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        yield page
        browser.close()
    assert errors == []


def sign_in(page: Page, platform: Platform, username: str = "duty") -> None:
    page.goto("/login")
    page.get_by_test_id("login-username").fill(username)
    page.get_by_test_id("login-password").fill(platform.demo["password"])
    page.get_by_test_id("login-submit").click()
    expect(page.get_by_test_id("account-menu")).to_be_visible()


def wait_for_map(page: Page) -> None:
    expect(page.get_by_test_id("map")).to_have_attribute("data-ready", "true", timeout=MAP_WITHIN_MS)


def keep(page: Page, name: str) -> None:
    """Take a screenshot for the documents, when asked to (`make screenshots`)."""
    if KEEP:
        IMAGES.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=IMAGES / f"{name}.png")
