"""Writing, editing and taking over drafts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.exc import IntegrityError

from services.clinical.agenda.models import Appointment, Attendee
from services.clinical.agenda.queries import visible_appointment
from services.clinical.agenda.rules import Place, place
from services.clinical.attendance.commands import attendee_of, mark_arrived
from services.clinical.attendance.rules import ensure_is_to_take_place
from services.clinical.cases.models import Case
from services.clinical.cases.queries import only_visible_case, visible_case
from services.clinical.cases.rules import CaseClosed
from services.clinical.copies.queries import are_one, family_of, is_assigned
from services.clinical.last_word.rules import ServiceSupervised
from services.clinical.notes import rules
from services.clinical.notes.last_word import awaited_of_session, last_word_is_kept
from services.clinical.notes.models import Note
from services.clinical.notes.queries import ORPHAN, author_can_finish, ensure_known, is_in_hand, visible_note
from services.clinical.treatment_plans.queries import plan_in_force
from services.clinical.treatment_plans.rules import goals_of, key_of
from shared import audit, clock
from shared.actor import Caller, Person
from shared.changes import UNSET, Changes, Unset, differing
from shared.database.failures import violated_constraint
from shared.database.session import Session
from shared.errors import FieldError, Hidden, Invalid, NotFound
from shared.ids import new_id
from shared.work_items.commands import Matter, raise_item, settle


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What to write about one client of an appointment. `content`: section -> text.

    `started_at_local`: by the clocks of the appointment's time zone; None: when it was to start. `minutes` None: as
    long as it was booked for. `place_of_service` and `telehealth` None: as it was booked. `case_id` None: the
    appointment's case, else the client's only open one.
    """

    client_id: UUID
    template: str
    content: dict[str, str]
    case_id: UUID | None = None
    started_at_local: datetime | None = None
    minutes: int | None = None
    place_of_service: str | None = None
    telehealth: bool | None = None
    add_on_service_type_ids: tuple[UUID, ...] = ()
    goals: tuple[str, ...] = ()  # their keys
    risk: str | None = None


@dataclass(frozen=True, slots=True)
class DraftChanges(Changes):
    """Changes to a draft. Sections that `content` does not name stay; those that it names are `template`'s."""

    template: str | Unset = UNSET
    content: dict[str, str] | Unset = UNSET
    started_at_local: datetime | Unset | None = UNSET
    minutes: int | Unset = UNSET
    place_of_service: str | Unset | None = UNSET
    telehealth: bool | Unset | None = UNSET
    add_on_service_type_ids: tuple[UUID, ...] | Unset = UNSET
    goals: tuple[str, ...] | Unset = UNSET  # their keys
    risk: str | Unset | None = UNSET


def write_note(session: Session, actor: Person, appointment_id: UUID, draft: Draft) -> Note:
    """A draft about an appointment and one of its clients; marks it as kept by them once it has begun.

    Raises `Hidden` for a client of whom the actor may not know, as for one who is not on it, `NotFound` where they may
    not see the client's case, `NotTheClinician`, `NotAttended`, `Invalid`, `CaseNeeded`, `CaseClosed`, `NoteExists`.
    """
    ensure_known(session, actor, draft.add_on_service_type_ids)  # may wait, so it comes before the locks
    appointment = visible_appointment(session, actor, appointment_id, for_update=True)
    attendee = attendee_of(session, actor, appointment, draft.client_id)
    case = _case_of(session, actor, attendee, draft.case_id)
    rules.ensure_the_clinician(actor.staff_id, appointment.staff_id)
    ensure_is_to_take_place(appointment.status_of(attendee))
    if case.status != "open":
        raise CaseClosed()
    rules.ensure_sections(draft.template, draft.content)
    rules.ensure_in_addition(draft.add_on_service_type_ids, appointment.service_type_id)
    place(Place(draft.place_of_service, draft.telehealth), appointment.place_of_service)
    started_at = began(appointment, draft.started_at_local)
    mark_arrived(session, actor, appointment, attendee.client_id)
    waits_for = awaited_of_session(session, appointment, attendee.client_id)
    note = Note(
        organization_id=actor.organization_id,
        id=new_id(),
        appointment_id=appointment.id,
        client_id=attendee.client_id,
        case_id=case.id,
        author_id=actor.staff_id,
        template=draft.template,
        content=draft.content,
        started_at=started_at,
        minutes=draft.minutes or appointment.duration_minutes,
        place_of_service=draft.place_of_service,
        telehealth=draft.telehealth,
        add_on_service_type_ids=draft.add_on_service_type_ids,
        awaited_supervisor_id=waits_for and waits_for.supervisor_id,
        awaited_mode=waits_for and waits_for.mode,
        goals=_ticked(session, case.id, appointment, draft.goals) if draft.goals else [],
        risk=draft.risk,
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

    Raises `NotFound`, `NoteSigned`, `NotAuthorOfDraft`, `NoteSubmitted`, `NoteDiscarded`, `FormatSigned`, `Invalid`.
    """
    if changes.add_on_service_type_ids is not UNSET:
        ensure_known(session, actor, changes.add_on_service_type_ids)  # may wait, so it comes before the locks
    note = visible_note(session, actor, note_id, for_update=True, authors_only=True)
    if note.signed_at is not None:
        raise rules.NoteSigned()
    if note.author_id != actor.staff_id:
        raise rules.NotAuthorOfDraft()
    rules.ensure_in_hand(note.review)
    appointment = session.get_one(Appointment, (note.organization_id, note.appointment_id), with_for_update=True)
    if different := differing(note, _given(session, note, appointment, changes)):
        for field, value in different.items():
            setattr(note, field, value)
        mark_arrived_since(session, actor, note, appointment)
        rules.ensure_in_addition(note.add_on_service_type_ids, note.service_type_id or appointment.service_type_id)
        place(Place(note.place_of_service, note.telehealth), appointment.place_of_service)
        note.version += 1
        note.updated_at = clock.now()
        audit.describe(session, fields=sorted(different))
    return note


def _given(session: Session, note: Note, appointment: Appointment, changes: DraftChanges) -> dict[str, Any]:
    """The columns of a note that the changes name, with their values; raises `FormatSigned`, `Invalid`."""
    given = changes.given()
    template = note.template if changes.template is UNSET else changes.template
    if template != note.template and note.versions:
        raise rules.FormatSigned()
    given["content"] = rules.in_format(note.content, note.template, template)
    if changes.content is not UNSET:
        rules.ensure_sections(template, changes.content)
        given["content"] |= changes.content
    if changes.started_at_local is not UNSET:
        del given["started_at_local"]
        given["started_at"] = began(appointment, changes.started_at_local)
    if changes.goals is not UNSET:
        given["goals"] = _ticked(session, note.case_id, appointment, changes.goals, note.goals)
    return given


def _ticked(
    session: Session, case_id: UUID, appointment: Appointment, keys: tuple[str, ...], before: Sequence[str] = ()
) -> list[str]:
    """The words of these goals of the plan in force on the day of the session; those ticked `before` may stay.

    Raises `Invalid`.
    """
    plan = plan_in_force(session, appointment.organization_id, case_id, appointment.service_date)
    known = [*(goals_of(plan.problems) if plan else ()), *before]
    return rules.ticked(keys, {key_of(goal): goal for goal in known})


def began(appointment: Appointment, local: datetime | None) -> datetime | None:
    """When the service began, by the clocks of the appointment's time zone; None: when it was to. Raises `Invalid`."""
    rules.ensure_of_the_day(local, appointment.service_date)
    return clock.local_to_utc(local, appointment.time_zone, "started_at_local") if local else None


def mark_arrived_since(session: Session, actor: Person, note: Note, appointment: Appointment) -> None:
    """What was written about an appointment before it began says that it took place once its author goes on."""
    if note.created_at < appointment.starts_at:
        mark_arrived(session, actor, appointment, note.client_id)


def take_over(session: Session, actor: Person, note_id: UUID) -> Note:
    """Become the author of a draft whose author left, left the case, or may no longer sign. The service stays theirs.

    Raises `NotFound`, `NoteSigned`, `NoteSubmitted`, `NoteDiscarded`, `NotOrphaned`, `ServiceSupervised`.
    """
    note = visible_note(session, actor, note_id, for_update=True)
    if note.signed_at is not None:
        raise rules.NoteSigned()
    if note.author_id == actor.staff_id:
        return note
    rules.ensure_in_hand(note.review)
    if session.scalar(select(Note.id).where(Note.id == note.id, author_can_finish(note.organization_id))):
        raise rules.NotOrphaned()
    before = note.author_id
    _become_author(session, note, actor.staff_id)
    audit.describe(session, object_id=note.id, author_before=str(before))
    return note


def recheck_drafts(session: Session, organization_id: UUID, *whose: ColumnElement[bool]) -> None:
    """Of these drafts those that nobody can finish become work items; one whose author can again no longer is one."""
    finishes = author_can_finish(organization_id).label("finishes")
    drafts = select(Note.id, Note.client_id, finishes).where(
        Note.organization_id == organization_id, is_in_hand(), *whose
    )
    found = session.execute(drafts.order_by(Note.id)).all()
    settle(session, ORPHAN, organization_id, [draft.id for draft in found if draft.finishes])
    for draft in found:
        if not draft.finishes:
            raise_item(session, ORPHAN, Matter(organization_id, draft.id, draft.client_id))


def give_draft(
    session: Session, actor: Caller, note_id: UUID, client_id: UUID, author_id: UUID, successor_id: UUID
) -> None:
    """Make a colleague the author of somebody's draft about a client, who can finish it. The service stays theirs.

    Raises `NotFound`, `NoteSigned`, `NoteSubmitted`, `NoteDiscarded`, `ServiceSupervised`, `CannotFinish`.
    """
    note = visible_note(session, actor, note_id, for_update=True)
    if note.author_id != author_id or note.client_id not in family_of(session, actor.organization_id, client_id):
        raise NotFound("This is not a draft of theirs about the client.")
    if note.signed_at is not None:
        raise rules.NoteSigned()
    rules.ensure_in_hand(note.review)
    _become_author(session, note, successor_id)
    session.flush()
    if not session.scalar(select(Note.id).where(Note.id == note.id, author_can_finish(note.organization_id))):
        raise rules.CannotFinish()


def _become_author(session: Session, note: Note, staff_id: UUID) -> None:
    """Who was with the client stays on record as who drafted it; their supervisor keeps the last word.

    Raises `ServiceSupervised`.
    """
    note.drafted_by = note.drafted_by or note.author_id
    note.author_id = staff_id
    if not last_word_is_kept(session, note):
        raise ServiceSupervised()
    note.version += 1
    note.updated_at = clock.now()
    settle(session, ORPHAN, note.organization_id, [note.id])


def _case_of(session: Session, actor: Person, attendee: Attendee, named: UUID | None) -> Case:
    """The case that the note names, else the appointment's, else the client's only open one; it becomes theirs.

    Locked, so that nobody closes it meanwhile. Raises `NotFound`, `CaseNeeded`, `Invalid` for a case that is named and
    is not this client's.
    """
    case_id = named or attendee.case_id
    if case_id is None:
        only = only_visible_case(session, actor, attendee.client_id)
        if only is None and not actor.sees_all_cases and not is_assigned(session, actor, attendee.client_id):
            raise NotFound()  # whether there is a case is none of their business
        if only is None:
            raise rules.CaseNeeded(errors=[FieldError("case_id", rules.CaseNeeded.code, rules.CaseNeeded.detail)])
        case_id = only.id
    try:
        case = visible_case(session, actor, case_id, for_update=True)
    except NotFound as error:
        raise (Hidden.field("case_id", "unknown", "There is no such case.") if named else error) from error
    if not are_one(session, actor.organization_id, case.client_id, attendee.client_id):
        raise Invalid.field("case_id", "other_client", "This case is another client's.")
    attendee.case_id = case.id
    return case
