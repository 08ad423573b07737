"""Every page, by machine: accessible by WCAG 2.2 AA, within its window, small, silent, and nothing kept.

A page is opened once and stays while its tests look at it: the window takes another size and another theme there, for
the server sends the same page to each. Pytest keeps the tests of one page together, for its visit is a fixture.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import unquote_plus

import pytest
from playwright.sync_api import Browser

from gateway.route_table.pages import WEB
from tests.browser.conftest import DESK, NARROW, PHONE, Desk, browsers
from tests.browser.visits import NO_PAGE, PUBLIC, SIGNED_IN
from tests.practice import Practice

LOOKS: Final = [(DESK, "light"), (PHONE, "dark"), (NARROW, "light")]
MORE_LOOKS: Final = [(DESK, "dark"), (PHONE, "light"), (NARROW, "dark")]
EVERY_LOOK: Final = LOOKS + (MORE_LOOKS if os.environ.get("ROUNDS") else [])
HTML_BYTES_MAX: Final = 12_000
# The agenda may have 15,000 itself; its script and the places of its grid, which nothing else loads, come with it. So
# does the editor's script (4,500) with the first note, whose page is 9,300 with its goals.
# The style guide shows every component in every state, to who builds pages.
LARGER: Final = {"GET /agenda": 18_000, "GET /notes/{note_id}": 14_000, "GET /style-guide": 15_000}
FIRST_VISIT_BYTES_MAX: Final = 130_000
# The words of buttons at the foot of an open dialog that nobody could press: not shown, or beyond its edge.
OUT_OF_REACH: Final = """
id => {
  const dialog = document.getElementById(id);
  if (!dialog.checkVisibility()) return [];  // in a part that is folded away
  const edge = dialog.getBoundingClientRect().right;
  // Of two buttons that take turns, one stands.
  return [...dialog.querySelectorAll(".dialog-foot .button")]
    .filter((one) => !one.checkVisibility() || one.getBoundingClientRect().right > edge)
    .filter((one) => one.checkVisibility() || !one.matches(".when-ready, .when-blocked"))
    .map((one) => one.textContent.trim());
}
"""


class Window:
    """Somebody's browser that goes from page to page, and the bytes that came for the page where it is."""

    def __init__(self, at: Desk, cookies: list[str]) -> None:
        self.at = at
        self.cookies = cookies
        self.received: list[float] = []
        session = at.page.context.new_cdp_session(at.page)
        session.send("Network.enable")
        session.on("Network.loadingFinished", lambda event: self.received.append(event["encodedDataLength"]))

    def open(self, path: str) -> float:
        """Go there; gives the bytes that this took."""
        self.received.clear()
        self.at.open(path)
        return sum(self.received)


@dataclass(frozen=True)
class Visit:
    """A page that is open."""

    window: Window
    name: str
    path: str
    received: float


@pytest.fixture(scope="module")
def windows(chromium: Browser, web_url: str, web_practice: Practice) -> Iterator[tuple[Window, Window]]:
    """Somebody before sign-in and the owner, each with the app's files in the browser's cache."""
    with browsers(chromium, web_url) as make:
        anybody, owner = Window(make(), []), Window(make().sign_in(web_practice.email("owner")), ["sid"])
        anybody.open("/sign-in")
        owner.open("/home")
        yield anybody, owner


@pytest.fixture(scope="module")
def shown_outside(web_practice: Practice) -> Iterator[list[str]]:
    """Title and address of each page that was visited; in the end no client's name stands in one of them."""
    seen: list[str] = []
    yield seen
    clients = web_practice.owner.get("/clients", limit=200)["items"]
    names = {client[name] for client in clients for name in ("display_name", "given_name")} - {None, ""}
    assert [text for text in seen for name in names if re.search(rf"\b{re.escape(name)}\b", text)] == []


@pytest.fixture(scope="module", params=[*PUBLIC, *SIGNED_IN])
def visit(
    windows: tuple[Window, Window],
    shown_outside: list[str],
    web_practice: Practice,
    request: pytest.FixtureRequest,
) -> Iterator[Visit]:
    """Each page in turn, opened once for all tests that follow; in the end it has said no word."""
    anybody, owner = windows
    window, way = (anybody, PUBLIC[request.param]) if request.param in PUBLIC else (owner, SIGNED_IN[request.param])
    path = way(web_practice)
    received = window.open(path)
    shown_outside.append(f"{request.param}: {window.at.page.title()} {unquote_plus(window.at.page.url)}")
    yield Visit(window, request.param, path, received)
    printed = [*window.at.seen.console]
    window.at.seen.console.clear()
    assert printed == []


def test_every_row_that_shows_a_page_has_a_visit() -> None:
    pages = {row.name for row in WEB if row.method == "GET"}
    assert pages == {*PUBLIC, *SIGNED_IN, *NO_PAGE}


def test_a_first_visit_is_small(desk: Any, web_practice: Practice) -> None:
    """By what crosses the wire: a page with everything that it loads."""
    window = Window(desk().sign_in(web_practice.email("owner")), ["sid"])
    window.open("/home")
    window.at.page.wait_for_load_state("networkidle")
    assert sum(window.received) <= FIRST_VISIT_BYTES_MAX, window.received


# Tables that are wider than what they lie in: nobody on a phone sees their last columns.
RUN_OFF: Final = """
() => [...document.querySelectorAll("main table")]
  .filter((one) => one.checkVisibility() && !one.matches(".month"))
  .map((one) => [one, one.closest(".table-scroll") ?? one.parentElement])
  .filter(([one, box]) => one.getBoundingClientRect().width > box.clientWidth + 1)
  .map(([one]) => one.className)
"""

# Links and buttons lower or narrower than 24 px, but those in a sentence. Axe lets them be where enough room is around.
SMALL_TARGETS: Final = """
() => [...document.querySelectorAll("main a[href], main button")]
  .filter((one) => one.checkVisibility() && !one.matches(".visually-hidden"))
  .filter((one) => ![...one.parentElement.childNodes].some((node) => node.nodeType === 3 && node.data.trim()))
  .map((one) => [one, one.getBoundingClientRect()])
  .filter(([, box]) => box.width && Math.min(box.width, box.height) < 23.9)
  .map(([one, box]) => `${one.textContent.trim()} ${Math.round(box.width)} × ${Math.round(box.height)}`)
"""


def looked_at(at: Desk, path: str) -> Iterator[str]:
    """What is wrong with one page, and with each of its dialogs and menus open; the frame's own on Home alone."""
    page = at.page
    if at.scrolls_sideways():
        yield "scrolls sideways"
    if (page.viewport_size or DESK)["width"] <= PHONE["width"]:
        yield from (f"table {name!r} runs off" for name in page.evaluate(RUN_OFF))
    yield from (f"too small: {target}" for target in page.evaluate(SMALL_TARGETS))
    yield from at.findings()
    for menu in page.locator("[popover][id]" if path == "/home" else "main [popover][id]").all():
        name = menu.get_attribute("id")
        page.evaluate("id => document.getElementById(id).showPopover()", name)
        yield from (f"#{name} {finding}" for finding in at.findings(name))
        page.evaluate("id => document.getElementById(id).hidePopover()", name)
    for dialog in page.locator("dialog[id]" if path == "/home" else "main dialog[id]").all():
        name = dialog.get_attribute("id")
        page.evaluate("id => document.getElementById(id).showModal()", name)
        yield from (f"#{name} {finding}" for finding in at.findings(name))
        yield from (f"#{name} hides {hidden!r}" for hidden in page.evaluate(OUT_OF_REACH, name))
        page.evaluate("id => document.getElementById(id).close()", name)


@pytest.mark.parametrize(
    ("size", "theme"), EVERY_LOOK, ids=lambda look: look if isinstance(look, str) else look["width"]
)
def test_a_page_is_accessible_and_fits(visit: Visit, size: Any, theme: str) -> None:
    visit.window.at.look(size, theme)
    assert [*looked_at(visit.window.at, visit.path)] == []


def test_what_is_wrong_in_an_open_dialog_is_found_there(desk: Any) -> None:
    at = desk()
    at.page.set_content("<button></button><dialog id=wrong aria-label=Wrong><button></button></dialog>")
    at.page.evaluate("document.getElementById('wrong').showModal()")
    (finding,) = at.findings("wrong")
    assert finding.startswith("button-name: ['#wrong > button']")


def test_a_page_is_small(visit: Visit) -> None:
    """By what crosses the wire when a page follows another."""
    assert visit.received <= LARGER.get(visit.name, HTML_BYTES_MAX)


def test_nothing_is_kept_in_the_browser(visit: Visit) -> None:
    page = visit.window.at.page
    assert page.evaluate("Object.keys(localStorage).length") == 0
    kept = page.evaluate("({...sessionStorage})")  # htmx keeps the path, in which an id may stand, and no token
    assert set(kept.values()) <= {visit.path.partition("#")[0]}
    assert [cookie["name"] for cookie in page.context.cookies()] == visit.window.cookies
