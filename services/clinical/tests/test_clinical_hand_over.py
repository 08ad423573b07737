"""Somebody leaves: cases, appointments and drafts go to the successor, in whatever order the events come."""

from __future__ import annotations

import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from services.clinical.agenda.commands import Booking, book_appointment
from services.clinical.cases.commands import CaseDetails, open_case, put_on_case
from services.clinical.rebooking.commands import change_appointment
from services.clinical.rebooking.rules import AppointmentChanges
from services.clinical.tests.conftest import Clinic
from services.clinical.tests.emergency import break_glass, decide
from services.clinical.tests.test_clinical_worklist import PLAN
from shared import clock
from shared.actor import Person
from shared.contracts.clients import StaffAssigned, StaffUnassigned
from shared.contracts.identity import Licence, StaffChanged, WorkHandedOver
from shared.database.session import Session
from shared.testing.events import apply
from shared.testing.waiting import wait_until
from shared.testing.web import ServiceClient

LICENCE = (Licence("L", "NY", (clock.now() + timedelta(days=3650)).date()),)


def changed(clinic: Clinic, staff: ServiceClient, version: int, *levels: str, active: bool = True) -> StaffChanged:
    return StaffChanged(
        organization_id=clinic.organization_id,
        staff_id=staff.staff_id,
        version=version,
        display_name="Somebody",
        active=active,
        levels=levels,
        licences=LICENCE,
    )


def handed_over(clinic: Clinic, leaving: ServiceClient, successor: ServiceClient) -> WorkHandedOver:
    return WorkHandedOver(
        organization_id=clinic.organization_id,
        staff_id=leaving.staff_id,
        version=3,
        successor_id=successor.staff_id,
        handed_over_by=clinic.administrator.staff_id,
    )


def leave(clinic: Clinic, successor: ServiceClient) -> None:
    """The therapist of the clinic leaves, and `successor` takes over."""
    clinic.emit(changed(clinic, clinic.therapist, 2, "default", "therapist", active=False))
    clinic.emit(handed_over(clinic, clinic.therapist, successor))


def staff_of(clinic: Clinic, appointment: dict[str, Any]) -> str:
    return str(clinic.desk.get(f"/appointments/{appointment['id']}").json["staff_id"])


def work_of(clinic: Clinic, staff: ServiceClient) -> dict[str, Any]:
    response = clinic.administrator.get(f"/staff/{staff.staff_id}/open-work")
    assert response.status_code == 200, response.text
    return dict(response.json)


def in_days(days: int, hour: int) -> str:
    return f"{clock.now() + timedelta(days=days):%Y-%m-%d}T{hour:02d}:00"


def test_coming_appointments_are_the_successors_unless_they_are_busy(clinic: Clinic) -> None:
    successor = clinic.staff("therapist")
    free, busy = clinic.book(in_days(5, 10)), clinic.book(in_days(5, 14))
    past, cancelled = clinic.book("2026-03-02T10:00"), clinic.book(in_days(5, 16))
    clinic.desk.post(f"/appointments/{cancelled['id']}/status", {"status": "cancelled"})
    other = clinic.client(successor)
    clinic.book(in_days(5, 14), staff_id=str(successor.staff_id), client_ids=[other])
    before = work_of(clinic, clinic.therapist)
    assert (before["appointments"]["count"], before["clients"], before["cases"]) == (2, 1, 1)
    leave(clinic, successor)
    assert staff_of(clinic, free) == str(successor.staff_id)
    assert {staff_of(clinic, appointment) for appointment in (busy, past, cancelled)} == {
        str(clinic.therapist.staff_id)
    }
    moved = clinic.desk.get(f"/appointments/{free['id']}").json
    assert {name for name in moved if moved[name] != free[name]} == {"staff_id", "version"}
    assert [item["id"] for item in work_of(clinic, clinic.therapist)["appointments"]["items"]] == [busy["id"]]
    ((details,),) = clinic.database.rows(
        "SELECT details FROM audit_entries WHERE action = 'hand_over_appointment' AND object_id = %s", free["id"]
    )
    assert details == {"before": str(clinic.therapist.staff_id), "after": str(successor.staff_id)}


def test_what_stayed_can_be_handed_to_somebody_else(clinic: Clinic) -> None:
    first, second = clinic.staff("therapist"), clinic.staff("therapist")
    appointment = clinic.book(in_days(5, 14))
    clinic.book(in_days(5, 14), staff_id=str(first.staff_id), client_ids=[clinic.client(first)])
    leave(clinic, first)
    assert staff_of(clinic, appointment) == str(clinic.therapist.staff_id)
    clinic.emit(handed_over(clinic, clinic.therapist, second))
    assert staff_of(clinic, appointment) == str(second.staff_id)


def test_open_cases_are_joined_and_closed_ones_are_not(clinic: Clinic) -> None:
    successor = clinic.staff("therapist")
    closed = clinic.open_case(clinic.therapist, clinic.client_id)
    clinic.therapist.patch(f"/cases/{closed}", {"status": "closed"})
    leave(clinic, successor)
    assert successor.get(f"/cases/{clinic.case_id}").status_code == 200
    assert successor.get(f"/cases/{closed}").status_code == 404


@pytest.mark.abuse("A-ROLE-assigned-while-leaving")
@pytest.mark.parametrize("by", ["hand", "opening"])
def test_who_leaves_while_they_are_put_on_a_case_hands_it_over(clinic: Clinic, by: str) -> None:
    """The events wait for the case that is being joined, and find it."""
    leaving, successor, actor = clinic.staff("therapist"), clinic.staff("therapist"), clinic.administrator.actor
    assert isinstance(actor, Person)
    events = (changed(clinic, leaving, 2, "therapist", active=False), handed_over(clinic, leaving, successor))
    with meanwhile(clinic, *events) as session:
        if by == "hand":
            case_id = put_on_case(session, actor, UUID(clinic.case_id), leaving.staff_id).id
        else:
            details = CaseDetails(UUID(clinic.client_id), "Couple", (leaving.staff_id,))
            case_id = open_case(session, actor, details).id
    assert str(successor.staff_id) in clinic.administrator.get(f"/cases/{case_id}").json["staff_ids"]


@pytest.mark.abuse("A-ROLE-booked-while-leaving")
@pytest.mark.parametrize("by", ["booking", "another clinician"])
def test_who_leaves_while_an_appointment_becomes_theirs_hands_it_over(clinic: Clinic, by: str) -> None:
    """The events wait for the booking, and find it: it is left with nobody who is gone."""
    leaving, successor, actor = clinic.staff("therapist"), clinic.staff("therapist"), clinic.administrator.actor
    begins = clock.now().replace(hour=15, minute=0, second=0, microsecond=0, tzinfo=None) + timedelta(days=30)
    booking = Booking(
        client_ids=[UUID(clinic.client_id)],
        staff_id=leaving.staff_id,
        service_type_id=UUID(clinic.booking("2026-10-01T10:00")["service_type_id"]),
        starts_at_local=begins,
    )
    booked = clinic.book(f"{begins - timedelta(days=1):%Y-%m-%dT%H:%M}") if by == "another clinician" else None
    with meanwhile(
        clinic, changed(clinic, leaving, 2, "therapist", active=False), handed_over(clinic, leaving, successor)
    ) as session:
        if booked is None:
            appointment_id = book_appointment(session, actor, booking)[0].id
        else:
            appointment_id = UUID(booked["id"])
            change_appointment(session, actor, appointment_id, AppointmentChanges(staff_id=leaving.staff_id))
    assert staff_of(clinic, {"id": appointment_id}) == str(successor.staff_id)


@contextmanager
def meanwhile(clinic: Clinic, *events: Any) -> Iterator[Session]:
    """A transaction that these events come into the middle of."""
    waiting = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    with ThreadPoolExecutor(1) as pool:
        with clinic.worker.transaction(clinic.organization_id) as session:
            yield session
            session.flush()
            applied = pool.submit(apply, "clinical", clinic.worker, *events)
            wait_until(lambda: applied.done() or clinic.database.rows(waiting), what="the events wait")
        applied.result()


@pytest.mark.parametrize("seed", range(6))
def test_the_order_of_events_does_not_matter(clinic: Clinic, seed: int) -> None:
    """Clients' and identity's events come by different ways: every order ends the same."""
    successor = clinic.staff("therapist")
    through = clinic.open_case(clinic.administrator, clinic.client(clinic.administrator))
    clinic.administrator.put(f"/cases/{through}/staff/{clinic.therapist.staff_id}")
    other_client = UUID(clinic.administrator.get(f"/cases/{through}").json["client_id"])
    now = clock.now()
    events: list[tuple[Any, datetime]] = [
        (changed(clinic, clinic.therapist, 2, "default", "therapist", active=False), now),
        (handed_over(clinic, clinic.therapist, successor), now),
    ]
    for client_id in (UUID(clinic.client_id), other_client):
        taken_off = StaffUnassigned(clinic.organization_id, client_id, clinic.therapist.staff_id, 5)
        events.append((taken_off, now + timedelta(seconds=1)))
    joined = StaffAssigned(clinic.organization_id, UUID(clinic.client_id), successor.staff_id, 1)
    events.append((joined, now + timedelta(seconds=1)))
    random.Random(seed).shuffle(events)
    for event, at in events:
        clinic.emit(event, at)
    for case_id in (clinic.case_id, through):
        staff_ids = clinic.administrator.get(f"/cases/{case_id}").json["staff_ids"]
        assert str(successor.staff_id) in staff_ids, case_id
        assert str(clinic.therapist.staff_id) not in staff_ids, case_id


def test_a_draft_whose_author_left_is_listed_taken_over_and_signed(clinic: Clinic) -> None:
    successor, stranger = clinic.staff("therapist"), clinic.staff("therapist")
    note = clinic.note(clinic.book("2026-09-01T10:00")["id"])
    assert clinic.administrator.get("/orphan-drafts").json["items"] == []
    leave(clinic, successor)
    for asker, expected in ((clinic.administrator, [note["id"]]), (successor, [note["id"]]), (stranger, [])):
        found = asker.get("/orphan-drafts").json["items"]
        assert [draft["id"] for draft in found] == expected
        assert not any("content" in draft for draft in found)
    assert successor.patch(f"/notes/{note['id']}", {"minutes": 50}).json["code"] == "not_author"
    assert stranger.post(f"/notes/{note['id']}/take-over").status_code == 404
    taken = successor.post(f"/notes/{note['id']}/take-over").json
    assert taken["author_id"] == str(successor.staff_id) and taken["drafted_by"] == str(clinic.therapist.staff_id)
    assert taken["content"] == note["content"] and taken["version"] == note["version"] + 1
    assert successor.post(f"/notes/{note['id']}/take-over").json["version"] == taken["version"]
    assert clinic.administrator.get("/orphan-drafts").json["items"] == []
    assert successor.post(f"/notes/{note['id']}/sign").status_code == 200
    ((documented,),) = clinic.documented()
    assert documented["rendering_staff_id"] == str(clinic.therapist.staff_id), "who was with the client"


def test_the_draft_of_somebody_who_may_not_sign_any_more_is_kept(clinic: Clinic) -> None:
    colleague = clinic.staff("therapist")
    clinic.assign(clinic.client_id, colleague)
    note = clinic.note(clinic.book("2026-09-01T10:00")["id"])
    clinic.emit(changed(clinic, clinic.therapist, 2, "default"))
    (listed,) = clinic.administrator.get("/orphan-drafts").json["items"]
    assert listed["id"] == note["id"]
    assert clinic.administrator.get(f"/notes/{note['id']}").json["content"] == note["content"]
    assert colleague.post(f"/notes/{note['id']}/take-over").status_code == 200


def test_the_draft_of_somebody_who_is_off_the_case_is_found_and_taken_over(clinic: Clinic) -> None:
    """They do not see it themselves: their own list holds what they can finish."""
    colleague = clinic.staff("therapist")
    clinic.assign(clinic.client_id, colleague)
    note = clinic.note(clinic.book("2026-09-01T10:00")["id"])
    clinic.unassign(clinic.client_id, clinic.therapist, 2)
    assert clinic.therapist.get(f"/notes/{note['id']}").status_code == 404
    assert clinic.therapist.get("/worklist", kind="draft").json["items"] == []
    for asker in (clinic.administrator, colleague):
        assert [draft["id"] for draft in asker.get("/orphan-drafts").json["items"]] == [note["id"]]
    taken = colleague.post(f"/notes/{note['id']}/take-over").json
    assert (taken["author_id"], taken["drafted_by"]) == (str(colleague.staff_id), str(clinic.therapist.staff_id))
    assert clinic.administrator.get("/orphan-drafts").json["items"] == []


def test_a_restricted_administrator_off_the_case_cannot_finish_their_draft_and_somebody_on_it_can(
    clinic: Clinic,
) -> None:
    """Where Administration works in assigned cases only, their own draft is as lost to them as anybody's."""
    colleague, stranger, author = clinic.staff("therapist"), clinic.staff("therapist"), clinic.staff("administration")
    other = clinic.staff("administration", restricts_administration=True)
    for member in (colleague, author):
        clinic.assign(clinic.client_id, member)
    booked = clinic.book("2026-09-01T10:00", staff_id=str(author.staff_id))["id"]
    draft = {"client_id": clinic.client_id, "case_id": clinic.case_id, "template": "soap", "content": {}}
    note = author.post(f"/appointments/{booked}/notes", draft).json
    clinic.unassign(clinic.client_id, author, 2)
    assert colleague.get("/orphan-drafts").json["items"] == [], "every case is open to Administration"
    decide(clinic, 2, restricts_administration=True)
    for asker, seen in ((colleague, [note["id"]]), (stranger, []), (other, [])):
        assert [listed["id"] for listed in asker.get("/orphan-drafts").json["items"]] == seen
    for asker in (stranger, other):
        assert asker.post(f"/notes/{note['id']}/take-over").status_code == 404
    taken = colleague.post(f"/notes/{note['id']}/take-over").json
    assert (taken["author_id"], taken["drafted_by"]) == (str(colleague.staff_id), str(author.staff_id))


def test_nobody_takes_a_colleagues_draft_or_anything_signed(clinic: Clinic) -> None:
    colleague = clinic.staff("therapist")
    clinic.assign(clinic.client_id, colleague)
    note = clinic.note(clinic.book("2026-09-01T10:00")["id"])
    assert colleague.post(f"/notes/{note['id']}/take-over").json["code"] == "not_orphaned"
    clinic.therapist.post(f"/notes/{note['id']}/sign")
    leave(clinic, colleague)
    assert colleague.post(f"/notes/{note['id']}/take-over").json["code"] == "note_signed"
    assert clinic.administrator.get(f"/notes/{note['id']}").json["author_id"] == str(clinic.therapist.staff_id)


def test_open_work_lists_plans_whose_review_is_due_and_the_successor_has_them(clinic: Clinic) -> None:
    today = clock.today("America/New_York")

    def sign(effective: int, review: int) -> dict[str, str]:
        days = {"effective_from": str(today + timedelta(effective)), "review_on": str(today + timedelta(review))}
        plan = clinic.therapist.post(f"/cases/{clinic.case_id}/treatment-plans", {**PLAN, **days}).json
        assert clinic.therapist.post(f"/treatment-plans/{plan['id']}/sign").status_code == 200
        return {"id": plan["id"], "due_on": days["review_on"]}

    none = {"count": 0, "items": []}
    assert work_of(clinic, clinic.therapist)["plans_due"] == none
    sign(-90, 15)
    assert work_of(clinic, clinic.therapist)["plans_due"] == none
    due = sign(-89, 14)
    plan = {**due, "case_id": clinic.case_id, "client_id": clinic.client_id}
    assert work_of(clinic, clinic.therapist)["plans_due"] == {"count": 1, "items": [plan]}
    colleague = clinic.staff("therapist")
    assert work_of(clinic, colleague)["plans_due"] == none
    leave(clinic, colleague)
    assert work_of(clinic, colleague)["plans_due"] == {"count": 1, "items": [plan]}


def test_open_work_lists_drafts_and_who_is_supervised(clinic: Clinic) -> None:
    trainee = clinic.staff("therapist", supervisor=clinic.therapist)
    note = clinic.note(clinic.book("2026-09-01T10:00")["id"])
    work = work_of(clinic, clinic.therapist)
    assert [item["id"] for item in work["drafts"]["items"]] == [note["id"]]
    assert [item["id"] for item in work["supervised"]["items"]] == [str(trainee.staff_id)]
    assert clinic.therapist.get(f"/staff/{clinic.therapist.staff_id}/open-work").status_code == 403


@pytest.mark.abuse("A-ROLE-break-glass-for-ever")
@pytest.mark.parametrize(("levels", "active"), [(("default", "therapist"), False), (("default",), True)])
def test_emergency_access_does_not_come_back_with_the_account_or_the_level(
    open_clinic: Clinic, levels: tuple[str, ...], active: bool
) -> None:
    clinic, colleague = open_clinic, open_clinic.staff("therapist")
    opening, path = break_glass(clinic, colleague), f"/cases/{open_clinic.case_id}"
    clinic.emit(changed(clinic, colleague, 2, "default", "therapist"))
    assert colleague.get(path).status_code == 200, "another change of theirs ends nothing"
    clinic.emit(changed(clinic, colleague, 3, *levels, active=active))
    assert clinic.administrator.get(f"/break-glass/{opening['id']}").json["is_open"] is False
    again = break_glass(clinic, colleague)  # by a session that has not heard of it yet
    clinic.emit(changed(clinic, colleague, 4, "default", "therapist"))
    assert clinic.administrator.get(f"/break-glass/{again['id']}").json["is_open"] is False
    assert colleague.get(path).status_code == 404
    late = break_glass(clinic, colleague)
    clinic.emit(changed(clinic, colleague, 6, "default", "therapist"))
    clinic.emit(changed(clinic, colleague, 5, *levels, active=active))
    assert clinic.administrator.get(f"/break-glass/{late['id']}").json["is_open"] is False, (
        "heard of in the other order"
    )
    before, since = clock.now(), break_glass(clinic, colleague)
    clinic.emit(changed(clinic, colleague, 5, *levels, active=active), before)
    assert clinic.administrator.get(f"/break-glass/{since['id']}").json["is_open"], "opened after the level was back"
