"""Who is assigned to the clients of a page, looked up at once."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from services.clients.care_team import queries
from services.clients.tests.conftest import Desk
from shared.ids import new_id
from shared.testing.plans import plan_of
from shared.testing.web import ServiceClient


def looked_up(asker: ServiceClient, *client_ids: str) -> dict[str, Any]:
    """The entries by client."""
    response = asker.post("/assignments/lookup", {"client_ids": list(client_ids)})
    assert response.status_code == 200, response.text
    return {item["client_id"]: item for item in response.json["items"]}


def test_the_first_five_are_named_and_all_are_counted(desk: Desk) -> None:
    client_id, other = desk.add()["id"], desk.add(family="Carroll")["id"]
    staff = [desk.staff("therapist") for _ in range(7)]
    for member in staff:
        desk.administrator.put(f"/clients/{client_id}/staff/{member.staff_id}")
    desk.administrator.delete(f"/clients/{client_id}/staff/{staff[0].staff_id}")
    first = [{"staff_id": str(member.staff_id), "display_name": "Somebody"} for member in staff[1:6]]
    assert looked_up(desk.desk, client_id, other, str(new_id())) == {
        client_id: {"client_id": client_id, "staff": first, "staff_count": 6},
        other: {"client_id": other, "staff": [], "staff_count": 0},
    }


def test_clients_whom_somebody_may_not_see_are_left_out_and_on_nobodys_record(desk: Desk) -> None:
    mine, hidden = desk.add()["id"], desk.add(family="Carroll")["id"]
    narrowed = desk.staff("therapist", grants=("assigned_only",))
    desk.administrator.put(f"/clients/{mine}/staff/{narrowed.staff_id}")
    assert set(looked_up(narrowed, mine, hidden)) == {mine}
    elsewhere = Desk(desk.web, desk.database, desk.worker)
    assert looked_up(elsewhere.desk, mine, hidden) == {}
    assert (
        desk.web.as_program("clients:read", organization_id=desk.organization_id)
        .post("/assignments/lookup", {"client_ids": [mine]})
        .json["code"]
        == "forbidden"
    )
    shown = desk.database.rows(
        "SELECT rule, client_ids FROM audit_entries WHERE actor_id = %s AND action = 'client_staff.lookup'",
        narrowed.staff_id,
    )
    assert shown == [("assigned", [UUID(mine)])]


def test_it_takes_100_ids_and_nothing_else(desk: Desk) -> None:
    many = [str(new_id()) for _ in range(101)]
    assert looked_up(desk.desk, *many[1:]) == {}
    for wrong, field in (({"client_ids": many}, "client_ids"), ({}, "client_ids"), ({"client_ids": [], "x": 1}, "x")):
        refused = desk.desk.post("/assignments/lookup", wrong)
        assert (refused.status_code, refused.json["errors"][0]["field"]) == (422, field)


def test_primary_keys_serve_it_in_one_statement(desk: Desk) -> None:
    actor = desk.desk.actor
    assert actor is not None
    plan = plan_of(desk.database, desk.organization_id, queries.teams(actor, [new_id()]))
    assert "pk_assignments" in plan and "(client_id = clients.id)" in plan and "Seq Scan" not in plan, plan
