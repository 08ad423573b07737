"""What happened around a signed note: attendance, the draft invoice, and who read it, for those who may know."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from gateway.web import text
from gateway.web.documentation.around import people_of
from gateway.web.documentation.views import Past, full_name
from gateway.web.page import ApiResponse, Page, Question

ATTENDANCE: Final = "GET /appointments/{appointment_id}/history"
BILLED: Final = "POST /invoices/lookup"
TRAIL: Final = "GET /audit/entries"
# Row -> the permission without which it is not asked.
NEEDS: Final = {ATTENDANCE: "appointments:read", BILLED: "invoices:read", TRAIL: "audit:read"}
READ: Final = "note.read"
LISTED: Final = 50
CAME: Final = {
    "arrived": "Attendance set: kept",
    "no_show": "Attendance set: no-show",
    "late_cancelled": "Attendance set: late cancel",
    "cancelled": "Attendance set: cancelled",
}


def around_note(
    page: Page, note: Mapping[str, Any], zone: str, now: datetime, *, readers: bool
) -> list[tuple[str, Past]]:
    """Lines for the history, each with its instant. `readers`: with who read it, which is itself on record."""
    questions = {
        ATTENDANCE: Question(ATTENDANCE, {"appointment_id": note["appointment_id"]}, {"limit": LISTED}),
        BILLED: Question(BILLED, body={"appointment_ids": [note["appointment_id"]]}),
    }
    if readers:
        questions[TRAIL] = Question(TRAIL, query={"object_id": note["id"], "action": READ, "limit": LISTED})
    allowed = {row: question for row, question in questions.items() if page.can(NEEDS[row])}
    answers = page.ask_all(**allowed)
    changes = [
        change
        for change in _items(answers.get(ATTENDANCE))
        if change["status"] in CAME and change["client_id"] in (None, note["client_id"])
    ]
    views = last_views(_items(answers.get(TRAIL)))
    people = people_of(page, [*(change["by"] for change in changes), *views])
    lines = [
        (change["at"], CAME[change["status"]], full_name(people.get(change["by"])), "circle-check")
        for change in changes
    ]
    lines += [
        (item["drafted_at"], "Draft invoice made", "", "receipt")
        for item in _items(answers.get(BILLED))
        if item["client_id"] == note["client_id"]
    ]
    lines += [(at, "Read", full_name(people.get(reader)), "eye") for reader, at in views.items()]
    return [(at, Past(title, text.moment(at, zone, now), by, "", picture)) for at, title, by, picture in lines]


def last_views(entries: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """When each member of staff read a note last; entries come latest first."""
    found: dict[str, str] = {}
    for entry in entries:
        if entry["outcome"] == "done" and entry["staff_id"]:
            found.setdefault(entry["staff_id"], entry["at"])
    return found


def _items(reply: ApiResponse | None) -> Sequence[Mapping[str, Any]]:
    return reply.value["items"] if reply is not None and reply.ok else ()
