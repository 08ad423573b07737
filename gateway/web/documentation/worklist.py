"""The worklist: what waits for somebody, the longest first, with one verb for each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from flask import Response

from gateway.web import text
from gateway.web.page import ApiResponse, Page, Question
from gateway.web.people import names_of as staff_names
from shared import clock

LIST: Final = "/notes"
ALL: Final = "/notes/all"
WORKLIST: Final = "GET /worklist"
LOOKUP: Final = "POST /clients/lookup"
SHOWN: Final = 50
COUNTED_MAX: Final = 1_000  # where the counts of the API end
# Kind -> its name over the list, what a row says, its verb.
KINDS: Final[Mapping[str, tuple[str, str, str]]] = {
    "draft": ("Drafts", "Draft", "Go on writing"),
    "no_note": ("Without a note", "Nothing written yet", "Write note"),
    "returned": ("Returned", "Sent back to you", "Revise"),
    "to_approve": ("To approve", "Waits for your approval", "Review"),
    "to_cosign": ("To co-sign", "Waits for your signature", "Review"),
    "plan_to_sign": ("Plans to sign", "Treatment plan, waits for your signature", "Review plan"),
    "plan_due": ("Plans to review", "Treatment plan", "Review plan"),
    "submitted": ("Waiting for your supervisor", "Sent to your supervisor", "Read"),
}
PICTURES: Final = {
    "no_note": "circle-dashed",
    "returned": "undo-2",
    "plan_to_sign": "target",
    "plan_due": "target",
    "submitted": "send",
}
PLANS: Final = ("plan_to_sign", "plan_due")
DECIDED: Final = ("to_approve", "to_cosign", "plan_to_sign")  # what somebody else wrote
SENT: Final = "submitted"  # the supervisor's turn: listed alone, and not left to do


@dataclass(frozen=True, slots=True)
class Work:
    """One row. `path` None: its verb begins a note."""

    kind: str
    client: str
    words: str
    verb: str
    picture: str
    path: str | None
    appointment_id: str
    client_id: str


def show_worklist(page: Page) -> Response:
    """All kinds, or one; besides, drafts that nobody can finish."""
    kind = page.query.get("kind") if page.query.get("kind") in KINDS else None
    found = page.need(WORKLIST, kind=kind, cursor=page.query.get("cursor"), limit=SHOWN)
    orphans = page.ask("GET /orphan-drafts", limit=SHOWN)
    left = orphans.value["items"] if orphans.ok else []
    former = _former(page)
    writers = staff_names(page, {opening["author_id"] for opening in left})
    names = {**names_of(page, [*found["items"], *left, *former]), **authors_of(page, found["items"]), **writers}
    now, zone = clock.now(), page.me["organization"]["time_zone"]
    counts = found["counts"]
    return page.show(
        "documentation/worklist.html",
        rows=rows_of(found["items"], names, zone, now, page.can),
        kinds=[(slug, name, _counted(counts[slug])) for slug, (name, _, _) in KINDS.items() if counts[slug]],
        kind=kind,
        tabs=tabs_of(LIST, _to_do(counts)),
        next_cursor=found["next_cursor"],
        orphans=[
            (
                opening["id"],
                named(names, opening["client_id"]),
                text.moment(opening["created_at"], zone, now),
                names.get(opening["author_id"], ""),
            )
            for opening in left
        ],
        former=[
            (
                note["id"],
                named(names, note["client_id"]),
                text.moment(note["signed_at"], zone, now),
                text.moment(note["readable_until"], zone, now),
            )
            for note in former
        ],
        signs=page.can("notes:sign"),
    )


def tabs_of(here: str, waiting: int | None) -> list[dict[str, Any]]:
    """What waits with how much of it, and all notes; `waiting` None: who has no worklist."""
    work = {"path": LIST, "name": "Waiting for you", "count": waiting or ""}
    every = {"path": ALL, "name": "All notes", "count": ""}
    return [{**tab, "here": tab["path"] == here} for tab in ((work, every) if waiting is not None else (every,))]


def _former(page: Page) -> Sequence[Mapping[str, Any]]:
    """The newest notes that the person signed in cases they left, where the practice lets them read these."""
    if not page.me["organization"].get("author_access_days"):
        return ()
    reply = page.ask("GET /former-notes", limit=SHOWN)
    return reply.value["items"] if reply.ok else ()


def names_of(page: Page, items: Sequence[Mapping[str, Any]]) -> Mapping[str, str]:
    """The names of the clients of some rows, as far as they are to be had."""
    ids = sorted({item["client_id"] for item in items})
    reply = page.ask(LOOKUP, body={"ids": ids}) if ids else None
    return {item["id"]: item["name"] for item in reply.value["items"]} if reply is not None and reply.ok else {}


def authors_of(page: Page, items: Iterable[Mapping[str, Any]]) -> Mapping[str, str]:
    """The names of those who wrote what the person decides about, as far as they are to be had."""
    return staff_names(page, {item["author_id"] for item in items if item["kind"] in DECIDED})


def named(names: Mapping[str, str], client_id: str) -> str:
    """The client's name; what stands for it while names are not to be had."""
    return names.get(client_id) or "A client"


def rows_of(
    items: Sequence[Mapping[str, Any]],
    names: Mapping[str, str],
    zone: str,
    now: datetime,
    can: Callable[[str], bool],
) -> list[Work]:
    """The rows, longest waiting first, those of one day in the order of their sessions. A plan leads to the chart.

    `names`: of clients and of authors, by their ids.
    """
    shown = [item for item in items if item["kind"] not in PLANS or can("treatment_plans:read")]
    return [_row(item, names, zone, now) for item in sorted(shown, key=lambda item: _waits(item, zone))]


def _waits(item: Mapping[str, Any], zone: str) -> tuple[date, datetime]:
    """The practice's day since which it waits, and the time that the row shows."""
    since = datetime.fromisoformat(item["since"])
    return since.astimezone(ZoneInfo(zone)).date(), datetime.fromisoformat(item["starts_at"] or item["since"])


def _row(item: Mapping[str, Any], names: Mapping[str, str], zone: str, now: datetime) -> Work:
    _, words, verb = KINDS[item["kind"]]
    today = now.astimezone(ZoneInfo(zone)).date()
    path: str | None
    if item["kind"] in DECIDED and (author := names.get(item["author_id"])):
        words = f"{words}, written by {author}"
    if item["kind"] == SENT:
        sent = datetime.fromisoformat(item["since"]).astimezone(ZoneInfo(zone)).date()
        words = f"{words} {text.day_within(sent, today)}"
    if item["kind"] in PLANS:
        due = item["due_on"]
        sentence = f"{words}, {_due(date.fromisoformat(due), today)}" if due else words
        path = f"/clients/{item['client_id']}/plan"
    else:
        sentence = f"{text.moment(item['starts_at'], zone, now)}. {words}"
        path = f"{LIST}/{item['note_id']}" if item["note_id"] else None
    return Work(
        kind=item["kind"],
        client=named(names, item["client_id"]),
        words=sentence,
        verb=verb,
        picture=PICTURES.get(item["kind"], "square-pen"),
        path=path,
        appointment_id=item["appointment_id"] or "",
        client_id=item["client_id"],
    )


def _due(on: date, today: date) -> str:
    return f"review {'was due' if on < today else 'due'} {text.day_within(on, today)}"


def _counted(number: int) -> str:
    return f"{number}" if number < COUNTED_MAX else f"{COUNTED_MAX:,} or more"


def question() -> Question:
    """What Home asks for its list."""
    return Question(WORKLIST, query={"limit": 5})


def first_of(page: Page, reply: ApiResponse) -> list[Work] | None:
    """The rows of Home's list; None where it could not be had."""
    if not reply.ok:
        return None
    items = reply.value["items"]
    names = {**names_of(page, items), **authors_of(page, items)}
    return rows_of(items, names, page.me["organization"]["time_zone"], clock.now(), page.can)


def waiting(reply: ApiResponse) -> int:
    """How much waits in all, with what Home's list has no room for; 0 where the list could not be had."""
    return _to_do(reply.value["counts"]) if reply.ok else 0


def _to_do(counts: Mapping[str, int]) -> int:
    return sum(count for kind, count in counts.items() if kind != SENT)


PAGES: Final[Mapping[str, Callable[[Page], Response]]] = {"GET /notes": show_worklist}
