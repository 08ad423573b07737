"""What the audit trail says of clinical work: which clients, by which rule, also where many are concerned."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from services.clinical.tests.conftest import Clinic
from shared import audit
from shared.audit_feed import BATCH_ENTRIES, AuditFeed
from shared.contracts.identity import OrganizationChanged, WorkHandedOver
from shared.database.session import Database
from shared.ids import new_id
from shared.testing.web import ServiceClient


def entries(clinic: Clinic, actor_id: UUID | None, action: str) -> list[tuple[Any, ...]]:
    """(outcome, rule, set of clients) of what somebody did, in order."""
    rows = clinic.database.rows(
        "SELECT outcome, rule, client_ids FROM audit_entries WHERE organization_id = %s"
        " AND actor_id IS NOT DISTINCT FROM %s AND action = %s ORDER BY id",
        clinic.organization_id,
        actor_id,
        action,
    )
    return [(outcome, rule, set(clients)) for outcome, rule, clients in rows]


def group(clinic: Clinic, *clients: str, start: str = "2026-10-06T16:00") -> str:
    return str(clinic.book(start, client_ids=list(clients))["id"])


def test_a_group_names_all_its_members(clinic: Clinic) -> None:
    other = clinic.client()
    both = {UUID(clinic.client_id), UUID(other)}
    appointment = group(clinic, clinic.client_id, other)
    clinic.desk.get(f"/appointments/{appointment}")
    clinic.desk.post(f"/appointments/{appointment}/status", {"status": "confirmed"})
    clinic.desk.get("/agenda", **{"from": "2026-10-06", "to": "2026-10-06"})
    for action in ("post_appointment", "appointment.read", "post_appointment_status", "agenda.read"):
        assert entries(clinic, clinic.desk.staff_id, action) == [("done", "level", both)], action


def test_a_program_books_and_reads_by_its_own_id_and_signs_nothing(clinic: Clinic) -> None:
    scope = ("appointments:create", "cases:read", "notes:read", "notes:sign", "break_glass:open")
    program = clinic.web.as_program(*scope, organization_id=clinic.organization_id)
    booked = program.post("/appointments", clinic.booking("2026-10-06T16:00"))
    assert booked.status_code == 201, booked.text
    (booked_by,) = clinic.database.rows("SELECT booked_by FROM appointments WHERE id = %s", booked.json["id"])[0]
    assert booked_by == program.actor_id
    assert program.get(f"/cases/{clinic.case_id}").status_code == 200
    assert entries(clinic, program.actor_id, "case.read") == [("done", "administrator", {UUID(clinic.client_id)})]
    note = clinic.note(booked.json["id"])
    for path in (f"/notes/{note['id']}/sign", f"/clients/{clinic.client_id}/break-glass"):
        refused = program.post(path, {"reason": "Whatever was given, it is not for programs."})
        assert (refused.status_code, refused.json["code"]) == (403, "forbidden"), path


def test_who_sees_assigned_clients_only_sees_no_other_member_of_a_group(clinic: Clinic) -> None:
    mine, other = clinic.client_id, clinic.client()
    narrowed = clinic.staff("therapist", grants=("assigned_only",))
    appointment = group(clinic, mine, other)
    path = f"/appointments/{appointment}"
    assert narrowed.get(path).status_code == 404
    both = {UUID(mine), UUID(other)}
    assert entries(clinic, narrowed.staff_id, "appointment.read") == [("denied", "not_found", both)]
    clinic.assign(mine, narrowed)
    shown = narrowed.get(path)
    refused = narrowed.post(f"{path}/status", {"status": "confirmed"})
    assert shown.json["client_ids"] == [mine] and refused.status_code == 403
    assert other not in shown.text + refused.text
    assert entries(clinic, narrowed.staff_id, "appointment.read")[-1] == ("done", "assigned", {UUID(mine)})
    assert entries(clinic, narrowed.staff_id, "post_appointment_status") == [("denied", "colleagues_appointment", both)]
    assert clinic.desk.get(path).json["client_ids"] == [mine, other]


def test_appointments_that_are_handed_over_name_their_clients(clinic: Clinic) -> None:
    other = clinic.client()
    group(clinic, clinic.client_id, other, start="2031-03-04T10:00")
    successor = clinic.staff("therapist")
    clinic.emit(
        WorkHandedOver(
            organization_id=clinic.organization_id,
            staff_id=clinic.therapist.staff_id,
            version=2,
            successor_id=successor.staff_id,
            handed_over_by=clinic.administrator.staff_id,
        )
    )
    ((_, _, clients),) = entries(clinic, None, "hand_over_appointment")
    assert clients == {UUID(clinic.client_id), UUID(other)}


def test_lists_of_notes_and_openings_name_their_clients(clinic: Clinic) -> None:
    clinic.emit(
        OrganizationChanged(
            organization_id=clinic.organization_id,
            version=2,
            name="Clinic",
            time_zone="America/New_York",
            break_glass_enabled=True,
        )
    )
    clinic.note(clinic.book("2026-10-06T16:00")["id"])
    colleague = clinic.staff("therapist")
    reason = {"reason": "Colleague is ill, client in crisis."}
    assert colleague.post(f"/clients/{clinic.client_id}/break-glass", reason).status_code == 201
    administrator, client_ids = clinic.administrator, {UUID(clinic.client_id)}
    administrator.get(f"/staff/{clinic.therapist.staff_id}/open-work")
    administrator.get("/break-glass")
    assert entries(clinic, administrator.staff_id, "open_work.read") == [("done", "level", client_ids)]
    assert entries(clinic, administrator.staff_id, "break_glass.list") == [("done", "level", client_ids)]
    clinic.database.rows("UPDATE staff_copies SET active = false WHERE id = %s RETURNING id", clinic.therapist.staff_id)
    assert administrator.get("/orphan-drafts").json["items"]
    assert entries(clinic, administrator.staff_id, "orphan_drafts.list") == [("done", "administrator", client_ids)]


def test_denials_about_plans_notes_and_openings_name_the_client(clinic: Clinic) -> None:
    colleague, client_ids = clinic.staff("therapist"), {UUID(clinic.client_id)}
    plan = {
        "effective_from": "2026-01-01",
        "problems": [{"description": "d", "goals": [{"description": "g", "objectives": []}]}],
    }
    made = clinic.therapist.post(f"/cases/{clinic.case_id}/treatment-plans", plan)
    assert made.status_code == 201, made.text
    refused = {
        "post_plan_signature": colleague.post(f"/treatment-plans/{made.json['id']}/sign"),
        "treatment_plans.list": colleague.get(f"/cases/{clinic.case_id}/treatment-plans"),
    }
    assert {response.status_code for response in refused.values()} == {404}
    for action in refused:
        assert entries(clinic, colleague.staff_id, action) == [("denied", "not_found", client_ids)], action
    opened = colleague.post("/cases", {"client_id": clinic.client_id, "name": "Mine"})
    assert opened.status_code == 403
    assert entries(clinic, colleague.staff_id, "post_case") == [("denied", "not_assigned", client_ids)]
    booked = colleague.post("/appointments", clinic.booking("2026-10-08T10:00", case_id=clinic.case_id))
    assert booked.status_code == 422
    assert entries(clinic, colleague.staff_id, "post_appointment") == [("denied", "hidden", client_ids)]


def test_a_denial_before_anything_was_looked_up_names_the_clients_of_the_request(clinic: Clinic) -> None:
    override = clinic.booking("2026-10-06T10:30", override={"reason": "both want it"})
    assert clinic.desk.post("/appointments", override).status_code == 403
    denied = ("denied", "forbidden", {UUID(clinic.client_id)})
    assert entries(clinic, clinic.desk.staff_id, "post_appointment") == [denied]


def test_what_is_refused_because_of_who_asks_is_on_record_whatever_its_status(clinic: Clinic) -> None:
    booked = clinic.book("2026-03-02T10:00")["id"]
    note = clinic.note(booked)["id"]
    clinic.therapist.post(f"/notes/{note}/sign")
    theirs = {UUID(clinic.client_id)}
    for path, body, action, rule in (
        (f"/notes/{note}/reopen", {"reason": "mine"}, "post_note_reopening", "not_author"),
        (f"/notes/{note}/amendments", {"reason": "typo", "minutes": 30}, "post_amendment", "not_author"),
        (
            f"/appointments/{booked}/notes",
            {"client_id": clinic.client_id, "template": "narrative", "content": {"text": "t"}},
            "post_note",
            "not_the_clinician",
        ),
    ):
        assert clinic.administrator.post(path, body).status_code == 409
        assert entries(clinic, clinic.administrator.staff_id, action) == [("denied", rule, theirs)], action


def test_what_only_its_author_may_do_was_done_as_the_author(clinic: Clinic) -> None:
    note = clinic.note(clinic.book("2026-10-06T16:00")["id"])
    path = f"/notes/{note['id']}"
    assert clinic.therapist.patch(path, {"minutes": 54}).status_code == 200
    assert clinic.therapist.post(f"{path}/sign").status_code == 200
    assert clinic.therapist.post(f"{path}/amendments", {"reason": "typo", "minutes": 55}).status_code == 201
    for action in ("patch_note", "post_note_signature", "post_amendment"):
        assert [row[1] for row in entries(clinic, clinic.therapist.staff_id, action)] == ["author"], action


def feed(worker: Database) -> None:
    while AuditFeed("clinical", worker).send_some():
        pass


def test_very_many_clients_fit_into_events(clinic: Clinic) -> None:
    """As many as two busy months of groups show, and then many entries with whole pages of clients."""
    feed(clinic.worker)
    everybody = [new_id() for _ in range(audit.CLIENTS_PER_ENTRY * 2 + 1)]
    actor = ServiceClient.as_actor(clinic.web, organization_id=clinic.organization_id).actor

    def write(session: Any) -> None:
        audit.record(session, actor, "all", client_ids=everybody)
        for _ in range(BATCH_ENTRIES):
            audit.record(session, actor, "page", client_ids=everybody[:200])

    clinic.worker.run(write, clinic.organization_id)
    feed(clinic.worker)
    sent = clinic.database.rows(
        "SELECT data, octet_length(data::text) FROM outbox WHERE type = 'clinical.audit_recorded.v1'"
        " AND organization_id = %s ORDER BY id",
        clinic.organization_id,
    )
    assert max(size for _, size in sent) < 200_000
    parts = [entry for data, _ in sent for entry in data["entries"] if entry["action"] == "all"]
    assert [len(part["client_ids"]) for part in parts] == [500, 500, 1]
    assert [UUID(client_id) for part in parts for client_id in part["client_ids"]] == everybody
    assert parts[2]["details"] == ['{"part":3,"parts":3}']
    assert sum(entry["action"] == "page" for data, _ in sent for entry in data["entries"]) == BATCH_ENTRIES


def test_a_list_that_shows_nothing_was_opened_by_no_rule(clinic: Clinic) -> None:
    whose, path = {UUID(clinic.client_id)}, f"/clients/{clinic.client_id}/cases"
    unassigned = clinic.staff("therapist")
    assert unassigned.get(path).json["items"] == []
    assert clinic.therapist.get(path).json["items"] != []
    assert clinic.administrator.get(f"/clients/{clinic.client()}/cases").json["items"] == []
    assert entries(clinic, unassigned.staff_id, "cases.list") == [("done", "nothing_shown", whose)]
    assert entries(clinic, clinic.therapist.staff_id, "cases.list") == [("done", "on_case", whose)]
    assert [rule for _, rule, _ in entries(clinic, clinic.administrator.staff_id, "cases.list")] == ["nothing_shown"]
    narrowed = clinic.staff("therapist", grants=("assigned_only",))
    clinic.book("2026-10-06T16:00")
    assert narrowed.get("/agenda", **{"from": "2026-10-06", "to": "2026-10-06"}).json["items"] == []
    assert entries(clinic, narrowed.staff_id, "agenda.read") == [("done", "nothing_shown", set())]
