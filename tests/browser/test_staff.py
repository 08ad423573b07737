"""Staff in a real browser: who joins, what they may do, and what happens to a page whose reader loses a permission."""

from __future__ import annotations

import secrets
from typing import Any, Final

import pyotp
from playwright.sync_api import Page, expect

from shared.testing.waiting import wait_until
from tests.practice import PASSWORD, Practice

WITHIN_SECONDS: Final = 5
TABLE: Final = """first name,surname,e-mail,role,shoe size
Noah,Reyes,{mark}.noah@example.test,therapist,42
Olga,Admin,{owner},billing,38
Sam,Tiller,not an address,default,44
"""


def inside(page: Page) -> Any:
    """The page without its frame."""
    return page.locator("#main")


def save(page: Page, button: str) -> None:
    """Press a button that saves, and wait for the page that says so."""
    with page.expect_event("load"):
        page.get_by_role("button", name=button).click()
    expect(page.locator("#toasts")).not_to_be_empty()


def row_of(page: Page, area: str) -> Any:
    """The line of an area in the table of what somebody can do."""
    return page.get_by_role("row").filter(has=page.get_by_role("rowheader", name=area))


def test_somebody_joins_and_gets_no_more_than_the_giver_may_give(desk: Any, web_practice: Practice) -> None:
    mark = secrets.token_hex(4)
    at = desk().sign_in(web_practice.email("owner"))
    page = at.open("/settings/staff")
    page.get_by_role("link", name="Add member of staff").click()
    page.get_by_role("button", name="Add and invite").click()
    expect(inside(page).get_by_label("Given name")).to_be_focused()
    inside(page).get_by_label("Given name").fill("Daniel")
    inside(page).get_by_label("Family name").fill("Reyes")
    inside(page).get_by_label("E-mail").fill(f"{mark}@example.test")
    inside(page).get_by_label("Credentials").fill("LCSW, PhD")
    inside(page).get_by_label("Number").fill("NY-1")
    inside(page).get_by_label("State").fill("NY")
    inside(page).get_by_label("Last day in force").fill("2035-01-01")
    inside(page).get_by_label("Therapist", exact=False).first.check()
    expect(row_of(page, "Cases and notes")).to_contain_text("Cases they work in or supervise")
    page.get_by_role("button", name="Add and invite").click()
    expect(page.get_by_role("heading", name="Daniel Reyes is invited")).to_be_visible()
    link = inside(page).get_by_label("Link").input_value()
    assert link.startswith(f"{at.url}/join#token=")
    page.get_by_role("link", name="Open their page").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Daniel Reyes, LCSW, PhD")
    assert "Daniel" not in page.title() and "Daniel" not in page.url and link not in page.content()

    # Another level: the table says what it would come to, and saving keeps it.
    expect(row_of(page, "Ledgers and invoices")).to_contain_text("No access")
    page.locator("#level-administration").check()
    expect(page.locator("#level-billing")).to_be_disabled()
    expect(page.locator("#level-billing")).to_be_checked()
    page.locator("#level-administration").uncheck()
    expect(page.locator("#level-billing")).not_to_be_checked()
    page.locator("#level-billing").check()
    expect(row_of(page, "Ledgers and invoices")).to_contain_text("More")
    save(page, "Save permissions")
    staff_id = page.url.split("/")[-1].split("?")[0]
    assert web_practice.owner.get(f"/staff/{staff_id}")["levels"] == ["billing", "default", "therapist"]

    # Somebody else saves first: what was ticked stays, and the next save is over the new version.
    page.locator("#flag-refunds").check()
    expect(row_of(page, "Refunds")).to_contain_text("More")
    web_practice.owner.patch(f"/staff/{staff_id}", {"job_title": "Clinician"})
    page.get_by_role("button", name="Save permissions").click()
    expect(page.get_by_role("alert")).to_contain_text("Somebody changed this meanwhile")
    expect(page.locator("#flag-refunds")).to_be_checked()
    save(page, "Save permissions")
    assert web_practice.owner.get(f"/staff/{staff_id}")["grants"] == ["refunds"]

    # The same address twice; the invitation revoked, and made anew.
    page.get_by_role("button", name="Revoke invitation").click()
    expect(inside(page).get_by_text("There is no invitation that works.")).to_be_visible()
    page.get_by_role("button", name="Invite again").click()
    assert inside(page).get_by_label("Link").input_value() != link
    page.get_by_role("link", name="Add another").click()
    inside(page).get_by_label("Given name").fill("Daniel")
    inside(page).get_by_label("Family name").fill("Other")
    inside(page).get_by_label("E-mail").fill(f"{mark}@example.test")
    page.get_by_role("button", name="Add and invite").click()
    expect(inside(page).get_by_text("Somebody on the staff already has this e-mail address.")).to_be_visible()
    expect(inside(page).get_by_label("E-mail")).to_be_focused()
    expect(inside(page).get_by_label("Family name")).to_have_value("Other")

    # Nobody changes their own permissions; Administration manages no administrators and gives no such level.
    page = at.open(f"/settings/staff/{web_practice.staff_ids['owner']}")
    expect(inside(page).get_by_text("Nobody changes their own permissions.")).to_be_visible()
    expect(page.get_by_role("button", name="Save permissions")).to_have_count(0)
    manager = desk().sign_in(web_practice.sign_in("manager") and web_practice.email("manager"))
    page = manager.open(f"/settings/staff/{staff_id}")
    expect(page.locator("#level-administration")).to_be_disabled()
    expect(inside(page).get_by_text("Only Organization Administration gives this.").first).to_be_visible()
    page = manager.open(f"/settings/staff/{web_practice.staff_ids['owner']}")
    expect(
        inside(page).get_by_text("Administration manages Default, Billing and Therapist staff only.")
    ).to_be_visible()
    expect(page.locator("#level-billing")).to_be_disabled()


def test_a_profile_says_beside_the_input_what_is_wrong(desk: Any, web_practice: Practice) -> None:
    staff_id, supervisor_id = web_practice.staff_ids["desk"], web_practice.staff_ids["therapist"]
    page = desk().sign_in(web_practice.email("owner")).open(f"/settings/staff/{staff_id}/profile")
    inside(page).get_by_label("NPI").fill("1234567890")
    page.get_by_role("button", name="Save profile").click()
    expect(inside(page).get_by_label("NPI")).to_have_attribute("aria-invalid", "true")
    inside(page).get_by_label("NPI").fill("1234567893")
    save(page, "Save profile")
    expect(inside(page).get_by_text("No hours are saved yet.")).to_be_visible()  # a week is proposed
    for day in ("Monday", "Wednesday", "Thursday", "Friday"):
        inside(page).get_by_label(f"{day}, Day off").check()
    page.locator("#f-tuesday-0-opens").fill("09:00")
    page.locator("#f-tuesday-0-closes").fill("08:00")
    page.get_by_role("button", name="Save hours").click()
    expect(page.locator("#f-tuesday-0-closes")).to_have_attribute("aria-invalid", "true")
    page.locator("#f-tuesday-0-closes").fill("00:00")
    save(page, "Save hours")
    hours = web_practice.owner.get(f"/staff/{staff_id}")["working_hours"]
    assert hours == [{"weekday": "tuesday", "opens": "09:00", "closes": "24:00"}]
    inside(page).get_by_text("Add a license").click()
    inside(page).get_by_label("Number").fill("NY-7")
    inside(page).get_by_label("State").fill("NY")
    inside(page).get_by_label("Last day in force").fill("2035-01-01")
    save(page, "Add license")
    inside(page).get_by_text("Change or remove").click()
    page.get_by_role("button", name="Remove license").click()
    with page.expect_event("load"):
        page.get_by_role("dialog").get_by_role("button", name="Remove license").click()
    expect(inside(page).get_by_text("No license is on record.")).to_be_visible()
    inside(page).get_by_label("Supervisor optional").select_option(supervisor_id)
    inside(page).get_by_label("What the supervisor does").select_option("co_sign")
    save(page, "Save supervision")
    assert web_practice.owner.get(f"/staff/{staff_id}")["supervision_mode"] == "co_sign"


def test_a_file_is_checked_before_everybody_in_it_is_invited(desk: Any, web_practice: Practice) -> None:
    mark = secrets.token_hex(4)
    content = TABLE.format(mark=mark, owner=web_practice.email("owner"))
    page = desk().sign_in(web_practice.email("owner")).open("/settings/staff/import")
    page.get_by_role("button", name="Check the file").click()
    expect(page.locator("#f-file-error")).to_have_text("Choose a file first.")
    page.locator("[type=file]").set_input_files(
        {"name": "people.csv", "mimeType": "text/csv", "buffer": content.encode()}
    )
    page.get_by_role("button", name="Check the file").click()
    report = page.locator("#report")
    expect(report).to_contain_text("The column “shoe size” was left out.")
    expect(report).to_contain_text("1 can be invited")
    expect(report).to_contain_text("1 already on the staff")
    expect(report).to_contain_text("1 not invited")
    assert mark not in str(web_practice.owner.get("/staff", limit=100))
    page.get_by_role("button", name="Invite everybody in it").click()
    expect(report).to_contain_text("1 invited")
    page.get_by_role("link", name=f"{mark}.noah@example.test").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Noah Reyes")
    page = page.context.pages[0]
    page.goto(page.url.split("/settings")[0] + "/settings/staff?state=invited")
    inside(page).get_by_label("Find by name or e-mail").fill(f"{mark}.noah")
    expect(page.locator("#staff-list tbody tr")).to_have_count(1)
    inside(page).get_by_label("Find by name or e-mail").fill("nobody at all")
    expect(inside(page).get_by_text("Nobody on this list is called “nobody at all”")).to_be_visible()
    assert "noah" not in page.url


def test_whose_permission_is_taken_meanwhile_reads_so_at_the_next_click(desk: Any, web_practice: Practice) -> None:
    practice = Practice(web_practice.url)
    practice.sign_in("manager")
    at = desk().sign_in(practice.email("manager"))
    page = at.open("/settings/staff/new")
    expect(page.get_by_role("link", name="Staff", exact=True).first).to_be_visible()
    inside(page).get_by_label("Given name").fill("Half typed")
    practice.owner.patch(f"/staff/{practice.staff_ids['manager']}", {"levels": ["billing"]})

    def refused() -> bool:
        with page.expect_response("**/settings/staff/new") as answered:
            page.get_by_role("button", name="Add and invite").click()
        return answered.value.status == 403

    wait_until(refused, seconds=WITHIN_SECONDS)
    expect(page.locator("#toasts")).not_to_be_empty()
    expect(inside(page).get_by_label("Given name")).to_have_value("Half typed")
    page.on("dialog", lambda dialog: dialog.accept())
    page = at.open("/home")
    expect(page.get_by_role("navigation", name="Main", exact=True)).to_be_visible()
    expect(page.get_by_role("link", name="Staff", exact=True)).to_have_count(0)
    page = at.open("/settings/staff")
    expect(page.get_by_role("heading", level=1)).to_have_text("You cannot do this")


def test_who_leaves_hands_over_and_may_come_back(desk: Any, web_practice: Practice) -> None:
    practice = Practice(web_practice.url)
    practice.add("second", "therapist")
    leaving, successor, desk_id = (practice.staff_ids[name] for name in ("therapist", "second", "desk"))
    practice.new_client()
    apart, case_id = practice.new_client(given_name="Ben")
    practice.book(apart, "2035-06-15T09:00")
    wait_until(lambda: practice.owner.get(f"/staff/{leaving}/open-work")["cases"] == 2)
    page = desk().sign_in(practice.email("owner")).open(f"/settings/staff/{leaving}/leaving")

    # One client goes to a colleague of their own, with all that is open; the rest later.
    page.get_by_role("button", name="Hand over the ticked clients").click()
    expect(page.get_by_role("group", name="Clients")).to_contain_text("Tick whom the colleague takes over.")
    inside(page).get_by_label("Ben Client").check()
    page.get_by_role("button", name="Hand over the ticked clients").click()
    expect(inside(page).get_by_label("Who takes them over")).to_have_attribute("aria-invalid", "true")
    expect(inside(page).get_by_label("Ben Client")).to_be_checked()
    inside(page).get_by_label("Who takes them over").select_option(successor)
    save(page, "Hand over the ticked clients")
    expect(inside(page).get_by_label("Ben Client")).to_have_count(0)
    assert [held["staff_id"] for held in practice.owner.get(f"/clients/{apart}/staff")["items"]] == [successor]
    (session,) = practice.owner.get("/agenda", **{"from": "2035-06-15", "to": "2035-06-15"})["items"]
    assert session["staff_id"] == successor
    wait_until(lambda: practice.people["second"].call("GET", f"/cases/{case_id}").status_code == 200)
    cases = page.get_by_role("row").filter(has_text="Open cases")

    def counted() -> bool:
        page.reload()
        return "1" in cases.inner_text()

    wait_until(counted)
    page.get_by_role("button", name="Deactivate", exact=True).click()
    expect(page.get_by_role("dialog")).to_contain_text("signed out everywhere at once")
    page.get_by_role("button", name="Deactivate Therapist").click()
    expect(inside(page).get_by_text("Choose who takes over, or tick that it stays open.")).to_be_visible()
    inside(page).get_by_label("Leave the open work as it is for now").check()
    inside(page).get_by_label("Reason").fill("Moved to another practice.")
    page.get_by_role("button", name="Deactivate", exact=True).click()
    save(page, "Deactivate Therapist")
    expect(inside(page).get_by_text("Deactivated", exact=True)).to_be_visible()
    assert practice.owner.get(f"/staff/{leaving}")["active"] is False
    page.get_by_role("button", name="Hand over the work").click()
    expect(inside(page).get_by_label("Who takes over")).to_have_attribute("aria-invalid", "true")
    offered = inside(page).get_by_label("Who takes over").locator("option")
    expect(offered.locator(f'xpath=self::*[@value="{desk_id}"]')).to_have_count(0)  # signs no notes
    inside(page).get_by_label("Who takes over").select_option(successor)
    save(page, "Hand over the work")
    wait_until(lambda: practice.owner.get(f"/staff/{successor}/open-work")["cases"] == 2)
    expect(inside(page).get_by_text("Nothing is open: no clients")).to_be_visible(timeout=10_000)
    save(page, "Reactivate")
    assert practice.owner.get(f"/staff/{leaving}")["active"] is True
    page.goto(page.url.split("/settings")[0] + f"/settings/staff/{practice.staff_ids['owner']}/leaving")
    expect(inside(page).get_by_text("Nobody deactivates themselves.")).to_be_visible()


def test_a_programs_secret_is_shown_once_renewed_and_ended(desk: Any, web_practice: Practice) -> None:
    at = desk().sign_in(web_practice.email("owner"))
    at.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = at.open("/settings/api-clients/new")
    page.get_by_role("button", name="Add API client").click()
    expect(inside(page).get_by_label("Name")).to_have_attribute("aria-invalid", "true")
    inside(page).get_by_label("Name").fill("Bank export")
    inside(page).get_by_label("View payments").check()
    page.get_by_role("button", name="Add API client").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Bank export is made")
    client_id, secret = (inside(page).get_by_label(label).input_value() for label in ("Client id", "Secret"))
    page.locator("[data-copy=client-secret]").click()
    expect(page.locator("#toasts")).to_have_text("Copied.")
    assert page.evaluate("navigator.clipboard.readText()") == secret
    credentials = {"client_id": client_id, "client_secret": secret}
    web_practice.owner.post("/tokens", credentials, 200)
    page.get_by_role("link", name="It is in a safe place").click()
    expect(inside(page).get_by_text("Last use: Today")).to_be_visible()
    assert secret not in page.content()
    before = web_practice.owner.get(f"/api-clients/{client_id}")["expires_at"]
    inside(page).get_by_label("View ledgers").check()
    save(page, "Save API client")
    after = web_practice.owner.get(f"/api-clients/{client_id}")
    assert (after["permissions"], after["expires_at"]) == (["ledger:read", "payments:read"], before)
    inside(page).get_by_label("How long the present secret").select_option("0")
    page.get_by_role("button", name="Make a new secret").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Bank export has a new secret")
    web_practice.owner.post("/tokens", credentials, 401)
    page.get_by_role("link", name="It is in a safe place").click()
    page.get_by_role("button", name="Revoke API client").click()
    with page.expect_event("load"):
        page.get_by_role("dialog").get_by_role("button", name="Revoke API client").click()
    expect(inside(page).get_by_text("It does not come back")).to_be_visible()
    page = at.open("/settings/api-clients")
    expect(page.get_by_role("row").filter(has_text="Bank export").first).to_contain_text("Revoked")
    manager = desk().sign_in(web_practice.sign_in("manager") and web_practice.email("manager"))
    page = manager.open("/settings/api-clients")
    expect(page.get_by_role("link", name="Add API client")).to_have_count(0)
    expect(manager.open("/settings/api-clients/new").get_by_role("heading", level=1)).to_have_text("You cannot do this")


def test_a_colleague_who_lost_their_second_factor_is_helped(desk: Any, web_practice: Practice) -> None:
    colleague = web_practice.add("forgetful", "billing")
    secret = colleague.post("/me/totp", {"password": PASSWORD}, expect=200)["secret"]
    colleague.post("/me/totp/confirm", {"code": pyotp.TOTP(secret).now()}, expect=200)
    staff_id = web_practice.staff_ids["forgetful"]
    at = desk().sign_in(web_practice.email("owner"))
    page = at.open(f"/settings/staff/{staff_id}/profile")
    page.get_by_role("button", name="Take second factor away").click()
    dialog = page.get_by_role("dialog", name="Take the second factor away?")
    assert at.findings() == []
    dialog.get_by_label("Password").fill("not this one, certainly")
    dialog.get_by_role("button", name="Take away", exact=True).click()
    expect(dialog.get_by_label("Password")).to_be_focused()
    expect(dialog.get_by_label("Password")).to_have_attribute("aria-invalid", "true")
    assert web_practice.owner.get(f"/staff/{staff_id}")["second_factor"]
    dialog.get_by_label("Password").fill(PASSWORD)
    dialog.get_by_role("button", name="Take away", exact=True).click()
    expect(page.locator("#toasts")).to_have_text("The second factor is taken away. A mail tells them.")
    expect(page.get_by_role("heading", name="Second factor")).to_have_count(0)
    assert not web_practice.owner.get(f"/staff/{staff_id}")["second_factor"]
    wait_until(lambda: colleague.call("GET", "/me").status_code == 401, WITHIN_SECONDS, "they are signed out")


def test_nobody_but_organization_administration_takes_a_second_factor_away(desk: Any, web_practice: Practice) -> None:
    staff_id = web_practice.staff_ids["biller"]
    assert web_practice.staff_ids["manager"]
    at = desk().sign_in(web_practice.email("manager"))
    csrf = at.open("/home").locator("meta[name=csrf]").get_attribute("content")
    response = at.page.request.post(
        f"{at.url}/settings/staff/{staff_id}/second-factor/remove",
        form={"csrf": csrf or ""},
        headers={"Sec-Fetch-Site": "same-origin"},
    )
    assert response.status == 403
    assert "cannot be checked" not in response.text(), "it is refused for who asks"
