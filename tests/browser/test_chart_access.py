"""Who can see a client's record, who looked at it, and opening one in an emergency."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import expect

from shared.testing.waiting import wait_until
from tests.browser.conftest import PHONE, Desk
from tests.practice import Practice

REASON = "In crisis on the phone, and the therapist is ill."


def window(desk: Any, practice: Practice, name: str, *look: Any) -> Desk:
    """A browser of that person, who joins first where nobody asked for them yet."""
    assert practice.staff_ids[name]
    opened: Desk = desk(*look).sign_in(practice.email(name))
    return opened


def with_emergencies(url: str) -> Practice:
    """A practice that allows emergency access, with a colleague who is on no case."""
    practice = Practice(url)
    practice.owner.patch("/organization", {"break_glass_enabled": True, "break_glass_minutes": 30})
    practice.add("colleague", "therapist")
    return practice


def test_a_record_is_opened_in_an_emergency_and_closed_before_its_time(desk: Any, web_practice: Practice) -> None:
    practice = with_emergencies(web_practice.url)
    client_id, case_id = practice.new_client()
    practice.people["therapist"].post(
        f"/cases/{case_id}/diagnoses", {"code": "F41.1", "rank": 1, "effective_from": "2026-01-01"}
    )
    at = window(desk, practice, "colleague", PHONE)
    page = at.open(f"/clients/{client_id}/cases")
    expect(page.get_by_role("link", name="Emergency access")).to_have_attribute(
        "href", f"/clients/{client_id}/emergency"
    )
    page = at.open(f"/clients/{client_id}")
    expect(page.get_by_text("There is no case that is open to you.")).to_be_visible()
    page.get_by_role("link", name="Emergency access").click()
    expect(page.get_by_text("Administrators and the care team are told by mail at once")).to_be_visible()
    expect(page.get_by_text("It closes by itself after 30 minutes at the latest.")).to_be_visible()
    page.get_by_label("Why the record must be opened now").fill("crisis")
    page.get_by_role("button", name="Open the record").click()
    expect(page.get_by_text("Say why, in 10 to 1000 characters.")).to_be_visible()
    expect(page.get_by_label("Why the record must be opened now")).to_have_value("crisis")
    page.get_by_label("Why the record must be opened now").fill(REASON)
    page.get_by_role("button", name="Open the record").click()

    expect(page.get_by_text("The record is open to you for reading.")).to_be_visible()
    expect(page.get_by_text("Emergency access: 30 minutes left")).to_be_visible()
    expect(page.get_by_role("list", name="Diagnoses")).to_contain_text("F41.1")
    assert at.findings() == [] and not at.scrolls_sideways()
    at.open(f"/clients/{client_id}/appointments")
    expect(page.get_by_text("Emergency access: 30 minutes left")).to_be_visible()

    page.get_by_role("button", name="End now").click()
    expect(page.get_by_text("Emergency access has ended.")).to_be_visible()
    expect(page.get_by_text("There is no case that is open to you.")).to_be_visible()
    assert "F41.1" not in page.content()

    reviewer = window(desk, practice, "owner")
    page = reviewer.open("/home")
    expect(page.get_by_text("1 emergency access waits for your review.")).to_be_visible()
    assert reviewer.findings() == []
    page.get_by_role("main").get_by_role("link", name="Review", exact=True).click()
    expect(page.get_by_text(REASON)).to_be_visible()


def test_another_clients_chart_shows_no_banner_and_a_second_opening_is_refused(
    desk: Any, web_practice: Practice
) -> None:
    practice = with_emergencies(web_practice.url)
    (first, _), (second, _) = practice.new_client(), practice.new_client(given_name="Bea")
    practice.people["colleague"].post(f"/clients/{first}/break-glass", {"reason": REASON})
    page = window(desk, practice, "colleague").open(f"/clients/{second}/emergency")
    expect(page.get_by_role("button", name="End now")).to_have_count(0)
    page.get_by_label("Why the record must be opened now").fill(REASON)
    page.get_by_role("button", name="Open the record").click()
    expect(page.get_by_text("You have emergency access to another client. End it first.")).to_be_visible()


def test_where_the_practice_allows_none_there_is_no_way_to_it(desk: Any, web_practice: Practice) -> None:
    practice = Practice(web_practice.url)
    practice.owner.patch("/organization", {"break_glass_enabled": False})
    client_id, _ = practice.new_client()
    practice.add("colleague", "therapist")
    at = window(desk, practice, "colleague")
    page = at.open(f"/clients/{client_id}")
    expect(page.get_by_text("There is no case that is open to you.")).to_be_visible()
    expect(page.get_by_role("link", name="Emergency access")).to_have_count(0)
    page = at.open(f"/clients/{client_id}/emergency")
    expect(page.get_by_text("Your practice does not allow emergency access.")).to_be_visible()
    expect(page.get_by_role("button", name="Open the record")).to_have_count(0)
    front = window(desk, practice, "desk")
    assert front.page.goto(f"{front.url}/clients/{client_id}/emergency").status == 403


def test_the_manager_reads_who_looked_and_who_can_see_what(desk: Any, web_practice: Practice) -> None:
    practice = with_emergencies(web_practice.url)
    client_id, _ = practice.new_client()
    practice.people["biller"].get(f"/clients/{client_id}/ledger")
    practice.people["desk"].call("GET", f"/clients/{client_id}/cases")
    practice.people["colleague"].post(f"/clients/{client_id}/break-glass", {"reason": REASON})

    def written() -> bool:
        found = practice.owner.get("/audit/entries", client_id=client_id, limit=200)["items"]
        return {"post_break_glass", "ledger.read", "cases.list"} <= {entry["action"] for entry in found}

    wait_until(written, 20, "the audit entries")
    at = window(desk, practice, "manager")
    page = at.open(f"/clients/{client_id}/activity")
    entries = page.get_by_role("region", name="What was done and seen").get_by_role("row")
    expect(entries.filter(has_text="Biller Staff")).to_have_count(1)
    expect(entries.filter(has_text="Desk Staff").get_by_text("Refused")).to_be_visible()
    access = page.get_by_role("region", name="Who can see this").get_by_role("listitem")
    expect(access.filter(has_text="Therapist Staff")).to_contain_text("On this case.")
    expect(access.filter(has_text="Desk Staff")).to_contain_text("Everybody on the staff sees basic data")
    expect(access.filter(has_text="Desk Staff").get_by_text("Cases", exact=True)).to_have_count(0)
    expect(access.filter(has_text="Biller Staff").get_by_text("Ledger", exact=True)).to_be_visible()
    expect(access.filter(has_text="Colleague Staff").get_by_text("Emergency", exact=True)).to_be_visible()
    assert at.findings() == []
    expect(page).to_have_title(f"A.C. {practice.owner.get(f'/clients/{client_id}')['number']} · Activity · Caseload")


def test_who_reads_no_audit_trail_has_no_such_tab(desk: Any, web_practice: Practice) -> None:
    practice = Practice(web_practice.url)
    client_id, _ = practice.new_client()
    for name in ("desk", "biller", "therapist"):
        at = window(desk, practice, name)
        page = at.open(f"/clients/{client_id}")
        tabs = page.get_by_role("navigation", name="Client record")
        expect(tabs.get_by_role("link", name="Activity")).to_have_count(0)
        assert page.goto(f"{at.url}/clients/{client_id}/activity").status == 403
