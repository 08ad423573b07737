"""Groups through the API: members by date, room, who sees whom, history."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from services.clinical.tests.conftest import Clinic
from services.clinical.tests.test_clinical_client_changes import proposed, said
from shared import clock


def today() -> Any:
    return clock.today("America/New_York")


def group(clinic: Clinic, *members: str, **more: Any) -> dict[str, Any]:
    response = clinic.desk.post("/groups", {"name": "Tuesday evening", "members": list(members), **more})
    assert response.status_code == 201, response.text
    return dict(response.json)


def put(clinic: Clinic, path: str, body: dict[str, Any]) -> Any:
    return clinic.desk.send("PUT", path, body)


def delete(clinic: Clinic, path: str, body: dict[str, Any]) -> Any:
    return clinic.desk.send("DELETE", path, body)


def code(response: Any) -> tuple[int, str]:
    return response.status_code, response.json.get("code", "")


def test_members_come_and_go_by_date(clinic: Clinic) -> None:
    first, second = clinic.client(), clinic.client()
    made = group(clinic, first, staff=[str(clinic.therapist.staff_id)], capacity=1)
    path = f"/groups/{made['id']}"
    assert made["members"] == [{"client_id": first, "name": "Ada Client", "from": f"{today()}", "to": None}]
    assert code(put(clinic, f"{path}/members/{second}", {})) == (409, "over_capacity")
    next_week = f"{today() + timedelta(days=7)}"
    joined = put(
        clinic, f"{path}/members/{second}", {"on": next_week, "over_capacity": True, "reason": "Waited for long."}
    )
    assert joined.status_code == 200, joined.text
    assert (joined.json["member_count"], len(joined.json["members"])) == (1, 2)
    assert put(clinic, f"{path}/members/{second}", {"on": next_week}).json["version"] == joined.json["version"]
    left = delete(clinic, f"{path}/members/{first}", {"on": next_week})
    assert left.json["members"][0]["to"] == f"{today() + timedelta(days=6)}"
    history = clinic.desk.get(f"{path}/history").json["items"]
    assert [(line["change"], line["client_id"]) for line in history] == [
        ("left", first),
        ("joined", second),
        ("joined", first),
        ("created", None),
    ]
    assert history[1]["reason"] == "Waited for long."
    listed = clinic.desk.get("/groups", client_id=second).json["items"]
    assert [item["id"] for item in listed] == [made["id"]]


def test_an_archived_group_takes_nobody(clinic: Clinic) -> None:
    path = f"/groups/{group(clinic)['id']}"
    assert clinic.desk.patch(path, {"archived": True}).json["archived"] is True
    assert code(put(clinic, f"{path}/members/{clinic.client_id}", {})) == (409, "group_archived")
    clinic.desk.patch(path, {"archived": False})
    assert put(clinic, f"{path}/members/{clinic.client_id}", {}).status_code == 200


@pytest.mark.usefixtures("no_waiting")
def test_who_sees_assigned_clients_only_sees_no_other_member(clinic: Clinic) -> None:
    narrowed = clinic.staff("therapist", grants=("assigned_only",))
    own, other = clinic.client(narrowed), clinic.client()
    shared, foreign = group(clinic, own, other), group(clinic, other)
    found = narrowed.get(f"/groups/{shared['id']}")
    assert found.json["member_count"] == 1 and other not in found.text
    assert other not in narrowed.get(f"/groups/{shared['id']}/history").text
    assert [item["id"] for item in narrowed.get("/groups").json["items"]] == [shared["id"]]
    assert code(narrowed.get(f"/groups/{foreign['id']}")) == (404, "not_found")
    assert code(narrowed.patch(f"/groups/{shared['id']}", {"name": "x"})) == (403, "colleagues_group")
    assert code(narrowed.patch(f"/groups/{foreign['id']}", {"name": "x"})) == (404, "not_found")
    led = group(clinic, own, other, staff=[str(narrowed.staff_id)])
    assert narrowed.patch(f"/groups/{led['id']}", {"name": "Mine"}).json["name"] == "Mine"


def test_a_member_is_used(clinic: Clinic) -> None:
    client_id = clinic.client()
    group(clinic, client_id)
    change = proposed(clinic, client_id)
    clinic.emit(change)
    assert said(clinic, change) == ["used"]
