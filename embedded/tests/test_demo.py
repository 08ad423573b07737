"""The demo, played at its small size: each state that the app shows is there, with the date that it should have."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from embedded.api_client import ApiClient
from embedded.demo import imports, people, practice
from embedded.demo.calendar import Calendar, Patient
from embedded.demo.player import ZONE, Played, begins_at, play
from embedded.demo.practice import BILLER, CLINICIANS, DESK, LEAVER, MANAGER, OWNER, SMALL, WHOLE, Person
from embedded.home import Home
from embedded.past import Past
from embedded.stack import Stack
from shared.clock import MOVED_CLOCK
from shared.ports import reserve_port
from shared.services import SERVICES
from shared.testing.janitor import Folder
from shared.testing.waiting import wait_until
from tests.running import SETTLE_AGE_SECONDS, count, settled

MAYA, AMARA, IDRIS, LENA = CLINICIANS


class Demo:
    """A demo that has been played."""

    def __init__(self, stack: Stack, played: Played, began: datetime) -> None:
        self.stack, self.played, self.began = stack, played, began
        self.today = datetime.now(ZONE).date()
        self._people: dict[str, ApiClient] = {}

    def __getitem__(self, person: Person) -> ApiClient:
        if person.email not in self._people:
            front = ApiClient(self.stack.url, attempts=10)
            self._people[person.email] = front.sign_in(person.email, self.played.password)
        return self._people[person.email]

    def all(self, path: str, who: Person = OWNER, **query: Any) -> list[dict[str, Any]]:
        """Every item of a list."""
        found, cursor = [], {}
        while True:
            page = self[who].get(path, limit=200, **query, **cursor)
            found += page["items"]
            if page["next_cursor"] is None:
                return found
            cursor = {"cursor": page["next_cursor"]}


@pytest.fixture(scope="module")
def demo() -> Iterator[Demo]:
    with Folder("caseload-demo-") as folder:
        home = Home(folder.path / "home")
        home.enter()
        began = begins_at(SMALL)
        past = Past(home, began)
        stack = Stack(home, reserve_port(), lambda _line: None, past=past, settle_age=SETTLE_AGE_SECONDS)
        try:
            stack.start(lambda _what: None)
            played = play(stack.url, lambda _title, _total: lambda: None, past, SMALL, mailbox=home.mailbox)
            stack.past_has_ended()
            yield Demo(stack, played, began)
        finally:
            stack.stop()


def test_every_status_of_an_appointment_is_there(demo: Demo) -> None:
    first, last = demo.began.astimezone(ZONE).date(), demo.today + timedelta(days=14)
    found = [
        appointment
        for day in range(0, (last - first).days, 28)
        for appointment in demo.all(
            "/agenda",
            **{"from": str(first + timedelta(days=day)), "to": str(first + timedelta(days=day + 28))},
        )
    ]
    statuses = {appointment["status"] for appointment in found}
    assert statuses >= {"booked", "confirmed", "arrived", "no_show", "late_cancelled", "cancelled"}
    assert {place["location_id"] for place in found} == {place["id"] for place in demo.all("/locations")}
    assert len({appointment["service_type_id"] for appointment in found}) >= 4
    assert True in {appointment["telehealth"] for appointment in found}
    monday = demo.today - timedelta(days=demo.today.weekday())
    this_week = [
        appointment
        for appointment in found
        if str(monday) <= appointment["starts_at_local"] < str(monday + timedelta(days=7))
    ]
    assert len(this_week) == SMALL.sessions_a_day * len(CLINICIANS) * 5
    assert [appointment for appointment in found if appointment["starts_at_local"] >= str(monday + timedelta(days=7))]


def test_a_group_has_had_a_session_and_has_another_ahead(demo: Demo) -> None:
    (group,) = demo[DESK].get("/groups")["items"]
    assert 2 <= group["member_count"] <= group["capacity"]
    monday = demo.today - timedelta(days=demo.today.weekday())
    days = {"from": str(monday - timedelta(days=7)), "to": str(monday + timedelta(days=14))}
    sessions = [item for item in demo.all("/agenda", **days) if item["group_id"] == group["id"]]
    rosters = [demo[DESK].get(f"/appointments/{session['id']}/roster") for session in sessions]
    assert [bool(roster["frozen_at"]) for roster in rosters] == [True, False]
    assert [len(roster["members"]) for roster in rosters] == [group["member_count"]] * 2
    assert {member["status"] for member in rosters[0]["members"]} == {"arrived", "no_show"}
    assert any(member["documented"] for member in rosters[0]["members"])


def test_notes_and_plans_wait_for_everybody(demo: Demo) -> None:
    counts = {who.given_name: demo[who].get("/worklist")["counts"] for who in CLINICIANS}
    assert counts["Maya"]["to_approve"] >= 1
    assert counts["Amara"]["to_cosign"] >= 1
    assert counts["Amara"]["draft"] >= 1
    assert counts["Idris"]["returned"] == 1
    assert counts["Lena"]["plan_due"] == 1


def test_signed_notes_have_an_addendum_an_amendment_and_both_countersignatures(demo: Demo) -> None:
    notes: list[dict[str, Any]] = []
    for client in demo.all("/clients"):
        for case in demo.all(f"/clients/{client['id']}/cases"):
            for note in demo.all(f"/cases/{case['id']}/notes"):
                notes.append(demo[OWNER].get(f"/notes/{note['id']}"))
    assert [note for note in notes if note["addenda"]]
    assert [note for note in notes if len(note["versions"]) > 1]
    assert [note for note in notes if len(note["goals"]) == 2 and note["risk"] == "none"]
    signatures = {version["countersignature"] for note in notes for version in note["versions"]}
    assert signatures == {None, "approved", "co_signed"}


def test_cases_and_plans_have_their_states(demo: Demo) -> None:
    cases = [case for client in demo.all("/clients") for case in demo.all(f"/clients/{client['id']}/cases")]
    assert {case["status"] for case in cases} == {"open", "closed"}
    plans = [plan for case in cases for plan in demo.all(f"/cases/{case['id']}/treatment-plans")]
    assert {plan["status"] for plan in plans} == {"draft", "signed"}
    assert sum(date.fromisoformat(plan["review_on"]) < demo.today for plan in plans) == 1


def test_invoices_and_payments_have_every_state(demo: Demo) -> None:
    counts = demo[BILLER].get("/invoices/counts")
    assert {name for name, many in counts.items() if many} == {"draft", "held", "open", "overdue", "paid", "void"} | (
        {"partially_paid"} & counts.keys()
    )
    invoices = demo.all("/invoices", BILLER)
    assert {invoice["status"] for invoice in invoices} == {"draft", "open", "partially_paid", "paid", "void"}
    payments = demo.all("/payments", BILLER)
    assert {payment["status"] for payment in payments} >= {"received", "bounced", "void"}
    assert [payment for payment in payments if payment["refunded_cents"]]
    assert [payment for payment in payments if payment["unapplied_cents"]]
    assert {payment["method"] for payment in payments} >= {"cash", "card", "check"}


def test_somebody_has_left_and_a_record_was_opened_in_an_emergency(demo: Demo) -> None:
    left = next(member for member in demo.all("/staff") if member["email"] == LEAVER.email)
    assert not left["active"]
    assert demo[MANAGER].get(f"/staff/{left['id']}/open-work")
    assert len(demo.all("/break-glass", state="to_review")) == 1
    modes = {member["supervision_mode"] for member in demo.all("/staff")}
    assert modes == {None, "approve", "co_sign"}


def test_the_practice_has_hours_a_holiday_ahead_rooms_and_services_of_every_colour(demo: Demo) -> None:
    assert not demo[OWNER].get("/me")["confirmation_awaited"]
    organization = demo[OWNER].get("/organization")
    assert len(organization["business_hours"]) == 5
    assert organization["holidays"][0]["on"] > str(demo.today)
    assert all(len(location["rooms"]) >= 2 for location in demo.all("/locations"))
    colours = [service["colour"] for service in demo.all("/service-types")]
    assert len(colours) == len(set(colours)) == len(practice.SERVICES)
    clients = demo.all("/clients", status="active") + demo.all("/clients", status="archived")
    assert len(clients) == SMALL.clients + 1  # somebody is there twice
    wait_until(lambda: demo.all("/client-duplicates"), 30, "the pair of duplicates")
    assert len(demo.all("/clients", status="archived")) == len(demo.all("/clients", status="prospective")) == 1
    newest = demo.all("/client-imports")[0]  # the first one is older than such lists are kept
    assert (newest["state"], newest["dry_run"], newest["rows_done"]) == ("done", False, 3)
    assert {"adult", "couple", "family"} <= {client["client_type"] for client in clients}


def test_the_past_has_its_dates_and_has_ended(demo: Demo) -> None:
    entries = demo.all("/audit/entries")
    at = [datetime.fromisoformat(entry["at"]) for entry in entries]
    assert demo.began <= min(at) < demo.began + timedelta(days=1)
    first_day = demo.began.date()
    weeks = {(moment.astimezone(ZONE).date() - first_day).days // 7 for moment in at}
    assert weeks == set(range(SMALL.weeks))
    issued = {invoice["issued_on"] for invoice in demo.all("/invoices", BILLER) if invoice["issued_on"]}
    assert len(issued) == SMALL.weeks - 1
    overdue = demo.all("/invoices", BILLER, overdue="true")
    assert {invoice["due_on"] < str(demo.today) for invoice in overdue} == {True}

    policy = demo[OWNER].post("/cancellation-policies", {**practice.NOTICE, "effective_from": str(demo.today)})
    assert abs(datetime.fromisoformat(policy["created_at"]) - datetime.now(UTC)) < timedelta(minutes=1)
    assert demo.stack.keeper is not None
    assert not [child for child in demo.stack.keeper.children if MOVED_CLOCK in child.environment]
    assert not (demo.stack.home.folder / "past.json").exists()


def test_the_audit_trail_holds_and_no_event_is_parked(demo: Demo) -> None:
    verified = demo.stack.run_command("identity", "verify-audit")
    assert verified.returncode == 0, verified.stdout + verified.stderr
    wait_until(lambda: settled(demo.stack), 30, "every receipt")
    for service in SERVICES:
        assert count(demo.stack, service, "SELECT count(*) FROM dead_letters") == 0, service
    books = demo.stack.run_command("billing", "check-books")
    assert books.returncode == 0, books.stdout + books.stderr


@pytest.mark.parametrize("today", [date(2026, 11, 23 + day) for day in range(7)])
@pytest.mark.parametrize("size", [SMALL, WHOLE])
def test_nobody_is_in_two_places_nor_comes_on_a_holiday_whatever_day_it_is(today: date, size: practice.Size) -> None:
    closed = {holiday["on"] for holiday in practice.profile(today)["holidays"]}
    calendar = Calendar(size, today)
    patients = [Patient(client) for client in people.clients(size)]
    for week in range(size.weeks + size.weeks_ahead):
        sessions = list(calendar.sessions(week, patients))
        slots = [(session.patient.client.clinician, session.start) for session in sessions]
        assert len(slots) == len(set(slots)), week
        assert len({(session.number, session.start) for session in sessions}) == len(sessions), week
        assert {session.start.weekday() for session in sessions} <= set(range(5))
        assert closed.isdisjoint({session.start.date().isoformat() for session in sessions}), week


def test_the_names_are_many_and_in_many_scripts() -> None:
    assert len(people.NAMES) == len(set(people.NAMES)) == WHOLE.clients


def test_the_file_that_the_demo_imports_is_of_its_first_clients() -> None:
    with imports.CLIENTS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    first = people.clients(SMALL)
    assert len(rows) == len(first), "whom the practice treats from the first week on"
    for client, row in zip(first, rows, strict=True):
        born, phone = client.date_of_birth, client.phone
        assert (row["Legal First Name"], row["Legal Last Name"]) == (client.given_name, client.family_name)
        assert row["Birth Date"] == f"{born.month}/{born.day}/{born.year}"
        assert row["Mobile Phone Number 1"] == f"({phone[2:5]}) {phone[5:8]}-{phone[8:]}"
        clinician = LEAVER if client.leavers else CLINICIANS[client.clinician]
        assert row["Primary Clinician"] == f"{clinician.given_name} {clinician.family_name}"
    written = "".join(given + family for given, family in people.NAMES)
    assert {"ה", "ل", "Ю", "例"} & set(written) or any("\u0590" < character < "\u06ff" for character in written)
    assert max(len(f"{given} {family}") for given, family in people.NAMES) > 50
