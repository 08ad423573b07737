"""The endpoints between a note's author and the supervisor."""

from __future__ import annotations

from uuid import UUID

from services.clinical.notes.models import Note
from services.clinical.notes.queries import visible_note
from services.clinical.notes.schemas import NoteSchema
from services.clinical.supervision import commands
from services.clinical.supervision.commands import Return
from services.clinical.supervision.schemas import NewReturn
from shared.actor import Person
from shared.database.session import Session
from shared.web.routes import Route


def post_note_submission(session: Session, actor: Person, note_id: UUID) -> Note:
    """Sign a note and submit it to the supervisor"""
    return commands.submit_note(session, actor, note_id)


def post_note_withdrawal(session: Session, actor: Person, note_id: UUID) -> Note:
    """Take a submitted note back"""
    return commands.withdraw_note(session, actor, note_id)


def post_note_return(session: Session, actor: Person, note_id: UUID, body: Return) -> Note:
    """Return a submitted note to its author with a comment"""
    return commands.return_note(session, actor, note_id, body.comment)


def post_note_approval(session: Session, actor: Person, note_id: UUID) -> Note:
    """Approve a submitted note, which documents the appointment"""
    return commands.approve_note(session, actor, note_id)


def post_note_co_signature(session: Session, actor: Person, note_id: UUID) -> Note:
    """Co-sign a submitted note, which documents the appointment"""
    return commands.co_sign_note(session, actor, note_id)


_ONE = "/api/v1/notes/{note_id}"
ROUTES = (
    Route("POST", _ONE + "/submit", "notes:sign", post_note_submission, answer=NoteSchema, changes=visible_note),
    Route("POST", _ONE + "/withdraw", "notes:sign", post_note_withdrawal, answer=NoteSchema, changes=visible_note),
    Route(
        "POST",
        _ONE + "/return",
        "notes:sign",
        post_note_return,
        body=NewReturn,
        answer=NoteSchema,
        changes=visible_note,
    ),
    Route("POST", _ONE + "/approve", "notes:sign", post_note_approval, answer=NoteSchema, changes=visible_note),
    Route("POST", _ONE + "/co-sign", "notes:sign", post_note_co_signature, answer=NoteSchema, changes=visible_note),
)
