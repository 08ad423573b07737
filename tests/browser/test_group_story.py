"""Story 29, a group session: six belong to it, five come, and each has a note and an invoice of their own."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from playwright.sync_api import expect

from shared import clock
from shared.testing.waiting import wait_until
from tests.browser.agenda import card
from tests.browser.test_note_editor import fill_all
from tests.browser.test_notes import sign
from tests.practice import Practice

NAMES = ("Ada", "Bea", "Cora", "Dan", "Eli", "Fay")
GROUP = {
    "name": "Group psychotherapy",
    "kind": "cpt",
    "code": "90853",
    "rate_cents": 6_000,
    "duration_minutes": 60,
    "note_minutes_min": 45,
    "note_minutes_max": 90,
}
ALL_THE_SAME = {"override": {"reason": "They come on whatever day of the week it is."}}


def test_five_of_six_come_and_each_has_a_note_and_an_invoice_of_their_own(desk: Any, web_practice: Practice) -> None:
    practice = Practice(web_practice.url)
    practice.add("second", "therapist")
    assert practice.staff_ids["therapist"] and practice.staff_ids["biller"]
    today = clock.today("America/New_York")
    yesterday, last_week = today - timedelta(days=1), today - timedelta(days=8)
    service = practice.owner.post("/service-types", GROUP)["id"]
    clients = {name: practice.new_client(given_name=name)[0] for name in NAMES}
    leaders = [practice.staff_ids[name] for name in ("therapist", "second")]
    body = {"name": "Evening", "members": list(clients.values()), "on": f"{last_week}", "staff": leaders}
    group = practice.owner.post("/groups", {**body, "service_type_id": service, "capacity": 8})["id"]
    booking = {"group_id": group, "staff_id": leaders[0], "service_type_id": service, **ALL_THE_SAME}
    session, next_one = (
        practice.owner.post("/appointments", {**booking, "starts_at_local": f"{day}T10:00"})["id"]
        for day in (yesterday, today + timedelta(days=6))
    )

    # The therapist says what became of it: everybody came but Fay.
    at = desk().sign_in(practice.email("therapist"))
    page = at.open(f"/agenda?view=week&on={yesterday}")
    expect(card(page, session)).to_contain_text("Evening (6)")
    card(page, session).click()
    panel = page.get_by_role("dialog", name="Appointment")
    panel.get_by_role("group", name="What became of it for everybody").get_by_role("button", name="Kept").click()
    expect(page.get_by_role("status").filter(has_text="Kept.")).to_be_visible()
    panel.get_by_role("group", name="What became of it for Fay Client").get_by_role("button", name="No-show").click()
    expect(page.get_by_role("status").filter(has_text="Fay Client: No-show.")).to_be_visible()
    expect(panel.get_by_role("button", name="Write note")).to_have_count(5)

    # Who joins next week comes to the next session, and was not at this one.
    gus = practice.new_client(given_name="Gus")[0]
    joining = practice.owner.call("PUT", f"/groups/{group}/members/{gus}", json={"on": f"{today}"})
    assert joining.status_code == 200, joining.text
    page = at.open(f"/agenda/appointments/{next_one}")
    expect(page.get_by_role("region", name="Roster")).to_contain_text("Gus Client")
    page = at.open(f"/agenda/appointments/{session}")
    expect(page.get_by_role("region", name="Roster")).to_contain_text("Fay Client")
    expect(page.get_by_text("Gus Client")).to_have_count(0)

    # One note in the browser, from the roster; it names nobody else. The other four are written alike.
    page.get_by_role("button", name="Write note Ada Client").click()
    expect(page.get_by_role("heading", name="Progress note", level=1)).to_be_visible()
    fill_all(page)
    page.get_by_label("Minutes", exact=True).fill("60")
    sign(page)
    expect(page.get_by_text("Signed and locked.")).to_be_visible()
    assert not [name for name in NAMES[1:] if f"{name} Client" in page.content()]
    for name in NAMES[1:5]:
        note = practice.draft_note(session, clients[name], minutes=60)
        practice.people["therapist"].post(f"/notes/{note}/sign", expect=200)
    page = at.open(f"/agenda/appointments/{session}")
    expect(page.get_by_text("It is documented, so it stays as it is.")).to_be_visible()
    expect(page.get_by_role("button", name="Open note")).to_have_count(5)

    # Five invoices, each of one client; Fay has none.
    drafts = wait_until(lambda: len(practice.invoices(session)) == 5 and practice.invoices(session), 20, "five drafts")
    assert {draft["client_id"] for draft in drafts} == {clients[name] for name in NAMES[:5]}
    biller = desk().sign_in(practice.email("biller")).open("/invoices?tab=draft")
    expect(biller.get_by_text("5 drafts are ready to issue, $300.00.")).to_be_visible()
    for draft in drafts:
        practice.owner.post(f"/invoices/{draft['id']}/issue", {}, expect=200)
    of_ada = next(draft["id"] for draft in drafts if draft["client_id"] == clients["Ada"])
    biller.goto(f"{at.url}/invoices/{of_ada}")
    expect(biller.get_by_role("main")).to_contain_text("$60.00")
    assert not [name for name in NAMES[1:] if f"{name} Client" in biller.content()]

    # Correcting Ada's note touches her invoice alone.
    noted = practice.people["therapist"].get(f"/appointments/{session}/roster")["members"]
    note_of_ada = next(member["note_id"] for member in noted if member["client_id"] == clients["Ada"])
    correction = {"reason": "She had an hour of her own.", "service_type_id": practice.service_type_id}
    practice.people["therapist"].post(f"/notes/{note_of_ada}/amendments", correction)

    def amended() -> set[str]:
        found = [practice.owner.get(f"/invoices/{draft['id']}") for draft in drafts]
        return {invoice["id"] for invoice in found if invoice["amendments"]}

    wait_until(amended, 20, "the amendment")
    assert amended() == {of_ada}
