"""Offers to those who wait: which time of whom, who offered it, when; and the place they stand on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.clients.tests.conftest import Desk
from services.clients.waiting.rules import OFFERS_MAX
from shared import clock


def ahead(hours: int) -> str:
    """A full hour so many hours from now."""
    at = clock.now().astimezone(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(hours=hours)
    return at.isoformat().replace("+00:00", "Z")


def test_an_offer_is_noted_with_who_and_when(desk: Desk) -> None:
    clinician = str(desk.staff("therapist").staff_id)
    client = desk.add(status="prospective", waiting={"weekdays": ["monday"]})
    path = f"/clients/{client['id']}"
    offered = desk.desk.post(f"{path}/offers", {"staff_id": clinician, "starts_at": ahead(48)})
    assert offered.status_code == 200, offered.text
    (offer,) = offered.json["waiting"]["offers"]
    assert {name: offer[name] for name in ("staff_id", "starts_at", "offered_by")} == {
        "staff_id": clinician,
        "starts_at": ahead(48),
        "offered_by": str(desk.desk.staff_id),
    }
    assert abs(datetime.fromisoformat(offer["offered_at"]) - clock.now()) < timedelta(minutes=1)
    assert offered.json["version"] == client["version"] + 1
    again = desk.administrator.post(f"{path}/offers", {"staff_id": clinician, "starts_at": ahead(48)})
    assert (again.json["version"], again.json["waiting"]) == (offered.json["version"], offered.json["waiting"])
    (change,) = desk.desk.get(f"{path}/history").json["items"]
    before, after = change["changes"]["waiting"]
    assert (before["offers"], [each["staff_id"] for each in after["offers"]]) == ([], [clinician])


def test_a_changed_wish_keeps_its_offers_and_leaving_the_list_ends_them(desk: Desk) -> None:
    clinician = str(desk.staff("therapist").staff_id)
    path = f"/clients/{desk.add(status='prospective', waiting={})['id']}"
    for hours in range(1, OFFERS_MAX + 3):
        desk.desk.post(f"{path}/offers", {"staff_id": clinician, "starts_at": ahead(hours)})
    changed = desk.desk.patch(path, {"waiting": {"part_of_day": "evening"}}).json["waiting"]
    newest_first = [ahead(hours) for hours in range(OFFERS_MAX + 2, 2, -1)]
    assert [offer["starts_at"] for offer in changed["offers"]] == newest_first
    listed = desk.desk.get("/clients", sort="waiting_since").json["items"]
    assert [offer["starts_at"] for offer in listed[0]["waiting"]["offers"]] == newest_first
    desk.desk.patch(path, {"waiting": None})
    assert desk.desk.patch(path, {"waiting": {}}).json["waiting"]["offers"] == []


def test_nothing_is_offered_to_somebody_who_does_not_wait(desk: Desk) -> None:
    time = {"staff_id": str(desk.staff("therapist").staff_id), "starts_at": ahead(48)}
    refused = desk.desk.post(f"/clients/{desk.add(status='prospective')['id']}/offers", time)
    assert (refused.status_code, refused.json["code"]) == (409, "not_waiting")
    narrowed = desk.staff("therapist", grants=("assigned_only",))
    waits = desk.add(status="prospective", waiting={})
    assert narrowed.post(f"/clients/{waits['id']}/offers", time).status_code == 404
    assert desk.desk.get(f"/clients/{waits['id']}").json["waiting"]["offers"] == []


WRONG: list[tuple[dict[str, Any], str, str]] = [
    ({"starts_at": -2}, "starts_at", "out_of_span"),
    ({"starts_at": 24 * 370}, "starts_at", "out_of_span"),
    ({"staff_id": "c56a4180-65aa-42ec-a945-5fd21dec0538"}, "staff_id", "unknown"),
    ({"starts_at": "2026-10-06T20:00"}, "starts_at", "invalid"),
]


@pytest.mark.parametrize(("wrong", "field", "code"), WRONG, ids=lambda value: str(value)[:40])
def test_wrong_offers_are_named(desk: Desk, wrong: dict[str, Any], field: str, code: str) -> None:
    time: dict[str, Any] = {"staff_id": str(desk.staff("therapist").staff_id), "starts_at": ahead(48), **wrong}
    if isinstance(time["starts_at"], int):  # hours from now
        time["starts_at"] = ahead(time["starts_at"])
    waits = desk.add(status="prospective", waiting={})
    refused = desk.desk.post(f"/clients/{waits['id']}/offers", time)
    assert refused.status_code == 422
    assert (refused.json["errors"][0]["field"], refused.json["errors"][0]["code"]) == (field, code)
    assert desk.desk.get(f"/clients/{waits['id']}").json["version"] == waits["version"]
