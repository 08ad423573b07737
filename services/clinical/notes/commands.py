"""Writing, editing and taking over drafts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from services.clinical.agenda.models import Appointment, Attendee
from services.clinical.agenda.queries import visible_appointment
from services.clinical.agenda.rules import Place, place
from services.clinical.attendance.commands import mark_arrived
from services.clinical.attendance.rules import ensure_is_to_take_place
from services.clinical.cases.models import Case
from services.clinical.cases.queries import only_open_case, visible_case
from services.clinical.cases.rules import CaseClosed
from services.clinical.notes import rules
from services.clinical.notes.models import Note
from services.clinical.notes.queries import author_can_sign, ensure_known, visible_note
from shared import audit, clock
from shared.actor import Person
from shared.changes import UNSET, Changes, Unset, differing
from shared.database.session import Session, violated_constraint
from shared.errors import Invalid
from shared.ids import new_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What to write about one client of an appointment. `content`: section -> text.

    `started_at_local`: by the clocks of the appointment's time zone; None: when it was to start. `minutes` None: as
    long as it was booked for. `place_of_service` and `telehealth` None: as it was booked.
    """

    client_id: UUID
    template: str
    content: dict[str, str]
    started_at_local: datetime | None = None
    minutes: int | None = None
    place_of_service: str | None = None
    telehealth: bool | None = None
    add_on_service_type_ids: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class DraftChanges(Changes):
    """Changes to a draft. Sections that `content` does not name stay."""

    content: dict[str, str] | Unset = UNSET
    minutes: int | Unset = UNSET
    place_of_service: str | Unset | None = UNSET
    telehealth: bool | Unset | None = UNSET
    add_on_service_type_ids: tuple[UUID, ...] | Unset = UNSET


def write_note(session: Session, actor: Person, appointment_id: UUID, draft: Draft) -> Note:
    """A draft about an appointment and one of its clients; marks the appointment as kept once it has begun.

    Raises `NotFound` where the actor may not see the client's case, `Invalid`, `NotAttended`, `CaseNeeded`,
    `CaseClosed`, `NoteExists`.
    """
    ensure_known(session, actor, draft.add_on_service_type_ids)  # may wait, so it comes before the locks
    appointment = visible_appointment(session, actor, appointment_id, for_update=True)
    attendee = next((one for one in appointment.attendees if one.client_id == draft.client_id), None)
    if attendee is None:
        raise Invalid.field("client_id", "not_attending", "This client is not on the appointment.")
    ensure_is_to_take_place(appointment.status)
    rules.ensure_sections(draft.template, draft.content)
    rules.ensure_in_addition(draft.add_on_service_type_ids, appointment.service_type_id)
    place(Place(draft.place_of_service, draft.telehealth), appointment.place_of_service)
    case = _case_of(session, actor, attendee)
    mark_arrived(session, actor, appointment)
    local_start = draft.started_at_local
    note = Note(
        organization_id=actor.organization_id,
        id=new_id(),
        appointment_id=appointment.id,
        client_id=draft.client_id,
        case_id=case.id,
        author_id=actor.staff_id,
        template=draft.template,
        content=draft.content,
        started_at=clock.local_to_utc(local_start, appointment.time_zone) if local_start else None,
        minutes=draft.minutes or appointment.duration_minutes,
        place_of_service=draft.place_of_service,
        telehealth=draft.telehealth,
        add_on_service_type_ids=draft.add_on_service_type_ids,
        created_at=clock.now(),
        updated_at=clock.now(),
    )
    session.add(note)
    try:
        with session.begin_nested():
            session.flush()
    except IntegrityError as error:
        if violated_constraint(error) == "uq_notes_attendee":
            raise rules.NoteExists() from error
        raise
    audit.describe(session, object_id=note.id)
    return note


def edit_note(session: Session, actor: Person, note_id: UUID, changes: DraftChanges) -> Note:
    """Change a draft.

    Raises `NotFound`, `NoteSigned`, `NotAuthorOfDraft`, `NoteSubmitted`, `NoteDiscarded`, `Invalid`.
    """
    if changes.add_on_service_type_ids is not UNSET:
        ensure_known(session, actor, changes.add_on_service_type_ids)  # may wait, so it comes before the locks
    note = visible_note(session, actor, note_id, for_update=True, authors_only=True)
    if note.signed_at is not None:
        raise rules.NoteSigned()
    if note.author_id != actor.staff_id:
        raise rules.NotAuthorOfDraft()
    rules.ensure_in_hand(note.review)
    given = changes.given()
    if changes.content is not UNSET:
        rules.ensure_sections(note.template, changes.content)
        given["content"] = {**note.content, **changes.content}
    if different := differing(note, given):
        for field, value in different.items():
            setattr(note, field, value)
        appointment = session.get_one(Appointment, (note.organization_id, note.appointment_id), with_for_update=True)
        mark_arrived_since(session, actor, note, appointment)
        rules.ensure_in_addition(note.add_on_service_type_ids, note.service_type_id or appointment.service_type_id)
        place(Place(note.place_of_service, note.telehealth), appointment.place_of_service)
        note.version += 1
        note.updated_at = clock.now()
        audit.describe(session, fields=sorted(different))
    return note


def mark_arrived_since(session: Session, actor: Person, note: Note, appointment: Appointment) -> None:
    """What was written about an appointment before it began says that it took place once its author goes on."""
    if note.created_at < appointment.starts_at:
        mark_arrived(session, actor, appointment)


def take_over(session: Session, actor: Person, note_id: UUID) -> Note:
    """Become the author of a draft whose author left or may no longer sign. The service stays theirs.

    Raises `NotFound`, `NoteSigned`, `NoteSubmitted`, `NoteDiscarded`, `NotOrphaned`.
    """
    note = visible_note(session, actor, note_id, for_update=True)
    if note.signed_at is not None:
        raise rules.NoteSigned()
    if note.author_id == actor.staff_id:
        return note
    rules.ensure_in_hand(note.review)
    if session.scalar(select(author_can_sign(note.organization_id, note.author_id))):
        raise rules.NotOrphaned()
    before = note.author_id
    note.drafted_by = note.drafted_by or before
    note.author_id = actor.staff_id
    note.version += 1
    note.updated_at = clock.now()
    audit.describe(session, object_id=note.id, author_before=str(before))
    return note


def _case_of(session: Session, actor: Person, attendee: Attendee) -> Case:
    """The case the note belongs to: the appointment's, else the client's only open one, which it then becomes."""
    if attendee.case_id is None:
        case = only_open_case(session, actor.organization_id, attendee.client_id)
        if case is None:
            raise rules.CaseNeeded()
        attendee.case_id = case.id
    case = visible_case(session, actor, attendee.case_id, for_update=True)
    if case.status != "open":
        raise CaseClosed()
    return case
