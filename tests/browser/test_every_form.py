"""Every form of every page, by machine: what was typed stays after a refusal and the focus goes to what is wrong (B8),
each field that was refused is marked and described by its message, what was typed shows as text and does nothing (B24),
and no name is too long or written from the wrong side (B32).

The walk finds the forms and their inputs on the pages, so a new one is in it by itself. What the API refuses of the
hostile text is put back to what it was, and the form is sent again: free texts are stored, and seen by later pages.
That takes minutes: a usual run walks the pages of `SAMPLE`. `make soak` walks all, and sends each form a text besides
that is too long for every input.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Final

import pytest
from playwright.sync_api import Browser, Page

from embedded.stack import Stack
from tests.browser.conftest import NARROW, Desk, browsers
from tests.browser.visits import PUBLIC, SIGNED_IN
from tests.practice import Practice

# Markup that would run, a name from right to left, and a word that no line holds.
HOSTILE: Final = '"><img src=x onerror="hacked=1">\'{{7*7}} שרה ' + "W" * 45
TOO_LONG: Final = HOSTILE * 60
SAMPLE: Final = (
    "GET /sign-in",
    "GET /join",
    "GET /settings",
    "GET /settings/staff/new",
    "GET /settings/services/new",
    "GET /settings/locations/{location_id}",
    "GET /clients/new",
    "GET /clients/{client_id}/details/edit",
    "GET /notes/{note_id}",
    "GET /agenda/new",
    "GET /payments/new",
)
WHOLE: Final = bool(os.environ.get("ROUNDS"))
WORDS: Final = (TOO_LONG, HOSTILE) if WHOLE else (HOSTILE,)
WALKED: Final = [*PUBLIC, *SIGNED_IN] if WHOLE else SAMPLE
SENT_AGAIN_MAX: Final = 3
# What would end the very thing that later pages show.
NOT_SENT: Final = ("/close", "/error", "/deactivate", "/revoke", "/void", "/bounce", "/discard", "/refund")
# The forms of a page that have a text to fill in: place, and where they are sent to.
FORMS: Final = """
() => [...document.querySelectorAll("#main form")].flatMap((form, at) => {
  const typed = "input:not([type=hidden], [type=checkbox], [type=radio], [type=file], [readonly]), textarea";
  form.dataset.walked = at;
  return form.method === "post" && form.querySelector(typed) ? [[at, new URL(form.action).pathname]] : [];
})
"""
# Fill the form's texts, open what it is folded into, and say which inputs were filled with what.
FILL: Final = """
([at, words]) => {
  const form = document.querySelectorAll("#main form")[at];
  for (let one = form; one; one = one.parentElement) {
    if (one.tagName === "DETAILS") one.open = true;
    if (one.tagName === "DIALOG" && !one.open) one.showModal();
  }
  form.hidden = false;
  const typed = {};
  for (const one of form.elements) {
    if (!/^(text|search|tel|email|textarea)$/.test(one.type) || one.readOnly || !one.name) continue;
    one.value = words;
    typed[one.name] = one.value;
  }
  return typed;
}
"""
SEND: Final = """
at => {
  const form = document.querySelectorAll("#main form")[at];
  form.requestSubmit(form.querySelector("[type=submit].primary, [type=submit].danger, [type=submit]"));
}
"""
# What the API refused becomes what it was when the page came.
PUT_BACK: Final = """
([action, before]) => {
  const form = [...document.querySelectorAll("#main form")].find((one) => new URL(one.action).pathname === action);
  if (!form) return false;
  const wrong = [...form.querySelectorAll("[aria-invalid=true]")];
  for (const one of wrong) one.value = before[one.name] ?? "";
  return wrong.length > 0;
}
"""
VALUES: Final = """
action => {
  const form = [...document.querySelectorAll("#main form")].find((one) => new URL(one.action).pathname === action);
  return form && Object.fromEntries([...form.elements].filter((one) => one.name).map((one) => [one.name, one.value]));
}
"""
INDEX: Final = """
action => [...document.querySelectorAll("#main form")].findIndex((one) => new URL(one.action).pathname === action)
"""
# Where the focus is, once htmx has put in what came.
FOCUS: Final = """
() => {
  const at = document.activeElement;
  const wrong = document.querySelector("#main [aria-invalid=true]") ?? document.querySelector("#main [data-summary]");
  if (!wrong) return "nothing says what is wrong";
  const group = wrong.matches("fieldset"); // of radio buttons
  if ((group ? wrong.contains(at) : at === wrong) && at.checkVisibility()) return "";
  return `on ${at.tagName} ${at.id}, and ${wrong.id || wrong.className} is wrong`;
}
"""
# What is marked and not described by a message, and messages that describe nothing that is marked.
UNDESCRIBED: Final = """
() => {
  const messages = [...document.querySelectorAll("#main .error")].filter((one) => one.textContent.trim());
  const described = new Set();
  const bare = [...document.querySelectorAll("#main [aria-invalid=true]")].filter((field) => {
    const ids = (field.getAttribute("aria-describedby") ?? "").split(" ");
    const its = messages.filter((message) => message.id && ids.includes(message.id));
    for (const message of its) described.add(message);
    return its.length === 0;
  });
  const lost = messages.filter((message) => !described.has(message)).map((message) => message.textContent.trim());
  return [...bare.map((field) => field.name || field.id), ...lost].join(", ");
}
"""
SETTLED: Final = "() => !document.querySelector('.htmx-request, .htmx-swapping, .htmx-settling, .htmx-added')"
# The innermost elements that reach beyond the window, outside of what scrolls by itself.
TOO_WIDE: Final = """
() => [...document.querySelectorAll("body *")]
  .filter((one) => one.getBoundingClientRect().right > innerWidth + 1 && one.checkVisibility())
  .filter((one) => !one.closest(".table-scroll, [popover], svg, .visually-hidden") && !one.querySelector(":scope > *"))
  .slice(0, 3).map((one) => `${one.parentElement.className} > ${one.tagName}.${one.className}`).join("; ")
"""
# What the browser keeps beyond the page, as one text.
KEPT: Final = "() => JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])"
RAN: Final = "() => Boolean(window.hacked) || document.querySelectorAll('img[src=x]').length > 0"


@pytest.fixture(scope="module")
def practice(embedded_stack: Stack) -> Practice:
    """A practice whose texts become hostile."""
    return Practice(embedded_stack.url)


@pytest.fixture(scope="module")
def windows(chromium: Browser, web_url: str, practice: Practice) -> Iterator[tuple[Desk, Desk]]:
    """Somebody before sign-in and the owner, in narrow windows."""
    with browsers(chromium, web_url) as make:
        yield make(NARROW), make(NARROW).sign_in(practice.email("owner"))


def _send(page: Page, at: int) -> int:
    """Send a form; gives the status of what came."""
    with page.expect_response(lambda response: response.request.method == "POST") as came:
        page.evaluate(SEND, at)
    status = came.value.status
    page.wait_for_load_state("networkidle")  # another page may follow, or parts of this one
    page.wait_for_function(SETTLED)
    return status


def _open(at: Desk, path: str) -> None:
    """Go to a page. What a mailed link opens comes once its token, behind the #, has been sent."""
    at.page.goto("about:blank")  # a mailed link that is opened where its page is already loads it twice
    at.open(path)
    if "#" in path:
        at.page.wait_for_load_state("networkidle")
    at.page.wait_for_function(SETTLED)
    assert at.page.get_by_role("heading", name="Something went wrong on our side").count() == 0, path


def _looked_at(at: Desk, where: str) -> Iterator[str]:
    if at.page.evaluate(RAN):
        yield f"{where}: what was typed is markup"
    if "W" * 45 in at.page.evaluate(KEPT):
        yield f"{where}: what was typed is kept in the browser"
    if at.scrolls_sideways():
        yield f"{where}: scrolls sideways, {at.page.evaluate(TOO_WIDE)}"


def _walked(at: Desk, path: str, number: int, action: str) -> Iterator[str]:
    """What is wrong with one form of a page."""
    page = at.page
    for words in WORDS:
        _open(at, path)
        before = page.evaluate(VALUES, action)
        if before is None:  # it was sent, and stands there once only
            return
        typed = page.evaluate(FILL, [number, words])
        status, again = _send(page, number), 0
        while status in (409, 412, 422):
            kept = page.evaluate(VALUES, action) or {}
            lost = [name for name, value in typed.items() if kept.get(name) != value.replace("\r\n", "\n")]
            if lost:
                yield f"{action}: {', '.join(lost)} lost what was typed"
            if wrong := page.evaluate(FOCUS):
                yield f"{action}: the focus is {wrong}"
            if bare := page.evaluate(UNDESCRIBED):
                yield f"{action}: not marked and described: {bare}"
            yield from _looked_at(at, f"{action} refused")
            again += 1
            if words == TOO_LONG or again > SENT_AGAIN_MAX or not page.evaluate(PUT_BACK, [action, before]):
                break
            typed = {name: page.evaluate(VALUES, action)[name] for name in typed}
            status = _send(page, page.evaluate(INDEX, action))
        if status >= 500 or status == 400:
            yield f"{action}: answered {status}"
        yield from _looked_at(at, f"after {action}")


@pytest.mark.abuse("A-XSS-every-field")
@pytest.mark.parametrize("name", WALKED)
def test_the_forms_of_a_page(windows: tuple[Desk, Desk], practice: Practice, name: str) -> None:
    anybody, owner = windows
    at, way = (anybody, PUBLIC[name]) if name in PUBLIC else (owner, SIGNED_IN[name])
    path = way(practice)
    _open(at, path)
    found = []
    for number, action in at.page.evaluate(FORMS):
        if not action.endswith(NOT_SENT):
            found += _walked(at, path, number, action)
    assert found == []


@pytest.mark.parametrize("name", [name for name in WALKED if name in SIGNED_IN])
def test_a_page_of_a_practice_with_such_texts(windows: tuple[Desk, Desk], practice: Practice, name: str) -> None:
    """Each page once more, after all forms were sent."""
    _, owner = windows
    owner.open(SIGNED_IN[name](practice))
    assert [*_looked_at(owner, name)] == []
