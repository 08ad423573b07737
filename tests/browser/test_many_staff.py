"""A practice with more staff than a page holds: everybody is found, and every choice reaches them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

import psycopg
import pytest
from playwright.sync_api import Page, expect

from embedded.stack import Stack
from shared import clock
from shared.ids import new_id
from shared.names import found_by, sort_key
from tests.practice import Practice

STAFF: Final = 300
# By name they come after all others: far beyond the first page of every list.
GIVEN: Final = "Zoe"
FAMILY: Final = "Zzyzx"
NAME: Final = f"{GIVEN} {FAMILY}"


@pytest.fixture(scope="module")
def practice(embedded_stack: Stack) -> Practice:
    """A practice of so many people, one of whom joined by an invitation; those take a day for fifty."""
    made = Practice(embedded_stack.url)
    made.add("last", "therapist", "administration", given_name=GIVEN, family_name=FAMILY)
    people = [(new_id(), f"Person{n:03d}", f"p{n:03d}.{made.suffix}@crowd.test") for n in range(STAFF)]
    url = embedded_stack.postgres.admin_url.rsplit("/", 1)[0] + "/identity"
    with psycopg.connect(url) as connection:
        cursor = connection.cursor()
        cursor.executemany(
            "INSERT INTO staff (organization_id, id, version, given_name, family_name, email, email_key, sort_key,"
            " levels, grants, active, created_at)"
            " VALUES (%s, %s, 1, %s, 'Crowd', %s, %s, %s, '{default,therapist}', '{}', true, now())",
            [(made.organization_id, each, name, mail, mail, sort_key("Crowd", name)) for each, name, mail in people],
        )
        cursor.executemany(
            "INSERT INTO staff_tokens (organization_id, staff_id, token) VALUES (%s, %s, %s)",
            [
                (made.organization_id, each, token)
                for each, name, mail in people
                for token in (*found_by([name, "Crowd"]), mail)
            ],
        )
    return made


@pytest.fixture
def page(desk: Any, practice: Practice) -> Page:
    """The owner at a browser."""
    opened: Page = desk().sign_in(practice.email("owner")).page
    return opened


def add_client(practice: Practice, family: str) -> str:
    """A client; returns the id."""
    body = {"given_name": "Ada", "family_name": family, "date_of_birth": "1990-01-02"}
    return str(practice.owner.post("/clients", body)["id"])


def find(page: Page, choice: str, words: str = "zo zzy") -> None:
    """Search for somebody beside a choice, and take who is found."""
    page.locator(f"#{choice}-find").fill(words)
    page.get_by_role("option", name=NAME).click()


def saved(page: Page, button: str) -> None:
    """Press a button that saves, and wait for the page that says so."""
    with page.expect_event("load"):
        page.get_by_role("button", name=button, exact=True).click()


def test_the_list_finds_people_by_name_and_address_beyond_its_first_page(
    page: Page, web_url: str, practice: Practice
) -> None:
    page.goto(f"{web_url}/settings/staff?state=all")
    rows = page.locator("#staff-list tbody tr")
    expect(rows).to_have_count(100)
    expect(page.get_by_role("link", name=NAME)).to_have_count(0)
    search = page.get_by_label("Find by name or e-mail")
    search.fill("zzyz zo")
    expect(rows).to_have_count(1)
    expect(page.get_by_role("link", name=NAME)).to_be_visible()
    search.fill(f"p299.{practice.suffix}@")
    expect(rows).to_have_count(1)
    expect(page.get_by_role("link", name="Person299 Crowd")).to_be_visible()
    search.fill("person crowd")
    expect(rows).to_have_count(100)
    with page.expect_response("**/settings/staff/search"):
        page.get_by_role("button", name="Show more").click()
    expect(page.get_by_role("link", name="Person100 Crowd")).to_be_visible()
    assert page.url == f"{web_url}/settings/staff?state=all", "what is typed stands in no address"


@pytest.mark.parametrize(
    ("path", "choice"),
    [
        ("/settings/staff/new", "f-supervisor_id"),
        ("/settings/staff/{crowd}/profile", "f-supervisor_id"),
        ("/settings/staff/{crowd}/leaving", "f-successor_id"),
        ("/agenda/new", "b-staff_id"),
        ("/clients", "client-staff"),
        ("/clients/{client}/details", "team-staff_id"),
        ("/activity", "f-staff_id"),
    ],
)
def test_a_choice_takes_somebody_beyond_the_first_page(
    page: Page, web_url: str, practice: Practice, path: str, choice: str
) -> None:
    crowd = practice.owner.get("/staff", query="person007")["items"][0]["id"]
    page.goto(web_url + path.format(crowd=crowd, client=add_client(practice, "Choice")))
    select = page.locator(f"#{choice}")
    assert NAME not in select.inner_text()
    find(page, choice)
    expect(select).to_have_value(practice.staff_ids["last"])
    expect(select.locator("option:checked")).to_have_text(NAME)
    expect(page.locator(f"#{choice}-find")).to_have_value("")


def test_who_was_found_is_supervisor_care_team_and_clinician(page: Page, web_url: str, practice: Practice) -> None:
    crowd = practice.owner.get("/staff", query="person008")["items"][0]["id"]
    page.goto(f"{web_url}/settings/staff/{crowd}/profile")
    find(page, "f-supervisor_id")
    page.get_by_label("What the supervisor does").select_option("approve")
    saved(page, "Save supervision")
    assert practice.owner.get(f"/staff/{crowd}")["supervisor_id"] == practice.staff_ids["last"]
    expect(page.locator("#f-supervisor_id option:checked")).to_have_text(NAME)

    page.goto(f"{web_url}/clients/new")
    page.get_by_label("Given name").fill("Bea")
    page.get_by_label("Family name").fill("Beyond")
    page.get_by_label("Birth date").fill("1991-02-03")
    find(page, "team-boxes")
    expect(page.get_by_role("checkbox", name=NAME)).to_be_checked()
    saved(page, "Add client")
    client = page.url.rsplit("/", 1)[-1].split("?")[0]
    team = practice.owner.get(f"/clients/{client}/staff")["items"]
    assert [each["staff_id"] for each in team] == [practice.staff_ids["last"]]

    page.goto(f"{web_url}/clients")
    find(page, "client-staff")
    expect(page.locator("#client-list tbody tr")).to_have_count(1)
    expect(page.get_by_role("link", name="Bea Beyond")).to_be_visible()

    page.goto(f"{web_url}/agenda/new?client_id={client}&on=2030-01-08&at=10:00")
    find(page, "b-staff_id")
    saved(page, "Book appointment")
    booked = practice.owner.get(f"/clients/{client}/appointments")["items"]
    assert [each["staff_id"] for each in booked] == [practice.staff_ids["last"]]

    page.goto(f"{web_url}/agenda?view=day&on=2030-01-08&staff=everybody")
    expect(page.locator(".calendar .day", has_text="Beyond").or_(page.get_by_text("B.B.")).first).to_be_visible()
    find(page, "somebody")
    page.wait_for_url(f"**staff={practice.staff_ids['last']}")
    expect(page.get_by_label("Whose agenda").get_by_role("link", name=NAME)).to_have_attribute("aria-current", "true")


def test_a_search_finds_only_whom_the_choice_offers(page: Page, web_url: str, practice: Practice) -> None:
    page.goto(f"{web_url}/agenda/new")
    page.locator("#b-staff_id-find").fill("person01")  # invited, and has not joined
    expect(page.get_by_text("Nobody here has that name.")).to_be_visible()


def test_pages_name_who_is_beyond_the_first_page_of_the_list(page: Page, web_url: str, practice: Practice) -> None:
    client = add_client(practice, "Named")
    start = f"{clock.today('America/New_York') + timedelta(days=9)}T10:00"
    practice.owner.put(f"/clients/{client}/staff/{practice.staff_ids['last']}")
    practice.book(client, start, "last")
    last = practice.people["last"]
    last.patch("/organization", {"legal_name": "Zzyzx PLLC"})
    payment = {
        "client_id": client,
        "amount_cents": 5_000,
        "method": "cash",
        "received_on": str(clock.today("America/New_York")),
    }
    received = last.post("/payments", payment)["id"]
    for path in (
        f"/clients/{client}",
        f"/clients/{client}/appointments",
        f"/payments/{received}",
        "/settings",
        "/settings/history",
        "/settings/printing",
    ):
        page.goto(web_url + path)
        expect(page.locator("main"), path).to_contain_text(NAME)
