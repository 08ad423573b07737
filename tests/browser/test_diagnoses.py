"""The diagnoses of a case in the chart: their order, their last day, and what was entered in error."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from playwright.sync_api import Page, expect

from shared import clock
from tests.browser.conftest import PHONE
from tests.practice import Practice

REASON = "It belongs to another client."


def diagnosed(practice: Practice) -> tuple[str, str, list[str]]:
    """A client with a case of three diagnoses; their ids, the primary one's first."""
    client_id, case_id = practice.new_client()
    therapist = practice.people["therapist"]
    added = [
        therapist.post(f"/cases/{case_id}/diagnoses", {"code": code, "rank": rank, "effective_from": "2026-01-01"})
        for rank, code in enumerate(("F41.1", "F33.1", "F43.10"), start=1)
    ]
    return client_id, case_id, [diagnosis["id"] for diagnosis in added]


def in_force(page: Page, *codes: str) -> None:
    """Wait until the page shows these codes in force, in this order."""
    names = page.get_by_role("list", name="Diagnoses in force").locator("b")
    expect(names).to_have_text([re.compile(rf"^{re.escape(code)}\b") for code in codes])


def test_the_order_changes_by_keyboard_and_the_focus_stays(desk: Any, web_practice: Practice) -> None:
    client_id, case_id, _ = diagnosed(web_practice)
    at = desk().sign_in(web_practice.email("therapist"))
    page = at.open(f"/clients/{client_id}/cases")
    in_force(page, "F41.1", "F33.1", "F43.10")
    assert at.findings() == []
    page.get_by_role("button", name="Move F43.10 up").press("Enter")
    expect(page.get_by_text("The order of the diagnoses is changed.")).to_be_visible()
    in_force(page, "F41.1", "F43.10", "F33.1")
    expect(page.get_by_role("button", name="Move F43.10 up")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Move F43.10 up")).to_have_count(0)
    in_force(page, "F43.10", "F41.1", "F33.1")
    expect(page.get_by_role("button", name="Move F43.10 down")).to_be_focused()
    listed = web_practice.people["therapist"].get(f"/cases/{case_id}/diagnoses")["items"]
    assert [(diagnosis["code"], diagnosis["rank"]) for diagnosis in listed] == [
        ("F43.10", 1),
        ("F41.1", 2),
        ("F33.1", 3),
    ]


def test_a_diagnosis_is_ended_and_what_is_wrong_keeps_what_was_typed(desk: Any, web_practice: Practice) -> None:
    client_id, case_id, ids = diagnosed(web_practice)
    at = desk().sign_in(web_practice.email("therapist"))
    page = at.open(f"/clients/{client_id}/cases")
    page.get_by_role("button", name="End F33.1").click()
    last = page.get_by_role("dialog", name="End F33.1").get_by_label("Last day")
    today = clock.today("America/New_York")
    expect(last).to_have_value(today.isoformat())
    last.fill("2025-12-31")
    page.get_by_role("button", name="End diagnosis").click()
    expect(page.get_by_text("It ends before it begins.")).to_be_visible()
    expect(last).to_be_focused()
    expect(last).to_have_value("2025-12-31")
    assert at.findings() == []
    last.fill("2026-03-31")
    page.get_by_role("button", name="End diagnosis").click()
    expect(page.get_by_text("The last day of the diagnosis is saved.")).to_be_visible()
    expect(page.get_by_role("list", name="Ended diagnoses")).to_contain_text("F33.1")
    in_force(page, "F41.1", "F43.10")
    page.get_by_role("button", name="Move F43.10 up").click()
    in_force(page, "F43.10", "F41.1")
    page.get_by_role("button", name="Change the last day of F33.1").click()
    again = page.get_by_role("dialog", name="Change the last day of F33.1")
    again.get_by_label("Last day").fill("")
    again.get_by_role("button", name="Save last day").click()
    expect(page.get_by_role("list", name="Ended diagnoses")).to_have_count(0)
    in_force(page, "F43.10", "F33.1", "F41.1")
    listed = web_practice.people["therapist"].get(f"/cases/{case_id}/diagnoses")["items"]
    assert next(diagnosis for diagnosis in listed if diagnosis["id"] == ids[1])["effective_to"] is None


def test_the_first_that_is_left_becomes_the_primary_one(desk: Any, web_practice: Practice) -> None:
    client_id, case_id, ids = diagnosed(web_practice)
    therapist = web_practice.people["therapist"]
    yesterday = (clock.today("America/New_York") - timedelta(days=1)).isoformat()
    therapist.patch(f"/cases/{case_id}/diagnoses/{ids[0]}", {"effective_to": yesterday})
    page = desk().sign_in(web_practice.email("therapist")).open(f"/clients/{client_id}/cases")
    page.get_by_role("button", name="Make F33.1 the primary one").click()
    refused = page.get_by_role("alert")
    expect(refused).to_contain_text("There is a primary diagnosis in that time already.")
    expect(refused).to_contain_text("end this diagnosis and add it again")
    expect(refused).to_be_focused()
    therapist.patch(f"/cases/{case_id}/diagnoses/{ids[0]}", {"entered_in_error": {"reason": REASON}})
    page.get_by_role("button", name="Make F33.1 the primary one").click()
    expect(page.get_by_text("The order of the diagnoses is changed.")).to_be_visible()
    expect(page.get_by_role("list", name="Diagnoses in force")).to_contain_text("Primary, from Thu, Jan 1, 2026")


def test_what_was_entered_in_error_is_kept_with_who_when_and_why(desk: Any, web_practice: Practice) -> None:
    client_id, _, _ = diagnosed(web_practice)
    at = desk(PHONE, "dark").sign_in(web_practice.email("therapist"))
    page = at.open(f"/clients/{client_id}/cases")
    page.get_by_role("button", name="F41.1 was entered in error").click()
    dialog = page.get_by_role("dialog", name="Was F41.1 entered in error?")
    expect(dialog).to_contain_text("This cannot be taken back.")
    dialog.get_by_role("button", name="Strike out").click()
    expect(dialog.get_by_label("Why")).to_be_focused()
    assert at.findings() == []
    dialog.get_by_label("Why").fill(f"  {REASON}\n<b>Sorry.</b>  ")
    dialog.get_by_role("button", name="Strike out").click()
    expect(page.get_by_text("The diagnosis is struck out.")).to_be_visible()
    struck_out = page.get_by_role("list", name="Diagnoses entered in error")
    expect(struck_out).to_contain_text("F41.1 Generalized anxiety disorder")
    expect(struck_out).to_contain_text("Therapist Staff, Today")
    expect(struck_out).to_contain_text(f"{REASON}\n<b>Sorry.</b>")
    in_force(page, "F33.1", "F43.10")
    assert not at.scrolls_sideways()
    assert at.findings() == []


def test_what_somebody_else_changed_meanwhile_is_not_overwritten(desk: Any, web_practice: Practice) -> None:
    client_id, case_id, ids = diagnosed(web_practice)
    page = desk().sign_in(web_practice.email("therapist")).open(f"/clients/{client_id}/cases")
    path = f"/cases/{case_id}/diagnoses/{ids[0]}"
    web_practice.people["therapist"].patch(path, {"effective_to": "2030-01-31"})
    page.get_by_role("button", name="F41.1 was entered in error").click()
    dialog = page.get_by_role("dialog", name="Was F41.1 entered in error?")
    dialog.get_by_label("Why").fill(REASON)
    dialog.get_by_role("button", name="Strike out").click()
    expect(dialog.get_by_role("alert")).to_be_focused()
    expect(dialog.get_by_label("Why")).to_have_value(REASON)
    expect(page.get_by_role("list", name="Diagnoses in force")).to_contain_text("to Thu, Jan 31, 2030")
    assert web_practice.people["therapist"].get(path)["entered_in_error_at"] is None


def test_a_closed_case_is_corrected_and_takes_nothing_new(desk: Any, web_practice: Practice) -> None:
    client_id, case_id, _ = diagnosed(web_practice)
    web_practice.people["therapist"].patch(f"/cases/{case_id}", {"status": "closed"})
    page = desk().sign_in(web_practice.email("therapist")).open(f"/clients/{client_id}/cases")
    expect(page.get_by_role("link", name="Add diagnosis")).to_have_count(0)
    page.get_by_role("button", name="End F33.1").click()
    page.get_by_role("button", name="End diagnosis").click()
    expect(page.get_by_text("The last day of the diagnosis is saved.")).to_be_visible()


def test_who_has_no_part_in_a_case_corrects_no_diagnosis_of_it(desk: Any, web_practice: Practice) -> None:
    """Neither somebody without the permission nor a therapist who is not on the case."""
    practice = Practice(web_practice.url)
    client_id, case_id, ids = diagnosed(practice)
    practice.add("stranger", "therapist")
    for person, status in (("desk", 403), ("stranger", 404)):
        assert practice.staff_ids[person]
        at = desk().sign_in(practice.email(person))
        page = at.open("/account")
        csrf = page.locator("input[name=csrf]").first.input_value()
        for correction in ("rank", "end", "error"):
            path = f"/clients/{client_id}/cases/{case_id}/diagnoses/{ids[0]}/{correction}"
            form = {"csrf": csrf, "rank": "5", "effective_to": "2026-05-05", "entered_in_error.reason": "x"}
            response = page.request.post(at.url + path, form=form, headers={"Origin": at.url})
            assert response.status == status, (person, correction)
    stored = practice.people["therapist"].get(f"/cases/{case_id}/diagnoses")["items"][0]
    assert (stored["rank"], stored["effective_to"], stored["entered_in_error_at"]) == (1, None, None)
