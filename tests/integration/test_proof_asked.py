"""Forms that let somebody in, or are signed, in a browser whose person proved who they are a while ago."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Final

import psycopg
import pytest
import requests

from embedded.stack import Stack
from gateway.web.proving import BROUGHT
from shared.ids import new_id
from shared.testing.waiting import wait_until
from tests.access.test_pages import OURS, Window
from tests.practice import PASSWORD, Practice

ASKED: Final = '<h1 id="prove">Enter your password to go on</h1>'
HIDDEN: Final = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')


@pytest.fixture(scope="module")
def practice(embedded_stack: Stack) -> Practice:
    """A practice of its own."""
    return Practice(embedded_stack.url)


@pytest.fixture
def left_open(practice: Practice, embedded_stack: Stack) -> Iterator[Window]:
    """The owner's browser, whose last proof is ten minutes old."""
    window = Window(practice, "owner")
    url = embedded_stack.postgres.admin_url.rsplit("/", 1)[0] + "/identity"
    with psycopg.connect(url) as connection:
        connection.execute(
            "UPDATE sessions SET authenticated_at = authenticated_at - interval '10 minutes' WHERE staff_id = %s",
            [practice.staff_ids["owner"]],
        )
    yield window


def post(window: Window, path: str, form: dict[str, str | list[str]]) -> requests.Response:
    """A form of this session's."""
    return requests.post(
        window.url + path,
        data={"csrf": window.token(), **form},
        cookies=window.cookies,
        headers={"Accept": "text/html", **OURS},
        allow_redirects=False,
        timeout=20,
    )


def kept(page: requests.Response) -> dict[str, str | list[str]]:
    """What the page that asks for a proof sends along."""
    form: dict[str, str | list[str]] = {}
    for name, value in HIDDEN.findall(page.text.partition("<main")[2].partition("</main>")[0]):
        before = form.get(name)
        text = html.unescape(value)
        form[name] = text if before is None else [*([before] if isinstance(before, str) else before), text]
    form.pop("csrf")
    return form


@pytest.mark.abuse("A-SES-lasting-gain")
def test_a_session_that_was_left_open_gains_nothing_that_lasts(practice: Practice, left_open: Window) -> None:
    practice.email("therapist")
    member = f"/settings/staff/{practice.staff_ids['therapist']}"
    before = {path: practice.owner.get(path) for path in ("/staff", "/api-clients", "/organization", "/invitations")}
    new = {"given_name": "Thea", "family_name": "Ief", "email": f"{new_id()}@example.org"}
    sent: dict[str, dict[str, str | list[str]]] = {
        "/settings/staff/new": {**new, "levels": ["default", "organization_administration"]},
        f"{member}/permissions": {"levels": ["default", "organization_administration"]},
        f"{member}/invitation": {},
        f"{member}/reactivate": {"reason": "Back"},
        "/settings/api-clients/new": {"name": "Thief", "permissions": ["clients:read"], "expires_at": "2099-01-01"},
        "/settings/security": {"boxed": "requires_second_factor", "idle_minutes": "30"},
        "/clients/assign": {"client_id": [practice.new_client()[0]], "staff_id": practice.staff_ids["therapist"]},
    }
    for path, form in sent.items():
        response = post(left_open, path, form)
        assert (response.status_code, ASKED in response.text) == (422, True), path
    wrong = post(left_open, path, {**kept(response), "password": "somebody else's"})
    assert (wrong.status_code, ASKED in wrong.text) == (422, True)
    assert "The password is wrong" in html.unescape(wrong.text)
    assert "Set-Cookie" not in wrong.headers
    assert {path: practice.owner.get(path) for path in before} == before


def test_what_was_entered_is_done_once_its_person_has_proved_who_they_are(
    practice: Practice, left_open: Window
) -> None:
    email = f"{new_id()}@example.org"
    typed: dict[str, str | list[str]] = {
        "given_name": 'No"el <b>', "family_name": "Reyes", "email": email, "levels": ["default", "billing"],
        "once": str(new_id()),
    }  # fmt: skip
    offered = post(left_open, "/settings/staff/new", typed)
    again = kept(offered)
    assert {name: again[name] for name in typed} == typed
    done = post(left_open, "/settings/staff/new", {**again, "password": PASSWORD})
    assert done.status_code == 200
    assert "/join#token=" in done.text
    assert PASSWORD not in done.text
    [found] = [item for item in practice.owner.get("/staff", query=email)["items"] if item["email"] == email]
    assert (found["given_name"], sorted(found["levels"], reverse=True)) == ('No"el <b>', ["default", "billing"])
    wait_until(lambda: left_open.get("/home").status_code == 303, what="the end of the cookie that asked")
    left_open.cookies = {"sid": done.cookies["sid"]}
    # The five minutes begin anew: the next is asked for nothing.
    typed = {**typed, "email": f"{new_id()}@example.org", "once": str(new_id())}
    assert "/join#token=" in post(left_open, "/settings/staff/new", typed).text


def test_a_refusal_after_the_proof_still_hands_the_next_cookie_out(practice: Practice, left_open: Window) -> None:
    form: dict[str, str | list[str]] = {"given_name": "A", "family_name": "B", "email": "none", BROUGHT: "yes"}
    refused = post(left_open, "/settings/staff/new", {**form, "levels": "default", "password": PASSWORD})
    assert refused.status_code == 422
    assert ASKED not in refused.text
    left_open.cookies = {"sid": refused.cookies["sid"]}
    assert left_open.get("/home").status_code == 200


def test_what_lets_nobody_in_is_changed_as_before(practice: Practice, left_open: Window) -> None:
    assert post(left_open, "/settings/holidays", {}).status_code in (303, 412)
    assert ASKED not in post(left_open, f"/settings/staff/{practice.staff_ids['owner']}/hours", {}).text


@pytest.mark.abuse("A-SES-bulk-copy")
@pytest.mark.parametrize("path", ["/activity/export?kind=changes", "/clients/reports/active/file?format=csv"])
def test_a_file_is_offered_once_its_person_has_proved_who_they_are(left_open: Window, path: str) -> None:
    offered = left_open.get(path)
    assert (offered.status_code, ASKED in offered.text) == (422, True)
    assert "attachment" not in offered.headers.get("Content-Disposition", "")
    wrong = post(left_open, "/prove", {**kept(offered), "password": "somebody else's"})
    assert (wrong.status_code, ASKED in wrong.text) == (422, True)
    ready = post(left_open, "/prove", {**kept(wrong), "password": PASSWORD})
    assert (ready.status_code, f'href="{html.escape(path)}" download' in ready.text) == (200, True)
    left_open.cookies = {"sid": ready.cookies["sid"]}
    assert left_open.get(path).headers["Content-Disposition"].startswith("attachment")


def test_the_page_after_a_proof_leads_to_our_files_alone(left_open: Window) -> None:
    for elsewhere in ("https://example.org/", "//example.org/activity/export", "/sign-out", "/activity", ""):
        done = post(left_open, "/prove", {BROUGHT: "yes", "file": elsewhere, "password": PASSWORD})
        assert (done.status_code, done.headers["Location"]) == (303, "/home"), elsewhere
        left_open.cookies = {"sid": done.cookies["sid"]}
