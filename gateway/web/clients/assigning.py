"""A member of staff is assigned to the clients that are ticked in the list: the start, and how far it has come."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from flask import Response

from gateway.web import text
from gateway.web.clients.deleting import KIND, show_deletion
from gateway.web.forms import Form
from gateway.web.page import ApiResponse, Page, Question
from gateway.web.people import names_of, people_of, staff_question
from shared import clock
from shared.texts import whole_number

START: Final = "POST /assignments"
JOBS: Final = "GET /jobs/clients"
JOB: Final = "GET /jobs/clients/{job_id}"
UNDO: Final = "POST /jobs/clients/{job_id}/undo"
UNDOING: Final = "undo_assign_staff"  # the kind of job that takes back
CANCEL: Final = "POST /jobs/clients/{job_id}/cancel"
CLIENT: Final = "GET /clients/{client_id}"
REFUSED: Final = (403, 404, 409, 422)
ENDED: Final = "finished"  # the code of the refusal to cancel what has ended
OPEN: Final = ("queued", "running")
LISTED: Final = 50
WHAT: Final = {KIND: "Delete a client", UNDOING: "Undo an assignment"}
CHIPS: Final[Mapping[str, tuple[str, str]]] = {
    "queued": ("Waits", ""),
    "running": ("Under way", "warn"),
    "done": ("Done", "ok"),
    "failed": ("Stopped", "bad"),
    "cancelled": ("Cancelled", ""),
}
NAMED_MAX: Final = 20  # refused clients that stand there with their names
SOON_LOOKS: Final = 10  # the page looks again after a second so often, and then after three
LOOKS_DIGITS_MAX: Final = 5
HEADINGS: Final[Mapping[str, str]] = {
    "queued": "It is about to begin",
    "running": "Staff is being assigned",
    "done": "Staff is assigned",
    "failed": "It stopped before its end",
    "cancelled": "It was cancelled",
}
UNDO_HEADINGS: Final[Mapping[str, str]] = {
    **HEADINGS,
    "running": "The assignment is being undone",
    "done": "The assignment is undone",
}
REASONS: Final[Mapping[str, str]] = {
    "client_archived": "Archived. Make the client active first.",
    "not_found": "You may no longer see this client.",
    "changed_since": "Somebody changed this assignment since.",
    "assigned_before": "They were assigned through a case before.",
    "open_work": "They have open work with this client: hand it over first.",
}


@dataclass(frozen=True, slots=True)
class Refused:
    """A client to whom nobody was assigned, and why; without a name and an address where it may not be seen."""

    name: str
    path: str
    why: str


@dataclass(frozen=True, slots=True)
class JobRow:
    """One line of the list of jobs."""

    path: str
    started: str
    what: str
    by: str
    came_to: str
    state: tuple[str, str]


def start_assigning(page: Page) -> Response:
    """Start assigning the member of staff who was chosen to the clients that are ticked."""
    form, ticked, chosen = page.form, page.form.all("client_id"), page.form.text("staff_id")
    if not ticked:
        return _choice(page, form.refused({"detail": "Tick the clients first."}), 422)
    if form.text("choose"):
        return _choice(page, form)
    if not chosen:
        return _choice(page, form.wrong(staff_id="Choose somebody first."), 422)
    reply = page.ask(START, body={"staff_id": chosen, "client_ids": list(ticked)}, headers=form.sent)
    if reply.ok:
        return page.leave(_path(reply.value["id"]))
    if reply.status not in REFUSED:
        page.problem(reply)
    return _choice(page, form.refused(reply.value), 422)


def show_job(page: Page) -> Response:
    """How far it has come; while it goes on the page looks again by itself."""
    job = page.need(JOB, job_id=page.ids["job_id"])
    if job["kind"] == KIND:
        return show_deletion(page, job)
    looks = (whole_number(page.query.get("looks", ""), digits_max=LOOKS_DIGITS_MAX) or 0) + 1
    is_open = job["state"] in OPEN
    return page.show(
        "clients/job.html",
        job=job,
        path=_path(job["id"]),
        looks=looks,
        seconds=1 if looks <= SOON_LOOKS else 3,
        is_open=is_open,
        undoes=job["kind"] == UNDOING,
        heading=(UNDO_HEADINGS if job["kind"] == UNDOING else HEADINGS)[job["state"]],
        sentences=sentences(job["counts"]),
        refused=[] if is_open else _refused(page, [*job["result"].get("refused", ()), *job["result"].get("kept", ())]),
        more=max(0, job["counts"].get("refused", 0) + job["counts"].get("kept", 0) - NAMED_MAX),
    )


def show_jobs(page: Page) -> Response:
    """What the person started; what everybody started for Organization Administration."""
    found = page.need(JOBS, limit=LISTED, cursor=page.query.get("cursor"))
    names = names_of(page, [job["started_by"] for job in found["items"]])
    zone, now = page.me["organization"]["time_zone"], clock.now()
    rows = [
        JobRow(
            path=_path(job["id"]),
            started=text.moment(job["created_at"], zone, now),
            what=WHAT.get(job["kind"], "Assign staff"),
            by=names.get(job["started_by"], "A program"),
            came_to=" ".join(sentences(job["counts"])) or text.count(job["total"], "client"),
            state=CHIPS[job["state"]],
        )
        for job in found["items"]
    ]
    return page.show("clients/jobs.html", rows=rows, next_cursor=found["next_cursor"])


def cancel_job(page: Page) -> Response:
    """Stop it; where it has ended meanwhile, its page says what came of it."""
    job_id = page.ids["job_id"]
    reply = page.ask(CANCEL, job_id=job_id)
    if not reply.ok and reply.code != ENDED:
        page.problem(reply)
    return page.leave(_path(job_id))


def undo_job(page: Page) -> Response:
    """Take back what it assigned: the page of that job follows it."""
    undone = page.need(UNDO, job_id=page.ids["job_id"], headers=page.form.sent)
    return page.leave(_path(undone["id"]))


def sentences(counts: Mapping[str, int]) -> list[str]:
    """What came of the clients so far, in words."""
    words = (
        ("assigned", "{} assigned now."),
        ("unchanged", "{} assigned before, and left as it was."),
        ("refused", "{} not assigned."),
        ("deleted", "{} deleted."),
        ("taken_off", "Taken off {}."),
        ("kept", "{} left as it is."),
    )
    return [wording.format(text.count(counts[name], "client")) for name, wording in words if counts.get(name)]


def _refused(page: Page, rows: Sequence[Mapping[str, Any]]) -> list[Refused]:
    shown = rows[:NAMED_MAX]
    known = [row["client_id"] for row in shown if row["code"] != "not_found"]
    questions = {client_id: Question(CLIENT, {"client_id": client_id}) for client_id in known}
    clients = page.ask_all(**questions)
    return [_row(row, clients.get(row["client_id"])) for row in shown]


def _row(row: Mapping[str, Any], client: ApiResponse | None) -> Refused:
    why = REASONS.get(row["code"], "This could not be done.")
    if client is None or not client.ok:
        return Refused("A client", "", why)
    return Refused(client.value["display_name"], f"/clients/{row['client_id']}", why)


def _choice(page: Page, form: Form, status: int = 200) -> Response:
    answers = page.ask_all(people=staff_question())
    people = people_of(page, answers["people"], chosen=form.all("staff_id"))
    ticked = form.all("client_id")
    return page.show("clients/assign.html", status, form=form, assignable=people, ticked=ticked)


def _path(job_id: str) -> str:
    return f"/jobs/clients/{job_id}"


PAGES: Final[Mapping[str, Callable[[Page], Response]]] = {
    "POST /clients/assign": start_assigning,
    "GET /jobs": show_jobs,
    "GET /jobs/clients/{job_id}": show_job,
    "POST /jobs/clients/{job_id}/cancel": cancel_job,
    "POST /jobs/clients/{job_id}/undo": undo_job,
}
