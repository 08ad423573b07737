"""What is done with a note as a whole: signing, sending to the supervisor and back, reopening, discarding, adding."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final

from flask import Response

from gateway.web.documentation.around import NOTE
from gateway.web.documentation.billed import billed
from gateway.web.documentation.forward import marked
from gateway.web.documentation.note import LIST, show_note, shown
from gateway.web.forms import Form, Input, Text, body_of
from gateway.web.page import Page
from gateway.web.proving import NEEDED, prove, with_cookie
from shared.texts import whole_number

TRIES_DIGITS_MAX: Final = 3
OWN: Final = ("POST /notes/{note_id}/sign", "POST /notes/{note_id}/submit")  # the author's signatures
REFUSED: Final = (403, 409, 412, 422, 429, 503)
STALE: Final = (
    "The note or its appointment was changed meanwhile, in another window or by somebody else. Look at it, then go on."
)
UNCLEAR: Final = "It is not certain whether that went through. Load the page again before you repeat it."


def decide(page: Page, row: str, done: str | None, query: Mapping[str, str]) -> Response:
    """A signature of the author or of the supervisor. Who proved themselves too long ago does so here."""
    page, sid, refused = prove(page)
    if refused is not None:
        return shown(page, {"sign": refused}, 422, prove=True)
    form = page.form
    if row in OWN and (names := marked(page.need(NOTE, note_id=page.ids["note_id"]))):
        summary = f"Copied text still carries its mark in {', '.join(names)}. Change it and delete the marked line."
        return with_cookie(page, shown(page, {"sign": form.refused({"detail": summary})}, 422), sid)
    reply = page.ask(row, note_id=page.ids["note_id"], headers=form.sent)
    if reply.ok:
        return with_cookie(page, page.leave(f"{LIST}/{page.ids['note_id']}", done, **query), sid)
    if reply.code == NEEDED:
        words = "Enter your password to sign. You last did more than five minutes ago."
        return shown(page, {"sign": form.wrong(password=words)}, 422, prove=True)
    if reply.status not in REFUSED:
        return page.problem(reply)
    return with_cookie(page, shown(page, {"sign": _said(form, reply.status, reply.value)}, 422), sid)


def act(page: Page, row: str, name: str, done: str, inputs: tuple[Input, ...] = ()) -> Response:
    """What needs no proof; `name`: the dialog that says why it was refused."""
    body, form = body_of(page.form, inputs)
    reply = page.ask(row, note_id=page.ids["note_id"], body=body if inputs else None, headers=form.sent)
    if reply.ok:
        return page.leave(f"{LIST}/{page.ids['note_id']}", done)
    if reply.status not in REFUSED:
        return page.problem(reply)
    return shown(page, {name: _said(form, reply.status, reply.value)}, 422)


def mark_kept(page: Page) -> Response:
    """Say that the session took place."""
    note = page.need(NOTE, note_id=page.ids["note_id"])
    reply = page.ask(
        "POST /appointments/{appointment_id}/status",
        appointment_id=note["appointment_id"],
        body={"status": "arrived"},
    )
    if not reply.ok:
        return page.problem(reply)
    return page.leave(f"{LIST}/{note['id']}", "marked_kept")


def show_invoice(page: Page) -> Response:
    """Whether the draft invoice is there: for the page that asks each second."""
    note = page.need(NOTE, note_id=page.ids["note_id"])
    found = billed(page, note)
    if not page.is_fragment:
        return page.leave(f"{LIST}/{note['id']}")
    tries = whole_number(page.query.get("tries", ""), digits_max=TRIES_DIGITS_MAX)
    return page.show(
        "documentation/_invoice.html",
        path=f"{LIST}/{note['id']}",
        billed=found,
        tries=(tries or 0) + 1,
    )


def _said(form: Form, status: int, problem: Mapping[str, Any]) -> Form:
    """The form with why it was refused: beside its input, or as one sentence where the dialog has no such input."""
    refused = form.refused(problem)
    summary = STALE if status == 412 else UNCLEAR if status == 503 else refused.summary
    return Form(refused.values, errors=refused.errors, summary=summary)


REASON: Final = (Text("reason", blank="keep"),)
PAGES: Final[Mapping[str, Callable[[Page], Response]]] = {
    "GET /notes/{note_id}": show_note,
    "GET /notes/{note_id}/invoice": show_invoice,
    "POST /notes/{note_id}/attendance": mark_kept,
    "POST /notes/{note_id}/sign": partial(decide, row="POST /notes/{note_id}/sign", done=None, query={"signed": "1"}),
    "POST /notes/{note_id}/submit": partial(
        decide, row="POST /notes/{note_id}/submit", done="note_submitted", query={}
    ),
    "POST /notes/{note_id}/approve": partial(
        decide, row="POST /notes/{note_id}/approve", done=None, query={"signed": "1"}
    ),
    "POST /notes/{note_id}/co-sign": partial(
        decide, row="POST /notes/{note_id}/co-sign", done=None, query={"signed": "1"}
    ),
    "POST /notes/{note_id}/withdraw": partial(
        act, row="POST /notes/{note_id}/withdraw", name="sign", done="note_withdrawn"
    ),
    "POST /notes/{note_id}/take-over": partial(
        act, row="POST /notes/{note_id}/take-over", name="sign", done="note_taken_over"
    ),
    "POST /notes/{note_id}/return": partial(
        act,
        row="POST /notes/{note_id}/return",
        name="return",
        done="note_returned",
        inputs=(Text("comment", blank="keep"),),
    ),
    "POST /notes/{note_id}/reopen": partial(
        act, row="POST /notes/{note_id}/reopen", name="reopen", done="note_reopened", inputs=REASON
    ),
    "POST /notes/{note_id}/discard": partial(
        act, row="POST /notes/{note_id}/discard", name="discard", done="note_discarded", inputs=REASON
    ),
    "POST /notes/{note_id}/format": partial(
        act, row="PATCH /notes/{note_id}", name="format", done="format_changed", inputs=(Text("template"),)
    ),
    "POST /notes/{note_id}/addenda": partial(
        act,
        row="POST /notes/{note_id}/addenda",
        name="addendum",
        done="addendum_signed",
        inputs=(Text("text", blank="keep"),),
    ),
}
