"""Signing a note, which tells billing; adding to a signed note, and amending it."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.clinical.agenda.models import Appointment, Attendee
from services.clinical.copies.queries import known_service_type
from services.clinical.diagnoses.queries import codes_in_force
from services.clinical.notes.models import Addendum, Note, SignedVersion
from services.clinical.notes.queries import visible_note
from services.clinical.notes.rules import NoteSigned, ensure_sections
from services.clinical.signature import content_hash
from services.clinical.signing import rules
from services.clinical.signing.queries import is_licensed, service_date_of
from services.clinical.treatment_plans.queries import has_signed_plan
from shared import audit, clock
from shared.actor import Person
from shared.contracts.clinical import AppointmentDocumented
from shared.database.session import Session
from shared.failpoints import failpoint
from shared.messaging import outbox


@dataclass(frozen=True, slots=True)
class Amendment:
    """Why a signed note is corrected, and by what. What is None stays, and so do sections that `content` leaves out."""

    reason: str
    content: dict[str, str] | None
    minutes: int | None
    service_type_id: UUID | None


def sign_note(session: Session, actor: Person, note_id: UUID) -> Note:
    """Sign a note, which seals it and documents the appointment for this client.

    Raises `NotFound`, `NoteSigned` and the refusals of `rules.ensure_may_sign`.
    """
    note = visible_note(session, actor, note_id, authors_only=True)
    licensed = is_licensed(session, actor, service_date_of(session, note))  # may wait, so it comes before the locks
    session.refresh(note, with_for_update=True)
    if note.signed_at is not None:
        raise NoteSigned()
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
            licensed=licensed,
        )
    )
    note.signed_by, note.signed_at, note.updated_at = actor.staff_id, now, now
    note.version += 1
    assert note.minutes is not None
    _seal(session, actor, note, 1, note.content, note.minutes, appointment.service_type_id, None)
    session.flush()
    failpoint("sign.after_note")
    _document(session, note, appointment, attendee, note.minutes, appointment.service_type_id)
    failpoint("sign.after_outbox")
    return note


def add_addendum(session: Session, actor: Person, note_id: UUID, text: str) -> Addendum:
    """Add to a signed note, which itself stays as it is. Raises `NotFound`, `NoteNotSigned`."""
    note = visible_note(session, actor, note_id, for_update=True)
    if note.signed_at is None:
        raise rules.NoteNotSigned()
    addendum = Addendum(
        organization_id=note.organization_id,
        note_id=note.id,
        text=text,
        content_hash=content_hash({"note": str(note.id), "text": text}),
        signed_by=actor.staff_id,
        signed_at=clock.now(),
    )
    session.add(addendum)
    note.version += 1
    session.flush()
    audit.describe(session, addendum_id=str(addendum.id))
    return addendum


def amend_note(session: Session, actor: Person, note_id: UUID, amendment: Amendment) -> Note:
    """A new signed version; earlier ones stay readable. Billing hears of it only when minutes or service differ.

    Raises `NotFound`, `NoteNotSigned`, `NotAuthor`, `NoLicence`, `SectionEmpty`, `Invalid`.
    """
    note = visible_note(session, actor, note_id, authors_only=True)
    if note.signed_at is None:
        raise rules.NoteNotSigned()
    if note.author_id != actor.staff_id:
        raise rules.NotAuthor()
    # What may wait for an event comes before the locks. Signature, author and template do not change meanwhile.
    if not is_licensed(session, actor, service_date_of(session, note)):
        raise rules.NoLicence()
    if amendment.content is not None:
        ensure_sections(note.template, amendment.content)
    if amendment.service_type_id is not None:
        known_service_type(session, actor, amendment.service_type_id, "service_type_id")
    session.refresh(note, with_for_update=True)
    appointment, attendee = _attended(session, note)
    last = note.versions[-1]
    merged = {**last.content, **(amendment.content or {})}
    rules.ensure_complete(note.template, merged)
    after = (amendment.minutes or last.minutes, amendment.service_type_id or last.service_type_id)
    _seal(session, actor, note, last.number + 1, merged, after[0], after[1], amendment.reason)
    note.version += 1
    if rules.changes_billing((last.minutes, last.service_type_id), after):
        _document(session, note, appointment, attendee, *after)
    audit.describe(session, amendment=last.number + 1)
    return note


def _attended(session: Session, note: Note) -> tuple[Appointment, Attendee]:
    """The note's appointment, locked, and its row for this client."""
    key = (note.organization_id, note.appointment_id)
    appointment = session.get_one(Appointment, key, with_for_update=True)
    return appointment, next(one for one in appointment.attendees if one.client_id == note.client_id)


def _seal(
    session: Session,
    actor: Person,
    note: Note,
    number: int,
    content: dict[str, str],
    minutes: int,
    service_type_id: UUID,
    reason: str | None,
) -> None:
    """Append what is signed now, with the hash over everything the signature vouches for."""
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
    appointment.version += 1
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
