"""The endpoints of the signed record."""

from __future__ import annotations

from uuid import UUID

from services.clinical.notes.models import Addendum, Note
from services.clinical.notes.queries import visible_note
from services.clinical.notes.schemas import AddendumSchema, NoteSchema
from services.clinical.signing import commands, queries
from services.clinical.signing.commands import Amendment, Discarding, Reopening
from services.clinical.signing.schemas import NewAddendum, NewAmendment, NewDiscarding, NewReopening
from shared.actor import Caller, Person
from shared.database.session import Session
from shared.web.routes import NOTE_BYTES_MAX, Route


def post_note_signature(session: Session, actor: Person, note_id: UUID) -> Note:
    """Sign a note, which documents the appointment

    Seals the note, documents the appointment and drafts the invoice within seconds. Needs a licence in force, a
    past appointment, minutes, and every section that the template asks for. `If-Match` signs the version that was read
    and no other: send it wherever a person looks at the text, as the pages do. Without it the newest text is signed.
    The version rises too when service, time or place of the appointment change.
    """
    return commands.sign_note(session, actor, note_id)


def get_addendum(session: Session, actor: Caller, note_id: UUID, addendum_id: UUID) -> Addendum:
    """Read an addendum of a note

    Shows what was added to a signed note, by whom and when.
    """
    return queries.readable_addendum(session, actor, note_id, addendum_id)


def post_addendum(session: Session, actor: Person, note_id: UUID, body: dict[str, str]) -> Addendum:
    """Add an addendum to a signed note

    The signed text stays as it is. An addendum is a signature: it needs a license in force, on the date of service and
    today. Somebody whose notes a supervisor approves or co-signs amends the note instead, and nobody but that
    supervisor adds to what they have signed.
    """
    return commands.add_addendum(session, actor, note_id, body["text"])


def post_amendment(session: Session, actor: Person, note_id: UUID, body: Amendment) -> Note:
    """Correct a signed note by a new signed version

    Earlier versions stay readable. Billing proposes an amendment of the invoice where minutes or service
    differ.
    """
    return commands.amend_note(session, actor, note_id, body)


def post_note_reopening(session: Session, actor: Person, note_id: UUID, body: Reopening) -> Note:
    """Reopen a signed note that is not billed yet

    Makes it the draft of its next version. What was signed stays readable, and is billed until the next version is
    signed. Where its invoice is issued at the same moment, both may succeed: what is signed next is then proposed as
    an amendment of the invoice, like every correction of what is billed.
    """
    return commands.reopen_note(session, actor, note_id, body.reason)


def post_note_discarding(session: Session, actor: Person, note_id: UUID, body: Discarding) -> Note:
    """Discard a draft that nobody needs

    Its author discards it with a reason; it is kept as it was, and another note may be written about the appointment.
    The draft of a next version goes, and the note is again as it was signed.
    """
    return commands.discard_note(session, actor, note_id, body.reason)


_ONE = "/api/v1/notes/{note_id}"
ROUTES = (
    Route("POST", _ONE + "/sign", "notes:sign", post_note_signature, response=NoteSchema, changes=visible_note),
    Route(
        "GET",
        _ONE + "/addenda/{addendum_id}",
        "notes:read",
        get_addendum,
        response=AddendumSchema,
        audit="addendum.read",
    ),
    Route(
        "POST",
        _ONE + "/reopen",
        "notes:sign",
        post_note_reopening,
        body=NewReopening,
        response=NoteSchema,
        changes=visible_note,
        example={"reason": "The minutes were mistaken."},
    ),
    Route(
        "POST",
        _ONE + "/discard",
        "notes:update",
        post_note_discarding,
        body=NewDiscarding,
        response=NoteSchema,
        changes=visible_note,
        example={"reason": "The session was documented by a colleague."},
    ),
    Route(
        "POST",
        _ONE + "/addenda",
        "notes:update",
        post_addendum,
        body=NewAddendum,
        response=AddendumSchema,
        status=201,
        makes="/api/v1/notes/{note_id}/addenda/{addendum_id}",
        changes=visible_note,
        body_bytes_max=NOTE_BYTES_MAX,
        example={"text": "The client called after the session and confirmed the next one."},
    ),
    Route(
        "POST",
        _ONE + "/amendments",
        "notes:update",
        post_amendment,
        body=NewAmendment,
        response=NoteSchema,
        status=201,
        makes="/api/v1/notes/{note_id}",
        changes=visible_note,
        body_bytes_max=NOTE_BYTES_MAX,
        example={"reason": "The stop time was entered wrong.", "minutes": 55},
    ),
)
