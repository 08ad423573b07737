"""The rows of an import as its page shows them. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from gateway.web import text
from gateway.web.client_import.deciding import is_for_people
from gateway.web.client_import.facts import NO_NAMES, fact_words
from gateway.web.client_import.words import BOOKINGS, DECIDED
from gateway.web.clients.side_by_side import alike_words
from shared import clock

EMAIL: Final = "email"
REACHED_BY: Final = ("mobile_phone", "phone", "home_phone", "work_phone", EMAIL)


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is wrong with a row, and what stands in the cell."""

    words: str
    value: str


@dataclass(frozen=True, slots=True)
class Alike:
    """A client who may be the person of a row; without a path where they may not be seen."""

    name: str
    path: str
    words: str


@dataclass(frozen=True, slots=True)
class ImportRow:
    """One row of the file."""

    number: int
    name: str
    path: str
    born: str
    reached: str
    wrong: Sequence[Wrong]
    alike: Sequence[Alike]
    decision: str  # what somebody decided, empty where nobody did
    for_people: bool
    therapist: str  # who they are assigned to, or would be; empty for nobody
    balance: str  # what they owed before; empty where the file does not say
    coming: str  # when they come next, and what became of it; empty where nothing is booked
    coming_path: str  # the appointment that was booked


def rows_of(
    items: Iterable[Mapping[str, Any]],
    names: Mapping[str, str],
    staff: Mapping[str, str],
    own: Mapping[str, str] = NO_NAMES,
    *,
    zone: str = "UTC",
    now: datetime | None = None,
) -> list[ImportRow]:
    """The rows. `names`: of the clients who may be seen, `staff`: of members of staff, by their ids; `own`: of own
    fields, as of `own_names`; `zone`: the practice's.
    """
    return [
        ImportRow(
            number=item["row"],
            name=name_of(item["values"]),
            path=f"/clients/{item['client_id']}" if item["client_id"] else "",
            born=item["values"].get("date_of_birth", ""),
            reached=_reached(item["values"]),
            wrong=[_wrong(error, item["values"], own) for error in item["errors"]],
            alike=[_alike(candidate, names) for candidate in item["candidates"]],
            decision=DECIDED[item["decision"]] if item["decision"] else "",
            for_people=is_for_people(item),
            balance=text.money(item["opening_balance_cents"]) if item["opening_balance_cents"] is not None else "",
            therapist=staff.get(item["staff_id"], "") if item["staff_id"] else "",
            coming=_coming(item, zone, now or clock.now()),
            coming_path=f"/agenda/appointments/{item['appointment_id']}" if item["appointment_id"] else "",
        )
        for item in items
    ]


def _coming(item: Mapping[str, Any], zone: str, now: datetime) -> str:
    """`Mar 14, 2027, 2:30 pm, booked`."""
    return text.moment(item["next_appointment_at"], zone, now) + BOOKINGS.get(item["booking"], "")


def _reached(values: Mapping[str, str]) -> str:
    """The first way to reach somebody that the file gives."""
    fact = next((each for each in REACHED_BY if each in values), "")
    return values.get(fact, "") if fact == EMAIL else text.phone(values.get(fact, ""))


def name_of(values: Mapping[str, str]) -> str:
    """The name that the file gives."""
    parts = [values[fact] for fact in ("given_name", "middle_name", "family_name", "name_suffix") if fact in values]
    return " ".join(parts) or values.get("full_name", "") or "No name"


def _wrong(error: Mapping[str, Any], values: Mapping[str, str], own: Mapping[str, str]) -> Wrong:
    fact = error["field"]
    words = f"{fact_words(fact, own)}: {error['detail']}" if fact else error["detail"]
    return Wrong(words, values.get(fact, ""))


def _alike(candidate: Mapping[str, Any], names: Mapping[str, str]) -> Alike:
    client_id = candidate["client_id"]
    known = client_id in names
    return Alike(
        names.get(client_id, "A client whom you may not see"),
        f"/clients/{client_id}" if known else "",
        alike_words(candidate),
    )
