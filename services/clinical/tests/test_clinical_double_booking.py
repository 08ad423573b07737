"""Nobody is in two places at once, however long a service is and whatever way leads to the booking."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from marshmallow import fields

from services.clinical.agenda import commands, rules
from services.clinical.attendance.rules import TRANSITIONS
from services.clinical.tests.conftest import Clinic
from shared.contracts.identity import StaffChanged, WorkHandedOver
from shared.durations import SERVICE_MINUTES_MAX
from shared.testing.web import ServiceClient
from shared.web.routes import Route

pytestmark = pytest.mark.usefixtures("no_waiting")
START = datetime(2026, 10, 6, 0, 30, tzinfo=UTC)
OVERRIDE = {"override": {"reason": "Both want it."}}


def at(after: timedelta = timedelta()) -> str:
    return f"{START + after:%Y-%m-%dT%H:%M}"


def codes(response: Any) -> list[str]:
    assert (response.status_code, response.json["code"]) == (409, "conflict"), response.text
    return [error["code"] for error in response.json["errors"]]


def set_status(clinic: Clinic, appointment: dict[str, Any], status: str, **more: Any) -> Any:
    return clinic.desk.post(f"/appointments/{appointment['id']}/status", {"status": status, **more})


def other_therapist(clinic: Clinic) -> dict[str, str]:
    return {"staff_id": str(clinic.staff("therapist").staff_id)}


@pytest.mark.parametrize("minutes", [719, 720, 721, 1_439, SERVICE_MINUTES_MAX])
def test_a_service_of_any_length_is_in_the_way_until_its_last_minute(clinic: Clinic, minutes: int) -> None:
    long = clinic.book(at(), service_type_id=clinic.service("LONG", minutes))
    assert long["duration_minutes"] == minutes
    assert clinic.book(at(timedelta(minutes=minutes)), **other_therapist(clinic))
    last = at(timedelta(minutes=minutes - 1))
    elsewhere = clinic.desk.post("/appointments", clinic.booking(last, **other_therapist(clinic)))
    assert set(codes(elsewhere)) == {"client_busy"}
    assert long["id"] in [error["value"] for error in elsewhere.json["errors"]]
    another = clinic.desk.post("/appointments", clinic.booking(last, client_ids=[clinic.client()]))
    assert codes(another) == ["staff_busy"]
    allowed = clinic.staff("default", grants=("double_book",))
    assert allowed.post("/appointments", clinic.booking(last, **OVERRIDE)).status_code == 201


def test_the_minutes_that_result_are_looked_at_whoever_gave_them(clinic: Clinic) -> None:
    beyond = clinic.service("BEYOND", SERVICE_MINUTES_MAX + 1)
    refused = clinic.desk.post("/appointments", clinic.booking(at(), service_type_id=beyond))
    assert refused.status_code == 422
    assert refused.json["errors"][0]["field"] == "duration_minutes"
    assert refused.json["errors"][0]["value"] == str(SERVICE_MINUTES_MAX)
    request = clinic.desk.post("/appointments", clinic.booking(at(), duration_minutes=SERVICE_MINUTES_MAX + 1))
    assert request.status_code == 422
    shorter = clinic.booking(at(), service_type_id=beyond, duration_minutes=SERVICE_MINUTES_MAX)
    assert clinic.desk.post("/appointments", shorter).status_code == 201


def test_every_field_of_minutes_that_comes_in_has_the_one_limit() -> None:
    from services.billing.app import ROUTES as BILLING
    from services.clinical.app import ROUTES as CLINICAL

    limits = {
        (route.path, name): validator.max
        for route in (*CLINICAL, *BILLING)
        for name, field in _fields(route)
        if name in ("minutes", "duration_minutes")
        for validator in field.validators
        if hasattr(validator, "max")
    }
    assert len(limits) >= 6, limits
    assert set(limits.values()) == {SERVICE_MINUTES_MAX}, limits


def _fields(route: Route) -> list[tuple[str, fields.Field[Any]]]:
    return list(route.body._declared_fields.items()) if route.body is not None else []


def test_what_the_database_refuses_reads_like_the_rule(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    first = clinic.book(at())
    look, looks = commands.clashes, iter([False, True])
    monkeypatch.setattr(commands, "clashes", lambda *arguments: look(*arguments) if next(looks) else [])
    refused = clinic.desk.post("/appointments", clinic.booking(at(), client_ids=[clinic.client()]))
    assert codes(refused) == ["staff_busy"]
    assert refused.json["errors"][0]["value"] == first["id"]


def test_somebody_who_sees_assigned_only_does_not_learn_which_hidden_appointment_is_in_the_way(clinic: Clinic) -> None:
    clinic.book(at(), client_ids=[clinic.client()])
    mine = clinic.client()
    narrowed = clinic.staff("therapist", grants=("assigned_only",))
    clinic.assign(mine, narrowed)
    refused = narrowed.post("/appointments", clinic.booking(at(), client_ids=[mine]))
    assert codes(refused) == ["staff_busy"]
    assert refused.json["errors"][0].get("value") is None
    another = clinic.administrator.post("/appointments", clinic.booking(at(), client_ids=[clinic.client()], **OVERRIDE))
    assert another.status_code == 201
    again = narrowed.post("/appointments", clinic.booking(at(), client_ids=[mine]))
    assert again.json["errors"] == refused.json["errors"], "nor how many there are"


def test_a_long_appointment_is_in_the_way_of_a_hand_over_too(clinic: Clinic) -> None:
    successor = clinic.staff("therapist")
    busy = {"staff_id": str(successor.staff_id), "client_ids": [clinic.client()]}
    clinic.book("2027-03-02T00:30", service_type_id=clinic.service("LONG", 1_440), **busy)
    stays, goes = clinic.book("2027-03-02T23:00"), clinic.book("2027-03-03T00:30")
    hand_over(clinic, successor)
    assert [staff_of(clinic, appointment) for appointment in (stays, goes)] == [
        str(clinic.therapist.staff_id),
        str(successor.staff_id),
    ]


def test_an_override_is_not_for_the_time_of_a_successor(clinic: Clinic) -> None:
    successor = clinic.staff("therapist")
    clinic.book("2027-03-02T10:00", client_ids=[clinic.client()])
    overridden = clinic.administrator.post(
        "/appointments", clinic.booking("2027-03-02T10:00", client_ids=[clinic.client()], **OVERRIDE)
    ).json
    clinic.book("2027-03-02T10:30", client_ids=[clinic.client()], staff_id=str(successor.staff_id))
    hand_over(clinic, successor)
    assert staff_of(clinic, overridden) == str(clinic.therapist.staff_id)


@pytest.mark.abuse("A-ROLE-double-booking")
@pytest.mark.parametrize("left", sorted(set(rules.STATUSES) - set(rules.OCCUPYING)))
def test_a_way_back_looks_again_whatever_was_overridden_once(clinic: Clinic, left: str) -> None:
    """The time that an administrator once let two have is not the front desk's to give to a third."""
    x = clinic.book(at())
    y = clinic.administrator.post("/appointments", clinic.booking(at(), **OVERRIDE)).json
    for appointment in (y, x):
        assert set_status(clinic, appointment, left).status_code == 200
    z = clinic.book(at())
    for back in sorted(TRANSITIONS[left] & set(rules.OCCUPYING)):
        for appointment in (x, y):
            refused = set_status(clinic, appointment, back)
            assert codes(refused) == ["staff_busy", "client_busy"]
            assert {error["value"] for error in refused.json["errors"]} == {z["id"]}
    assert set_status(clinic, y, "booked", **OVERRIDE).status_code == 403
    taken_back = clinic.administrator.post(f"/appointments/{y['id']}/status", {"status": "booked", **OVERRIDE})
    assert taken_back.status_code == 200 and taken_back.json["overridden"]


def test_an_override_holds_for_what_it_overrode(clinic: Clinic) -> None:
    x = clinic.book(at())
    y = clinic.administrator.post("/appointments", clinic.booking(at(), **OVERRIDE)).json
    assert set_status(clinic, y, "cancelled").status_code == 200
    assert set_status(clinic, y, "booked").status_code == 200, "x was accepted, and x is what is there"
    assert set_status(clinic, x, "cancelled").status_code == 200
    assert codes(set_status(clinic, x, "booked")) == ["staff_busy", "client_busy"], "nobody accepted y for x"


def hand_over(clinic: Clinic, successor: ServiceClient) -> None:
    left = UUID(str(clinic.therapist.staff_id))
    clinic.emit(StaffChanged(clinic.organization_id, left, 2, "Somebody", False, ("therapist",)))
    administrator = clinic.administrator.staff_id
    clinic.emit(WorkHandedOver(clinic.organization_id, left, 3, successor.staff_id, administrator))


def staff_of(clinic: Clinic, appointment: dict[str, Any]) -> str:
    return str(clinic.desk.get(f"/appointments/{appointment['id']}").json["staff_id"])
