"""Free times that suit somebody who waits: within the hours, outside of holidays, beside what is booked."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from services.clinical.open_slots import queries, rules
from services.clinical.open_slots.rules import Calendar, Wish
from services.clinical.opening_hours.rules import WEEKDAYS, OpeningHours
from services.clinical.tests.conftest import Clinic
from shared import clock
from shared.contracts.identity import Holiday, OpenHours, OrganizationChanged, StaffChanged
from shared.ids import new_id
from shared.testing.plans import plan_of

pytestmark = pytest.mark.usefixtures("no_waiting")
NEW_YORK = "America/New_York"
ADA, BEA = UUID(int=1), UUID(int=2)
MONDAY = date(2026, 10, 5)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """An instant of October 2026, by the clocks of UTC."""
    return datetime(2026, 10, day, hour, minute, tzinfo=UTC)


def hours(*spans: tuple[str, str], holidays: tuple[str, ...] = ()) -> OpeningHours:
    """Open at these hours from Monday to Friday."""
    week = [{"weekday": day, "opens": opens, "closes": closes} for day in WEEKDAYS[:5] for opens, closes in spans]
    return OpeningHours(week, [{"on": day, "name": "Team day"} for day in holidays])


def free(wish: Wish, minutes: int = 60, limit: int = 20, days: int = 1, **more: Any) -> list[tuple[str, UUID]]:
    """What is free of Ada and Bea from Monday on, as it stands on clocks in UTC."""
    calendar = Calendar(
        hours=more.get("hours", hours(("09:00", "12:00"))),
        time_zone="UTC",
        now=more.get("now", at(1, 0)),
        days=[MONDAY + timedelta(days=number) for number in range(days)],
        busy=more.get("busy", {}),
    )
    who = more.get("who", [ADA])
    found = calendar.free(wish, who, minutes, limit)
    assert all(slot.ends_at - slot.starts_at == timedelta(minutes=minutes) for slot in found)
    return [(f"{slot.starts_at:%d %H:%M}", who[slot.clinician]) for slot in found]


def starts(wish: Wish, **more: Any) -> list[str]:
    return [start for start, _ in free(wish, **more)]


def test_what_is_booked_lies_between_the_free_times() -> None:
    assert starts(Wish()) == ["05 09:00", "05 10:00", "05 11:00"]
    assert starts(Wish(), busy={ADA: [(at(5, 9, 40), at(5, 10, 20))]}) == ["05 10:30"]
    assert starts(Wish(), minutes=50) == ["05 09:00", "05 10:00", "05 11:00"], "each begins on a quarter of an hour"
    assert starts(Wish(), minutes=30, busy={ADA: [(at(5, 8), at(5, 9, 30)), (at(5, 8, 30), at(5, 9))]}, limit=2) == [
        "05 09:30",
        "05 10:00",
    ]
    assert starts(Wish(), busy={ADA: [(at(5, 8), at(5, 13))]}) == []


def test_who_is_free_first_comes_first() -> None:
    busy = {ADA: [(at(5, 9), at(5, 10))]}
    found = free(Wish(), limit=3, busy=busy, who=[ADA, BEA])
    assert found == [("05 09:00", BEA), ("05 10:00", ADA), ("05 10:00", BEA)]


def test_weekdays_and_parts_of_the_day() -> None:
    all_day = hours(("08:00", "20:00"))
    assert starts(Wish(weekdays=("wednesday",)), days=7, limit=1) == ["07 09:00"]
    assert starts(Wish(weekdays=("sunday",)), days=7) == []
    assert starts(Wish(part_of_day="morning"), hours=all_day, minutes=90) == ["05 08:00", "05 09:30"]
    assert starts(Wish(part_of_day="afternoon"), hours=all_day, limit=1) == ["05 12:00"]
    assert starts(Wish(part_of_day="evening"), hours=all_day) == ["05 17:00", "05 18:00", "05 19:00"]
    assert starts(Wish(part_of_day="evening")) == []


def test_neither_the_past_nor_a_holiday() -> None:
    assert starts(Wish(), now=at(5, 9, 1)) == ["05 09:15", "05 10:15"]
    assert starts(Wish(), days=2, limit=1, hours=hours(("09:00", "12:00"), holidays=("2026-10-05",))) == ["06 09:00"]


def test_without_hours_the_usual_ones_are_looked_at() -> None:
    nothing = OpeningHours([], [{"on": "2026-10-05", "name": "Team day"}])
    assert starts(Wish(), hours=nothing, days=2, limit=1) == ["06 08:00"]
    assert starts(Wish(part_of_day="evening"), hours=nothing, days=2) == ["06 17:00", "06 18:00", "06 19:00"]
    assert starts(Wish(weekdays=("sunday",)), hours=nothing, days=7, limit=1) == ["11 08:00"]


def test_an_hour_that_comes_twice_is_offered_once() -> None:
    night = [{"weekday": "sunday", "opens": "00:30", "closes": "04:00"}]
    calendar = Calendar(OpeningHours(night, []), NEW_YORK, at(1, 0), [date(2026, 11, 1)], {})
    found = calendar.free(Wish(), [ADA], 60, 20)
    assert [f"{clock.utc_to_local(slot.starts_at, NEW_YORK):%H:%M}" for slot in found] == [
        "00:30",
        "01:30",
        "02:00",
        "03:00",
    ]


def opened(clinic: Clinic) -> date:
    """The practice is open from nine to noon on every day but tomorrow; returns tomorrow."""
    tomorrow = clock.today(NEW_YORK) + timedelta(days=1)
    clinic.emit(
        OrganizationChanged(
            organization_id=clinic.organization_id,
            version=2,
            name="Clinic",
            time_zone=NEW_YORK,
            business_hours=tuple(OpenHours(day, "09:00", "12:00") for day in WEEKDAYS),
            holidays=(Holiday(tomorrow, "Team day"),),
        )
    )
    return tomorrow


def ask(who: Any, *wishes: dict[str, Any], **more: Any) -> dict[str, Any]:
    response = who.post("/open-slots", {"wishes": list(wishes), **more})
    assert response.status_code == 200, response.text
    return dict(response.json)


def test_what_was_found_can_be_booked(clinic: Clinic) -> None:
    tomorrow = opened(clinic)
    day = tomorrow + timedelta(days=1)
    clinic.book(f"{day}T10:00")
    wish = {"service_type_id": clinic.service_type_id}
    found_all = ask(clinic.desk, wish, {**wish, "staff_id": str(clinic.desk.staff_id)}, **{"from": str(tomorrow)})
    assert (found_all["from"], found_all["time_zone"], found_all["hours_known"]) == (str(tomorrow), NEW_YORK, True)
    assert found_all["more_clinicians"] is False
    found, nobody = found_all["items"]
    assert nobody["slots"] == [], "who signs no notes is not booked"
    assert found["duration_minutes"] == 60
    assert [slot["starts_at_local"] for slot in found["slots"][:2]] == [f"{day}T09:00", f"{day}T11:00"]
    assert {slot["staff_id"] for slot in found["slots"]} == {str(clinic.therapist.staff_id)}
    booked = clinic.book(found["slots"][0]["starts_at_local"])
    assert booked["starts_at"] == found["slots"][0]["starts_at"]
    later = ask(clinic.desk, wish, **{"from": str(day)})["items"][0]["slots"]
    assert [slot["starts_at_local"] for slot in later][:1] == [f"{day}T11:00"]


def test_nothing_is_found_of_what_nobody_knows(clinic: Clinic) -> None:
    opened(clinic)
    gone = clinic.staff("therapist", active=False)
    for wish in ({"staff_id": str(new_id())}, {"staff_id": str(gone.staff_id)}, {"service_type_id": str(new_id())}):
        assert ask(clinic.desk, wish)["items"][0]["slots"] == []


def test_who_sees_assigned_clients_only_is_told_of_their_own_time(clinic: Clinic) -> None:
    opened(clinic)
    narrowed = clinic.staff("therapist", grants=("assigned_only",))
    found = ask(narrowed, {}, {"staff_id": str(clinic.therapist.staff_id)})["items"]
    assert {slot["staff_id"] for slot in found[0]["slots"]} == {str(narrowed.staff_id)}
    assert found[1]["slots"] == []


def test_where_nobody_gives_services_as_their_work_who_signs_notes_is_looked_at(clinic: Clinic) -> None:
    opened(clinic)
    clinic.emit(
        StaffChanged(
            organization_id=clinic.organization_id,
            staff_id=clinic.therapist.staff_id,
            version=2,
            display_name="Somebody",
            active=False,
            levels=("therapist",),
        )
    )
    found = ask(clinic.desk, {})["items"][0]["slots"]
    assert {slot["staff_id"] for slot in found} == {str(clinic.administrator.staff_id)}


def test_of_many_clinicians_the_first_by_name_are_looked_at(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    opened(clinic)
    monkeypatch.setattr(rules, "CLINICIANS_MAX", 1)
    assert ask(clinic.desk, {})["more_clinicians"] is False
    clinic.staff("therapist")
    found_all = ask(clinic.desk, {}, limit=20)
    assert found_all["more_clinicians"] is True
    assert len({slot["staff_id"] for slot in found_all["items"][0]["slots"]}) == 1


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"wishes": []}, "wishes"),
    ({"wishes": [{}] * 51}, "wishes"),
    ({"wishes": [{"part_of_day": "night"}]}, "wishes.0.part_of_day"),
    ({"wishes": [{"weekdays": ["someday"]}]}, "wishes.0.weekdays.0"),
    ({"wishes": [{}], "days": 29}, "days"),
    ({"wishes": [{}], "limit": 21}, "limit"),
]


@pytest.mark.parametrize(("wrong", "field"), WRONG, ids=lambda value: str(value)[:40])
def test_wrong_questions_are_named(clinic: Clinic, wrong: dict[str, Any], field: str) -> None:
    refused = clinic.desk.post("/open-slots", wrong)
    assert (refused.status_code, refused.json["errors"][0]["field"]) == (422, field)


def test_both_questions_come_from_their_indexes(clinic: Clinic) -> None:
    here, now = clinic.organization_id, clock.now()
    actor = clinic.desk.actor
    assert actor is not None
    plan = plan_of(clinic.database, here, queries.active_staff(actor, {"therapist"}))
    assert "ix_staff_copies_active" in plan and "Sort" not in plan, plan
    statement = queries.taken(actor, [ADA, BEA], now, now + timedelta(days=14))
    assert "ix_appointments_staff" in plan_of(clinic.database, here, statement)
