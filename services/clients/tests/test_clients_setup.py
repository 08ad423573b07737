"""Which first steps clients says are done."""

from __future__ import annotations

from typing import Any

import pytest

from services.clients.tests.conftest import Desk


def steps(desk: Desk) -> dict[str, Any]:
    response = desk.administrator.get("/setup/clients")
    assert response.status_code == 200, response.text
    return {step.pop("item"): step for step in response.json["items"]}


def test_a_new_practice_has_no_clients(desk: Desk) -> None:
    assert steps(desk) == {
        "clients": {"done": False, "count": 0, "of": None},
        "assignments": {"done": False, "count": 0, "of": 0},
    }


def test_every_active_client_has_somebody_who_is_still_assigned(desk: Desk) -> None:
    therapist = desk.staff("therapist")
    first, second = desk.add()["id"], desk.add("Grace", "Hopper", "1986-12-09")["id"]
    path = f"/clients/{first}/staff/{therapist.staff_id}"
    assert desk.administrator.put(path).status_code < 300
    assert steps(desk) == {
        "clients": {"done": True, "count": 2, "of": None},
        "assignments": {"done": False, "count": 1, "of": 2},
    }
    assert desk.desk.patch(f"/clients/{second}", {"status": "archived"}).status_code == 200
    assert steps(desk)["assignments"] == {"done": True, "count": 1, "of": 1}
    assert desk.administrator.delete(path).status_code < 300
    assert steps(desk)["assignments"] == {"done": False, "count": 0, "of": 1}


def test_more_clients_than_are_counted(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("shared.web.setup", "services.clients.setup.queries"):
        monkeypatch.setattr(f"{module}.COUNTED_MAX", 2)
    for given in ("Ada", "Grace", "Maya"):
        desk.add(given, given, "1986-12-09")
    assert steps(desk)["clients"] == {"done": True, "count": 2, "of": None}
    assert steps(desk)["assignments"] == {"done": False, "count": 0, "of": 2}


def test_the_first_steps_are_administrations_and_of_one_practice(desk: Desk, clients_web: Any) -> None:
    desk.add()
    assert desk.desk.get("/setup/clients").status_code == 403
    assert desk.staff("therapist", grants=("assigned_only",)).get("/setup/clients").status_code == 403
    elsewhere = clients_web.as_actor("organization_administration").get("/setup/clients")
    assert elsewhere.json["items"][0]["count"] == 0
