"""An appointment is listed on its own day, by the clocks of the zone in which it was booked."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import pytest

from services.clinical.agenda import rules
from services.clinical.tests.conftest import Clinic
from shared import clock

pytestmark = pytest.mark.usefixtures("no_waiting")
DAY = date(2026, 5, 10)


def listed(clinic: Clinic, first: date, last: date | None = None, **more: str) -> list[str]:
    response = clinic.desk.get("/agenda", **{"from": first.isoformat(), "to": (last or first).isoformat(), **more})
    assert response.status_code == 200, response.text
    return [item["id"] for item in response.json["items"]]


def book(clinic: Clinic, zone: str, at: str, day: date = DAY) -> str:
    """An appointment of a client of its own."""
    more: dict[str, Any] = {"time_zone": zone, "client_ids": [clinic.client()]}
    return str(clinic.book(f"{day}T{at}", staff_id=str(clinic.staff("therapist").staff_id), **more)["id"])


@pytest.mark.parametrize(
    "zone",
    [
        "Pacific/Honolulu",
        "America/New_York",
        "Pacific/Kiritimati",
        "Pacific/Pago_Pago",
        "Asia/Kathmandu",
        "Australia/Lord_Howe",
        "UTC",
    ],
)
def test_an_appointment_is_listed_on_the_day_that_its_own_clocks_show(clinic: Clinic, zone: str) -> None:
    first, last = book(clinic, zone, "00:00"), book(clinic, zone, "23:59")
    assert listed(clinic, DAY) == [first, last]
    for other in (DAY - timedelta(days=1), DAY + timedelta(days=1)):
        assert listed(clinic, other) == []


def test_days_of_several_zones_stand_beside_each_other(clinic: Clinic) -> None:
    evening = book(clinic, "Pacific/Honolulu", "18:00")
    morning = book(clinic, "Pacific/Kiritimati", "09:00")
    here = book(clinic, "America/New_York", "12:00")
    assert listed(clinic, DAY) == [morning, here, evening]
    late = book(clinic, "Pacific/Honolulu", "23:30", DAY - timedelta(days=1))
    assert late not in listed(clinic, DAY) and late in listed(clinic, DAY - timedelta(days=1), DAY)
    staff_id = clinic.desk.get(f"/appointments/{evening}").json["staff_id"]
    assert listed(clinic, DAY, staff_id=staff_id) == [evening]


@pytest.mark.parametrize("day", ["2026-03-08", "2026-11-01", "2026-10-04"])
def test_a_day_on_which_clocks_change_has_all_its_hours(clinic: Clinic, day: str) -> None:
    on = date.fromisoformat(day)
    for zone in ("America/New_York", "Australia/Lord_Howe"):
        ends = [book(clinic, zone, at, on) for at in ("00:00", "23:59")]
        assert set(ends) <= set(listed(clinic, on))


def test_no_clocks_are_further_from_utc_than_the_agenda_looks() -> None:
    first, ends = rules.days_somewhere(DAY, DAY)
    for zone in filter(clock.is_zone_of_a_place, sorted(available_timezones())):
        for month in range(1, 13):
            offset = datetime(2026, month, 10, 12, tzinfo=UTC).astimezone(ZoneInfo(zone)).utcoffset()
            assert offset is not None and -rules.FURTHEST_WEST <= offset <= rules.FURTHEST_EAST, zone
        assert first <= clock.midnight(DAY, zone) and clock.midnight(DAY + timedelta(days=1), zone) <= ends
