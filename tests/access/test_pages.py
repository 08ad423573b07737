"""Who may have which page, level by level; and that nothing is changed by a request that is not from our own page."""

from __future__ import annotations

import re
from typing import Final

import pytest
import requests

from embedded.stack import Stack
from gateway.route_table.pages import SECOND_FACTOR, WEB
from gateway.route_table.row import Row
from gateway.web.lacking import lacking
from gateway.web.navigation import GROUPS
from shared.ids import new_id
from shared.permissions import PUBLIC, effective
from tests.architecture.permission_matrix import PAGES_PICTURE, reviewed
from tests.browser.visits import NO_PAGE, SIGNED_IN
from tests.practice import PASSWORD, Practice

PEOPLE: Final = {
    "desk": "default",
    "biller": "billing",
    "therapist": "therapist",
    "manager": "administration",
    "owner": "organization_administration",
}
READS: Final = [row for row in WEB if row.method == "GET" and row.name not in NO_PAGE and row.permission != PUBLIC]
WRITES: Final = [row for row in WEB if row.method == "POST"]
# Read by those of whom it is, though each level has such a page; nobody else learns that it is there.
OF_SOMEBODY: Final[dict[str, set[str]]] = {
    "GET /jobs/clients/{job_id}": {"owner"},  # who started it
    "GET /work-items/clients/{item_id}": {"owner"},  # a notice for who started a job
    "GET /work-items/clinical/{item_id}": {"owner", "manager"},  # an emergency access that Administration reviews
}
OURS: Final = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture(scope="module")
def practice(embedded_stack: Stack) -> Practice:
    """A practice with one person of each level."""
    return Practice(embedded_stack.url)


@pytest.fixture(scope="module")
def nobodys(practice: Practice) -> Window:
    """The browser of somebody who has not signed in."""
    return Window(practice, None)


@pytest.fixture(scope="module")
def owners(practice: Practice) -> tuple[Window, str, str]:
    """The owner's browser, what its forms carry, and what those of another session of the owner carry."""
    window = Window(practice, "owner")
    return window, window.token(), Window(practice, "owner").token()


class Window:
    """A browser without a screen: a person's cookie, and the pages that they ask for."""

    def __init__(self, practice: Practice, name: str | None) -> None:
        self.url = practice.url
        self.cookies = {}
        if name is not None:
            assert practice.staff_ids[name]
            body = {"email": practice.email(name), "password": PASSWORD, "browser": True}
            signed_in = requests.post(f"{self.url}/api/v1/sessions", json=body, timeout=10)
            self.cookies = {"sid": signed_in.json()["access_token"]}

    def get(self, path: str) -> requests.Response:
        """A page, without following where it leads."""
        headers = {"Accept": "text/html"}
        return requests.get(self.url + path, cookies=self.cookies, headers=headers, allow_redirects=False, timeout=10)

    def post(self, path: str, headers: dict[str, str], **form: str) -> requests.Response:
        """A form."""
        accepted = {"Accept": "text/html", **headers}
        return requests.post(
            self.url + path, data=form, cookies=self.cookies, headers=accepted, allow_redirects=False, timeout=10
        )

    def token(self) -> str:
        """What a form of this session carries."""
        found = re.search(r'name="csrf" content="([^"]+)"', self.get("/home").text)
        assert found is not None
        return found[1]


def address(row: Row) -> str:
    """The page with made-up ids."""
    return re.sub(r"{\w+}", lambda _: str(new_id()), row.path)


@pytest.mark.parametrize(("name", "level"), PEOPLE.items(), ids=PEOPLE)
def test_each_level_has_its_pages_and_sees_no_way_to_others(practice: Practice, name: str, level: str) -> None:
    window = Window(practice, name)
    picture = reviewed(PAGES_PICTURE)
    held = effective([level], ())
    ways = {item.path for group in GROUPS for item in group.items if item.permission in held}
    for row in READS:
        response = window.get(SIGNED_IN[row.name](practice))
        may = picture[row.name].allows(level, ())
        if may and name not in OF_SOMEBODY.get(row.name, {name}):
            assert response.status_code == 404, row.name
            continue
        assert response.status_code == (200 if may else 403), (row.name, response.status_code)
        if may:
            assert set(re.findall(r'<a class="item" href="([^"]+)"', response.text)) == ways, row.name
        else:
            assert "You cannot do this" in response.text and lacking(row.permission) in response.text, row.name
    allowed = {row.path for row in READS if picture[row.name].allows(level, ())}
    assert ways <= allowed


@pytest.mark.parametrize(("name", "level"), PEOPLE.items(), ids=PEOPLE)
def test_each_level_is_refused_the_forms_that_it_lacks(practice: Practice, name: str, level: str) -> None:
    """With the token of a page of theirs, so that nothing but the permission refuses it; it is named."""
    window, held = Window(practice, name), effective([level], ())
    token = window.token()
    for row in WRITES:
        if row.permission == PUBLIC or row.permission in held:
            continue
        response = window.post(address(row), OURS, csrf=token)
        assert response.status_code == 403 and lacking(row.permission) in response.text, row.name


def test_nobody_has_no_page_but_is_led_to_the_sign_in(practice: Practice) -> None:
    window = Window(practice, None)
    for row in READS:
        response = window.get(address(row))
        assert (response.status_code, response.headers["Location"].partition("?")[0]) == (303, "/sign-in"), row.name


def test_what_somebody_may_not_know_of_is_the_same_page_as_what_does_not_exist(practice: Practice) -> None:
    """Another practice's record, one that is none, and an address that is none."""
    window, other = Window(practice, "owner"), Practice(practice.url)
    nowhere = without_reference(window.get("/nowhere").text)
    assert "It does not exist, or you cannot open it." in nowhere
    for row in READS:
        if "{" not in row.path or "_id}" not in row.path:
            continue
        theirs = SIGNED_IN[row.name](other)
        made_up = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", lambda _: str(new_id()), theirs)
        no_id = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "1", theirs)
        answers = [window.get(path) for path in (theirs, made_up, no_id)]
        assert [response.status_code for response in answers] == [404, 404, 404], row.name
        assert len({without_reference(response.text) for response in answers}) == 1, row.name


def without_reference(page: str) -> str:
    """What differs between two askings of the same: the request's number, the masked token, the form's key."""
    ids = r"[0-9a-f]{8}-[0-9a-f-]{27}"
    return re.sub(rf'{ids}|content="[\w=-]{{80,}}"|value="[\w=-]{{80,}}"', "", page)


@pytest.mark.abuse("A-SES-forged-form")
@pytest.mark.parametrize("row", WRITES, ids=lambda row: row.path)
def test_nothing_is_changed_by_what_is_not_from_our_own_page(
    nobodys: Window, owners: tuple[Window, str, str], row: Row
) -> None:
    window, token, of_another_session = (nobodys, "", "") if row.permission == PUBLIC else owners
    theirs = [
        {},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "https://evil.test"},
        {"Origin": "null"},
        {"Origin": "https://evil.test", "Sec-Fetch-Site": "same-origin"},
    ]
    for headers in theirs:
        response = window.post(address(row), headers, csrf=token)
        assert response.status_code == 403, (row.name, headers)
    if not window.cookies:
        return
    for wrong in ("", "AAAA", token[:-4] + "AAAA", of_another_session):
        response = window.post(address(row), OURS, csrf=wrong)
        assert response.status_code == 403, (row.name, wrong)
    assert window.get("/home").status_code == 200, "nobody was signed out by it"


@pytest.mark.abuse("A-SES-earlier-cookie")
@pytest.mark.parametrize("path", ["/sign-in", "/sign-in/again"])
@pytest.mark.parametrize("whose", ["owner", "manager"])
def test_the_session_that_a_browser_had_ends_with_the_next_one(practice: Practice, path: str, whose: str) -> None:
    """Somebody may hold a copy of it. Also where another person signs in; not where the password is wrong."""
    window = Window(practice, "owner")
    assert practice.staff_ids[whose]
    given = {"email": practice.email(whose), "password": PASSWORD, "staff_id": practice.staff_ids[whose]}
    refused = window.post(path, OURS, **{**given, "password": "not this one, certainly"})
    assert refused.status_code == 422 and window.get("/home").status_code == 200
    begun = window.post(path, OURS, **given)
    assert begun.status_code in (204, 303), begun.text
    assert window.get("/home").status_code == 303, "the earlier cookie"
    window.cookies = {"sid": begun.cookies["sid"]}
    assert window.get("/home").status_code == 200


def test_a_page_refuses_to_be_framed_cached_or_sniffed(practice: Practice) -> None:
    window = Window(practice, "owner")
    for path in ("/home", "/sign-in", "/nowhere", SECOND_FACTOR):
        headers = window.get(path).headers
        assert headers["Cache-Control"] == "no-store"
        assert headers["X-Content-Type-Options"] == "nosniff"
        if headers.get("Content-Type", "").startswith("text/html") and "Location" not in headers:
            assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
            assert "default-src 'none'" in headers["Content-Security-Policy"]
