"""Who was taken off a case reads the notes that they signed in it, for as many days as the practice says."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from services.clinical.tests.conftest import Clinic
from services.clinical.tests.emergency import decide
from services.clinical.tests.test_clinical_reopening import signed
from shared.testing.web import ServiceClient


def taken_off(clinic: Clinic, member: ServiceClient) -> None:
    left = clinic.administrator.delete(f"/cases/{clinic.case_id}/staff/{member.staff_id}")
    assert left.status_code == 200, left.text


def left_ago(clinic: Clinic, member: ServiceClient, days: timedelta) -> None:
    """As if they had been taken off that long ago."""
    clinic.database.rows(
        "UPDATE case_members SET since = now() - %s WHERE case_id = %s AND staff_id = %s RETURNING 1",
        *(days, clinic.case_id, member.staff_id),
    )


def listed(member: ServiceClient) -> list[dict[str, Any]]:
    response = member.get("/former-notes")
    assert response.status_code == 200, response.text
    return list(response.json["items"])


def test_who_left_a_case_reads_what_they_signed_until_the_days_are_over(clinic: Clinic) -> None:
    author, note = clinic.therapist, signed(clinic)
    path = f"/notes/{note['id']}"
    assert listed(author) == [], "the case is open to them"
    taken_off(clinic, author)
    assert author.get(path).status_code == 404 and listed(author) == [], "the practice has not said so"
    decide(clinic, 2, author_access_days=30)
    assert author.get(path).json["content"] == note["content"]
    assert [item["id"] for item in listed(author)] == [note["id"]]
    for closed in (f"/cases/{clinic.case_id}", f"/cases/{clinic.case_id}/notes"):
        assert author.get(closed).status_code == 404, "nothing else of the case"
    for act, body in (
        ("addenda", {"text": "Later."}),
        ("amendments", {"reason": "No."}),
        ("reopen", {"reason": "No."}),
    ):
        assert author.post(f"{path}/{act}", body).status_code == 404, act
    left_ago(clinic, author, timedelta(days=29, hours=23))
    assert author.get(path).status_code == 200
    left_ago(clinic, author, timedelta(days=30))
    assert author.get(path).status_code == 404 and listed(author) == []
    decide(clinic, 3, author_access_days=31)
    assert author.get(path).status_code == 200
    decide(clinic, 4)
    assert author.get(path).status_code == 404, "the practice ends it at once"


def test_nobody_else_reads_it_nor_what_is_not_signed_and_each_look_is_on_record(clinic: Clinic) -> None:
    author, colleague = clinic.therapist, clinic.staff("therapist")
    note = signed(clinic)
    decide(clinic, 2, author_access_days=30)
    clinic.administrator.put(f"/cases/{clinic.case_id}/staff/{colleague.staff_id}")
    taken_off(clinic, colleague)
    taken_off(clinic, author)
    path = f"/notes/{note['id']}"
    assert colleague.get(path).status_code == 404 and listed(colleague) == [], (
        "they were on the case, and signed nothing"
    )
    assert clinic.staff("default").get("/former-notes").status_code == 403
    assert author.get(path).status_code == 200 and listed(author)
    rules = clinic.database.rows(
        "SELECT action, rule FROM audit_entries WHERE actor_id = %s AND rule = 'former_author' ORDER BY action",
        author.staff_id,
    )
    assert rules == [("former_notes.list", "former_author"), ("note.read", "former_author")]
    clinic.database.rows("UPDATE case_members SET active = true WHERE staff_id = %s RETURNING 1", author.staff_id)
    assert author.post(f"{path}/reopen", {"reason": "A slip."}).status_code == 200
    taken_off(clinic, author)
    assert author.get(path).status_code == 404, "a draft is no signed note"
