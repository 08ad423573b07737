"""Clinical answers to a proposed deletion of a client, holds the client, and forgets them once it is decided."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from services.clinical.tests.conftest import Clinic
from services.clinical.tests.test_clinical_hand_over import in_days
from shared import clock
from shared.contracts.clients import ChangeDecided, ChangeProposed, ClientChanged, StaffAssigned
from shared.ids import new_id

NAME = "Ada Client"


def proposed(clinic: Clinic, client_id: str, change_id: UUID | None = None, seconds: float = 30) -> ChangeProposed:
    answer_by = clock.now() + timedelta(seconds=seconds)
    return ChangeProposed(clinic.organization_id, change_id or new_id(), 1, "delete", (UUID(client_id),), answer_by)


def decided(change: ChangeProposed, *, applies: bool) -> ChangeDecided:
    return ChangeDecided(change.organization_id, change.change_id, 2, change.kind, change.client_ids, applies=applies)


def said(clinic: Clinic, change: ChangeProposed) -> list[str]:
    rows = clinic.database.rows(
        "SELECT data->>'code' FROM outbox WHERE type = 'clinical.change_answered.v1' AND aggregate_id = %s",
        change.change_id,
    )
    return [str(row[0]) for row in rows]


def held(clinic: Clinic, client_id: str) -> ChangeProposed:
    change = proposed(clinic, client_id)
    clinic.emit(change)
    assert said(clinic, change) == ["ready"]
    return change


def over(clinic: Clinic, client_id: str) -> None:
    """What the passing of a minute does for a hold."""
    clinic.database.rows(
        "UPDATE client_copies SET held_until = held_until - interval '1 minute' WHERE id = %s RETURNING 1",
        UUID(client_id),
    )


def begins(clinic: Clinic, client_id: str) -> list[Any]:
    """What is answered to somebody who books the client, and to somebody who opens a case."""
    booking = clinic.booking(in_days(5, 10), client_ids=[client_id])
    case = {"client_id": client_id, "name": "Individual"}
    return [clinic.desk.post("/appointments", booking), clinic.administrator.post("/cases", case)]


def codes(answers: list[Any]) -> list[tuple[int, str]]:
    return [(response.status_code, response.json.get("code", "")) for response in answers]


def test_a_client_of_whom_there_is_nothing_is_held_and_then_gone(clinic: Clinic) -> None:
    client_id = clinic.client(clinic.therapist)
    change = held(clinic, client_id)
    assert codes(begins(clinic, client_id)) == [(409, "client_held")] * 2
    for _ in range(2):
        clinic.emit(decided(change, applies=True))
    assert [response.status_code for response in begins(clinic, client_id)] == [422, 422]
    # What was sent before, and comes late, brings nobody back.
    clinic.emit(ClientChanged(clinic.organization_id, UUID(client_id), 7, NAME, "active"))
    clinic.emit(StaffAssigned(clinic.organization_id, UUID(client_id), clinic.therapist.staff_id, 7))
    clinic.emit(proposed(clinic, client_id))
    for who in (clinic.administrator, clinic.therapist):
        for path in ("cases", "appointments"):
            assert who.get(f"/clients/{client_id}/{path}").status_code == 404
    assert clinic.administrator.post("/appointments/lookup", {"client_ids": [client_id]}).json == {"items": []}
    assert clinic.database.rows("SELECT display_name FROM client_copies WHERE id = %s", UUID(client_id)) == [("",)]


def test_a_refused_change_ends_the_hold_and_so_does_a_minute(clinic: Clinic) -> None:
    refused, forgotten = clinic.client(), clinic.client()
    clinic.emit(decided(held(clinic, refused), applies=False))
    change = held(clinic, forgotten)
    other = proposed(clinic, forgotten)
    clinic.emit(other)
    assert said(clinic, other) == ["being_changed"]
    clinic.emit(decided(other, applies=False))
    assert codes(begins(clinic, forgotten)) == [(409, "client_held")] * 2, "the hold is another's"
    over(clinic, forgotten)
    for client_id in (refused, forgotten):
        assert [response.status_code for response in begins(clinic, client_id)] in ([201, 201], [409, 201])
    clinic.emit(decided(change, applies=False))
    clinic.emit(decided(change, applies=False))


@pytest.mark.parametrize(
    ("use", "code"),
    [
        (lambda clinic, client_id: clinic.book(in_days(9, 9), client_ids=[client_id]), "has_appointments"),
        (lambda clinic, client_id: clinic.open_case(clinic.administrator, client_id), "used"),
    ],
    ids=["booked", "case"],
)
def test_a_used_client_is_not_held_and_one_used_after_the_hold_stays(
    clinic: Clinic, use: Callable[[Clinic, str], Any], code: str
) -> None:
    before, after = clinic.client(), clinic.client()
    use(clinic, before)
    change = proposed(clinic, before)
    clinic.emit(change)
    assert said(clinic, change) == [code]
    late = held(clinic, after)
    over(clinic, after)
    if code == "has_appointments":
        clinic.book(in_days(9, 14), client_ids=[after])
    else:
        use(clinic, after)
    clinic.emit(decided(late, applies=True))
    shown = "SELECT display_name, status FROM client_copies WHERE id = %s"
    assert clinic.database.rows(shown, UUID(after)) == [(NAME, "archived")]
    assert clinic.administrator.get(f"/clients/{after}/cases").status_code == 200
    clinic.emit(decided(late, applies=True))
    (item,) = clinic.administrator.get("/work-items/clinical", kind="deleted_client_used").json["items"]
    assert (item["subject"], item["client_id"]) == ({"type": "client", "id": after}, after), "told once, of them alone"
    assert clinic.therapist.get("/work-items/clinical").json["items"] == []
    done = clinic.administrator.patch(f"/work-items/clinical/{item['id']}", {"state": "done"})
    assert done.status_code == 200, done.text


def test_nobody_is_held_for_who_does_not_wait_and_of_nobody_unknown(clinic: Clinic) -> None:
    client_id = clinic.client()
    for change in (proposed(clinic, client_id, seconds=-1), proposed(clinic, str(new_id()))):
        clinic.emit(change)
        assert said(clinic, change) == []
    assert begins(clinic, client_id)[0].status_code == 201


def test_of_an_import_that_is_undone_who_is_used_is_named_and_the_others_are_held(clinic: Clinic) -> None:
    booked, with_case, free, stays = (clinic.client() for _ in range(4))
    clinic.book(in_days(9, 9), client_ids=[booked])
    clinic.open_case(clinic.administrator, booked)
    clinic.open_case(clinic.administrator, with_case)
    ids = tuple(UUID(client_id) for client_id in (booked, with_case, free, stays))
    answer_by = clock.now() + timedelta(seconds=30)
    change = ChangeProposed(clinic.organization_id, new_id(), 1, "undo_import", ids, answer_by)
    clinic.emit(change)
    rows = clinic.database.rows(
        "SELECT data->>'code', data->'used', data->'booked' FROM outbox"
        " WHERE type = 'clinical.change_answered.v1' AND aggregate_id = %s",
        change.change_id,
    )
    assert rows == [("ready", [with_case], [booked])]
    assert codes(begins(clinic, free)) == codes(begins(clinic, stays)) == [(409, "client_held")] * 2
    assert clinic.open_case(clinic.administrator, with_case), "who is used is not held"
    both = (clinic.organization_id, change.change_id)
    clinic.emit(ChangeDecided(*both, 2, "undo_import", ids[2:3], applies=True))
    clinic.emit(ChangeDecided(*both, 3, "undo_import", (*ids[:2], ids[3]), applies=False))
    assert [response.status_code for response in begins(clinic, free)] == [422, 422]
    assert codes(begins(clinic, stays))[1][0] == 201
    # The decision on two, of whom one was booked after the hold: the other goes all the same.
    late, other = clinic.client(), clinic.client()
    clinic.book(in_days(10, 9), client_ids=[late])
    both_ids = (UUID(late), UUID(other))
    clinic.emit(ChangeDecided(clinic.organization_id, new_id(), 2, "undo_import", both_ids, applies=True))
    shown = "SELECT status FROM client_copies WHERE id = ANY(%s) ORDER BY id = %s"
    assert clinic.database.rows(shown, list(both_ids), UUID(other)) == [("archived",), ("deleted",)]
