"""A service that hangs takes its own panels with it and nothing else, and what it was owed arrives when it is back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import pytest
from playwright.sync_api import expect

from shared.testing.waiting import wait_until
from tests.browser.conftest import Desk
from tests.browser.test_chart import in_treatment
from tests.practice import Practice
from tests.running import TestStack, frozen, running_stack

pytestmark = pytest.mark.timeout(180)
# The process that hangs, the page that is opened, what it says of that part, and what stands there all the same.
AWAY: Final = {
    "billing": ("billing web", "", "Billing is not answering.", ("F41.1", "Therapist Staff")),
    "clinical": ("clinical web", "", "The clinical record is not answering.", ("$150.00", "Therapist Staff")),
    "billing of the list": ("billing web", "/clients", "Billing is not answering.", ("Hannah Client", "Last visit")),
    "agenda of the list": ("clinical web", "/clients", "The agenda is not answering.", ("Hannah Client", "Balance")),
    "identity": ("identity web", "/agenda", "The list of staff is not answering.", ("To finish",)),
    "clients": ("clients web", "/invoices?tab=open", "", ("Hannah Client", "$150.00")),
}


@pytest.fixture(scope="module")
def treated() -> Iterator[tuple[TestStack, Practice, str]]:
    """A stack of its own, for its processes are stopped, with a client in treatment."""
    with running_stack(durable=False) as stack:
        practice = Practice(stack.url)
        yield stack, practice, in_treatment(practice)


def owner_at(desk: Any, stack: TestStack, practice: Practice) -> Desk:
    """The owner's browser at that stack."""
    at: Desk = desk()
    at.url = stack.url.replace("127.0.0.1", "localhost")
    return at.sign_in(practice.email("owner"))


@pytest.mark.parametrize("service", AWAY)
def test_while_a_service_is_away_its_panels_alone_fail(
    desk: Any, treated: tuple[TestStack, Practice, str], service: str
) -> None:
    """B20, for each of four services: the page says which part is missing and shows the rest."""
    stack, practice, client_id = treated
    process, path, missing, kept = AWAY[service]
    at = owner_at(desk, stack, practice)
    at.open("/home")
    with frozen(stack, process):
        at.page.goto(f"{at.url}{path or f'/clients/{client_id}'}", timeout=60_000)
        if missing:
            expect(at.page.get_by_role("alert").filter(has_text=missing).first).to_be_visible()
        for words in kept:
            expect(at.page.get_by_text(words, exact=True).first).to_be_visible()
        assert at.findings() == []
    wait_until(lambda: answers(practice, client_id), 30, "the service")


def test_story_22_what_is_signed_while_billing_is_away_is_drafted_once_when_it_is_back(
    desk: Any, treated: tuple[TestStack, Practice, str]
) -> None:
    stack, practice, client_id = treated
    appointment_id = practice.book(client_id, "2026-02-03T09:00")
    note_id = practice.draft_note(appointment_id, client_id)
    at: Desk = desk()
    at.url = stack.url.replace("127.0.0.1", "localhost")
    at.sign_in(practice.email("therapist"))
    with frozen(stack, "billing worker"):
        page = at.open(f"/notes/{note_id}")
        print(page.locator("main").inner_text()[:1500])
        page.locator(".note-bar, .verbs").get_by_role("button", name="Sign", exact=False).first.click()
        page.get_by_role("dialog").get_by_role("button", name="Sign and lock").click()
        expect(page.get_by_text("Signed and locked.")).to_be_visible()
        expect(page.get_by_text("The draft invoice is made within seconds.")).to_be_visible()
        assert practice.invoices(appointment_id) == []
    draft = practice.draft_of(appointment_id, 30)
    assert (draft["status"], draft["total_cents"]) == ("draft", 15_000)
    at = owner_at(desk, stack, practice)
    page = at.open("/invoices?tab=drafts")
    expect(page.get_by_role("row").filter(has_text="Hannah Client")).to_have_count(1)


def answers(practice: Practice, client_id: str) -> bool:
    """Whether every service that was away is back."""
    paths = (f"/clients/{client_id}", f"/clients/{client_id}/ledger", f"/clients/{client_id}/cases", "/staff")
    return all(practice.owner.call("GET", path).status_code == 200 for path in paths)
