"""Archiving a client: what it leaves open is said first, and coming appointments may be cancelled with it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from flask import Response

from gateway.web import text
from gateway.web.clients.chart import chart_of
from gateway.web.forms import Form
from gateway.web.page import ApiResponse, Page, Question
from shared import clock

CHANGE: Final = "PATCH /clients/{client_id}"
APPOINTMENTS: Final = "GET /clients/{client_id}/appointments"
LEDGER: Final = "GET /clients/{client_id}/ledger"
SET_STATUS: Final = "POST /appointments/{appointment_id}/status"
CANCELS: Final = "appointments:update"
LOOKED_AT: Final = 200  # appointments at once
LISTED: Final = 10  # of them, the next ones
COMES: Final = ("booked", "confirmed")
# What a client may leave open: the permission to read it, and the sentence where its service does not answer.
LEFT_OPEN: Final = {
    "coming": ("agenda:read", "Whether appointments are still to come is not known just now."),
    "ledger": ("ledger:read", "Whether money is open is not known just now."),
}
OPEN_AMOUNTS: Final = (
    ("balance_cents", "is open"),
    ("insurance_due_cents", "is due from insurers"),
    ("credit_cents", "of credit is kept for them"),
)
REFUSED: Final = (403, 409, 412, 422)


@dataclass(frozen=True, slots=True)
class Left:
    """What archiving leaves open, as far as the person may know of it. `more`: not all appointments were looked at."""

    coming: tuple[Mapping[str, Any], ...]
    more: bool
    money: tuple[str, ...]
    away: tuple[str, ...]

    @classmethod
    def of(cls, answers: Mapping[str, ApiResponse], now: datetime) -> Left:
        """Of the answers to `left_questions`."""
        coming, ledger = answers.get("coming"), answers.get("ledger")
        page = coming.value if coming is not None and coming.ok else {"items": [], "next_cursor": None}
        amounts = ledger.value if ledger is not None and ledger.ok else {}
        return cls(
            tuple(_still_to_come(page["items"], now)),
            page["next_cursor"] is not None,
            tuple(f"{text.money(amounts[name])} {words}." for name, words in OPEN_AMOUNTS if amounts.get(name, 0) > 0),
            tuple(words for name, (_, words) in LEFT_OPEN.items() if name in answers and not answers[name].ok),
        )

    @property
    def sentences(self) -> list[str]:
        """All of it."""
        number = text.count(len(self.coming), "appointment") + (" or more" if self.more else "")
        return [*([f"Still to come: {number}."] if self.coming else []), *self.money, *self.away]

    @property
    def own(self) -> list[Mapping[str, Any]]:
        """The appointments to which nobody else comes: these can be cancelled with the treatment."""
        return [appointment for appointment in self.coming if len(appointment["clients"]) == 1]


def left_questions(page: Page, client_id: str) -> dict[str, Question]:
    """The questions whose answers tell what the client leaves open."""
    of = {"client_id": client_id}
    today = clock.today(page.me["organization"]["time_zone"])
    questions = {
        "coming": Question(APPOINTMENTS, of, {"from": today, "sort": "starts_at", "limit": LOOKED_AT}),
        "ledger": Question(LEDGER, of, {"limit": 1}),
    }
    return {name: question for name, question in questions.items() if page.can(LEFT_OPEN[name][0])}


def show_archiving(page: Page) -> Response:
    """What is left open, and whether appointments are to be cancelled."""
    return _archiving(page, Form.of({"cancel": "on"}))


def archive(page: Page) -> Response:
    """Cancel what is to be cancelled, then archive. Where something cannot be cancelled, nobody is archived."""
    form, client_id = page.form, page.ids["client_id"]
    cancels = form.ticked("cancel") and page.can(CANCELS)
    reason = form.text("reason").strip()
    if cancels and not reason:
        return _archiving(page, form.wrong(reason="Say why, in a sentence: it stands with each appointment."), 422)
    refusal = _cancel(page, client_id, reason) if cancels else None
    if refusal is None:
        reply = page.ask(CHANGE, client_id=client_id, body={"status": "archived"})
        if reply.ok:
            done = "client_archived_cancelled" if cancels else "client_archived"
            return page.leave(f"/clients/{client_id}/details", done)
        refusal = reply
    if refusal.status not in REFUSED:
        page.problem(refusal)
    return _archiving(page, form.refused(refusal.value), 422)


def _cancel(page: Page, client_id: str, reason: str) -> ApiResponse | None:
    """Cancel all that are still to come and theirs alone. The refusal that ended it, or None."""
    cursor = None
    while True:
        question = left_questions(page, client_id)["coming"]
        reply = page.ask(APPOINTMENTS, client_id=client_id, **{**question.query, "cursor": cursor})
        if not reply.ok:
            return reply
        for appointment in Left.of({"coming": reply}, clock.now()).own:
            body = {"status": "cancelled", "reason": reason}
            cancelled = page.ask(SET_STATUS, appointment_id=appointment["id"], body=body)
            if not cancelled.ok:
                return cancelled
        cursor = reply.value["next_cursor"]
        if cursor is None:
            return None


def _archiving(page: Page, form: Form, status: int = 200) -> Response:
    client_id = page.ids["client_id"]
    chart = chart_of(page, client_id, **left_questions(page, client_id))
    left = Left.of(chart.answers, clock.now())
    today = clock.today(page.me["organization"]["time_zone"])
    return page.show(
        "clients/archive.html",
        status,
        chart=chart,
        form=form,
        left=left,
        coming=[_line(appointment, today) for appointment in left.coming[:LISTED]],
        unlisted=len(left.coming) - LISTED,
        cancels=page.can(CANCELS) and bool(left.own),
        with_others=len(left.coming) - len(left.own),
    )


def _line(appointment: Mapping[str, Any], today: date) -> str:
    """`Tue, Nov 17, 9:30 am, with 3 others`."""
    begins = datetime.fromisoformat(appointment["starts_at_local"])
    others = len(appointment["clients"]) - 1
    with_others = f", with {text.count(others, 'other')}" if others > 0 else ""
    return f"{text.day(begins.date(), today)}, {text.clock_time(begins)}{with_others}"


def _still_to_come(items: Iterable[Mapping[str, Any]], now: datetime) -> Iterator[Mapping[str, Any]]:
    for appointment in items:
        if appointment["status"] in COMES and datetime.fromisoformat(appointment["starts_at"]) > now:
            yield appointment


PAGES: Final[Mapping[str, Callable[[Page], Response]]] = {
    "GET /clients/{client_id}/details/archive": show_archiving,
    "POST /clients/{client_id}/details/archive": archive,
}
