"""Every page, by machine: accessible by WCAG 2.2 AA, within its window, silent, and nothing kept."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any, Final

import pytest

from gateway.route_table.pages import WEB
from tests.browser.conftest import DESK, NARROW, PHONE, Desk
from tests.browser.visits import NO_PAGE, PUBLIC, SIGNED_IN
from tests.practice import Practice

LOOKS: Final = [(DESK, "light"), (PHONE, "dark"), (NARROW, "light")]
MORE_LOOKS: Final = [(DESK, "dark"), (PHONE, "light"), (NARROW, "dark")]
EVERY_LOOK: Final = LOOKS + (MORE_LOOKS if os.environ.get("ROUNDS") else [])
HTML_BYTES_MAX: Final = 12_000
LARGER: Final = {"GET /agenda": 15_000}  # with the script and the places of its grid, which nothing else loads
FIRST_VISIT_BYTES_MAX: Final = 130_000
# The words of buttons at the foot of an open dialog that nobody could press: not shown, or beyond its edge.
OUT_OF_REACH: Final = """
id => {
  const dialog = document.getElementById(id);
  if (!dialog.checkVisibility()) return [];  // in a part that is folded away
  const edge = dialog.getBoundingClientRect().right;
  return [...dialog.querySelectorAll(".dialog-foot .button")]
    .filter((one) => !one.checkVisibility() || one.getBoundingClientRect().right > edge)
    .map((one) => one.textContent.trim());
}
"""


def test_every_row_that_shows_a_page_has_a_visit() -> None:
    pages = {row.name for row in WEB if row.method == "GET"}
    assert pages == {*PUBLIC, *SIGNED_IN, *NO_PAGE}


def looked_at(at: Desk, path: str) -> Iterator[str]:
    """What is wrong with one page as it opens, and with each of its dialogs open; the frame's own on Home alone."""
    page = at.open(path)
    if at.scrolls_sideways():
        yield f"{path} scrolls sideways"
    yield from (f"{path} {one}" for one in at.findings())
    for dialog in page.locator("dialog[id]" if path == "/home" else "main dialog[id]").all():
        name = dialog.get_attribute("id")
        page.evaluate("id => document.getElementById(id).showModal()", name)
        yield from (f"{path} #{name} {one}" for one in at.findings())
        yield from (f"{path} #{name} hides {one!r}" for one in page.evaluate(OUT_OF_REACH, name))
        page.evaluate("id => document.getElementById(id).close()", name)


@pytest.mark.parametrize(("size", "theme"), EVERY_LOOK, ids=lambda one: one if isinstance(one, str) else one["width"])
def test_every_page_is_accessible_and_fits(desk: Any, web_practice: Practice, size: Any, theme: str) -> None:
    anybody, owner = desk(size, theme), desk(size, theme)
    owner.sign_in(web_practice.email("owner"))
    wrong: list[str] = []
    for at, visits in ((anybody, PUBLIC), (owner, SIGNED_IN)):
        for path in visits.values():
            wrong += looked_at(at, path(web_practice))
    assert wrong == []


def test_pages_are_small(desk: Any, web_practice: Practice) -> None:
    """By what crosses the wire: the first visit with everything it loads, then each page by itself."""
    at = desk().sign_in(web_practice.email("owner"))
    session = at.page.context.new_cdp_session(at.page)
    session.send("Network.enable")
    received: list[float] = []
    session.on("Network.loadingFinished", lambda event: received.append(event["encodedDataLength"]))
    at.open("/home")
    at.page.wait_for_load_state("networkidle")
    assert sum(received) <= FIRST_VISIT_BYTES_MAX, received
    too_large = {}
    for name, path in SIGNED_IN.items():
        received.clear()
        at.open(path(web_practice))
        if sum(received) > LARGER.get(name, HTML_BYTES_MAX):
            too_large[name] = sum(received)
    assert too_large == {}


def test_nothing_is_kept_in_the_browser(desk: Any, web_practice: Practice) -> None:
    at = desk().sign_in(web_practice.email("owner"))
    for path in SIGNED_IN.values():
        page = at.open(path(web_practice))
        assert page.evaluate("Object.keys(localStorage).length") == 0
        kept = page.evaluate("({...sessionStorage})")  # htmx keeps the path, in which an id may stand
        assert set(kept.values()) <= {path(web_practice)}
        assert [one["name"] for one in page.context.cookies()] == ["sid"]
