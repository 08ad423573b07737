"""Work items as the pages show them. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from gateway.web import text
from gateway.web.work_items.words import CHANGES, MATTERS, NOTICE

PATH = "/work-items"


@dataclass(frozen=True, slots=True)
class Row:
    """One item of the list. `goes`: the way to its matter; `verb` empty: there is none."""

    path: str
    title: str
    about: str
    picture: str
    verb: str
    goes: str
    due: str
    overdue: bool
    is_notice: bool
    is_open: bool
    by_hand: bool
    unassigned: bool
    version: int


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an item's history."""

    words: str
    when: str
    by: str


def rows_of(
    found: Iterable[tuple[str, Mapping[str, Any]]],
    clients: Mapping[str, str],
    staff: Mapping[str, str],
    zone: str,
    now: datetime,
) -> list[Row]:
    """The items of all services, each with its service: open ones by their day, of done ones the latest first."""
    done = [pair for pair in found if pair[1]["state"] == "done"]
    is_open = [pair for pair in found if pair[1]["state"] != "done"]
    today = now.astimezone(ZoneInfo(zone)).date()
    ordered = [
        *sorted(is_open, key=lambda pair: (pair[1]["due_on"] or pair[1]["raised_at"][:10], pair[1]["id"])),
        *sorted(done, key=lambda pair: pair[1]["done_at"], reverse=True),
    ]
    return [row_of(service, item, clients, staff, today) for service, item in ordered]


def row_of(
    service: str, item: Mapping[str, Any], clients: Mapping[str, str], staff: Mapping[str, str], today: date
) -> Row:
    """One item as a line."""
    words = MATTERS.get(item["matter"])
    is_open = item["state"] == "open"
    client = clients.get(item["client_id"], "A client") if item["client_id"] else ""
    who = staff.get(item["assignee_id"], "A colleague") if item["assignee_id"] else "Nobody has it"
    is_notice = item["kind"] == NOTICE
    due_on = date.fromisoformat(item["due_on"]) if item["due_on"] else None
    return Row(
        path=f"{PATH}/{service}/{item['id']}",
        title=words.sentence if words else "Something to look at",
        about=" · ".join(part for part in (client, "" if is_notice else who) if part),
        picture=words.picture if words else "info",
        verb=words.verb if words else "",
        goes=words.path.format(item["subject"]["id"]) if words else "",
        due=f"Due {text.day(due_on, today)}" if due_on else "",
        overdue=is_open and due_on is not None and due_on < today,
        is_notice=is_notice,
        is_open=is_open,
        by_hand=item["by_hand"],
        unassigned=item["assignee_id"] is None,
        version=item["version"],
    )


def lines_of(history: Sequence[Mapping[str, Any]], staff: Mapping[str, str], zone: str, now: datetime) -> list[Line]:
    """What happened to an item, the latest first."""
    return [
        Line(
            words=_change(line, staff, now.astimezone(ZoneInfo(zone)).date()),
            when=text.moment(line["at"], zone, now),
            by=staff.get(line["by_staff_id"], "A colleague") if line["by_staff_id"] else "",
        )
        for line in history
    ]


def _change(line: Mapping[str, Any], staff: Mapping[str, str], today: date) -> str:
    change = line["change"]
    if change == "assigned":
        return CHANGES[change].format(staff.get(line["assignee_id"], "a colleague"))
    if change == "due":
        return CHANGES[change].format(text.day(line["due_on"], today)) if line["due_on"] else "No longer due on a day"
    if change == "commented":
        return CHANGES[change].format(line["comment"]) if line["comment"] else "The comment was removed"
    return CHANGES[change]
