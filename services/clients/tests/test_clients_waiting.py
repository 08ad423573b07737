"""The waiting list: prospective clients, who waits longest first, each with what they wish for."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

from services.clients.profiles.models import Client
from services.clients.tests.conftest import Desk
from shared import clock
from shared.ids import new_id
from shared.testing.plans import plan_of

WISH = {"weekdays": ["friday", "monday"], "part_of_day": "evening", "note": "Dr. Lane, if possible"}
KEPT = {**WISH, "weekdays": ["monday", "friday"], "staff_id": None, "service_type_id": None, "offers": []}


def today(days: int = 0) -> str:
    """So many days from today at a practice whose time zone has not come yet."""
    return str(clock.today("UTC") + timedelta(days=days))


def waiting(desk: Desk, given: str, since: int) -> str:
    """Somebody who waits since then."""
    place = {"since": today(since)}
    return str(desk.add(given, status="prospective", waiting=place)["id"])


def test_a_wish_is_kept_until_treatment_begins(desk: Desk) -> None:
    client = desk.add(status="prospective", waiting=WISH)
    path = f"/clients/{client['id']}"
    assert client["waiting"] == {"since": today(), **KEPT}
    assert desk.desk.patch(path, {"waiting": {"since": today(-3)}}).json["waiting"]["since"] == today(-3)
    later = desk.desk.patch(path, {"waiting": WISH}).json
    assert later["waiting"] == {"since": today(-3), **KEPT}, "the day stays unless another one is given"
    assert desk.desk.patch(path, {"waiting": WISH}).json["version"] == later["version"]
    assert desk.desk.patch(path, {"status": "active"}).json["waiting"] is None
    assert desk.desk.patch(path, {"status": "prospective"}).json["waiting"] is None


def test_a_wish_names_a_clinician_and_a_service(desk: Desk) -> None:
    clinician = desk.staff("therapist")
    named = {"staff_id": str(clinician.staff_id), "service_type_id": str(new_id())}
    client = desk.add(status="prospective", waiting=named)
    path = f"/clients/{client['id']}"
    assert {name: client["waiting"][name] for name in named} == named
    assert desk.desk.get(path).json["waiting"] == client["waiting"]
    item = desk.desk.get("/reports/clients/waiting").json["items"][0]
    assert (item["waiting"], item["clinician"]) == (client["waiting"], "Somebody")
    assert "Somebody" in desk.desk.get("/reports/clients/waiting", format="csv").text
    desk.desk.patch(path, {"waiting": {}})
    assert desk.desk.get("/reports/clients/waiting").json["items"][0]["clinician"] is None
    (change,) = desk.desk.get(f"{path}/history").json["items"]
    assert [each["staff_id"] for each in change["changes"]["waiting"]] == [named["staff_id"], None]


def test_nobody_waits_for_somebody_unknown(desk: Desk) -> None:
    place = {"staff_id": str(uuid4())}
    client = desk.add(status="prospective")
    body = {"given_name": "Ada", "family_name": "B", "date_of_birth": "1990-01-02", "status": "prospective"}
    for refused in (
        desk.desk.patch(f"/clients/{client['id']}", {"waiting": place}),
        desk.desk.post("/clients", {**body, "waiting": place}),
    ):
        assert (refused.status_code, refused.json["errors"][0]["field"]) == (422, "waiting.staff_id")
        assert refused.json["errors"][0]["code"] == "unknown"


def test_who_waits_longest_comes_first_in_pages(desk: Desk) -> None:
    desk.add(status="prospective")
    wanted = [waiting(desk, given, since) for given, since in (("Cora", -1), ("Ada", -9), ("Bea", -9))]
    seen, cursor = [], {}
    while True:
        page = desk.desk.get("/clients", sort="waiting_since", limit=1, **cursor).json
        seen += [item["id"] for item in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}
    assert seen == [wanted[1], wanted[2], wanted[0]]
    desk.desk.patch(f"/clients/{wanted[1]}", {"waiting": None})
    assert [item["id"] for item in desk.desk.get("/clients", sort="waiting_since").json["items"]] == seen[1:]
    narrowed = desk.staff("therapist", grants=("assigned_only",))
    assert narrowed.get("/clients", sort="waiting_since").json["items"] == []


def test_the_list_comes_from_its_index(desk: Desk) -> None:
    statement = (
        select(Client.id)
        .where(Client.organization_id == desk.organization_id, Client.waiting_since.is_not(None))
        .order_by(Client.waiting_since, Client.id)
        .limit(51)
    )
    plan = plan_of(desk.database, desk.organization_id, statement)
    assert "ix_clients_waiting" in plan and "Sort" not in plan, plan


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"since": today(3)}, "waiting.since"),
    ({"weekdays": ["someday"]}, "waiting.weekdays.0"),
    ({"part_of_day": "night"}, "waiting.part_of_day"),
    ({"note": "x" * 501}, "waiting.note"),
]


@pytest.mark.parametrize(("wrong", "field"), WRONG, ids=lambda value: str(value)[:40])
def test_wrong_wishes_are_named(desk: Desk, wrong: dict[str, Any], field: str) -> None:
    client = desk.add(status="prospective")
    refused = desk.desk.patch(f"/clients/{client['id']}", {"waiting": wrong})
    assert (refused.status_code, refused.json["errors"][0]["field"]) == (422, field)


def test_only_prospective_clients_wait(desk: Desk) -> None:
    client = desk.add()
    refused = desk.desk.patch(f"/clients/{client['id']}", {"waiting": {}})
    assert refused.json["errors"][0]["code"] == "not_prospective"
    body = {"waiting": {}, "status": "prospective"}
    assert desk.desk.patch(f"/clients/{client['id']}", body).json["waiting"]["since"] == today()
