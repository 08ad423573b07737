"""Story 24 through the whole stack: an intern writes, the supervisor co-signs, and only then is there an invoice."""

from __future__ import annotations

from typing import Any

from embedded.stack import Stack
from shared.testing.waiting import wait_until
from tests.practice import Practice
from tests.running import settled


def test_story_24_a_session_of_an_intern_becomes_an_invoice_when_the_supervisor_has_co_signed(
    stack: Stack,
    practice: Practice,
) -> None:
    supervisor = practice.people["therapist"]
    supervised = {"supervisor_id": practice.staff_ids["therapist"], "supervision_mode": "co_sign"}
    intern = practice.add("intern", "therapist", **supervised)
    client_id, _ = practice.new_client("intern")
    complexity = {"name": "Complexity", "kind": "cpt", "code": "90785", "rate_cents": 2_000, "duration_minutes": 5}
    add_on = practice.owner.post("/service-types", complexity)["id"]
    appointment_id = practice.book(client_id, "2026-09-01T10:00", "intern", telehealth=True)
    path = f"/notes/{practice.draft_note(appointment_id, client_id, 'intern')}"
    intern.patch(path, {"add_on_service_type_ids": [add_on]})
    assert intern.post(f"{path}/sign", expect=409)["code"] == "supervised"
    intern.post(f"{path}/submit", expect=200)
    waiting = supervisor.get("/worklist", kind="to_cosign")
    assert [f"/notes/{note['note_id']}" for note in waiting["items"]] == [path]
    supervisor.post(f"{path}/return", {"comment": "Name the intervention."}, expect=200)
    assert practice.invoices(appointment_id) == []
    intern.patch(path, {"content": {"assessment": "exposure, ten minutes"}})
    intern.post(f"{path}/submit", expect=200)
    assert intern.post(f"{path}/co-sign", expect=403)["code"] == "own_note"
    assert practice.owner.post(f"{path}/co-sign", expect=403)["code"] == "not_supervisor"
    supervisor.post(f"{path}/co-sign", expect=200)
    drafted = practice.draft_of(appointment_id)
    line: dict[str, Any] = drafted["lines"][0]
    assert (line["rendering_staff_id"], line["supervising_staff_id"]) == (
        practice.staff_ids["intern"],
        practice.staff_ids["therapist"],
    )
    assert (line["started_at"], line["stopped_at"]) == ("2026-09-01T14:00:00Z", "2026-09-01T14:55:00Z")
    assert (line["place_of_service"], line["telehealth"]) == ("10", True)
    assert line["add_on_service_type_ids"] == [add_on]
    assert (drafted["total_cents"], drafted["holds"]) == (15_000, []), "priced as the service alone"
    practice.owner.post(f"/invoices/{drafted['id']}/issue", {}, expect=200)
    wait_until(lambda: settled(stack), 20, "news of the invoice")
    assert intern.post(f"{path}/reopen", {"reason": "One more thing."}, expect=409)["code"] == "billed"
