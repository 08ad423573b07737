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
    """Sign a note and submit it to the supervisor

    Is the author's signature, and asks for what a signature asks for. Nothing is billed before the supervisor
    approves or co-signs.
    """
    return commands.submit_note(session, actor, note_id)


def post_note_withdrawal(session: Session, actor: Person, note_id: UUID) -> Note:
    """Take a submitted note back

    Makes it a draft of its author again.
    """
    return commands.withdraw_note(session, actor, note_id)


def post_note_return(session: Session, actor: Person, note_id: UUID, body: Return) -> Note:
    """Return a submitted note to its author with a comment

    Only the author's supervisor returns it. The author changes it and submits it again.
    """
    return commands.return_note(session, actor, note_id, body.comment)


def post_note_approval(session: Session, actor: Person, note_id: UUID) -> Note:
    """Approve a submitted note

    Seals the note with the author's signature and documents the appointment. Only the supervisor of an author whose
    notes are approved does it; nobody approves a note of their own.
    """
    return commands.approve_note(session, actor, note_id)


def post_note_co_signature(session: Session, actor: Person, note_id: UUID) -> Note:
    """Co-sign a submitted note

    Seals the note with both signatures and documents the appointment. Only the supervisor of an author whose notes
    are co-signed does it; nobody co-signs a note of their own.
    """
    return commands.co_sign_note(session, actor, note_id)


_ONE = "/api/v1/notes/{note_id}"
ROUTES = (
    Route("POST", _ONE + "/submit", "notes:sign", post_note_submission, response=NoteSchema, changes=visible_note),
    Route("POST", _ONE + "/withdraw", "notes:sign", post_note_withdrawal, response=NoteSchema, changes=visible_note),
    Route(
        "POST",
        _ONE + "/return",
        "notes:sign",
        post_note_return,
        body=NewReturn,
        response=NoteSchema,
        changes=visible_note,
        example={"comment": "Say how the client responded."},
    ),
    Route("POST", _ONE + "/approve", "notes:sign", post_note_approval, response=NoteSchema, changes=visible_note),
    Route("POST", _ONE + "/co-sign", "notes:sign", post_note_co_signature, response=NoteSchema, changes=visible_note),
)
