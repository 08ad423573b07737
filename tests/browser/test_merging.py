"""Story 13: two records of one person are merged into one chart with one ledger, and separated again."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import expect

from shared.testing.waiting import wait_until
from tests.browser.conftest import NARROW
from tests.browser.money import issued, paid, practice_with_drafts
from tests.practice import Practice


def owed(practice: Practice, *client_ids: str) -> int:
    """What these clients owe together."""
    return sum(practice.owner.get(f"/clients/{client_id}/ledger")["balance_cents"] for client_id in client_ids)


def second_record(practice: Practice) -> str:
    """The client once more, with a case and an invoice of which some is paid."""
    client_id, _ = practice.new_client()
    issued(practice, practice.draft_of(practice.document(client_id, "2026-09-15T11:00")))
    paid(practice, client_id, 1000)
    return client_id


def test_two_records_of_one_person_become_one_and_are_separated_again(desk: Any, web_practice: Practice) -> None:
    practice, stays, drafts = practice_with_drafts(web_practice.url)
    issued(practice, drafts[0])
    ends = second_record(practice)
    assert practice.staff_ids["manager"]
    before = owed(practice, stays), owed(practice, ends)
    number = practice.owner.get(f"/clients/{ends}")["number"]
    wait_until(lambda: practice.owner.get("/client-duplicates")["items"], 20, "the pair")

    at = desk().sign_in(practice.email("manager"))
    page = at.open("/clients/duplicates")
    page.get_by_role("link", name="Compare and merge").click()
    page.get_by_role("heading", name="Who stays?").wait_for()
    expect(page.get_by_role("region", name="Clinical record")).to_contain_text("1 case")
    expect(page.get_by_role("region", name="Billing")).to_contain_text("1 invoice")
    assert at.findings() == []
    page.get_by_role("button", name="Merge into no.").click()
    page.get_by_role("heading", name="They are one client now").wait_for()
    page.get_by_role("link", name="Show no.").click()
    at.arrive(f"/clients/{stays}")
    expect(page.get_by_text(f"Also holds the records of client {number}")).to_be_visible()
    at.look(NARROW, "dark")
    assert at.findings() == [] and not at.scrolls_sideways()
    assert practice.owner.get(f"/clients/{ends}")["id"] == stays, "the old address leads there"
    wait_until(lambda: owed(practice, stays) == sum(before), 10, "one ledger of both")
    page = at.open(f"/clients/{ends}")
    at.arrive(f"/clients/{stays}")

    page.get_by_role("link", name=f"Separate again client {number}").click()
    page.get_by_role("button", name="Separate again").click()
    page.get_by_role("dialog").get_by_role("button", name="Separate").click()
    page.get_by_role("heading", name="The two are separate again").wait_for()
    wait_until(lambda: (owed(practice, stays), owed(practice, ends)) == before, 10, "the ledgers as they were")

    refused = practice.sign_in("therapist").call(
        "POST", f"/clients/{ends}/merge", json={"into_client_id": stays, "reason": "other"}
    )
    assert refused.status_code == 403
