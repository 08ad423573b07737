"""The only source of time. Tests move it; nothing else in the tree asks the operating system.

Instants are aware datetimes in UTC. A local wall-clock time is a naive datetime plus the name of an
IANA zone; `local_to_utc` refuses the hour that a spring clock change skips.
"""

from __future__ import annotations

import time
from datetime import UTC, date, datetime
from functools import cache
from importlib import resources
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from shared.errors import Invalid


def now() -> datetime:
    """The present instant, aware, in UTC."""
    return datetime.now(UTC)


def today(time_zone: str) -> date:
    """Today's date on the wall calendar of `time_zone` (IANA name)."""
    return now().astimezone(zone(time_zone)).date()


def monotonic() -> float:
    """Seconds on a clock that never jumps; only differences mean anything."""
    return time.monotonic()


def sleep(seconds: float) -> None:
    """Wait. Used by back-off loops and by the short wait for an event that has not arrived yet."""
    time.sleep(seconds)


def zone(name: str) -> ZoneInfo:
    """The IANA zone of that name; raises `Invalid` (`time_zone`, `unknown_time_zone`) otherwise."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise Invalid.field(
            "time_zone", "unknown_time_zone", "Not a time zone of the IANA database, e.g. America/New_York."
        ) from error


def is_zone_of_a_place(name: str) -> bool:
    """Whether people somewhere keep this time: a zone of tzdata's `zone1970.tab`, or UTC.

    The database holds other names as well: `localtime`, old aliases, offsets such as `Etc/GMT+5`.
    """
    return name in _zones_of_places()


@cache
def _zones_of_places() -> frozenset[str]:
    table = resources.files("tzdata").joinpath("zoneinfo", "zone1970.tab").read_text(encoding="utf-8")
    return frozenset({"UTC"} | {line.split("\t")[2] for line in table.splitlines() if line and line[0] != "#"})


def midnight(day: date, time_zone: str) -> datetime:
    """The instant at which a day begins in a zone; where clocks change at midnight, the first moment after."""
    return datetime.combine(day, datetime.min.time(), tzinfo=zone(time_zone)).astimezone(UTC)


def local_to_utc(local: datetime, time_zone: str, field: str = "starts_at_local") -> datetime:
    """The instant at which clocks in `time_zone` show `local` (naive, minutes precise).

    Raises `Invalid` (`field`, `time_does_not_exist`) for a time that the zone skips. A time
    that occurs twice means its first occurrence (fold 0), as calendars do.
    """
    if local.tzinfo is not None:
        raise ValueError("local must be naive")
    instant = local.replace(tzinfo=zone(time_zone), fold=0).astimezone(UTC)
    if utc_to_local(instant, time_zone) != local:
        raise Invalid.field(
            field,
            "time_does_not_exist",
            f"{local:%Y-%m-%d %H:%M} does not exist in {time_zone}: clocks skip it that night.",
            time_zone,
        )
    return instant


def utc_to_local(instant: datetime, time_zone: str) -> datetime:
    """What clocks in `time_zone` show at `instant`, as a naive datetime."""
    return instant.astimezone(zone(time_zone)).replace(tzinfo=None)
