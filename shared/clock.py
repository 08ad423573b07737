"""The only source of time. Tests move it; nothing else in the tree asks the operating system.

The demo lives its past on a moved clock (ADR 21): the processes of an embedded stack may be told how far behind the
real time they are. Nothing else may: a process that is told so elsewhere refuses to start.

Instants are aware datetimes in UTC. A local wall-clock time is a naive datetime plus the name of an
IANA zone; `local_to_utc` refuses the hour that a spring clock change skips.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache
from importlib import resources
from importlib.util import find_spec
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from shared.calendar_words import day_in_words, time_in_words
from shared.errors import Invalid
from shared.settings import Environment, MissingSetting

MOVED_CLOCK = "MOVED_CLOCK"  # the setting: the file that says how far behind the clock is
_moved: list[Path] = []  # that file, while this process is behind


def now() -> datetime:
    """The present instant, aware, in UTC."""
    return datetime.now(UTC) - _behind() if _moved else datetime.now(UTC)


def follow(environment: Environment) -> None:
    """Run behind the real time, where the embedded stack says so, until its file has gone; then for good at real time.

    Raises `MissingSetting` where the setting is there and no embedded stack has started this process.
    """
    file = environment.text(MOVED_CLOCK, "")
    if not file:
        return
    if find_spec("embedded") is None or _keeper_of(Path(file)) not in _ancestors("self"):
        raise MissingSetting(f"{MOVED_CLOCK} is for the demo of the embedded stack alone: take it away")
    _moved[:] = [Path(file)]


def _behind() -> timedelta:
    for file in _moved[:]:
        try:
            return timedelta(seconds=json.loads(file.read_text(encoding="utf-8"))["behind_seconds"])
        except FileNotFoundError:
            _moved.clear()
    return timedelta()


def _keeper_of(file: Path) -> int:
    """The process that keeps the stack of that file; 0 where the file says nothing of the kind."""
    try:
        return int(json.loads(file.read_text(encoding="utf-8"))["keeper"])
    except (OSError, ValueError, LookupError, TypeError):
        return 0


def _ancestors(process: str) -> Iterator[int]:
    """The processes that have started this one, the nearest first; none where the machine does not tell."""
    try:
        # The name, in brackets, may hold anything; behind it stand the state and the parent.
        parent = int(Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[1])
    except OSError:
        return
    if parent:
        yield parent
        yield from _ancestors(str(parent))


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
            f"Clocks in {time_zone} skip {time_in_words(local.time())} on {day_in_words(local.date())}.",
            time_zone,
        )
    return instant


def utc_to_local(instant: datetime, time_zone: str) -> datetime:
    """What clocks in `time_zone` show at `instant`, as a naive datetime."""
    return instant.astimezone(zone(time_zone)).replace(tzinfo=None)
