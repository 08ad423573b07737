"""The activity log in words: who did, saw or was refused what, and about whom. Pure but for the API document."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from types import MappingProxyType
from typing import Any, Final
from zoneinfo import ZoneInfo

import orjson

from gateway.api.page import DOCUMENT
from gateway.web.activity.about import about
from gateway.web.activity.words import ACTIONS, RULES
from gateway.web.text import moment
from shared.texts import calendar_day

NOBODY: Final = "The system"
SOMEBODY: Final = "Somebody who left, or a program"
KINDS: Final = {"changes": "Changes", "reads": "Reads", "refusals": "Refusals"}
TOGETHER: Final = timedelta(hours=1)  # the same read again within it stands on one line


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the log."""

    at: str
    who: str
    what: str
    about: Sequence[tuple[str, str]]  # names, and where each leads; empty: nowhere
    more: int  # clients beyond those that are named
    refused: bool
    why: str
    network: str
    times: int = 1  # how often within an hour, up to then


@cache
def action_names() -> Mapping[str, str]:
    """Action -> what the API document calls the operation that leaves it."""
    paths = orjson.loads(DOCUMENT.read_bytes())["paths"]
    operations = (
        operation
        for _, path in sorted(paths.items(), key=lambda found: len(found[0]))
        for operation in path.values()
        if isinstance(operation, dict)
    )
    named: dict[str, str] = {}
    for operation in operations:
        if "x-audit-action" in operation:
            # The plain operation stands before its variants.
            named.setdefault(operation["x-audit-action"], operation["summary"].replace("'", "’"))
    return MappingProxyType(named)


def entries_of(
    items: Iterable[Mapping[str, Any]],
    staff: Mapping[str, str],
    clients: Mapping[str, str],
    zone: str,
    now: datetime,
    things: Mapping[str, str] = MappingProxyType({}),
) -> list[Entry]:
    """The lines; `staff` and `clients` are names by id, `things` of what else was changed or seen.

    The same read of the same record is one line for an hour.
    """
    return [
        Entry(
            at=moment(item["at"], zone, now),
            who=staff.get(item["staff_id"], SOMEBODY) if item["staff_id"] else NOBODY,
            what=ACTIONS.get(item["action"]) or action_names().get(item["action"]) or in_words(item["action"]),
            about=named,
            more=more,
            refused=item["outcome"] == "denied",
            why=RULES.get(item["rule"] or "") or in_words(item["rule"] or ""),
            network=item["network"] or "",
            times=times,
        )
        for item, times in together(items)
        for named, more in (about(item, clients, things),)
    ]


def together(items: Iterable[Mapping[str, Any]]) -> list[tuple[Mapping[str, Any], int]]:
    """Entries, latest first, with how often each stands for: a person who reads one record again reads it once more."""
    shown: list[Mapping[str, Any]] = []
    times: list[int] = []
    latest: dict[tuple[Any, ...], int] = {}
    for item in items:
        key = (item["staff_id"], item["action"], item["object_id"], *item["client_ids"])
        at = latest.get(key) if is_read(item) else None
        if at is not None and _moment(shown[at]) - _moment(item) <= TOGETHER:
            times[at] += 1
            continue
        latest[key] = len(shown)
        shown.append(item)
        times.append(1)
    return list(zip(shown, times, strict=True))


def is_read(item: Mapping[str, Any]) -> bool:
    """Whether something was only seen: such actions are called after what is read, `note.read`."""
    return item["outcome"] == "done" and "." in item["action"]


def _moment(item: Mapping[str, Any]) -> datetime:
    return datetime.fromisoformat(item["at"])


def in_words(slug: str) -> str:
    """`draft_invoice` -> `Draft invoice`."""
    words = slug.replace(".", " ").replace("_", " ")
    return words[:1].upper() + words[1:]


def instants(first: str, last: str, zone: str) -> tuple[str | None, str | None]:
    """From the first midnight to the one after the last day, on the practice's clock. Raises `ValueError`."""
    here = ZoneInfo(zone)

    def midnight(day: str, later: int) -> str:
        on = calendar_day(day)
        if on is None or on == date.max:
            raise ValueError(day)
        return datetime.combine(on + timedelta(days=later), time(), here).isoformat()

    return midnight(first, 0) if first else None, midnight(last, 1) if last else None
