"""The waiting list: who waits, what is free that suits them, and booking it from there."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from playwright.sync_api import expect

from shared import clock
from shared.testing.waiting import wait_until
from tests.practice import Practice

NEW_YORK = "America/New_York"


def test_a_free_time_that_suits_is_booked_from_the_list(desk: Any, web_practice: Practice) -> None:
    practice = Practice(web_practice.url)
    therapist, day = practice.staff_ids["therapist"], clock.today(NEW_YORK) + timedelta(days=3)
    person = {"given_name": "Wanda", "family_name": "Waiting", "date_of_birth": "1990-01-02", "status": "prospective"}
    client_id = practice.owner.post("/clients", {**person, "waiting": {}}, expect=201)["id"]
    busy, _ = practice.new_client()
    practice.book(busy, f"{day}T08:00")
    assert practice.staff_ids["desk"]
    at = desk().sign_in(practice.email("desk"))
    page = at.open(f"/clients/{client_id}/details/edit")
    page.get_by_label(f"{day:%A}").check()
    page.get_by_label("Time of day").select_option("morning")
    page.get_by_label("Clinician").select_option(label="Therapist Staff")
    page.get_by_label("Service").select_option(label="Psychotherapy 60")
    page.get_by_role("button", name="Save details").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    card = page.get_by_role("region", name="Waiting list")
    expect(card.get_by_text("Therapist Staff")).to_be_visible()
    expect(card.get_by_text("Psychotherapy 60")).to_be_visible()
    at.open("/clients/waiting")
    line = page.get_by_role("row").filter(has_text="Wanda Waiting")
    expect(line).to_contain_text(f"{day:%A}. Morning. Therapist Staff. Psychotherapy 60")
    expect(line.get_by_role("link", name="9:00 am").first).to_be_visible()
    line.get_by_role("link", name="Find a time").click()
    free = page.get_by_role("region", name="Free times")
    expect(free.get_by_role("listitem").first).to_contain_text("9:00 am")
    free.get_by_role("button", name="Offer").first.click()
    expect(page.get_by_text("The offer is noted.")).to_be_visible()
    expect(page.get_by_role("region", name="Offered so far")).to_contain_text("by Desk Staff")
    expect(free.get_by_role("listitem").first).to_contain_text("Offered")
    at.open("/clients/waiting")
    expect(line).to_contain_text("Offered:")
    line.get_by_role("link", name="Find a time").click()
    free.get_by_role("link", name="Book").first.click()
    expect(page.get_by_role("combobox", name="With")).to_have_value(therapist)
    page.get_by_role("button", name="Book appointment").click()
    expect(page.get_by_text("The clinician is not assigned to this client yet")).to_be_visible()
    booked = wait_until(
        lambda: practice.owner.get(f"/clients/{client_id}/appointments")["items"], 20, "the appointment"
    )
    assert [item["starts_at_local"] for item in booked] == [f"{day}T09:00"]
    at.open(f"/clients/{client_id}/free-times")
    page.get_by_role("button", name="Take off the waiting list").click()
    expect(page.get_by_text("They are off the waiting list.")).to_be_visible()
    expect(line).to_have_count(0)
    assert practice.owner.get(f"/clients/{client_id}")["waiting"] is None
