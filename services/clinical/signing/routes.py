"""The endpoints of the signed record."""

from __future__ import annotations

from uuid import UUID

from services.clinical.notes.models import Addendum, Note
from services.clinical.notes.schemas import AddendumSchema, NoteSchema
from services.clinical.signing import commands
from services.clinical.signing.commands import Amendment, Reopening
from services.clinical.signing.schemas import NewAddendum, NewAmendment, NewReopening
from shared.actor import Actor
from shared.database.session import Session
from shared.web.routes import NOTE_BYTES_MAX, Route


def post_note_signature(session: Session, actor: Actor, note_id: UUID, if_match: int | None) -> Note:
    """Sign a note, which documents the appointment"""
    return commands.sign_note(session, actor, note_id, if_match)


def post_addendum(session: Session, actor: Actor, note_id: UUID, body: dict[str, str]) -> Addendum:
    """Add an addendum to a signed note"""
    return commands.add_addendum(session, actor, note_id, body["text"])


def post_amendment(session: Session, actor: Actor, note_id: UUID, body: Amendment) -> Note:
    """Correct a signed note by a new signed version"""
    return commands.amend_note(session, actor, note_id, body)


def post_note_reopening(session: Session, actor: Actor, note_id: UUID, body: Reopening, if_match: int | None) -> Note:
    """Reopen a signed note that is not billed yet, to write its next version"""
    return commands.reopen_note(session, actor, note_id, body.reason, if_match)


_ONE = "/api/v1/notes/{note_id}"
ROUTES = (
    Route("POST", _ONE + "/sign", "notes:sign", post_note_signature, answer=NoteSchema, if_match=True),
    Route(
        "POST",
        _ONE + "/reopen",
        "notes:sign",
        post_note_reopening,
        body=NewReopening,
        answer=NoteSchema,
        if_match=True,
    ),
    Route(
        "POST",
        _ONE + "/addenda",
        "notes:update",
        post_addendum,
        body=NewAddendum,
        answer=AddendumSchema,
        status=201,
        body_bytes_max=NOTE_BYTES_MAX,
    ),
    Route(
        "POST",
        _ONE + "/amendments",
        "notes:update",
        post_amendment,
        body=NewAmendment,
        answer=NoteSchema,
        status=201,
        body_bytes_max=NOTE_BYTES_MAX,
    ),
)
