"""The settings as forms and sentences: hours, holidays, versions of what prints, the history. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any, Final
from zoneinfo import ZoneInfo

from gateway.web import text
from gateway.web.forms import Form
from gateway.web.places import PLACES
from gateway.web.weekly_hours import WEEKDAYS
from shared.texts import whole_number

EMPTY_ROWS: Final = 3
ROOM: Final = ("name", "capacity", "id")  # the inputs of a room
ALWAYS: Final = "1900-01-01"
FIELDS: Final = {
    "name": "Name",
    "legal_name": "Legal name",
    "npi": "NPI",
    "tax_id": "Tax ID",
    "taxonomy": "Taxonomy code",
    "phone": "Phone",
    "fax": "Fax",
    "email": "E-mail",
    "address": "Address",
    "place_of_service": "Place of service",
    "time_zone": "Time zone",
    "invoice_prefix": "Invoice number prefix",
    "session_minutes": "Usual length of an appointment",
    "plan_review_days": "Days until a treatment plan is reviewed",
    "write_off_limit_cents": "Limit of write-offs",
    "business_hours": "Hours",
    "holidays": "Holidays",
    "requires_second_factor": "Second factor for everybody",
    "idle_minutes": "Minutes until somebody idle is signed out",
    "restricts_administration": "Administration opens assigned cases only",
    "break_glass_enabled": "Emergency access",
    "break_glass_minutes": "Minutes of emergency access",
    "author_access_days": "Days for which authors who left a case read their notes",
    "works_alone": "Nobody else works here",
}
PRINTED: Final = (
    "name",
    "legal_name",
    "address",
    "phone",
    "fax",
    "email",
    "tax_id",
    "npi",
    "taxonomy",
    "place_of_service",
)


@dataclass(frozen=True, slots=True)
class Change:
    """One entry of the history: who, when, and each setting before and after."""

    who: str
    when: str
    lines: Sequence[tuple[str, str, str]]


@dataclass(frozen=True, slots=True)
class Version:
    """What prints from a day on: the day, who recorded it when, and its facts."""

    since: str
    recorded: str
    facts: Sequence[tuple[str, str]]


def form_of_holidays(holidays: Sequence[Mapping[str, str]]) -> Form:
    """The stored holidays as inputs `holiday.0.on` and `holiday.0.name`."""
    pairs = (
        (f"holiday.{at}.{name}", (holiday[name],)) for at, holiday in enumerate(holidays) for name in ("on", "name")
    )
    return Form(values=dict(pairs))


def rows_of_holidays(form: Form) -> int:
    """As many rows as hold something, and a few empty ones."""
    return len(holidays_of(form)[0]) + EMPTY_ROWS


def holidays_of(form: Form) -> tuple[list[dict[str, str]], list[str]]:
    """What was typed, and the inputs that each entry came from (`holiday.0`)."""
    numbers = sorted(form.numbers("holiday"))
    typed = [(f"holiday.{at}", form.text(f"holiday.{at}.on"), form.text(f"holiday.{at}.name")) for at in numbers]
    kept = [(place, on, name) for place, on, name in typed if on or name.strip()]
    return [{"on": on, "name": name} for _, on, name in kept], [place for place, _, _ in kept]


def changes_of(items: Sequence[Mapping[str, Any]], names: Mapping[str, str], zone: str, now: datetime) -> list[Change]:
    """The history, latest first, in words."""
    return [
        Change(
            who=names.get(item["changed_by"], "Somebody who has left"),
            when=text.moment(item["changed_at"], zone, now),
            lines=[
                (FIELDS.get(field, field.replace("_", " ").capitalize()), shown(field, before), shown(field, after))
                for field, (before, after) in sorted(item["changes"].items())
            ],
        )
        for item in items
    ]


def versions_of(
    items: Sequence[Mapping[str, Any]], names: Mapping[str, str], zone: str, now: datetime
) -> list[Version]:
    """The versions of what prints, the one recorded last first."""
    return [
        Version(
            since="Always" if item["effective_from"] == ALWAYS else f"From {text.day(item['effective_from'])}",
            recorded=_recorded(item, names, zone, now),
            facts=[
                *((FIELDS[name], shown(name, item[name])) for name in PRINTED if item.get(name) is not None),
                *([("Logo", "printed")] if item.get("logo_id") else []),
            ],
        )
        for item in items
    ]


def _recorded(item: Mapping[str, Any], names: Mapping[str, str], zone: str, now: datetime) -> str:
    when = text.moment(item["recorded_at"], zone, now)
    if item["recorded_by"] is None:
        return f"Came with sign-up: {when}"
    return f"Recorded by {names.get(item['recorded_by'], 'somebody who has left')}: {when}"


def week_in_words(hours: Sequence[Mapping[str, str]]) -> str:
    """`Monday to Friday 9:00 am to 5:00 pm`: days that follow each other with the same hours are said once."""
    by_day = {
        weekday: ", ".join(
            f"{text.hour(span['opens'])} to {text.hour(span['closes'])}"
            for span in sorted(hours, key=lambda span: span["opens"])
            if span["weekday"] == weekday
        )
        for weekday in WEEKDAYS
    }
    grouped = [(list(days), spans) for spans, days in groupby(WEEKDAYS, by_day.__getitem__) if spans]
    return "; ".join(
        f"{' to '.join(day.capitalize() for day in dict.fromkeys((days[0], days[-1])))} {spans}"
        for days, spans in grouped
    )


def shown(field: str, value: Any) -> str:
    """A stored value in words."""
    if value is None or value in ("", []):
        return "empty"
    if field in ("phone", "fax"):
        return text.phone(value)
    if isinstance(value, bool):
        return "on" if value else "off"
    if field == "write_off_limit_cents":
        return text.money(value)
    if field == "place_of_service":
        return PLACES[value]
    if field == "business_hours":
        return week_in_words(value)
    if field == "holidays":
        return "; ".join(f"{holiday['name']} on {text.day(holiday['on'])}" for holiday in value)
    if isinstance(value, Mapping):
        line = [value.get("line1"), value.get("line2"), value.get("city")]
        return f"{', '.join(part for part in line if part)}, {value.get('state')} {value.get('postal_code')}"
    return str(value)


@dataclass(frozen=True, slots=True)
class LocationRow:
    """One line of the list of places."""

    id: str
    name: str
    place: str
    address: str
    rooms: str
    active: bool


def location_rows(locations: Sequence[Mapping[str, Any]]) -> list[LocationRow]:
    """The lines, in the order of the API."""
    return [
        LocationRow(
            id=location["id"],
            name=location["name"],
            place=PLACES[location["place_of_service"]],
            address="" if location["address"] is None else shown("address", location["address"]),
            rooms=", ".join(room["name"] for room in location["rooms"] if room["active"]),
            active=location["active"],
        )
        for location in locations
    ]


def form_of_location(location: Mapping[str, Any]) -> Form:
    """A stored place with its open rooms as inputs `room.0.name`, `room.0.capacity`, `room.0.id`."""
    stored = Form.of({name: value for name, value in location.items() if name != "rooms"})
    values = {name: tuple(stored.all(name)) for name in stored.values}
    for at, room in enumerate(room for room in location["rooms"] if room["active"]):
        for name in ("id", "name", "capacity"):
            values[f"room.{at}.{name}"] = (str(room[name]) if room[name] is not None else "",)
    return Form(values=values)


def rows_of_rooms(form: Form) -> int:
    """As many rows as hold a room, and a few empty ones: a form that comes back grows by none that was left empty."""
    filled = (
        number for number in form.numbers("room") if any(form.text(f"room.{number}.{part}").strip() for part in ROOM)
    )
    return min(max([-1, *filled]) + 1, 100) + EMPTY_ROWS


def rooms_of(form: Form) -> tuple[list[dict[str, Any]], list[str]]:
    """What was typed, and the inputs that each room came from. A room without a name is left out, and so closed."""
    rooms, places = [], []
    for at in range(rows_of_rooms(form)):
        name, capacity, known = (form.text(f"room.{at}.{part}").strip() for part in ROOM)
        if name:
            fits = whole_number(capacity)
            rooms.append(
                {
                    "name": name,
                    "capacity": capacity or None if fits is None else fits,
                    **({"id": known} if known else {}),
                }
            )
            places.append(f"room.{at}")
    return rooms, places


@dataclass(frozen=True, slots=True)
class OpeningRow:
    """One access in an emergency, and its review where there was one."""

    id: str
    who: str
    whom: str
    when: str
    until: str
    is_open: bool
    reason: str
    outcome: str
    comment: str
    reviewer: str
    reviewable: bool
    activity: str


_FOUND: Final = {"justified": "Justified", "not_justified": "Not justified", None: ""}


def _until(item: Mapping[str, Any], zone: str, now: datetime) -> str:
    """`8:00 pm`, with the day where it is not the one on which it was opened."""
    opened, ends = (datetime.fromisoformat(item[name]).astimezone(ZoneInfo(zone)) for name in ("opened_at", "ends_at"))
    return text.clock_time(ends) if opened.date() == ends.date() else text.moment(item["ends_at"], zone, now)


def opening_rows(
    items: Sequence[Mapping[str, Any]],
    staff: Mapping[str, str],
    clients: Mapping[str, str],
    zone: str,
    now: datetime,
) -> list[OpeningRow]:
    """The accesses, latest first. The service says which of them the person may review."""
    return [
        OpeningRow(
            id=item["id"],
            who=staff.get(item["staff_id"], "Somebody who has left"),
            whom=clients.get(item["client_id"], "A client whom you may not see"),
            when=text.moment(item["opened_at"], zone, now),
            until=_until(item, zone, now),
            is_open=item["is_open"],
            reason=item["reason"],
            outcome=_FOUND[item["outcome"]],
            comment=item["comment"] or "",
            reviewer=staff.get(item["reviewed_by"], "Somebody who has left") if item["reviewed_by"] else "",
            reviewable=item["reviewable"],
            activity=f"/activity?staff_id={item['staff_id']}&client_id={item['client_id']}",
        )
        for item in items
    ]
