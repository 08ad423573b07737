"""Invoices in the browser: the biller's day from drafts to void, what is held, double clicks, and who may."""

from __future__ import annotations

from typing import Any

import requests
from playwright.sync_api import expect

from shared.testing.waiting import wait_until
from tests.browser.money import issued, paid, practice_with_drafts
from tests.practice import Practice


def test_a_billers_day_all_drafts_are_issued_but_what_is_held(desk: Any, web_practice: Practice) -> None:
    """Three drafts, one of them held: the others are issued one after the other, each with its result (J4)."""
    practice, _, drafts = practice_with_drafts(web_practice.url, (55, 56, 20))
    at = desk().sign_in(practice.email("biller"))
    page = at.open("/invoices")
    expect(page.get_by_role("link", name="Drafts 3")).to_have_attribute("aria-current", "page")
    expect(page.get_by_role("link", name="Held 1")).to_be_visible()
    expect(page.get_by_text("2 drafts are ready to issue, $300.00.")).to_be_visible()
    expect(page.get_by_text("does not fit").or_(page.get_by_text("minutes"))).not_to_have_count(0)
    assert page.title() == "Invoices, drafts · Caseload"
    page.get_by_label("All drafts").check()
    expect(page.get_by_role("checkbox", checked=True)).to_have_count(4)
    page.get_by_role("button", name="Issue what is ticked").click()

    expect(page.get_by_role("heading", name="1 draft is held")).to_be_visible()
    expect(page.get_by_role("heading", name="2 drafts are ready")).to_be_visible()
    assert at.findings() == []
    page.get_by_role("button", name="Issue 2 invoices").click()
    expect(page.get_by_text("2 of 2, 2 issued.")).to_be_visible()
    expect(page.get_by_text("Issued as")).to_have_count(2)
    assert at.findings() == []
    page.get_by_role("link", name="See open invoices").click()
    expect(page.get_by_role("row")).to_have_count(3)
    states = {draft["id"]: practice.owner.get(f"/invoices/{draft['id']}")["status"] for draft in drafts}
    assert sorted(states.values()) == ["draft", "open", "open"]


def test_one_that_was_changed_meanwhile_is_told_and_the_others_are_issued(desk: Any, web_practice: Practice) -> None:
    """A partial failure says which and why."""
    practice, _, drafts = practice_with_drafts(web_practice.url, (55, 56))
    page = desk().sign_in(practice.email("biller")).open("/invoices")
    page.get_by_role("button", name="Issue what is ticked").click()
    expect(page.get_by_role("button", name="Issue 2 invoices")).to_be_visible()
    practice.owner.patch(f"/invoices/{drafts[0]['id']}", {"memo": "For the employer."})
    page.get_by_role("button", name="Issue 2 invoices").click()
    expect(page.get_by_text("2 of 2, 1 issued.")).to_be_visible()
    expect(page.get_by_text("Not issued. It was changed meanwhile. Look at it, then issue it.")).to_be_visible()
    assert practice.owner.get(f"/invoices/{drafts[0]['id']}")["status"] == "draft"
    assert practice.owner.get(f"/invoices/{drafts[1]['id']}")["status"] == "open"


def test_many_are_issued_without_scripts_too(desk: Any, web_practice: Practice) -> None:
    practice, _, drafts = practice_with_drafts(web_practice.url, (55, 56))
    page = desk(java_script_enabled=False).sign_in(practice.email("biller")).open("/invoices")
    page.get_by_role("button", name="Issue what is ticked").click()
    page.get_by_role("button", name="Issue 2 invoices").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("2 invoices issued")
    assert {practice.owner.get(f"/invoices/{draft['id']}")["status"] for draft in drafts} == {"open"}
    page.get_by_role("link", name="Back to drafts").click()
    expect(page.get_by_role("heading", name="Nothing to issue")).to_be_visible()


def test_a_draft_is_changed_issued_once_and_voided(desk: Any, web_practice: Practice) -> None:
    """Story 37: with 50.00 paid it is voided with a reason; number kept, 50.00 is credit, session free."""
    practice, client_id, drafts = practice_with_drafts(web_practice.url)
    path = f"/invoices/{drafts[0]['id']}"
    at = desk().sign_in(practice.email("biller"))
    page = at.open(path)
    page.get_by_label("Text for the client").fill("Thank you.")
    page.get_by_label("Due", exact=False).first.fill("2026-12-24")
    page.get_by_role("button", name="Save draft").click()
    expect(page.get_by_text("Saved.", exact=True)).to_be_visible()
    expect(page.locator(".paper")).to_contain_text("Thank you.")
    expect(page.locator(".paper")).to_contain_text("Dec 24, 2026")

    page.get_by_role("button", name="Issue invoice").first.click()
    page.get_by_role("dialog").get_by_role("button", name="Issue invoice").dblclick()
    expect(page.get_by_text("The invoice is issued.")).to_be_visible()
    number = practice.owner.get(path)["number"]
    expect(page.get_by_role("heading", level=1)).to_have_text(number)
    assert len(practice.owner.get(f"/clients/{client_id}/ledger")["entries"]) == 1
    assert at.findings() == []

    paid(practice, client_id, 5_000)
    page.reload()
    expect(page.get_by_text("$50.00 paid")).to_be_visible()
    page.get_by_role("button", name="Void invoice").first.click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("$50.00 that was paid becomes the client’s credit.")
    dialog.get_by_role("button", name="Void invoice").click()
    expect(dialog.get_by_label("Reason")).to_have_attribute("aria-invalid", "true")
    assert at.findings() == []
    dialog.get_by_label("Reason").fill("Billed to the wrong client.")
    dialog.get_by_text("Draft the session again").click()
    dialog.get_by_role("button", name="Void invoice").click()
    expect(page.get_by_text("It is void. The session stands among those not billed.")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_have_text(number)
    expect(page.locator(".paper")).to_contain_text("Void")
    expect(page.get_by_text("Billed to the wrong client.")).to_be_visible()
    expect(page.get_by_role("button", name="Void invoice")).to_have_count(0)
    assert practice.owner.get(f"/clients/{client_id}/ledger")["credit_cents"] == 5_000

    at.open("/invoices")
    expect(page.get_by_text("1 session is not billed.")).to_be_visible()
    page.get_by_role("link", name="See these sessions").click()
    expect(page.get_by_text("Billed to the wrong client.")).to_be_visible()
    page.get_by_role("button", name="Draft again").click()
    expect(page.get_by_text("The session is drafted again.")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_have_text("Draft invoice")
    at.open(path)
    page.get_by_role("link", name="The new draft of the session").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Draft invoice")


def test_credit_is_applied_by_hand(desk: Any, web_practice: Practice) -> None:
    """Story 30, its end: credit of 60.00 lies on the next invoice of 150.00, which leaves 90.00."""
    practice, client_id, drafts = practice_with_drafts(web_practice.url)
    paid(practice, client_id, 6_000)
    invoice = issued(practice, drafts[0])
    at = desk().sign_in(practice.email("biller"))
    page = at.open(f"/invoices/{invoice['id']}")
    page.get_by_label("Credit to apply, in dollars").fill("70")
    page.get_by_role("button", name="Apply credit").click()
    expect(page.get_by_role("alert").or_(page.locator(".error"))).not_to_have_count(0)
    expect(page.get_by_label("Credit to apply, in dollars")).to_have_value("70")
    page.get_by_label("Credit to apply, in dollars").fill("")
    page.get_by_role("button", name="Apply credit").click()
    expect(page.get_by_text("The credit is applied.")).to_be_visible()
    expect(page.locator(".paper .due")).to_contain_text("$90.00")
    assert practice.owner.get(f"/invoices/{invoice['id']}")["client_due_cents"] == 9_000


def test_a_held_draft_is_issued_with_a_reason_by_administration_alone(desk: Any, web_practice: Practice) -> None:
    practice, _, drafts = practice_with_drafts(web_practice.url, (20,))
    path = f"/invoices/{drafts[0]['id']}"
    page = desk().sign_in(practice.email("biller")).open(path)
    page.get_by_role("button", name="Issue invoice").first.click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Administration may issue it with a reason.")
    dialog.get_by_role("button", name="Issue invoice").click()
    expect(dialog.get_by_role("alert")).to_be_visible()
    assert practice.owner.get(path)["status"] == "draft"

    page = desk().sign_in(practice.email("owner")).open(path)
    page.get_by_role("button", name="Issue invoice").first.click()
    page.get_by_label("Reason to issue it all the same").fill("A short session, agreed with the client.")
    page.get_by_role("dialog").get_by_role("button", name="Issue invoice").click()
    expect(page.get_by_text("The invoice is issued.")).to_be_visible()
    expect(page.get_by_text("A short session, agreed with the client")).to_be_visible()


def test_an_amendment_after_issue_is_reviewed_and_accepted(desk: Any, web_practice: Practice) -> None:
    """Story 27: 60 minutes become 45 of a cheaper service; the client had paid, so the difference is credit."""
    practice, client_id, drafts = practice_with_drafts(web_practice.url)
    shorter = {"name": "Psychotherapy 45", "kind": "cpt", "code": "90834", "rate_cents": 12_000, "duration_minutes": 45}
    shorter_id = practice.owner.post("/service-types", shorter)["id"]
    invoice = issued(practice, drafts[0])
    paid(practice, client_id, 15_000)
    notes = practice.people["therapist"].get(f"/cases/{_case(practice, client_id)}/notes")["items"]
    body = {"reason": "Stopped earlier.", "minutes": 45, "service_type_id": shorter_id}
    practice.people["therapist"].post(f"/notes/{notes[0]['id']}/amendments", body)
    at = desk().sign_in(practice.email("biller"))
    page = at.open("/invoices?tab=held")
    expect(page.get_by_text("Amended", exact=True)).to_be_visible()
    page.get_by_role("link", name=invoice["number"]).click()
    expect(page.get_by_role("heading", name="The note was amended after issue")).to_be_visible()
    page.get_by_role("button", name="Review").click()
    page.get_by_role("dialog").get_by_role("button", name="Accept").click()
    expect(page.get_by_text("The amendment is accepted.")).to_be_visible()
    expect(page.locator(".paper .lines")).to_contain_text("90834")
    ledger = practice.owner.get(f"/clients/{client_id}/ledger")
    assert [entry["amount_cents"] for entry in ledger["entries"]] == [15_000, -15_000, -15_000, 12_000]
    assert ledger["credit_cents"] == 3_000


def _case(practice: Practice, client_id: str) -> str:
    return str(practice.people["therapist"].get(f"/clients/{client_id}/cases")["items"][0]["id"])


def test_an_invoice_prints_its_paper_alone(desk: Any, web_practice: Practice) -> None:
    practice, _, drafts = practice_with_drafts(web_practice.url)
    invoice = issued(practice, drafts[0])
    at = desk(scheme="dark").sign_in(practice.email("biller"))
    page = at.open(f"/invoices/{invoice['id']}")
    page.emulate_media(media="print")
    expect(page.locator(".paper")).to_be_visible()
    for hidden in (page.get_by_role("heading", level=1), page.locator("aside"), page.locator(".nav")):
        expect(hidden).to_be_hidden()
    seen = page.evaluate("getComputedStyle(document.querySelector('.paper')).backgroundColor")
    assert seen == "rgb(255, 255, 255)"
    assert page.pdf().count(b"/Type /Page\n") == 1


def test_an_invoice_is_found_by_its_number_and_day(desk: Any, web_practice: Practice) -> None:
    practice, _, drafts = practice_with_drafts(web_practice.url, (55, 56))
    first, second = (issued(practice, draft) for draft in drafts)
    page = desk().sign_in(practice.email("biller")).open("/invoices")
    page.get_by_label("Number").fill(second["number"])
    page.get_by_role("button", name="Find").click()
    expect(page.get_by_role("link", name=second["number"])).to_be_visible()
    expect(page.get_by_role("link", name=first["number"], exact=True)).to_have_count(0)
    page.get_by_role("link", name="Open").first.click()
    page.get_by_label("Issued from").fill("2099-01-01")
    page.get_by_role("button", name="Find").click()
    expect(page.get_by_role("heading", name="No invoice matches")).to_be_visible()
    page.get_by_role("link", name="Show all").first.click()
    expect(page.get_by_role("row")).to_have_count(3)


def test_what_no_box_of_ours_posts_issues_nothing(desk: Any, web_practice: Practice) -> None:
    practice, _, drafts = practice_with_drafts(web_practice.url)
    draft_id = drafts[0]["id"]
    at = desk().sign_in(practice.email("biller"))
    page = at.open("/invoices")
    token = page.locator("meta[name=csrf]").get_attribute("content")
    cookies = {cookie["name"]: cookie["value"] for cookie in page.context.cookies()}
    headers = {"Origin": at.url}
    for value in (draft_id, f"{draft_id}:", f"{draft_id}:1\r\nX-Level: owner", "nothing:1", ""):
        data = {"csrf": token, "invoice": value, "seen": "on"}
        response = requests.post(f"{at.url}/invoices/issue", data=data, cookies=cookies, headers=headers, timeout=10)
        assert response.status_code == 200 and "Tick the drafts to issue" in response.text, value
    assert practice.owner.get(f"/invoices/{draft_id}")["status"] == "draft"


def test_home_tells_what_waits_for_who_reads_invoices(desk: Any, web_practice: Practice) -> None:
    practice, _, _ = practice_with_drafts(web_practice.url, (55, 20))
    page = desk().sign_in(practice.email("biller")).open("/home")
    expect(page.get_by_text("2 draft invoices")).to_be_visible()
    expect(page.get_by_text("All done")).to_have_count(0)
    page.get_by_role("link", name="Settle: 1 held invoice").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Invoices")
    expect(page.get_by_role("row")).to_have_count(2)
    page = desk().sign_in(practice.email("therapist")).open("/home")
    expect(page.get_by_text("draft invoices")).to_have_count(0)


def test_who_may_not_see_money_has_no_pages_of_it(desk: Any, web_practice: Practice) -> None:
    """Default and Therapist have none; an invoice of another practice is not there."""
    practice, _, drafts = practice_with_drafts(web_practice.url)
    paths = ("/invoices", "/invoices/unbilled", f"/invoices/{drafts[0]['id']}")
    for person in ("desk", "therapist"):
        assert practice.staff_ids[person]
        at = desk().sign_in(practice.email(person))
        for path in paths:
            response = at.page.goto(at.url + path)
            assert response.status == 403, (person, path)
        at.open("/home")
        expect(at.page.get_by_role("link", name="Invoices")).to_have_count(0)
    stranger = Practice(web_practice.url)
    at = desk().sign_in(stranger.email("owner"))
    assert at.page.goto(at.url + paths[2]).status == 404


def test_what_is_posted_without_the_forms_token_changes_nothing(desk: Any, web_practice: Practice) -> None:
    practice, _, drafts = practice_with_drafts(web_practice.url)
    at = desk().sign_in(practice.email("biller"))
    at.open("/invoices")
    cookies = {cookie["name"]: cookie["value"] for cookie in at.page.context.cookies()}
    headers = {"Origin": at.url}
    for path in ("issue", "void", "credit"):
        address = f"{at.url}/invoices/{drafts[0]['id']}/{path}"
        response = requests.post(address, data={"reason": "x"}, cookies=cookies, headers=headers, timeout=10)
        assert response.status_code == 403
    assert practice.owner.get(f"/invoices/{drafts[0]['id']}")["status"] == "draft"


def test_a_part_is_written_off_up_to_the_limit_which_the_page_says_first(desk: Any, web_practice: Practice) -> None:
    """Story 36: the biller up to the limit, Administration beyond it, and it is reversed."""
    practice, _, drafts = practice_with_drafts(web_practice.url)
    path = f"/invoices/{issued(practice, drafts[0])['id']}"
    at = desk().sign_in(practice.email("biller"))
    page = at.open(path)
    expect(page.get_by_text("Writing off needs Administration: the practice’s limit is $0.00.")).to_be_visible()
    expect(page.get_by_role("button", name="Write off")).to_have_count(0)
    owner = desk().sign_in(practice.email("owner"))
    settings = owner.open("/settings/policies")
    settings.get_by_label("Limit of write-offs, in dollars").fill("40.00")
    settings.get_by_role("button", name="Save", exact=True).first.click()
    expect(settings.get_by_text("Saved.", exact=True)).to_be_visible()
    expect(settings.get_by_label("Limit of write-offs, in dollars")).to_have_value("40.00")
    wait_until(lambda: practice.people["biller"].get(path)["write_off_limit_cents"] == 4_000, 20, "the limit")

    page = at.open(path)
    expect(page.get_by_text("You may write off up to $40.00: the practice’s limit is $40.00")).to_be_visible()
    page.get_by_role("button", name="Write off").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Amount, in dollars").fill("41")
    dialog.get_by_label("Reason").fill("Agreed with the client.")
    dialog.get_by_role("button", name="Write off").click()
    expect(dialog.get_by_text("The practice's limit is $40.00 for an invoice.").first).to_be_visible()
    expect(dialog.get_by_label("Amount, in dollars")).to_have_value("41")
    assert at.findings() == []
    dialog.get_by_label("Amount, in dollars").fill("40")
    dialog.get_by_role("button", name="Write off").click()
    expect(page.get_by_text("It is written off. The client no longer owes it.")).to_be_visible()
    expect(page.get_by_text("nothing is left of the practice’s limit of $40.00 for an invoice.")).to_be_visible()
    expect(page.locator(".paper")).to_contain_text("No longer asked")
    assert at.findings() == []
    assert practice.owner.get(path)["written_off_cents"] == 4_000

    page.get_by_role("button", name="Reverse write-off of $40.00").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Reason").fill("The client pays after all.")
    dialog.get_by_role("button", name="Reverse").click()
    expect(page.get_by_text("The write-off is reversed. The client owes it again.")).to_be_visible()
    assert practice.owner.get(path)["written_off_cents"] == 0
