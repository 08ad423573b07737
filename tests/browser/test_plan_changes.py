"""What a treatment plan changed of the one before it, in the chart."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from embedded.stack import Stack
from tests.browser.conftest import PHONE
from tests.practice import Practice

FIRST: dict[str, Any] = {
    "description": "Worries most of the day.",
    "goals": [
        {
            "description": "Feel calm on most days.",
            "objectives": [
                {
                    "description": "Sleep six hours a night.",
                    "measure": "Hours in the sleep log.",
                    "interventions": [{"description": "Cognitive behavioral therapy", "frequency": "weekly"}],
                }
            ],
        },
        {"description": "Drive to work alone.", "objectives": []},
    ],
}
SECOND: dict[str, Any] = {
    "description": "Worries most of the day.",
    "goals": [
        {
            "description": "Feel calm on most days.",
            "objectives": [
                {
                    "description": "Sleep seven hours a night.",
                    "measure": "Hours in the sleep log.",
                    "interventions": [{"description": "Cognitive behavioral therapy", "frequency": "every two weeks"}],
                }
            ],
        },
        {"description": "Return to the choir.", "objectives": []},
    ],
}


def signed(practice: Practice, case_id: str, begins: str, problem: Any) -> str:
    """The id of a plan that is signed."""
    body = {"effective_from": begins, "problems": [problem]}
    plan_id = practice.people["therapist"].post(f"/cases/{case_id}/treatment-plans", body)["id"]
    practice.people["therapist"].post(f"/treatment-plans/{plan_id}/sign", expect=200)
    return str(plan_id)


@pytest.fixture(scope="module")
def revised(embedded_stack: Stack) -> tuple[Practice, str, list[str]]:
    """A practice, and a client of it with three signed plans."""
    practice = Practice(embedded_stack.url)
    client_id, case_id = practice.new_client()
    revisions = (("2026-01-01", FIRST), ("2026-04-01", SECOND), ("2026-07-01", SECOND))
    return practice, client_id, [signed(practice, case_id, begins, problem) for begins, problem in revisions]


@pytest.mark.parametrize("look", [(), (PHONE, "dark")], ids=["desk", "phone"])
def test_what_changed_reads_without_colour(desk: Any, revised: tuple[Practice, str, list[str]], look: Any) -> None:
    practice, client_id, _ = revised
    at = desk(*look).sign_in(practice.email("therapist"))
    page = at.open(f"/clients/{client_id}/plan")
    assert page.get_by_role("link", name="What changed").count() == 2  # nothing is before the first
    page.get_by_role("link", name="What changed with the plan from Wed, Apr 1").click()
    changes = page.get_by_role("region", name="What changed")
    expect(changes).to_contain_text("1 added, 1 taken away, 4 changed")
    for words in (
        "Was: Plan from Thu, Jan 1, 2026",
        "In force from was: Thu, Jan 1, 2026",
        "Objective: changed",
        "Objective was: Sleep six hours a night.",
        "Objective is now: Sleep seven hours a night.",
        "How often was: weekly",
        "How often is now: every two weeks",
        "Goal, taken away: Drive to work alone.",
        "Goal: added",
        "Goal: Return to the choir.",
    ):
        expect(changes).to_contain_text(words)
    assert changes.locator("del").all_inner_texts().count("six") == 1
    assert changes.locator("ins").all_inner_texts().count("seven") == 1
    assert "Ada" not in page.title()
    assert at.findings() == []
    assert not at.scrolls_sideways()


def test_any_two_signed_plans_are_compared(desk: Any, revised: tuple[Practice, str, list[str]]) -> None:
    practice, client_id, ids = revised
    at = desk().sign_in(practice.email("therapist"))
    page = at.open(f"/clients/{client_id}/plan/{ids[2]}/changes")
    expect(page.get_by_role("region", name="What changed")).not_to_contain_text("added")
    page.get_by_role("region", name="Compare with").get_by_role("link", name="Plan from Thu, Jan 1, 2026").click()
    expect(page.get_by_role("region", name="What changed")).to_contain_text("Return to the choir.")
    page = at.open(f"/clients/{client_id}/plan/{ids[0]}/changes?with={ids[1]}")
    expect(page.get_by_text("Goal, taken away: Drive to work alone.")).to_be_visible()  # the earlier one comes first
    page = at.open(f"/clients/{client_id}/plan/{ids[0]}/changes?with=nothing")
    expect(page.get_by_text("Is now: Plan from Wed, Apr 1, 2026")).to_be_visible()


def test_only_signed_plans_of_that_client_are_compared(desk: Any, revised: tuple[Practice, str, list[str]]) -> None:
    practice, client_id, ids = revised
    other_client, case_id = practice.new_client(given_name="Nora")
    only = signed(practice, case_id, "2026-01-01", FIRST)
    at = desk().sign_in(practice.email("therapist"))
    for path in (f"/clients/{other_client}/plan/{ids[1]}/changes", f"/clients/{other_client}/plan/{only}/changes"):
        page = at.open(path)
        expect(page).to_have_url(f"{at.url}/clients/{other_client}/plan")
        expect(page.get_by_text("Return to the choir.")).to_have_count(0)
    draft = {"effective_from": "2026-10-01", "problems": [FIRST]}
    client_case = practice.people["therapist"].get(f"/clients/{client_id}/cases")["items"][0]["id"]
    draft_id = practice.people["therapist"].post(f"/cases/{client_case}/treatment-plans", draft)["id"]
    at.open(f"/clients/{client_id}/plan/{draft_id}/changes")
    expect(at.page).to_have_url(f"{at.url}/clients/{client_id}/plan")


def test_who_may_not_read_plans_compares_none(desk: Any, revised: tuple[Practice, str, list[str]]) -> None:
    practice, client_id, ids = revised
    practice.add("stranger", "therapist")
    for person, status in (("desk", 403), ("biller", 403), ("stranger", 404)):
        assert practice.staff_ids[person]
        at = desk().sign_in(practice.email(person))
        response = at.page.goto(f"{at.url}/clients/{client_id}/plan/{ids[1]}/changes")
        assert response.status == status, person
        expect(at.page.get_by_text("Return to the choir.")).to_have_count(0)
