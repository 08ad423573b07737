"""Writing, signing and amending notes."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from services.clinical.agenda.commands import mark_arrived
from services.clinical.agenda.models import Appointment, Attendee
from services.clinical.agenda.queries import visible_appointment
from services.clinical.cases.models import Case
from services.clinical.cases.queries import only_open_case, visible_case
from services.clinical.copies.models import StaffCopy
from services.clinical.copies.queries import known_service_type, organization
from services.clinical.diagnoses.queries import codes_in_force
from services.clinical.notes import rules
from services.clinical.notes.models import Addendum, Note, SignedVersion
from services.clinical.notes.queries import author_can_sign, visible_note
from services.clinical.signature import content_hash
from services.clinical.treatment_plans.queries import has_signed_plan
from shared import audit, clock
from shared.actor import Actor
from shared.contracts.clinical import AppointmentDocumented
from shared.database.arrival import settled
from shared.database.session import Session, violated_constraint
from shared.errors import Invalid, Stale
from shared.failpoints import failpoint
from shared.ids import new_id
from shared.messaging import outbox


def write_note(session: Session, actor: Actor, appointment_id: UUID, values: dict[str, Any]) -> Note:
    """A draft about an appointment and one of its clients; marks the appointment as kept.

    Minutes not given are the appointment's. Raises `NotFound` where the actor may not see the client's case,
    `Invalid`, `CaseNeeded`, `NoteExists`.
    """
    appointment = visible_appointment(session, actor, appointment_id, for_update=True)
    client_id: UUID = values["client_id"]
    attendee = next((one for one in appointment.attendees if one.client_id == client_id), None)
    if attendee is None:
        raise Invalid.field("client_id", "not_attending", "This client is not on the appointment.")
    rules.ensure_sections(values["template"], values["content"])
    case = _case_of(session, actor, attendee)
    mark_arrived(session, appointment)
    assert actor.staff_id is not None
    local_start = values.get("started_at_local")
    note = Note(
        organization_id=actor.organization_id,
        id=new_id(),
        appointment_id=appointment.id,
        client_id=client_id,
        case_id=case.id,
        author_id=actor.staff_id,
        template=values["template"],
        content=values["content"],
        started_at=clock.local_to_utc(local_start, appointment.time_zone) if local_start else None,
        minutes=values.get("minutes") or appointment.duration_minutes,
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
    audit.describe(session, object_id=note.id, client_id=client_id)
    return note


def edit_note(session: Session, actor: Actor, note_id: UUID, changes: dict[str, Any], if_match: int | None) -> Note:
    """Change a draft. Raises `NotFound`, `NoteSigned`, `NotAuthorOfDraft`, `Stale`, `Invalid`."""
    note = visible_note(session, actor, note_id, for_update=True)
    if note.signed_at is not None:
        raise rules.NoteSigned()
    if note.author_id != actor.staff_id:
        raise rules.NotAuthorOfDraft()
    if if_match is not None and if_match != note.version:
        raise Stale()
    if "content" in changes:
        rules.ensure_sections(note.template, changes["content"])
        note.content = {**note.content, **changes["content"]}
    if "minutes" in changes:
        note.minutes = changes["minutes"]
    note.version += 1
    note.updated_at = clock.now()
    audit.describe(session, client_id=note.client_id, rule="author", fields=sorted(changes))
    return note


def take_over(session: Session, actor: Actor, note_id: UUID) -> Note:
    """Become the author of a draft whose author left, or may not sign any more. The service stays theirs.

    Raises `NotFound`, `NoteSigned`, `NotOrphaned`.
    """
    note = visible_note(session, actor, note_id, for_update=True)
    if note.signed_at is not None:
        raise rules.NoteSigned()
    if note.author_id == actor.staff_id:
        return note
    if session.scalar(select(author_can_sign(note.organization_id, note.author_id))):
        raise rules.NotOrphaned()
    before = note.author_id
    note.drafted_by = note.drafted_by or before
    assert actor.staff_id is not None
    note.author_id = actor.staff_id
    note.version += 1
    note.updated_at = clock.now()
    audit.describe(session, object_id=note.id, author_before=str(before))
    return note


def sign_note(session: Session, actor: Actor, note_id: UUID, if_match: int | None) -> Note:
    """Sign a note, which seals it and documents the appointment for this client.

    Raises `NotFound`, `Stale`, `NoteSigned`, and the refusals of `rules.ensure_may_sign` and `NoLicence`.
    """
    note = visible_note(session, actor, note_id, for_update=True)
    if note.signed_at is not None:
        raise rules.NoteSigned()
    if if_match is not None and if_match != note.version:
        raise Stale()
    appointment, attendee = _attended(session, note)
    now = clock.now()
    rules.ensure_may_sign(
        rules.Signing(
            by_author=note.author_id == actor.staff_id,
            attended=appointment.status in rules.HAPPENED,
            starts_at=appointment.starts_at,
            now=now,
            template=note.template,
            content=note.content,
            minutes=note.minutes,
        )
    )
    _ensure_licensed(session, actor, appointment.service_date)
    note.signed_by, note.signed_at, note.updated_at = actor.staff_id, now, now
    note.version += 1
    assert note.minutes is not None
    _seal(session, actor, note, 1, note.content, note.minutes, appointment.service_type_id, None)
    session.flush()
    failpoint("sign.after_note")
    _document(session, note, appointment, attendee, note.minutes, appointment.service_type_id)
    failpoint("sign.after_outbox")
    audit.describe(session, client_id=note.client_id, rule="author")
    return note


def add_addendum(session: Session, actor: Actor, note_id: UUID, text: str) -> Addendum:
    """Add to a signed note, which itself stays as it is. Raises `NotFound`, `NoteNotSigned`."""
    note = visible_note(session, actor, note_id, for_update=True)
    if note.signed_at is None:
        raise rules.NoteNotSigned()
    assert actor.staff_id is not None
    addendum = Addendum(
        organization_id=note.organization_id,
        note_id=note.id,
        text=text,
        content_hash=content_hash({"note": str(note.id), "text": text}),
        signed_by=actor.staff_id,
        signed_at=clock.now(),
    )
    session.add(addendum)
    session.flush()
    audit.describe(session, client_id=note.client_id, addendum_id=str(addendum.id))
    return addendum


def amend_note(
    session: Session,
    actor: Actor,
    note_id: UUID,
    reason: str,
    content: dict[str, str] | None,
    minutes: int | None,
    service_type_id: UUID | None,
) -> Note:
    """A new signed version; earlier ones stay readable. Billing hears of it only when minutes or service differ.

    Raises `NotFound`, `NoteNotSigned`, `NotAuthor`, `NoLicence`, `SectionEmpty`, `Invalid`.
    """
    note = visible_note(session, actor, note_id, for_update=True)
    if note.signed_at is None:
        raise rules.NoteNotSigned()
    if note.author_id != actor.staff_id:
        raise rules.NotAuthor()
    appointment, attendee = _attended(session, note)
    _ensure_licensed(session, actor, appointment.service_date)
    last = note.versions[-1]
    if content is not None:
        rules.ensure_sections(note.template, content)
    if service_type_id is not None:
        known_service_type(session, actor, service_type_id, "service_type_id")
    merged = {**last.content, **(content or {})}
    rules.ensure_complete(note.template, merged)
    after = (minutes or last.minutes, service_type_id or last.service_type_id)
    _seal(session, actor, note, last.number + 1, merged, after[0], after[1], reason)
    if rules.changes_billing((last.minutes, last.service_type_id), after):
        _document(session, note, appointment, attendee, *after)
    audit.describe(session, client_id=note.client_id, rule="author", amendment=last.number + 1)
    return note


def _case_of(session: Session, actor: Actor, attendee: Attendee) -> Case:
    """The case the note belongs to: the appointment's, else the client's only open one, which it then becomes."""
    if attendee.case_id is None:
        case = only_open_case(session, actor.organization_id, attendee.client_id)
        if case is None:
            raise rules.CaseNeeded()
        attendee.case_id = case.id
    return visible_case(session, actor, attendee.case_id)


def _attended(session: Session, note: Note) -> tuple[Appointment, Attendee]:
    """The note's appointment, locked, and its row for this client."""
    key = (note.organization_id, note.appointment_id)
    appointment = session.get_one(Appointment, key, with_for_update=True)
    return appointment, next(one for one in appointment.attendees if one.client_id == note.client_id)


def _ensure_licensed(session: Session, actor: Actor, service_date: date) -> None:
    days = (service_date, clock.today(organization(session, actor).time_zone))

    def licensed() -> bool:
        staff = session.get(StaffCopy, (actor.organization_id, actor.staff_id), populate_existing=True)
        return staff is not None and rules.licensed(staff.licences, days)

    if not settled(licensed):
        raise rules.NoLicence()


def _seal(
    session: Session,
    actor: Actor,
    note: Note,
    number: int,
    content: dict[str, str],
    minutes: int,
    service_type_id: UUID,
    reason: str | None,
) -> None:
    """Append what is signed now, with the hash over everything the signature vouches for."""
    assert actor.staff_id is not None
    covered = {
        "note": str(note.id),
        "appointment": str(note.appointment_id),
        "client": str(note.client_id),
        "template": note.template,
        "content": content,
        "minutes": minutes,
        "service_type": str(service_type_id),
        "reason": reason,
    }
    note.versions.append(
        SignedVersion(
            organization_id=note.organization_id,
            note_id=note.id,
            number=number,
            content=content,
            minutes=minutes,
            service_type_id=service_type_id,
            reason=reason,
            content_hash=content_hash(covered),
            signed_by=actor.staff_id,
            signed_at=clock.now(),
        )
    )


def _document(
    session: Session,
    note: Note,
    appointment: Appointment,
    attendee: Attendee,
    minutes: int,
    service_type_id: UUID,
) -> None:
    """Tell billing what took place: ids and facts of money, never a word of the note."""
    attendee.documented_version += 1
    on = appointment.service_date
    outbox.add(
        session,
        AppointmentDocumented(
            organization_id=note.organization_id,
            appointment_id=appointment.id,
            client_id=note.client_id,
            version=attendee.documented_version,
            case_id=note.case_id,
            note_id=note.id,
            service_type_id=service_type_id,
            rendering_staff_id=note.rendering_staff_id,
            service_date=on,
            minutes=minutes,
            location_id=appointment.location_id,
            diagnosis_codes=codes_in_force(session, note.organization_id, note.case_id, on),
            has_signed_plan=has_signed_plan(session, note.organization_id, note.case_id, on),
        ),
    )
