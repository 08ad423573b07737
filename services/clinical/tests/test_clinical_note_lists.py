"""Notes are listed by their sessions with their first lines, and words are found in the notes of a case."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from services.clinical.agenda.models import Appointment
from services.clinical.note_lists import rules
from services.clinical.notes.models import Note
from services.clinical.tests.conftest import SOAP, Clinic
from services.clinical.tests.test_clinical_reopening import WHY
from shared.testing.databases import ServiceDatabase
from shared.testing.plans import plan_of
from shared.testing.web import ServiceClient


def noted(clinic: Clinic, start: str, text: str, *, sign: bool = True, **more: Any) -> str:
    """The id of a note of the session that starts then; `text`: what stands first in it."""
    note = clinic.note(clinic.book(start)["id"], content={**SOAP, "subjective": text}, **more)
    if sign:
        assert clinic.therapist.post(f"/notes/{note['id']}/sign").status_code == 200
    return str(note["id"])


def listed(member: ServiceClient, **query: Any) -> list[dict[str, Any]]:
    response = member.get("/notes", **query)
    assert response.status_code == 200, response.text
    return list(response.json["items"])


def lines(member: ServiceClient, **query: Any) -> list[str]:
    return [item["line"] for item in listed(member, **query)]


def found(member: ServiceClient, clinic: Clinic, words: str) -> dict[str, Any]:
    response = member.post(f"/cases/{clinic.case_id}/notes/search", {"words": words})
    assert response.status_code == 200, response.text
    return dict(response.json)


def test_they_come_by_their_sessions_the_last_first_whenever_they_were_begun(clinic: Clinic) -> None:
    noted(clinic, "2026-10-06T16:00", "Second")
    noted(clinic, "2026-10-05T16:00", "\n  First,   of two lines \nnot this")
    noted(clinic, "2026-10-07T16:00", "Third", sign=False)
    assert lines(clinic.therapist) == ["Third", "Second", "First, of two lines"]
    first = clinic.therapist.get("/notes", limit=2).json
    rest = clinic.therapist.get("/notes", limit=2, cursor=first["next_cursor"]).json
    assert [item["line"] for item in (*first["items"], *rest["items"])] == lines(clinic.therapist)
    assert rest["next_cursor"] is None
    other = clinic.therapist.get("/notes", limit=2, status="signed", cursor=first["next_cursor"])
    assert other.status_code == 422, "a page of another list"
    session = listed(clinic.therapist)[0]
    assert (session["starts_at"], session["service_type_id"]) == ("2026-10-07T20:00:00Z", clinic.service_type_id)


def test_each_filter_leaves_what_it_says(clinic: Clinic) -> None:
    noted(clinic, "2026-10-05T16:00", "One")
    noted(clinic, "2026-10-06T16:00", "Two", sign=False)
    gone = noted(clinic, "2026-10-07T16:00", "Three", sign=False)
    assert clinic.therapist.post(f"/notes/{gone}/discard", WHY).status_code == 200
    narrative = clinic.note(clinic.book("2026-10-08T16:00")["id"], template="narrative", content={"text": "Four"})
    member = clinic.therapist
    assert lines(member) == ["Four", "Two", "One"], "a discarded one only where it is asked for"
    for query, wanted in (
        ({"status": "discarded"}, ["Three"]),
        ({"status": "draft"}, ["Four", "Two"]),
        ({"status": "signed"}, ["One"]),
        ({"status": "submitted"}, []),
        ({"template": "narrative"}, ["Four"]),
        ({"from": "2026-10-06"}, ["Four", "Two"]),
        ({"to": "2026-10-06"}, ["Two", "One"]),
        ({"from": "2026-10-06", "to": "2026-10-06"}, ["Two"]),
        ({"client_id": clinic.client_id, "status": "signed"}, ["One"]),
        ({"client_id": narrative["id"]}, []),
        ({"author_id": str(member.staff_id), "template": "soap"}, ["Two", "One"]),
        ({"author_id": str(clinic.administrator.staff_id)}, []),
    ):
        assert lines(member, **query) == wanted, query
    for wrong in ({"from": "2026-10-07", "to": "2026-10-06"}, {"status": "lost"}, {"template": "x"}):
        assert member.get("/notes", **wrong).status_code == 422, wrong


def test_the_line_is_of_what_holds_now_and_addenda_are_counted(clinic: Clinic) -> None:
    note = noted(clinic, "2026-10-06T16:00", "As signed")
    path = f"/notes/{note}"
    assert clinic.therapist.post(f"{path}/addenda", {"text": "Later"}).status_code == 201
    amended = {**WHY, "content": {"subjective": "As amended"}}
    assert clinic.therapist.post(f"{path}/amendments", amended).status_code == 201
    (item,) = listed(clinic.therapist)
    assert (item["line"], item["addenda"], item["status"]) == ("As amended", 1, "signed")
    assert clinic.therapist.post(f"{path}/reopen", WHY).status_code == 200
    assert clinic.therapist.patch(path, {"content": {"subjective": " "}}).status_code == 200
    (item,) = clinic.therapist.get(f"/cases/{clinic.case_id}/notes").json["items"]
    assert item["line"] == SOAP["objective"], "the next version is what is written now"


def test_nobody_sees_a_line_of_a_case_that_they_are_not_on(clinic: Clinic, clinical_database: ServiceDatabase) -> None:
    noted(clinic, "2026-10-06T16:00", "Private")
    colleague = clinic.staff("therapist")
    assert listed(colleague) == [] and listed(colleague, client_id=clinic.client_id) == []
    assert colleague.post(f"/cases/{clinic.case_id}/notes/search", {"words": "private"}).status_code == 404
    for level in ("default", "billing"):
        member = clinic.staff(level)
        assert member.get("/notes").status_code == 403
        assert member.post(f"/cases/{clinic.case_id}/notes/search", {"words": "private"}).status_code == 403
    assert lines(clinic.administrator) == ["Private"]
    assert found(clinic.therapist, clinic, "private")["items"]
    on_record = clinical_database.rows(
        "SELECT action, rule, details::text FROM audit_entries WHERE organization_id = %s"
        " AND action IN ('notes.list', 'case_notes.search') AND rule IS NOT NULL",
        clinic.organization_id,
    )
    assert {(action, rule) for action, rule, _ in on_record} >= {
        ("notes.list", "administrator"),
        ("case_notes.search", "on_case"),
    }
    assert not [details for _, _, details in on_record if "rivate" in (details or "")]


def test_words_are_found_in_texts_and_addenda_of_this_case_alone(clinic: Clinic) -> None:
    first = noted(clinic, "2026-10-05T16:00", "Sleeps badly. " * 4 + "Grounding  helps a lot")
    second = noted(clinic, "2026-10-06T16:00", "Nothing of it")
    assert clinic.therapist.post(f"/notes/{second}/addenda", {"text": "We tried\nGROUNDING helps"}).status_code == 201
    hits = found(clinic.therapist, clinic, "  grounding helps ")
    assert [(item["id"], item["line"]) for item in hits["items"]] == [
        (second, "GROUNDING helps"),
        (first, "…. Sleeps badly. Sleeps badly. Grounding helps a lot"),
    ]
    assert hits["more"] is False
    assert found(clinic.therapist, clinic, "grounding hinders") == {"items": [], "more": False}
    for wrong in ({}, {"words": "a"}, {"words": "a" * 101}, {"words": " b "}):
        assert clinic.therapist.post(f"/cases/{clinic.case_id}/notes/search", wrong).status_code == 422, wrong


def test_so_many_notes_are_looked_through_and_it_says_that_there_are_more(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "SEARCHED_MAX", 1)
    noted(clinic, "2026-10-05T16:00", "Needle")
    assert found(clinic.therapist, clinic, "needle")["more"] is False
    noted(clinic, "2026-10-06T16:00", "Hay")
    assert found(clinic.therapist, clinic, "needle") == {"items": [], "more": True}


def test_indexes_serve_the_filters(clinic: Clinic, clinical_database: ServiceDatabase) -> None:
    """Asked as the web process asks. In any order an index finds the rows, and the sessions are found by theirs."""
    own = (Appointment.organization_id == Note.organization_id) & (Appointment.id == Note.appointment_id)
    for condition, index in (
        (Note.client_id == UUID(clinic.client_id), "ix_notes_client"),
        (Note.author_id == clinic.therapist.staff_id, "ix_notes_written"),
        (Note.template == "girp", "ix_notes_template"),
    ):
        statement = (
            select(Appointment.starts_at, Note.id)
            .join(Appointment, own)
            .where(Note.organization_id == clinic.organization_id, condition)
            .order_by(Appointment.starts_at.desc(), Note.id.desc())
            .limit(51)
        )
        plan = plan_of(clinical_database, clinic.organization_id, statement)
        assert index in plan and "Seq Scan" not in plan, plan
    whole = (
        select(Appointment.starts_at, Note.id)
        .join(Appointment, own)
        .where(Appointment.organization_id == clinic.organization_id, Note.review.is_distinct_from("discarded"))
        .order_by(Appointment.starts_at.desc(), Note.id.desc())
        .limit(51)
    )
    plan = plan_of(clinical_database, clinic.organization_id, whole)
    assert "ix_appointments_start" in plan and "uq_notes_attendee" in plan, plan
