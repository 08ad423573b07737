"""What a page is on paper, in forced colours, and for somebody who wants no motion."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import expect

from tests.browser.visits import SIGNED_IN
from tests.practice import Practice

CHROME = (".nav", ".top", ".tabbar", "#toasts")


def test_paper_is_black_on_white_without_chrome_also_from_a_dark_screen(desk: Any, web_practice: Practice) -> None:
    at = desk(scheme="dark").sign_in(web_practice.email("owner"))
    chart, invoice = (
        SIGNED_IN[row](web_practice) for row in ("GET /clients/{client_id}", "GET /invoices/{invoice_id}")
    )
    for path in ("/home", "/activity", "/help/services", "/agenda", chart, invoice):
        page = at.open(path)
        page.emulate_media(media="print")
        for part in CHROME:
            expect(page.locator(part)).to_be_hidden()
        expect(page.locator("body")).to_have_css("background-color", "rgb(255, 255, 255)")
        expect(page.locator("h1").first).to_have_css("color", "rgb(0, 0, 0)")
        page.emulate_media(media="screen")


def test_in_forced_colours_the_current_page_and_a_focus_are_seen(desk: Any, web_practice: Practice) -> None:
    at = desk(forced_colors="active").sign_in(web_practice.email("owner"))
    page = at.open("/home")
    assert page.evaluate("matchMedia('(forced-colors: active)').matches")
    outline = "getComputedStyle({}).outlineStyle"
    assert page.evaluate(outline.format("document.querySelector('.nav [aria-current]')")) == "solid"
    page.keyboard.press("Tab")
    assert page.evaluate(outline.format("document.activeElement")) == "solid"


def test_who_wants_no_motion_gets_none(desk: Any, web_practice: Practice) -> None:
    at = desk().sign_in(web_practice.email("owner"))  # every browser of the tests says so
    page = at.open("/home")
    page.keyboard.press("?")
    longest = page.evaluate(
        "Math.max(...[...document.querySelectorAll('*')]"
        ".map(one => parseFloat(getComputedStyle(one).animationDuration)))"
    )
    assert longest <= 0.001
