"""The endpoints of notes."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from services.clinical.notes import commands, queries
from services.clinical.notes.commands import Draft, DraftChanges
from services.clinical.notes.models import Note
from services.clinical.notes.schemas import FormerNotesPage, NewNote, NotePatch, NoteSchema, OrphanDraftsPage
from shared.actor import Caller, Person
from shared.database.session import Session
from shared.web.paging import PageQuery
from shared.web.routes import NOTE_BYTES_MAX, Route


def post_note(session: Session, actor: Person, appointment_id: UUID, body: Draft) -> Note:
    """Write a note about an appointment

    Writes a draft about one client of the appointment, and marks the appointment as kept once it has begun. It bills
    nothing until it is signed. Nothing is written about what was cancelled or missed, or into a closed case.
    A client whom the asker may not see is answered like one who is not on the appointment (`not_attending`).
    """
    return commands.write_note(session, actor, appointment_id, body)


def get_note(session: Session, actor: Caller, note_id: UUID) -> Note:
    """Read a note with its versions and addenda

    Shows the text of every version, and the addenda. Who was taken off the case reads the notes that they signed in it
    for as many days as the practice says (`author_access_days`).
    """
    return queries.readable_note(session, actor, note_id)


def patch_note(session: Session, actor: Person, note_id: UUID, body: DraftChanges) -> Note:
    """Edit a draft note

    Only the author edits a draft. With another `template`, nothing that was written is lost. A signed note never
    changes: add an addendum, or amend it.
    """
    return commands.edit_note(session, actor, note_id, body)


def get_orphan_drafts(session: Session, actor: Caller, query: dict[str, Any]) -> dict[str, Any]:
    """List drafts whose author has left, is off the case or may no longer sign

    Of cases that the person works in, without their text.
    """
    return queries.orphan_drafts(session, actor, **query)


def get_former_notes(session: Session, actor: Person, query: dict[str, Any]) -> dict[str, Any]:
    """List the notes that you signed in cases you left

    For as many days as the practice says (`author_access_days`), without their text, newest first. Their cases stay
    closed to you.
    """
    return queries.former_notes(session, actor, **query)


def post_take_over(session: Session, actor: Person, note_id: UUID) -> Note:
    """Take over a draft whose author cannot finish it

    Makes the person the author of the draft. The service stays that of the clinician who gave it, and the last word
    their supervisor's: a draft of theirs goes to that supervisor, or to somebody whom they supervise as well.
    """
    return commands.take_over(session, actor, note_id)


_ONE = "/api/v1/notes/{note_id}"
ROUTES = (
    Route(
        "POST",
        "/api/v1/appointments/{appointment_id}/notes",
        "notes:create",
        post_note,
        body=NewNote,
        response=NoteSchema,
        status=201,
        makes="/api/v1/notes/{note_id}",
        body_bytes_max=NOTE_BYTES_MAX,
        example={
            "client_id": "{client_id}",
            "template": "soap",
            "content": {
                "subjective": "Describes the week as mixed.",
                "objective": "Oriented and engaged.",
                "assessment": "Works toward the first objective.",
                "plan": "Continue weekly.",
            },
            "minutes": 55,
        },
    ),
    Route("GET", _ONE, "notes:read", get_note, response=NoteSchema, audit="note.read"),
    Route(
        "PATCH",
        _ONE,
        "notes:update",
        patch_note,
        body=NotePatch,
        response=NoteSchema,
        changes=queries.visible_note,
        body_bytes_max=NOTE_BYTES_MAX,
        example={"minutes": 55},
    ),
    Route(
        "GET",
        "/api/v1/orphan-drafts",
        "notes:read",
        get_orphan_drafts,
        response=OrphanDraftsPage,
        query=PageQuery,
        audit="orphan_drafts.list",
    ),
    Route(
        "GET",
        "/api/v1/former-notes",
        "notes:update",
        get_former_notes,
        response=FormerNotesPage,
        query=PageQuery,
        audit="former_notes.list",
    ),
    Route(
        "POST",
        _ONE + "/take-over",
        "notes:sign",
        post_take_over,
        response=NoteSchema,
        changes=queries.visible_note,
    ),
)
