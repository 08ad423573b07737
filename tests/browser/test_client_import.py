"""Clients imported from a file: checked, added, and what was not added; who may, and what a refused file says."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page, expect

from shared.ids import new_id
from tests.browser.conftest import NARROW
from tests.practice import Practice

AT = "/clients/import"
# As another program exports it: semicolons, Windows-1252, its own headers in its own order, US dates.
TABLE = """DOB;Shoe size;Client Last Name;Cell Phone;Client First Name;Balance;E-mail address;Clinician
12/31/1985;42;Müller;(212) 555-0141;Zoë;10.00;zoe@example.org;Nobody Known
2/3/1990;40;Åkesson;;Björn;;;THERAPIST
4/5/1991;;Ruiz;(212) 555-0142;José;;jose@example.org;
13/41/1987;;Reed;;Alma;;;
12/31/1985;;Müller;;Zoë;;;
7/8/1979;;Adeyemi;;Ruth;;;
7/9/1979;;Okoye;;Samuel;;;
"""


def choose(page: Page, content: bytes) -> None:
    file = {"name": "clients.csv", "mimeType": "text/csv", "buffer": content}
    page.locator("[type=file]").set_input_files(file)  # type: ignore[arg-type]  # a dict of what it wants
    page.get_by_role("button", name="Check the file").click()


def test_a_manager_imports_the_list_of_another_program(desk: Any, web_practice: Practice) -> None:
    """J10: chosen, checked with nobody added, imported; everybody is there, and who was left out is named."""
    practice = Practice(web_practice.url)
    assert practice.staff_ids["manager"]
    known = {"given_name": "Ruth", "family_name": "Adeyemi", "date_of_birth": "1979-07-08"}
    ruth = practice.owner.post("/clients", known)["id"]
    practice.owner.put(f"/clients/{ruth}/staff/{practice.staff_ids['therapist']}")  # clients know of them by now
    practice.owner.post("/clients", {"given_name": "Sam", "family_name": "Okoye", "date_of_birth": "1979-07-09"})
    at = desk().sign_in(practice.email("manager"))
    page = at.open("/clients")
    page.get_by_role("link", name="Import", exact=True).click()
    at.arrive(AT)
    page.get_by_role("button", name="Check the file").click()
    expect(page.locator("#f-file-error")).to_have_text("Choose a file first.")
    expect(page.locator("[type=file]")).to_be_focused()
    assert at.findings() == []
    choose(page, TABLE.replace("THERAPIST", practice.email("therapist").upper()).encode("cp1252"))
    expect(page.get_by_role("heading", name="All rows are checked")).to_be_visible(timeout=20_000)
    page.wait_for_load_state()
    expect(page.locator(".figures dd")).to_have_text(["2", "1", "1", "2", "1"])
    expect(page.get_by_text("Nothing is saved until you import.", exact=True)).to_be_visible()
    assert len(practice.owner.get("/clients")["items"]) == 2
    rows = page.locator("[data-rows]")
    for words in ("Alma Reed", "Birth date: ", "In the file: 13/41/1987"):
        expect(rows).to_contain_text(words)
    columns = page.get_by_role("region", name="Columns of the file")
    for words in (
        "Shoe size",
        "No fact about a client is called so.",
        "Opening balance",
        "10.00",
        "12/31/1985 · 2/3/1990",
    ):
        expect(columns).to_contain_text(words)
    assert at.findings() == []
    page.get_by_label("Read Shoe size as").select_option("Birth date")
    page.get_by_role("button", name="Check again").click()
    expect(page.get_by_text("Two columns are read as “Birth date”.")).to_have_count(2)
    assert at.findings() == []
    page.get_by_label("Read Shoe size as").select_option("Tags")
    page.get_by_role("button", name="Check again").click()
    expect(columns.get_by_text("No fact about a client is called so.")).to_have_count(0, timeout=20_000)
    expect(page.get_by_role("heading", name="All rows are checked")).to_be_visible(timeout=20_000)
    expect(page.locator(".figures dd")).to_have_text(["2", "1", "1", "2", "1"])
    page.wait_for_load_state()
    page.get_by_role("link", name="1 possible duplicate").click()
    expect(page.get_by_role("region", name="The row beside clients")).to_contain_text("Sam Okoye")
    assert at.findings() == []
    page.get_by_role("button", name="Leave out").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("1 of 1 decided")).to_be_visible()
    expect(page.get_by_role("heading", name="All are decided")).to_be_visible()
    page.get_by_role("link", name="3 duplicates").click()
    expect(rows).to_contain_text("Row 2 has the same name and birthday.")
    expect(rows.get_by_role("link", name="Ruth Adeyemi")).to_be_visible()
    expect(rows).to_contain_text("Same name and birth date (100 of 100)")

    page.get_by_role("button", name="Import 3 clients").click()
    expect(page.get_by_role("heading", name="The import is done")).to_be_visible(timeout=20_000)
    expect(page.locator("#import p").first).to_have_text("3 clients are added. 4 rows were not.")
    with page.expect_download() as taken:
        page.get_by_role("link", name="Download the 5 rows as CSV").click()
    assert taken.value.path().read_text(encoding="utf-8-sig").count("\n") == 6
    page.get_by_role("link", name="2 added", exact=True).click()
    expect(rows.get_by_role("link")).to_have_text(["Björn Åkesson", "José Ruiz"])
    expect(rows).to_contain_text("Therapist: ")
    page.get_by_role("link", name="1 added in part").click()
    expect(rows.get_by_role("link")).to_have_text(["Zoë Müller"])
    expect(rows).to_contain_text("Therapist: No member of staff has this name or e-mail.")
    expect(rows).to_contain_text("In the file: Nobody Known")
    expect(rows).to_contain_text("Opening balance: $10.00")
    expect(page.get_by_text("They are in no ledger so far.")).to_be_visible()
    at.look(NARROW, "dark")
    assert at.findings() == [] and not at.scrolls_sideways()
    found = {(item["display_name"], item["date_of_birth"]) for item in practice.owner.get("/clients")["items"]}
    assert {("Zoë Müller", "1985-12-31"), ("Björn Åkesson", "1990-02-03"), ("José Ruiz", "1991-04-05")} <= found
    page.get_by_role("link", name="Show clients").click()
    expect(page.get_by_role("link", name="Björn Åkesson")).to_be_visible()

    page.go_back()
    jose = next(item for item in practice.owner.get("/clients")["items"] if item["family_name"] == "Ruiz")
    practice.owner.patch(f"/clients/{jose['id']}", {"pronouns": "he/him"})
    page.get_by_role("button", name="Undo the import").click()
    asking = page.get_by_role("dialog", name="Take back 3 clients?")
    expect(asking).to_contain_text("Who was added by this file and not used since is deleted.")
    assert at.findings() == []
    asking.get_by_role("button", name="Undo the import").click()
    expect(page.get_by_role("heading", name="The import is undone")).to_be_visible(timeout=30_000)
    expect(page.locator("#import p").first).to_have_text("2 clients are taken back. 1 stays: each row says why.")
    page.wait_for_load_state()
    expect(rows.get_by_role("link")).to_have_text(["José Ruiz"])
    expect(rows).to_contain_text("Somebody has changed this client since the import.")
    expect(page.get_by_role("button", name="Undo the import")).to_have_count(0)
    assert at.findings() == [] and not at.scrolls_sideways()
    page.get_by_role("link", name="2 taken back").click()
    expect(rows).to_contain_text("Zoë Müller")
    assert {"Müller", "Åkesson"}.isdisjoint(item["family_name"] for item in practice.owner.get("/clients")["items"])


def test_a_file_that_cannot_be_read_says_why_and_nobody_else_comes_near(desk: Any, web_practice: Practice) -> None:
    practice = Practice(web_practice.url)
    assert practice.staff_ids["desk"]
    page = desk().sign_in(practice.email("owner")).open(AT)
    choose(page, b"PK\x03\x04 and nothing that is a workbook")
    expect(page.get_by_role("heading", name="The file cannot be read")).to_be_visible(timeout=20_000)
    expect(page.get_by_role("alert")).to_contain_text("Save it as CSV or XLSX.")
    expect(page.get_by_role("button", name="Import")).to_have_count(0)
    begun = page.url.rpartition("/")[2]
    narrow = desk().sign_in(practice.email("desk"))
    page = narrow.open("/clients")
    expect(page.get_by_role("link", name="Import")).to_have_count(0)
    for path, words in ((AT, "You cannot do this"), (f"{AT}/{begun}", "You cannot do this")):
        narrow.open(path)
        expect(page.get_by_role("heading", name=words)).to_be_visible()
    other = Practice(web_practice.url)
    at = desk().sign_in(other.email("owner"))
    for path in (f"{AT}/{begun}", f"{AT}/{begun}/errors", f"{AT}/{new_id()}/errors", f"{AT}/1/errors"):
        page = at.open(path)
        expect(page.get_by_role("heading", name="This page does not exist")).to_be_visible()
