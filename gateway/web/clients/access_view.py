"""Who can see a client's record, what of it, by which rule, and when they looked last. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from gateway.web import text
from gateway.web.clients.views import letters

# What of a record can be seen, the widest first: the field of the answer, and the words.
PARTS: Final = (("clinical", "Cases"), ("ledger", "Ledger"), ("record", "Basic data"))
EMERGENCY: Final = "break_glass"


@dataclass(frozen=True, slots=True)
class AccessRow:
    """One member of staff who can see something of the client."""

    name: str
    initials: str
    hue: str
    parts: Sequence[str]
    because: str
    emergency: bool
    looked: str


def access_rows(
    verdicts: Sequence[Mapping[str, Any]],
    entries: Sequence[Mapping[str, Any]],
    hues: Mapping[str, str],
    zone: str,
    now: datetime,
) -> list[AccessRow]:
    """Those who can see anything, who sees most first; `entries`: what was done and seen lately, latest first.

    `hues`: the colours of staff by id.
    """
    looked: dict[str, str] = {}
    for entry in entries:
        if entry["staff_id"] and entry["outcome"] == "done":
            looked.setdefault(entry["staff_id"], text.moment(entry["at"], zone, now))
    rows = [_row(verdict, looked.get(verdict["staff_id"], ""), hues) for verdict in verdicts]
    return sorted((row for row in rows if row.parts), key=lambda row: (-len(row.parts), row.name))


def _row(verdict: Mapping[str, Any], looked: str, hues: Mapping[str, str]) -> AccessRow:
    seen = [(words, verdict[part]) for part, words in PARTS if verdict[part]["allowed"]]
    return AccessRow(
        name=verdict["display_name"],
        initials=letters(verdict["display_name"]),
        hue=hues.get(verdict["staff_id"]) or text.hue(verdict["staff_id"]),
        parts=[words for words, _ in seen],
        because=seen[0][1]["because"] if seen else "",
        emergency=any(verdict["rule"] == EMERGENCY for _, verdict in seen),
        looked=looked,
    )
