"""Outside of the practice's hours and on its holidays, what is booked or moved there needs an override."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from services.clinical.opening_hours.rules import WEEKDAYS, OpeningHours, closed_at
from services.clinical.tests.conftest import Clinic
from shared.contracts.identity import Holiday, LocationChanged, OpenHours, OrganizationChanged
from shared.ids import new_id_of

pytestmark = pytest.mark.usefixtures("no_waiting")
NEW_YORK = "America/New_York"
OVERRIDE = {"override": {"reason": "The client works until six."}}
NINE_TO_FIVE = tuple(OpenHours(day, opens, closes) for day in WEEKDAYS[:5] for opens, closes in (("09:00", "17:00"),))
TEAM_DAY = Holiday(date(2026, 10, 8), "Team day")


def opened(clinic: Clinic, hours: tuple[OpenHours, ...] = NINE_TO_FIVE, holidays: Any = (TEAM_DAY,)) -> None:
    clinic.emit(
        OrganizationChanged(
            organization_id=clinic.organization_id,
            version=2,
            name="Clinic",
            time_zone=NEW_YORK,
            business_hours=hours,
            holidays=holidays,
        )
    )


def closed(response: Any) -> list[tuple[str, str, str]]:
    assert (response.status_code, response.json["code"]) == (409, "conflict"), response.text
    return [(error["field"], error["code"], error["value"]) for error in response.json["errors"]]


def try_to_book(clinic: Clinic, start: str, who: Any = None, **more: Any) -> Any:
    return (who or clinic.desk).post("/appointments", clinic.booking(start, **more))


def test_within_the_hours_to_the_minute(clinic: Clinic) -> None:
    opened(clinic)
    assert clinic.book("2026-10-06T09:00")["overridden"] is False
    assert clinic.book("2026-10-06T16:00")["overridden"] is False
    for start in ("2026-10-07T08:59", "2026-10-07T16:01", "2026-10-07T20:00"):
        assert closed(try_to_book(clinic, start)) == [("starts_at_local", "outside_hours", "wednesday")]
    refused = try_to_book(clinic, "2026-10-06T07:00")
    assert refused.json["detail"] == "The practice is closed at that time."
    assert refused.json["errors"][0]["detail"] == "The practice is open from 9:00 am to 5:00 pm on Tuesdays."
    sunday = try_to_book(clinic, "2026-10-11T10:00")
    assert closed(sunday) == [("starts_at_local", "outside_hours", "sunday")]
    assert sunday.json["errors"][0]["detail"] == "The practice is closed on Sundays."


def test_a_holiday_is_named(clinic: Clinic) -> None:
    opened(clinic)
    refused = try_to_book(clinic, "2026-10-08T10:00")
    assert closed(refused) == [("starts_at_local", "holiday", "2026-10-08")]
    assert refused.json["errors"][0]["detail"] == "The practice is closed on October 8, 2026: Team day."
    assert clinic.book("2026-10-09T10:00")


def test_a_practice_that_has_not_said_its_hours_is_closed_on_holidays_alone(clinic: Clinic) -> None:
    opened(clinic, hours=())
    assert clinic.book("2026-10-11T23:30")
    assert closed(try_to_book(clinic, "2026-10-08T10:00"))[0][1] == "holiday"


def test_an_override_books_it_and_stays_on_record(clinic: Clinic) -> None:
    opened(clinic)
    allowed = clinic.staff("default", grants=("double_book",))
    booked = try_to_book(clinic, "2026-10-06T18:00", allowed, **OVERRIDE)
    assert booked.status_code == 201, booked.text
    assert (booked.json["overridden"], booked.json["override_reason"]) == (True, OVERRIDE["override"]["reason"])
    (line,) = clinic.desk.get(f"/appointments/{booked.json['id']}/history").json["items"]
    assert line["override_reason"] == OVERRIDE["override"]["reason"]
    (details,) = clinic.database.rows(
        "SELECT details FROM audit_entries WHERE organization_id = %s AND action = 'post_appointment'"
        " AND outcome = 'done'",
        clinic.organization_id,
    )
    assert details[0]["closed"] == ["outside_hours"]


@pytest.mark.abuse("A-ROLE-closed-practice")
def test_nobody_else_books_or_moves_it_there(clinic: Clinic) -> None:
    opened(clinic)
    for who in (clinic.desk, clinic.therapist):
        assert try_to_book(clinic, "2026-10-06T18:00", who, **OVERRIDE).status_code == 403
        assert closed(try_to_book(clinic, "2026-10-06T18:00", who))
    booked = clinic.book("2026-10-06T10:00")
    path = f"/appointments/{booked['id']}"
    for change in ({"starts_at_local": "2026-10-06T18:00"}, {"duration_minutes": 480}):
        assert closed(clinic.desk.patch(path, change)) == [("starts_at_local", "outside_hours", "tuesday")]
        assert clinic.desk.patch(path, {**change, **OVERRIDE}).status_code == 403
    # By the clocks of a zone of one's own choice it is the same time.
    trick = {"time_zone": "Pacific/Honolulu", "starts_at_local": "2026-10-06T12:00"}
    assert closed(clinic.desk.patch(path, trick))
    assert closed(try_to_book(clinic, "2026-10-06T12:00", time_zone="Pacific/Honolulu", client_ids=[clinic.client()]))


@pytest.mark.abuse("A-ROLE-closed-practice")
def test_an_override_of_the_hours_accepts_no_double_booking_later(clinic: Clinic) -> None:
    opened(clinic)
    first = try_to_book(clinic, "2026-10-06T18:00", clinic.administrator, **OVERRIDE).json
    both = try_to_book(clinic, "2026-10-06T18:30", clinic.desk)
    assert [code for _, code, _ in closed(both)] == ["staff_busy", "client_busy", "outside_hours"]
    other = clinic.book("2026-10-07T10:00")
    moved = clinic.administrator.patch(f"/appointments/{first['id']}", {"starts_at_local": "2026-10-07T10:30"})
    assert [code for _, code, _ in closed(moved)] == ["staff_busy", "client_busy"], other["id"]


def test_moving_asks_and_other_changes_do_not(clinic: Clinic) -> None:
    booked = clinic.book("2026-10-06T18:00")
    opened(clinic)
    path = f"/appointments/{booked['id']}"
    another = clinic.staff("therapist")
    assert clinic.desk.patch(path, {"staff_id": str(another.staff_id)}).status_code == 200, "at the time that it has"
    assert closed(clinic.desk.patch(path, {"starts_at_local": "2026-10-06T19:00"}))
    moved = clinic.administrator.patch(path, {"starts_at_local": "2026-10-06T19:00", **OVERRIDE})
    assert (moved.status_code, moved.json["overridden"]) == (200, True)
    assert clinic.desk.patch(path, {"starts_at_local": "2026-10-06T09:00"}).status_code == 200
    cancelled = clinic.desk.post(f"/appointments/{booked['id']}/status", {"status": "cancelled"})
    assert cancelled.status_code == 200
    again = clinic.desk.patch(path, {"starts_at_local": "2026-10-11T09:00"})
    assert again.status_code == 200, "a change that moves no time needs no override"


def test_a_location_in_another_zone_opens_by_its_own_clocks(clinic: Clinic) -> None:
    opened(clinic)
    location_id = new_id_of(clinic.organization_id)
    clinic.emit(
        LocationChanged(
            organization_id=clinic.organization_id,
            location_id=location_id,
            version=1,
            name="Honolulu",
            time_zone="Pacific/Honolulu",
        )
    )
    there = {"location_id": str(location_id)}
    assert clinic.book("2026-10-06T16:00", **there)["time_zone"] == "Pacific/Honolulu"
    assert closed(try_to_book(clinic, "2026-10-06T16:30", client_ids=[clinic.client()], **there))
    # Four in the afternoon there is ten at night here: the move to no location is one outside of the hours.
    booked = clinic.book("2026-10-07T15:00", **there)
    assert closed(clinic.desk.patch(f"/appointments/{booked['id']}", {"location_id": None}))


def week(*spans: tuple[str, str], days: tuple[str, ...] = WEEKDAYS) -> list[dict[str, str]]:
    return [{"weekday": day, "opens": opens, "closes": closes} for day in days for opens, closes in spans]


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("spans", "starts", "ends", "codes"),
    [
        # Two spans that touch are one; a break between them is closed.
        ([("09:00", "12:00"), ("12:00", "17:00")], "2026-10-06T15:30", "2026-10-06T16:30", []),
        ([("09:00", "12:00"), ("13:00", "17:00")], "2026-10-06T15:30", "2026-10-06T16:30", ["outside_hours"]),
        # Over midnight both days must be open.
        ([("00:00", "24:00")], "2026-10-07T03:30", "2026-10-07T04:30", []),
        ([("09:00", "24:00")], "2026-10-07T03:30", "2026-10-07T04:30", ["outside_hours"]),
        ([("09:00", "24:00")], "2026-10-07T03:00", "2026-10-07T04:00", []),
        # In the night of November 1 clocks show one o'clock twice; on March 8 they skip two o'clock.
        ([("00:00", "02:00")], "2026-11-01T05:30", "2026-11-01T06:30", []),
        ([("00:00", "02:00")], "2026-11-01T06:30", "2026-11-01T07:30", ["outside_hours"]),
        ([("03:00", "04:00")], "2026-03-08T07:00", "2026-03-08T08:00", []),
        ([("03:00", "04:00")], "2026-03-08T06:59", "2026-03-08T07:30", ["outside_hours"]),
        # The same hours by the clocks of summer and of winter.
        ([("09:00", "10:00")], "2026-10-30T13:00", "2026-10-30T14:00", []),
        ([("09:00", "10:00")], "2026-11-02T14:00", "2026-11-02T15:00", []),
        ([("09:00", "10:00")], "2026-11-02T13:00", "2026-11-02T14:00", ["outside_hours"]),
    ],
)
def test_hours_are_those_of_the_clocks(spans: list[tuple[str, str]], starts: str, ends: str, codes: list[str]) -> None:
    found = closed_at(OpeningHours(week(*spans), []), at(starts), at(ends), NEW_YORK)
    assert [why.code for why in found] == codes


def test_a_holiday_is_the_day_of_the_place() -> None:
    hours = OpeningHours([], [{"on": "2026-12-25", "name": "Christmas"}])
    night = (at("2026-12-26T04:00"), at("2026-12-26T05:00"))  # eleven to midnight in New York
    assert [why.value for why in closed_at(hours, *night, NEW_YORK)] == ["2026-12-25"]
    assert closed_at(hours, *night, "Europe/London") == []
    assert closed_at(hours, at("2026-12-26T05:00"), at("2026-12-26T06:00"), NEW_YORK) == []
