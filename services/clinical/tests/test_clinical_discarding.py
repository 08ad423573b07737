"""A draft that nobody needs is discarded: kept with who, when and why, and out of everybody's way."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from services.clinical.tests.conftest import Clinic

WHY = {"reason": "The session was documented twice."}


def discarded(clinic: Clinic, note: dict[str, Any]) -> dict[str, Any]:
    response = clinic.therapist.post(f"/notes/{note['id']}/discard", WHY)
    assert response.status_code == 200, response.text
    return dict(response.json)


def test_a_discarded_draft_is_kept_and_leaves_its_place_to_another(clinic: Clinic) -> None:
    note = clinic.note(clinic.book("2026-10-06T10:00")["id"])
    gone = discarded(clinic, note)
    assert gone["status"] == "discarded" and gone["version"] == note["version"] + 1
    (line,) = gone["reviews"]
    assert (line["action"], line["comment"]) == ("discarded", WHY["reason"])
    assert line["by_staff_id"] == str(clinic.therapist.staff_id) and line["at"].endswith("Z")
    assert clinic.therapist.get(f"/notes/{note['id']}").json == gone
    assert gone["content"] == note["content"]
    another = clinic.note(note["appointment_id"])
    assert clinic.therapist.post(f"/notes/{another['id']}/sign").status_code == 200
    listed = clinic.therapist.get(f"/cases/{clinic.case_id}/notes").json["items"]
    assert [note["status"] for note in listed] == ["signed", "discarded"]


def test_nothing_is_done_with_a_discarded_draft_and_it_waits_for_nobody(clinic: Clinic) -> None:
    note = clinic.note(clinic.book("2026-10-06T10:00")["id"])
    discarded(clinic, note)
    path = f"/notes/{note['id']}"
    for response in (
        clinic.therapist.patch(path, {"minutes": 40}),
        clinic.therapist.post(f"{path}/sign"),
        clinic.therapist.post(f"{path}/discard", WHY),
        clinic.administrator.post(f"{path}/take-over"),
    ):
        assert (response.status_code, response.json["code"]) == (409, "note_discarded"), response.text
    for command, body in (("addenda", {"text": "x"}), ("amendments", WHY), ("reopen", WHY), ("submit", None)):
        assert clinic.therapist.post(f"{path}/{command}", body).status_code == 409, command
    counts = clinic.therapist.get("/worklist").json["counts"]
    assert (counts["draft"], counts["no_note"]) == (0, 1)
    assert clinic.administrator.get(f"/staff/{clinic.therapist.staff_id}/open-work").json["drafts"]["count"] == 0
    for statement in ("UPDATE notes SET minutes = 1 WHERE id = '{}' RETURNING 1", "DELETE FROM notes WHERE id = '{}'"):
        with pytest.raises(psycopg.errors.RaiseException, match="discarded"):
            clinic.database.rows(statement.format(note["id"]))


def test_the_author_alone_discards_and_never_what_is_signed(clinic: Clinic) -> None:
    note = clinic.note(clinic.book("2026-10-06T10:00")["id"])
    path = f"/notes/{note['id']}"
    assert clinic.administrator.post(f"{path}/discard", WHY).json["code"] == "not_author"
    assert clinic.staff("therapist").post(f"{path}/discard", WHY).status_code == 404
    assert clinic.therapist.post(f"{path}/discard", {"reason": " "}).status_code == 422
    assert clinic.therapist.post(f"{path}/sign").status_code == 200
    assert clinic.therapist.post(f"{path}/discard", WHY).json["code"] == "note_signed"


def test_without_its_next_version_a_note_is_as_it_was_signed(clinic: Clinic) -> None:
    note = clinic.note(clinic.book("2026-10-06T10:00")["id"])
    path = f"/notes/{note['id']}"
    signed = clinic.therapist.post(f"{path}/sign").json
    assert clinic.therapist.post(f"{path}/reopen", {"reason": "The minutes."}).json["status"] == "draft"
    assert clinic.therapist.patch(path, {"minutes": 30}).status_code == 200
    back = discarded(clinic, note)
    moved = {"version", "reviews", "signed_at", "started_at"}
    assert {name for name in signed if back[name] != signed[name]} <= moved
    assert [review["action"] for review in back["reviews"]] == ["reopened", "discarded"]
    assert len(clinic.documented()) == 1
    assert clinic.therapist.post(f"{path}/addenda", {"text": "Added."}).status_code == 201
