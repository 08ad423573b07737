"""The sessions of a client about which the person who looks can begin a note. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from gateway.web import text
from gateway.web.clients.sessions import TAKES_PLACE

CHOSEN_FROM: Final = 5  # a small choice: older ones are on the worklist


@dataclass(frozen=True, slots=True)
class Unwritten:
    """A session without a note. `words`: when it was, `Today, 9:30 am`."""

    appointment_id: str
    words: str


def unwritten(
    work: Iterable[Mapping[str, Any]], sessions: Iterable[Mapping[str, Any]], me: str, zone: str, now: datetime
) -> list[Unwritten]:
    """Those that are over by the worklist, and those of today that are not over yet; the last first.

    `work`: what waits for them about the client; `sessions`: the client's appointments of today.
    """
    items = list(work)
    begun = {item["appointment_id"] for item in items if item["kind"] != "no_note"}
    waiting = {item["appointment_id"]: item["since"] for item in items if item["kind"] == "no_note"}
    for session in sessions:
        still = datetime.fromisoformat(session["ends_at"]) > now and session["status"] in TAKES_PLACE
        if still and session["staff_id"] == me and not session["documented"] and session["id"] not in begun:
            waiting[session["id"]] = session["starts_at"]
    last_first = sorted(waiting.items(), key=lambda pair: pair[1], reverse=True)
    return [Unwritten(appointment_id, text.moment(at, zone, now)) for appointment_id, at in last_first[:CHOSEN_FROM]]
