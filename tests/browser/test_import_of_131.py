"""J10 at its size: 131 rows are imported while nobody looks, found again, and taken back."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.test_client_import import AT, choose
from tests.practice import Practice

HEAD = "Client First Name,Client Last Name,DOB,E-mail address,Notes for us\n"
HOSTILE = "<script>document.title='taken'</script>\"'><img src=x onerror=alert(1)>"
WRONG = ("13/41/1987", "", "tomorrow")  # birth dates
KNOWN = ("Ruth", "Adeyemi", "1979-07-08")


def table() -> str:
    """131 rows: 3 with errors, 3 people who stand there twice, one who is a client, one whose name is a program."""
    names = [(f"Given{at}", f"Family{at}", f"{1960 + at % 40}-03-{1 + at % 28:02}") for at in range(123)]
    rows = [*names, *names[:3], KNOWN, *((f"Wrong{at}", "Quint", born) for at, born in enumerate(WRONG))]
    quoted = HOSTILE.replace('"', '""')
    lines = [f'"{quoted}",Last,1990-01-02,,"{quoted}"', *(f"{given},{family},{born},," for given, family, born in rows)]
    assert len(lines) == 131
    return HEAD + "\n".join(lines) + "\n"


@pytest.mark.abuse("A-XSS-imported-file")
def test_131_rows_go_on_without_anybody_and_are_taken_back(desk: Any, web_practice: Practice) -> None:
    practice = Practice(web_practice.url)
    known = dict(zip(("given_name", "family_name", "date_of_birth"), KNOWN, strict=True))
    practice.owner.post("/clients", known)
    at = desk().sign_in(practice.email("owner"))
    page = at.open(AT)
    choose(page, table().encode())
    expect(page.get_by_role("heading", name="All rows are checked")).to_be_visible(timeout=20_000)
    expect(page.locator(".figures dd")).to_have_text(["124", "0", "4", "3"])
    expect(page.get_by_role("region", name="Columns of the file")).to_contain_text(HOSTILE)
    page.get_by_role("link", name="3 with errors").click()
    expect(page.locator("[data-rows] tr")).to_have_count(3)
    with page.expect_navigation():
        page.get_by_role("button", name="Import 124 clients").click()
    at.open("/clients")  # nobody stays to look
    at.open(AT)
    page.locator("[data-rows] a").first.click()
    expect(page.get_by_role("heading", name="The import is done")).to_be_visible(timeout=20_000)
    expect(page.locator("#import p").first).to_have_text("124 clients are added. 7 rows were not.")
    page.get_by_role("button", name="Undo the import").click()
    page.get_by_role("dialog", name="Take back 124 clients?").get_by_role("button", name="Undo the import").click()
    expect(page.get_by_role("heading", name="The import is undone")).to_be_visible(timeout=30_000)
    expect(page.locator("#import p").first).to_have_text("124 clients are taken back.")
    assert page.title() != "taken" and not at.scrolls_sideways()
    assert [item["family_name"] for item in practice.owner.get("/clients")["items"]] == ["Adeyemi"]
