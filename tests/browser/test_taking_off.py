"""Story 12 in the browser: what somebody has open with a client is moved on one page, or left as it is."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from playwright.sync_api import expect

from shared import clock
from shared.testing.waiting import wait_until
from tests.browser.test_archiving import window
from tests.practice import Practice


def coming(days: int, hour: int = 10) -> str:
    return f"{clock.now() + timedelta(days=days):%Y-%m-%d}T{hour:02d}:00"


def is_refused(practice: Practice, path: str) -> bool:
    """Whether clients knows of the open work; until then somebody is taken off, and put on again."""
    if practice.owner.call("DELETE", path).status_code == 409:
        return True
    practice.owner.put(path)
    return False


def test_story_12_open_work_is_moved_on_the_page_and_the_rest_acknowledged(desk: Any, web_practice: Practice) -> None:
    practice = Practice(web_practice.url)
    practice.add("second", "therapist")
    client_id, _ = practice.new_client()
    other, _ = practice.new_client("second", "Bea")
    moved, stays = practice.book(client_id, coming(5)), practice.book(client_id, coming(6))
    practice.book(other, coming(6), "second")
    path = f"/clients/{client_id}/staff/{practice.staff_ids['therapist']}"
    wait_until(lambda: is_refused(practice, path), 20, "the counts at clients")
    page = window(desk, practice, "manager").open(f"/clients/{client_id}/details")
    page.get_by_role("region", name="Care team").get_by_role("button", name="Take off").click()
    table = page.get_by_role("region", name="Open work by kind")
    expect(table.get_by_role("row").filter(has_text="Coming appointments")).to_contain_text("2")

    page.get_by_role("button", name="Move what is ticked").click()
    expect(page.get_by_text("Choose who takes over.")).to_be_visible()
    page.get_by_label("Who takes over").select_option("Second Staff")
    page.get_by_role("button", name="Move all").click()
    expect(page.get_by_text("1 item moved, 1 item stayed.")).to_be_visible()
    expect(page.get_by_text("The clinician has an appointment at that time.")).to_be_visible()
    assert practice.owner.get(f"/appointments/{moved}")["staff_id"] == practice.staff_ids["second"]

    page.get_by_role("button", name="Take Therapist Staff off").click()
    expect(page.get_by_text("Tick that it stays open, or hand it over first.")).to_be_visible()
    page.get_by_label("Leave the open work as it is").check()
    page.get_by_role("button", name="Take Therapist Staff off").click()
    expect(page.get_by_text("They are off the client and all cases.")).to_be_visible()
    assert practice.owner.get(f"/appointments/{stays}")["staff_id"] == practice.staff_ids["therapist"]
