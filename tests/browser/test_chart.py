"""The chart of one client: its head, its tabs by permission, and what a title may say."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from embedded.stack import Stack
from shared import clock
from tests.browser.conftest import PHONE, Desk
from tests.practice import Practice

HOSTILE = "<script>document.title='taken'</script>\"'><img src=x onerror=alert(1)>"
RIGHT_TO_LEFT = "שלום بن"


@pytest.mark.abuse("A-XSS-chart-head")
def test_the_head_names_the_client_and_the_title_does_not(desk: Any, web_practice: Practice) -> None:
    body = {"given_name": HOSTILE, "family_name": RIGHT_TO_LEFT, "date_of_birth": "2000-02-29"}
    client = web_practice.owner.post("/clients", body)
    page = desk().sign_in(web_practice.email("owner")).open(f"/clients/{client['id']}")
    expect(page.get_by_role("heading", level=1)).to_contain_text(HOSTILE)
    expect(page.get_by_text("Feb 29, 2000")).to_be_visible()
    expect(page).to_have_title(f"<.ש. {client['number']} · Overview · Caseload")
    assert "script" not in page.url


def test_a_client_of_another_practice_has_no_chart(desk: Any, web_practice: Practice) -> None:
    theirs = Practice(web_practice.url).owner.post(
        "/clients", {"given_name": "Ada", "family_name": "Client", "date_of_birth": "1990-01-02"}
    )
    page = desk().sign_in(web_practice.email("owner")).open(f"/clients/{theirs['id']}")
    expect(page.get_by_role("heading", name="This page does not exist")).to_be_visible()
    expect(page.get_by_text("Ada")).to_have_count(0)


PLAN = {
    "effective_from": "2026-01-01",
    "review_on": "2026-02-01",
    "problems": [
        {
            "description": "Worry",
            "goals": [
                {
                    "description": "Worry no longer disrupts work days",
                    "objectives": [{"description": "Less worry", "measure": "GAD-7 under 8 for four weeks"}],
                }
            ],
        }
    ],
}


def window(desk: Any, practice: Practice, name: str, *look: Any) -> Desk:
    """A browser of that person, who joins first where nobody asked for them yet."""
    assert practice.staff_ids[name]
    opened: Desk = desk(*look).sign_in(practice.email(name))
    return opened


def day(days: int, zone: str = "America/New_York") -> date:
    """So many days from today on the practice's calendar."""
    return clock.today(zone) + timedelta(days=days)


def zone_whose_day_goes_on() -> str:
    """New York, or Los Angeles when the day ends in New York: there is something still to come today."""
    late = clock.now().astimezone(ZoneInfo("America/New_York")).hour >= 20
    return "America/Los_Angeles" if late else "America/New_York"


def in_treatment(practice: Practice) -> str:
    """A client with a case, a diagnosis, a signed plan, a documented session, one to come and an open invoice."""
    client_id, case_id = practice.new_client(given_name="Hannah")
    therapist = practice.people["therapist"]
    therapist.post(f"/cases/{case_id}/diagnoses", {"code": "F41.1", "rank": 1, "effective_from": "2026-01-01"})
    plan = therapist.post(f"/cases/{case_id}/treatment-plans", {**PLAN, "review_on": f"{day(20)}"})
    therapist.post(f"/treatment-plans/{plan['id']}/sign", expect=200)
    draft = practice.draft_of(practice.document(client_id, f"{day(-3)}T09:00"))
    practice.owner.post(f"/invoices/{draft['id']}/issue", expect=200)
    practice.book(client_id, f"{day(4)}T09:00")
    return client_id


@pytest.fixture(scope="module")
def clinic(embedded_stack: Stack) -> tuple[Practice, str]:
    """A practice with a client in treatment."""
    practice = Practice(embedded_stack.url)
    return practice, in_treatment(practice)


def test_a_therapist_sees_the_case_and_the_sessions_and_no_money(desk: Any, clinic: tuple[Practice, str]) -> None:
    practice, client_id = clinic
    at = window(desk, practice, "therapist")
    page = at.open(f"/clients/{client_id}")
    expect(page.get_by_role("heading", name="Individual Open case")).to_be_visible()
    expect(page.get_by_role("list", name="Diagnoses")).to_contain_text("F41.1")
    expect(page.get_by_role("list", name="Diagnoses")).to_contain_text("Generalized anxiety disorder")
    expect(page.get_by_text("Worry no longer disrupts work days")).to_be_visible()
    expect(page.get_by_text("GAD-7 under 8 for four weeks")).to_be_visible()
    expect(page.get_by_text("Review due")).to_be_visible()
    expect(page.get_by_role("region", name="Next session")).to_contain_text("Psychotherapy 60, 60 min")
    expect(page.get_by_role("region", name="History")).to_contain_text("Documented")
    expect(page.get_by_role("region", name="Care team")).to_contain_text("Therapist Staff")
    expect(page.get_by_role("region", name="Balance")).to_have_count(0)
    choice = page.get_by_role("navigation", name="What the history shows")
    expect(choice.get_by_role("link", name="Billing")).to_have_count(0)
    choice.get_by_role("link", name="Notes").click()
    expect(page.get_by_role("region", name="History").get_by_text("Signed")).to_be_visible()
    expect(page.get_by_role("region", name="History").get_by_text("Documented")).to_have_count(0)
    assert at.findings() == []
    at.open(f"/clients/{client_id}/plan")
    expect(page.get_by_text("The review is due")).to_be_visible()  # in less than thirty days


def test_a_note_is_begun_from_the_chart_by_who_gave_the_session(desk: Any, web_practice: Practice) -> None:
    practice = Practice(web_practice.url)
    client_id, _ = practice.new_client()
    kept = practice.book(client_id, f"{day(-2)}T09:00")
    practice.owner.post(f"/appointments/{kept}/status", {"status": "arrived"}, expect=200)
    for other in ("desk", "owner"):
        page = window(desk, practice, other).open(f"/clients/{client_id}")
        expect(page.get_by_role("region", name="History")).to_contain_text("Note to write")
        expect(page.get_by_role("button", name="Write note")).to_have_count(0)
    at = window(desk, practice, "therapist")
    page = at.open(f"/clients/{client_id}")
    page.get_by_role("region", name="History").get_by_role("button", name="Write note").click()
    expect(page).to_have_url(re.compile("/notes/[0-9a-f-]{36}"))
    at.open(f"/clients/{client_id}")
    page.get_by_role("region", name="To do").get_by_role("link", name="Finish a note").click()
    expect(page).to_have_url(re.compile("/notes/[0-9a-f-]{36}"))


def test_the_head_begins_the_note_of_the_session_that_waits_for_one(desk: Any, web_practice: Practice) -> None:
    """One session: a button. Several: a choice, the last first. None, or sessions of others: nothing."""
    zone = zone_whose_day_goes_on()
    practice = Practice(web_practice.url, zone)
    client_id, _ = practice.new_client()
    practice.book(client_id, f"{day(5, zone)}T09:00")
    at = window(desk, practice, "therapist")
    page = at.open(f"/clients/{client_id}/appointments")
    head = page.locator(".chart-head")
    expect(head.get_by_role("link", name="Schedule")).to_be_visible()
    expect(head.get_by_role("button", name="Write note")).to_have_count(0)
    today = practice.book(client_id, f"{day(0, zone)}T23:55")
    practice.document(client_id, f"{day(-3, zone)}T09:00")
    at.open(f"/clients/{client_id}/appointments")
    assert at.findings() == []
    head.get_by_role("button", name="Write note Today, 11:55").click()
    expect(page.get_by_role("heading", name="Progress note")).to_be_visible()
    assert practice.owner.get(f"/appointments/{today}")["status"] == "booked", "it has not begun"
    at.open(f"/clients/{client_id}/details")
    expect(head.get_by_role("button", name="Write note")).to_have_count(0)
    for days in (-9, -2):
        practice.book(client_id, f"{day(days, zone)}T09:00")
    at.open(f"/clients/{client_id}/plan")
    head.get_by_role("button", name="Write note").click()
    choice = page.locator("#write-menu").get_by_role("button")
    expect(choice).to_have_count(2)
    assert at.findings() == []
    choice.first.click()
    expect(page.get_by_role("heading", name="Progress note")).to_be_visible()
    note_id = page.url.rpartition("/")[2]
    about = practice.owner.get(f"/notes/{note_id}")["appointment_id"]
    assert practice.owner.get(f"/appointments/{about}")["starts_at_local"] == f"{day(-2, zone)}T09:00"
    for other in ("desk", "owner"):
        theirs = window(desk, practice, other).open(f"/clients/{client_id}")
        expect(theirs.locator(".chart-head").get_by_role("button", name="Write note")).to_have_count(0)


def test_the_front_desk_sees_the_sessions_and_neither_cases_nor_money(desk: Any, clinic: tuple[Practice, str]) -> None:
    practice, client_id = clinic
    page = window(desk, practice, "desk").open(f"/clients/{client_id}")
    expect(page.get_by_text("The cases are open to the care team.")).to_be_visible()
    expect(page.get_by_role("region", name="Next session")).to_contain_text("Psychotherapy 60")
    for hidden in ("F41.1", "Generalized anxiety disorder", "Worry", "$", "Client owes"):
        assert hidden not in page.content(), hidden
    tabs = page.get_by_role("navigation", name="Client record").get_by_role("link")
    assert {"Overview", "Appointments", "Details"} <= set(tabs.all_inner_texts())
    assert not {"Cases", "Plan", "Ledger", "Activity"} & set(tabs.all_inner_texts())


def test_billing_sees_the_balance_and_no_case(desk: Any, clinic: tuple[Practice, str]) -> None:
    practice, client_id = clinic
    page = window(desk, practice, "biller").open(f"/clients/{client_id}")
    balance = page.get_by_role("region", name="Balance")
    expect(balance).to_contain_text("$150.00")
    expect(page.get_by_role("region", name="History")).to_contain_text("Invoice ")
    assert "F41.1" not in page.content() and "Progress note" not in page.content()


def test_a_therapist_who_is_on_no_case_is_told_so(desk: Any, clinic: tuple[Practice, str]) -> None:
    practice, client_id = clinic
    practice.add("stranger", "therapist")
    page = window(desk, practice, "stranger").open(f"/clients/{client_id}")
    expect(page.get_by_text("There is no case that is open to you.")).to_be_visible()
    assert "F41.1" not in page.content() and "First steps" not in page.content()


def test_who_sees_assigned_clients_only_has_no_chart_of_others(desk: Any, clinic: tuple[Practice, str]) -> None:
    practice, client_id = clinic
    practice.add("narrow", "therapist", grants=["assigned_only"])
    at = window(desk, practice, "narrow")
    for part in ("", "/appointments", "/details"):
        page = at.open(f"/clients/{client_id}{part}")
        expect(page.get_by_role("heading", name="This page does not exist")).to_be_visible()
        assert "Hannah" not in page.content()


def test_appointments_stand_on_their_days_the_coming_ones_first(desk: Any, clinic: tuple[Practice, str]) -> None:
    practice, client_id = clinic
    page = window(desk, practice, "desk", PHONE).open(f"/clients/{client_id}/appointments")
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator("tbody tr")).to_contain_text("Booked")
    page.get_by_role("link", name="Earlier").click()
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator("tbody tr")).to_contain_text("Kept")
    expect(page.locator("tbody tr")).to_contain_text("Documented")


def test_story_17_an_appointment_keeps_its_time_and_its_zone(desk: Any, web_practice: Practice) -> None:
    practice = Practice(web_practice.url)
    client_id, _ = practice.new_client()
    practice.book(client_id, f"{day(5)}T16:00")
    at = window(desk, practice, "owner")
    page = at.open(f"/clients/{client_id}/appointments")
    expect(page.locator("tbody tr")).to_contain_text("4:00")
    assert "New York time" not in page.content()
    practice.owner.patch("/organization", {"time_zone": "America/Chicago"})
    after = window(desk, practice, "desk").open(f"/clients/{client_id}/appointments")
    expect(after.locator("tbody tr")).to_contain_text("4:00")
    expect(after.locator("tbody tr")).to_contain_text("New York time")


def test_a_new_client_shows_the_first_steps(desk: Any, web_practice: Practice) -> None:
    practice = Practice(web_practice.url)
    body = {"given_name": "New", "family_name": "Client", "date_of_birth": "1990-01-02"}
    client_id = practice.owner.post("/clients", body)["id"]
    page = window(desk, practice, "owner").open(f"/clients/{client_id}")
    steps = page.get_by_role("region", name="First steps")
    expect(steps).to_contain_text("0 of 4 done")
    expect(steps.get_by_role("link", name="Details: Begin")).to_have_attribute("href", f"/clients/{client_id}/details")
    practice.owner.put(f"/clients/{client_id}/staff/{practice.staff_ids['therapist']}")
    page.reload()
    expect(steps).to_contain_text("1 of 4 done")
