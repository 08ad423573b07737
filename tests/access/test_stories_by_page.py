"""Stories 1 and 3 to 6 page by page: what is refused, and what the front desk, the biller and a therapist see."""

from __future__ import annotations

import re
from typing import Final

import pytest

from embedded.stack import Stack
from tests.access.test_pages import OURS, Window
from tests.practice import Practice

SECRET: Final = "canary words of the note"
DAY: Final = "2026-06-15"


class Record:
    """Two clients with a documented and invoiced session each; the therapist is assigned to the first alone."""

    def __init__(self, url: str) -> None:
        self.practice = practice = Practice(url)
        self.mine, case_id = practice.new_client(given_name="Miriam")
        practice.people["therapist"].post(
            f"/cases/{case_id}/diagnoses", {"code": "F41.1", "rank": 1, "effective_from": "2026-01-01"}
        )
        practice.add("other", "therapist")
        self.theirs, _ = practice.new_client("other", given_name="Theodora")
        self.booked = practice.book(self.mine, f"{DAY}T09:00")
        content = {"subjective": SECRET, "objective": "o", "assessment": "a", "plan": "p"}
        body = {"client_id": self.mine, "template": "soap", "content": content, "minutes": 55}
        author = practice.people["therapist"]
        self.note = author.post(f"/appointments/{self.booked}/notes", body)["id"]
        author.post(f"/notes/{self.note}/sign", expect=200)
        self.invoice = practice.draft_of(self.booked)["id"]
        practice.owner.post(f"/invoices/{self.invoice}/issue", expect=200)
        practice.book(self.theirs, f"{DAY}T11:00", "other")

    def window(self, name: str) -> Window:
        """A browser of that person."""
        return Window(self.practice, name)


@pytest.fixture(scope="module")
def record(embedded_stack: Stack) -> Record:
    """A practice for the three stories."""
    return Record(embedded_stack.url)


def statuses(window: Window, *paths: str) -> dict[str, int]:
    return {path: window.get(path).status_code for path in paths}


def everybody_on(day: str) -> str:
    return f"/agenda?view=list&on={day}&staff="


def test_story_1_a_wrong_npi_is_refused_and_only_administration_changes_the_practice(record: Record) -> None:
    owner, stored = record.practice.owner, record.practice.owner.get("/organization")
    window = record.window("owner")
    form = {"name": "Practice", "time_zone": stored["time_zone"], "version": str(stored["version"])}
    wrong = window.post("/settings", OURS, csrf=window.token(), npi="1234567890", **form)
    assert wrong.status_code == 422 and 'aria-invalid="true"' in wrong.text
    for name in ("biller", "desk"):
        refused = record.window(name)
        assert refused.get("/settings").status_code == 403
        assert refused.post("/settings", OURS, csrf=refused.token(), npi="1234567893", **form).status_code == 403
    assert owner.get("/organization") == stored
    right = window.post("/settings", OURS, csrf=window.token(), npi="1234567893", **form)
    assert right.status_code == 303 and owner.get("/organization")["npi"] == "1234567893"


def test_story_3_nobody_raises_themselves_and_no_note_is_signed_without_a_licence(record: Record) -> None:
    practice, ids = record.practice, record.practice.staff_ids
    assert ids["manager"] and ids["desk"]
    owner, manager = record.window("owner"), record.window("manager")
    person = {"given_name": "Twice", "family_name": "Asked", "email": practice.email("desk"), "levels": "default"}
    twice = owner.post("/settings/staff/new", OURS, csrf=owner.token(), **person)
    assert twice.status_code == 422 and "Somebody on the staff already has this e-mail address." in twice.text

    everything = {"levels": "organization_administration"}
    for window, whose in ((manager, "desk"), (manager, "manager"), (owner, "owner")):
        given = everything if window is manager else {"levels": "default"}
        before = practice.owner.get(f"/staff/{ids[whose]}")
        path = f"/settings/staff/{ids[whose]}/permissions"
        refused = window.post(path, OURS, csrf=window.token(), version=str(before["version"]), **given)
        assert refused.status_code in (403, 422), (whose, refused.status_code)
        assert practice.owner.get(f"/staff/{ids[whose]}") == before
    leaving = owner.post(f"/settings/staff/{ids['owner']}/deactivate", OURS, csrf=owner.token(), acknowledged="on")
    assert leaving.status_code in (403, 422) and practice.owner.get(f"/staff/{ids['owner']}")["active"]

    lapsed = {"number": "L-2", "state": "NY", "expires_on": "2026-01-31"}
    practice.add("lapsed", "therapist", licence=lapsed)
    client_id, _ = practice.new_client("lapsed", given_name="Lia")
    note_id = practice.draft_note(practice.book(client_id, f"{DAY}T15:00", "lapsed"), client_id, "lapsed")
    author = record.window("lapsed")
    version = str(practice.people["lapsed"].get(f"/notes/{note_id}")["version"])
    signed = author.post(f"/notes/{note_id}/sign", OURS, csrf=author.token(), version=version)
    assert signed.status_code == 422 and "license" in signed.text
    assert practice.people["lapsed"].get(f"/notes/{note_id}")["status"] == "draft"


def test_story_4_the_front_desk_books_and_sees_nothing_clinical_and_no_money(record: Record) -> None:
    desk = record.window("desk")
    agenda = desk.get(everybody_on(DAY)).text
    assert "Miriam Client" in agenda and "Theodora Client" in agenda
    panel = desk.get(f"/agenda/appointments/{record.booked}").text
    chart = desk.get(f"/clients/{record.mine}").text
    for page in (agenda, panel, chart):
        assert not re.search(r"F41|anxiety|\$\d|canary", page)

    token = desk.token()
    form = {
        "csrf": token,
        "given_name": "Desk",
        "family_name": "Added",
        "date_of_birth": "1990-01-02",
        "sex": "unknown",
    }
    assert desk.post("/clients/new", OURS, **form).status_code == 303
    start = {"on": "2026-06-16", "at": "09:00", "service_type_id": record.practice.service_type_id}
    booking = {"csrf": token, "client_id": record.mine, "staff_id": record.practice.staff_ids["therapist"], **start}
    assert desk.post("/agenda/new", OURS, **booking).status_code == 303
    days = {"from": "2026-06-16", "to": "2026-06-16"}
    (made,) = record.practice.owner.get("/agenda", **days)["items"]
    path = f"/agenda/appointments/{made['id']}/status"
    assert desk.post(path, OURS, csrf=token, status="arrived").status_code == 303
    assert record.practice.owner.get(f"/appointments/{made['id']}")["status"] == "arrived"

    refused = (
        "/notes",
        f"/notes/{record.note}",
        f"/clients/{record.mine}/cases",
        f"/clients/{record.mine}/plan",
        f"/intake/{record.mine}",
        f"/clients/{record.mine}/ledger",
        "/invoices",
        f"/invoices/{record.invoice}",
        "/payments",
    )
    assert statuses(desk, *refused) == dict.fromkeys(refused, 403)
    body = {"csrf": token, "subjective": "x"}
    assert desk.post(f"/notes/{record.note}", OURS, **body).status_code == 403


def test_story_5_the_biller_sees_what_is_billed_and_no_text(record: Record) -> None:
    biller = record.window("biller")
    allowed = ("/invoices?tab=open", f"/invoices/{record.invoice}", f"/clients/{record.mine}/ledger", "/payments")
    for path in allowed:
        page = biller.get(path)
        assert page.status_code == 200 and SECRET not in page.text, path
    assert "90837" in biller.get(f"/invoices/{record.invoice}").text
    refused = (f"/notes/{record.note}", "/notes", f"/clients/{record.mine}/cases", f"/clients/{record.mine}/plan")
    assert statuses(biller, *refused) == dict.fromkeys(refused, 403)
    token = biller.token()
    for path in (f"/notes/{record.note}", f"/notes/{record.note}/addenda", "/notes/new"):
        assert biller.post(path, OURS, csrf=token, text="x", appointment_id=record.booked).status_code == 403


def test_story_6_a_therapist_sees_who_is_theirs(record: Record) -> None:
    practice = record.practice
    practice.add("narrow", "therapist", grants=["assigned_only"])
    practice.owner.put(f"/clients/{record.mine}/staff/{practice.staff_ids['narrow']}")
    narrow = record.window("narrow")
    agenda = narrow.get(everybody_on(DAY)).text
    assert "Miriam Client" in agenda and "Theodora" not in agenda
    assert narrow.get(f"/clients/{record.mine}").status_code == 200
    hidden = (
        f"/clients/{record.theirs}",
        f"/clients/{record.theirs}/details",
        f"/clients/{record.theirs}/appointments",
    )
    hidden += tuple(f"/clients/{record.theirs}/{tab}" for tab in ("cases", "plan"))
    assert statuses(narrow, *hidden) == dict.fromkeys(hidden, 404)
    assert statuses(narrow, f"/clients/{record.mine}/ledger") == {f"/clients/{record.mine}/ledger": 403}
    assert "Theodora Client" in record.window("therapist").get(everybody_on(DAY)).text, "whom the flag does not narrow"

    practice.add("both", "therapist", "billing", grants=["assigned_only"])
    practice.owner.put(f"/clients/{record.mine}/staff/{practice.staff_ids['both']}")
    both = record.window("both")
    assert both.get(f"/clients/{record.mine}/ledger").status_code == 200
    assert both.get(f"/clients/{record.theirs}/ledger").status_code == 404
