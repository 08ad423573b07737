"""The intake of a client in the browser: diagnosis by words, the plan, signing; cases and plan in the chart."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import expect

from tests.practice import Practice


def test_a_therapist_completes_an_intake(desk: Any, web_practice: Practice) -> None:
    """Story 20, first half: a primary diagnosis, a second one, refusals beside the inputs, a plan that is signed."""
    practice = Practice(web_practice.url)
    client_id, case_id = practice.new_client()
    at = desk().sign_in(practice.email("therapist"))
    page = at.open(f"/intake/{client_id}")
    assert "Ada" not in page.title()
    page.get_by_role("link", name="Go on to the diagnosis").click()
    words = page.get_by_label("Code or words (ICD-10-CM)")
    words.press_sequentially("generalized anx", delay=20)
    option = page.get_by_role("option", name="F41.1 Generalized anxiety disorder")
    expect(option).to_be_visible()
    assert at.findings() == []
    words.press("Enter")
    expect(words).to_have_value("F41.1 Generalized anxiety disorder")
    page.get_by_label("Since").fill("2026-10-01")
    page.get_by_role("button", name="Add diagnosis").click()
    expect(page.get_by_text("The diagnosis is added.")).to_be_visible()
    expect(page.get_by_text("Primary, from Thu, Oct 1, 2026")).to_be_visible()
    words.fill("F33.1")
    page.get_by_role("option", name="F33.1").click()
    expect(page.get_by_label("Place in the order")).to_have_value("2")
    page.get_by_label("Place in the order").fill("1")
    page.get_by_role("button", name="Add diagnosis").click()
    expect(page.get_by_label("Place in the order")).to_be_focused()  # there is a primary one
    page.get_by_label("Place in the order").fill("2")
    words.fill("Z999.99")
    page.get_by_role("button", name="Add diagnosis").click()
    expect(words).to_be_focused()
    words.fill("F33.1")
    page.get_by_role("option", name="F33.1").click()
    page.get_by_role("button", name="Add diagnosis").click()
    expect(page.locator(".tasks")).to_contain_text("F33.1")
    listed = practice.people["therapist"].get(f"/cases/{case_id}/diagnoses")["items"]
    assert [(diagnosis["code"], diagnosis["rank"]) for diagnosis in listed] == [("F41.1", 1), ("F33.1", 2)]

    page.get_by_role("navigation", name="Steps of the intake").get_by_role("link", name="Plan").click()
    page.get_by_role("textbox", name="Problem").fill("Worries most of the day.")
    page.get_by_role("textbox", name="Goal").fill("Feel calm on most days.")
    page.get_by_role("button", name="Save and review").click()
    page.get_by_role("button", name="Sign plan").click()
    expect(page.get_by_text("The plan has no objective yet.")).to_be_visible()
    page.get_by_role("link", name="Change it").click()
    page.get_by_role("textbox", name="Objective").first.fill("Sleeps through the night.")
    page.get_by_label("How to tell that it is reached").first.fill("Hours in the sleep log.")
    page.get_by_label("What is done").first.fill("Cognitive behavioral therapy")
    page.get_by_label("How often").first.fill("weekly")
    page.get_by_role("button", name="Save and review").click()
    expect(page.get_by_text("Cognitive behavioral therapy, weekly")).to_be_visible()
    assert at.findings() == []
    begin_another_plan(practice, case_id)
    page.get_by_role("button", name="Sign plan").click()
    expect(page.get_by_text("Another plan was begun or signed meanwhile.")).to_be_visible()
    page.get_by_role("button", name="Sign plan").click()  # what is shown now
    expect(page.get_by_text("The plan is signed.")).to_be_visible()
    expect(page.get_by_text("Sleeps seven hours.")).to_be_visible()
    plan = practice.people["therapist"].get(f"/cases/{case_id}/treatment-plans")["items"][0]
    assert plan["status"] == "signed"
    page.get_by_role("link", name="Revise").click()
    expect(page.get_by_role("textbox", name="Problem").first).to_have_value("Worries most of the day.")


def begin_another_plan(practice: Practice, case_id: str) -> None:
    """Elsewhere the draft is discarded, and one that looks alike is begun."""
    therapist = practice.people["therapist"]
    draft = therapist.get(f"/cases/{case_id}/treatment-plans")["items"][0]
    therapist.post(f"/treatment-plans/{draft['id']}/discard", {"reason": "Begun anew."}, expect=200)
    goal = {"description": "Feel calm on most days.", "objectives": [{"description": "Sleeps seven hours."}]}
    problems = [{"description": "Worries most of the day.", "goals": [goal]}]
    plan = {"effective_from": draft["effective_from"], "problems": problems}
    therapist.post(f"/cases/{case_id}/treatment-plans", plan)


def test_cases_are_opened_and_closed_in_the_chart(desk: Any, web_practice: Practice) -> None:
    practice = Practice(web_practice.url)
    client_id, case_id = practice.new_client()
    note_id = practice.draft_note(practice.book(client_id, "2026-02-05T09:00"), client_id)
    at = desk().sign_in(practice.email("therapist"))
    page = at.open(f"/clients/{client_id}/cases")
    assert at.findings() == []
    assert page.locator(f"a[href='/notes/{note_id}']").count() == 1
    page.get_by_role("button", name="Open case").click()
    expect(page.get_by_label("What it is about")).to_be_focused()
    page.get_by_label("What it is about").fill("Couples therapy")
    page.get_by_role("button", name="Open case").click()
    expect(page.get_by_role("heading", name="Couples therapy")).to_be_visible()
    page.get_by_role("button", name="Close case").click()
    closing = page.get_by_role("dialog", name="Close this case")
    closing.get_by_label("Reason").select_option("Another reason")
    closing.get_by_role("button", name="Close case").click()
    expect(closing.get_by_label("In your words")).to_be_focused()  # another reason than those says which
    expect(closing.get_by_label("Reason")).to_have_value("other")
    assert at.findings() == []
    closing.get_by_label("In your words").fill("They moved to <b>Ohio</b>.")
    closing.get_by_role("button", name="Close case").click()
    expect(page.get_by_text("The case is closed.")).to_be_visible()
    page.get_by_role("button", name="Reopen case").click()
    page.get_by_role("dialog", name="Reopen this case").get_by_role("button", name="Reopen case").click()
    expect(page.get_by_role("button", name="Close case")).to_be_visible()
    history = page.get_by_role("list", name="When the case was closed and opened again").get_by_role("listitem")
    expect(history.first).to_contain_text("Opened again")
    expect(history.last).to_contain_text("Closed: another reason")
    expect(history.last).to_contain_text("Therapist Staff")
    expect(history.last).to_contain_text("They moved to <b>Ohio</b>.")
    assert at.findings() == []
    assert {case["name"] for case in practice.people["therapist"].get(f"/clients/{client_id}/cases")["items"]} == {
        "Individual",
        "Couples therapy",
    }
    assert case_id


def test_who_may_open_an_intake(desk: Any, web_practice: Practice) -> None:
    client_id, _ = web_practice.new_client()
    for person in ("desk", "biller"):
        assert web_practice.staff_ids[person]
        at = desk().sign_in(web_practice.email(person))
        for path in (
            f"/intake/{client_id}",
            f"/intake/{client_id}/plan",
            f"/clients/{client_id}/cases",
            f"/clients/{client_id}/plan",
        ):
            assert at.page.goto(at.url + path).status == 403
