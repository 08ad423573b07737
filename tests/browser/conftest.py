"""A real browser on the running stack: Debian's Chromium, driven by Playwright. Every test ends with a clean page."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pytest
import requests
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright

from embedded.stack import Stack
from tests.practice import PASSWORD, Practice

# Where something is amiss is worked out only when something is: that is a third of what a look takes. Nothing is loaded
# anew for it: that serves the one rule on sounds, which looks at the page's own elements all the same.
# An open dialog or menu lies above all else, which axe does not know: what is beneath is hidden for the look.
LOOK: Final = """
async ([rules, id]) => {
  const where = id ? document.getElementById(id) : document;
  if (id) [document.body.style.visibility, where.style.visibility] = ["hidden", "visible"];
  const options = {runOnly: {type: "tag", values: rules}, resultTypes: ["violations"], preload: false};
  const found = await axe.run(where, {...options, selectors: false});
  const all = found.violations.length ? await axe.run(where, options) : found;
  if (id) document.body.style.visibility = where.style.visibility = "";
  return all;
}
"""
AXE: Final = (Path(__file__).parent / "vendor" / "axe-4.14.1.min.js").read_text(encoding="utf-8")
AXE_RULES: Final = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
ARGUMENTS: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
DESK, TABLET, PHONE, NARROW = ({"width": w, "height": h} for w, h in ((1440, 900), (820, 1180), (390, 844), (320, 640)))
# Colours change at once: with a transition, however short, what inherits a colour follows a frame later at each level.
AT_ONCE: Final = """
() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync("*, *::before, *::after { transition-property: none !important; }");
  document.adoptedStyleSheets = [sheet];
}
"""
# The window's width, whether it is dark, and how many transitions are on their way.
TAKEN_ON: Final = """
() => [
  innerWidth,
  matchMedia("(prefers-color-scheme: dark)").matches,
  document.getAnimations().filter((one) => one instanceof CSSTransition).length,
]
"""
# What a browser says of answers that a test provokes on purpose, and of a search that typing on has overtaken.
EXPECTED: Final = (
    "Failed to load resource",
    "Response Status Error Code",
    "htmx:sendAbort",
    "htmx:afterRequest, [object",
)


@dataclass
class Seen:
    """What went wrong in a page that nobody would see in a picture."""

    console: list[str] = field(default_factory=list)

    def note(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not message.text.startswith(EXPECTED):
            self.console.append(f"{message.type}: {message.text}")


@dataclass
class Desk:
    """One person at one browser."""

    page: Page
    url: str
    seen: Seen

    def open(self, path: str) -> Page:
        """Go to a page of ours and wait until it is there."""
        self.page.goto(self.url + path)
        return self.page

    def look(self, size: Any, theme: Any) -> None:
        """Give the window that size and theme, on the page where it is."""
        self.page.evaluate(AT_ONCE)
        self.page.set_viewport_size(size)
        self.page.emulate_media(color_scheme=theme)
        assert self.page.evaluate(TAKEN_ON) == [size["width"], theme == "dark", 0]

    def arrive(self, path: str) -> None:
        """Wait until a key or a click has led there and its scripts listen: before that a key is heard by nobody."""
        expect(self.page).to_have_url(self.url + path)
        self.page.wait_for_load_state()

    def sign_in(self, email: str, password: str = PASSWORD) -> Desk:
        """Give the browser a session, as the sign-in page does; that page has tests of its own."""
        response = requests.post(
            f"{self.url}/api/v1/sessions",
            json={"email": email, "password": password, "browser": True},
            headers={"X-Forwarded-For": "127.0.0.1"},
            timeout=10,
        )
        response.raise_for_status()
        cookie = {"name": "sid", "value": response.json()["access_token"], "url": self.url, "httpOnly": True}
        self.page.context.add_cookies([cookie])  # type: ignore[list-item]  # a dict of plain strings
        return self

    def findings(self, inside: str | None = None) -> list[str]:
        """What axe finds on the page as it is now, or inside the element of that id: rule, and where."""
        if not self.page.evaluate("Boolean(window.axe)"):
            self.page.evaluate(AXE)
        found: dict[str, Any] = self.page.evaluate(LOOK, [AXE_RULES, inside])
        return [
            f"{violation['id']}: {node['target']} {node['failureSummary']}"
            for violation in found["violations"]
            for node in violation["nodes"]
        ]

    def scrolls_sideways(self) -> bool:
        """Whether the page is wider than the window."""
        return bool(self.page.evaluate("document.documentElement.scrollWidth > window.innerWidth"))


def chromium_path() -> str | None:
    """Where Debian's Chromium is, if it is: the one without a window, which does a quarter of the work per page."""
    return shutil.which("chromium-headless-shell") or shutil.which("chromium")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium. Without it the suite is skipped, and in CI it fails."""
    path = chromium_path()
    if path is None:
        if os.environ.get("CI"):
            pytest.fail("Chromium is not installed, so no page was looked at.")
        pytest.skip("Chromium is not installed (apt-get install chromium-headless-shell), so no page is looked at.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def web_url(embedded_stack: Stack) -> str:
    """The web app's address, with the name that browsers take for a safe place."""
    return embedded_stack.url.replace("127.0.0.1", "localhost")


@pytest.fixture(scope="session")
def web_practice(embedded_stack: Stack) -> Practice:
    """A practice for pages that tests only look at. Other tests may come between two that use it."""
    practice = Practice(embedded_stack.url)
    practice.owner.patch("/organization", {"idle_minutes": 30})
    return practice


def session_cookie(page: Page) -> str:
    """The value of the cookie that holds the session; the browser's other one says that it is known."""
    return str(next(cookie["value"] for cookie in page.context.cookies() if cookie["name"] == "sid"))


@contextmanager
def browsers(chromium: Browser, web_url: str) -> Iterator[Any]:
    """Makes browsers for the block, closed in its end. None may have said a word by then."""
    contexts: list[BrowserContext] = []
    made: list[Desk] = []

    def make(size: Any = DESK, scheme: Any = "light", **options: Any) -> Desk:
        context = chromium.new_context(viewport=size, color_scheme=scheme, reduced_motion="reduce", **options)
        context.set_default_timeout(10_000)
        context.set_default_navigation_timeout(30_000)  # a stack that has just begun, on a busy machine
        contexts.append(context)
        page = context.new_page()
        seen = Seen()
        page.on("console", seen.note)
        page.on("pageerror", lambda error: seen.console.append(f"error: {error}"))
        made.append(Desk(page, web_url, seen))
        return made[-1]

    try:
        yield make
    finally:
        printed = [window.seen.console for window in made if window.seen.console]
        for opened in contexts:
            opened.close()
    assert printed == []


@pytest.fixture
def desk(chromium: Browser, web_url: str) -> Iterator[Any]:
    """Makes browsers for a test: `desk()` for a desk in light, `desk(PHONE, "dark")`."""
    with browsers(chromium, web_url) as make:
        yield make
