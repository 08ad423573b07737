"""The chart of one client: its head, its tabs by permission, and what a title may say."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import expect

from tests.practice import Practice

HOSTILE = "<script>document.title='taken'</script>\"'><img src=x onerror=alert(1)>"
RIGHT_TO_LEFT = "שלום بن"


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
