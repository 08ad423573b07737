"""A client's appointments as lines: when, what, with whom, where, and what became of each. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from gateway.web import text

STATUSES: Final[Mapping[str, tuple[str, str]]] = {
    "booked": ("Booked", ""),
    "confirmed": ("Confirmed", "info"),
    "arrived": ("Kept", "ok"),
    "no_show": ("No-show", "bad"),
    "late_cancelled": ("Late cancel", "warn"),
    "cancelled": ("Cancelled", ""),
}
TAKES_PLACE: Final = frozenset({"booked", "confirmed", "arrived"})
NOT_KNOWN: Final = "–"


@dataclass(frozen=True, slots=True)
class Names:
    """Names by id, as far as they could be had."""

    services: Mapping[str, str]
    staff: Mapping[str, str]
    locations: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class SessionRow:
    """One appointment."""

    id: str
    day: str
    time: str
    zone: str  # where its clocks are not the practice's
    length: str
    service: str
    staff: str
    place: str
    telehealth: bool
    status: tuple[str, str]
    struck: bool  # it does not or did not take place
    to_do: str  # what is left once it is over
    documented: bool
    mine: bool  # of the person who looks
    others: int  # how many others come, as far as the person may know of them


def session_rows(
    items: Sequence[Mapping[str, Any]], names: Names, zone: str, now: datetime, me: str
) -> list[SessionRow]:
    """The lines, in the order of the API; `me`: the id of the person who looks."""
    return [_row(item, names, zone, now, me) for item in items]


def next_of(items: Sequence[Mapping[str, Any]], now: datetime) -> Mapping[str, Any] | None:
    """The first that is still to take place, of those in order of their start."""
    coming = (item for item in items if datetime.fromisoformat(item["ends_at"]) > now)
    return next((appointment for appointment in coming if appointment["status"] in ("booked", "confirmed")), None)


def past_of(items: Sequence[Mapping[str, Any]], now: datetime) -> list[Mapping[str, Any]]:
    """Those that are over."""
    return [item for item in items if datetime.fromisoformat(item["ends_at"]) <= now]


def names_by_id(reply: Any, *parts: str) -> dict[str, str]:
    """Names of a list's items by their ids; none where the list could not be had."""
    if reply is None or not reply.ok:
        return {}
    return {item["id"]: " ".join(item[part] for part in parts) for item in reply.value["items"]}


def _row(appointment: Mapping[str, Any], names: Names, zone: str, now: datetime, me: str) -> SessionRow:
    begins = datetime.fromisoformat(appointment["starts_at_local"])
    starts, ends = (datetime.fromisoformat(appointment[name]) for name in ("starts_at", "ends_at"))
    over = ends <= now
    return SessionRow(
        id=appointment["id"],
        day=text.day(begins.date(), now.astimezone(ZoneInfo(zone)).date()),
        time=text.clock_time(begins),
        zone="" if appointment["time_zone"] == zone else appointment["time_zone"].rpartition("/")[2].replace("_", " "),
        length=f"{int((ends - starts).total_seconds()) // 60} min",
        service=names.services.get(appointment["service_type_id"], NOT_KNOWN),
        staff=names.staff.get(appointment["staff_id"], NOT_KNOWN),
        place=names.locations.get(appointment["location_id"] or "", ""),
        telehealth=bool(appointment["telehealth"]),
        status=STATUSES[appointment["status"]],
        struck=appointment["status"] not in TAKES_PLACE,
        to_do=_to_do(appointment, over=over),
        documented=appointment["documented"],
        mine=appointment["staff_id"] == me,
        others=len(appointment["clients"]) - 1,
    )


def _to_do(appointment: Mapping[str, Any], *, over: bool) -> str:
    if not over or appointment["documented"]:
        return ""
    if appointment["status"] in ("booked", "confirmed"):
        return "Attendance to set"
    return "Note to write" if appointment["status"] == "arrived" else ""
