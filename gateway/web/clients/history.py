"""What happened with a client lately: sessions, notes and money as one list, the last first. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from gateway.web import text
from gateway.web.clients.sessions import SessionRow

SHOWN: Final = 8
# Part of the list as addresses name it -> its words; empty: everything.
PARTS: Final = (("", "Everything"), ("sessions", "Sessions"), ("notes", "Notes"), ("billing", "Billing"))
# What a page says is not answering where a part is missing.
SERVICES: Final = {"sessions": "The agenda", "notes": "The list of notes", "billing": "Billing"}
STATES: Final[Mapping[str, tuple[str, str]]] = {
    "draft": ("Draft", "warn"),
    "submitted": ("With the supervisor", "info"),
    "returned": ("Returned", "warn"),
    "discarded": ("Discarded", ""),
    "signed": ("Signed", "ok"),
}


@dataclass(frozen=True, slots=True)
class Event:
    """One line. `at` orders it, by the practice's clocks; `session`: the line is about that one."""

    at: str
    title: str
    words: str
    picture: str
    path: str
    chip: tuple[str, str] = ("", "")
    session: SessionRow | None = None


def of_sessions(items: Sequence[Mapping[str, Any]], rows: Sequence[SessionRow], zone: str, path: str) -> list[Event]:
    """Sessions with their rows, in the same order; `path`: where one is shown, with its id to be filled in."""
    return [
        Event(
            at=_local(item["starts_at"], zone).isoformat(),
            title=f"{row.day}, {row.time}",
            words=f"{row.service} with {row.staff}",
            picture="calendar-days",
            path=path.replace("{appointment_id}", row.id),
            session=row,
        )
        for item, row in zip(items, rows, strict=True)
    ]


def of_notes(notes: Sequence[Mapping[str, Any]], authors: Mapping[str, str], zone: str, now: datetime) -> list[Event]:
    """Notes where they were signed, or begun; `authors`: names by id."""
    return [
        Event(
            at=_local(note["signed_at"] or note["created_at"], zone).isoformat(),
            title="Progress note",
            words=", ".join(
                part
                for part in (
                    text.moment(note["signed_at"] or note["created_at"], zone, now),
                    authors.get(note["author_id"], ""),
                )
                if part
            ),
            picture="square-pen",
            path=f"/notes/{note['id']}",
            chip=STATES[note["status"]],
        )
        for note in notes
    ]


def of_ledger(entries: Sequence[Mapping[str, Any]], zone: str, now: datetime, *, linked: bool) -> list[Event]:
    """Entries of the ledger, at the end of their day; `linked`: invoices and payments can be opened."""
    today = now.astimezone(ZoneInfo(zone)).date()
    found = []
    for entry in entries:
        cents = entry["amount_cents"]
        path = f"/invoices/{entry['invoice_id']}" if entry["invoice_id"] else f"/payments/{entry['payment_id']}"
        found.append(
            Event(
                at=f"{entry['on']}T24",
                title=entry["description"],
                words=f"{text.day(entry['on'], today)}, {text.money(abs(cents))}",
                picture="hand-coins" if entry["kind"] == "payment" else "receipt",
                path=path if linked and (entry["invoice_id"] or entry["payment_id"]) else "",
            )
        )
    return found


def latest(*lists: Sequence[Event]) -> list[Event]:
    """The last of them all."""
    return sorted((event for events in lists for event in events), key=lambda event: event.at, reverse=True)[:SHOWN]


def _local(value: str, zone: str) -> datetime:
    return datetime.fromisoformat(value).astimezone(ZoneInfo(zone))
