"""Signing a note, which tells billing; adding to a signed note, and amending it."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime
from uuid import UUID

from services.clinical.agenda.models import Appointment, Attendee
from services.clinical.agenda.rules import Place, place
from services.clinical.copies.queries import known_service_type
from services.clinical.diagnoses.queries import codes_in_force
from services.clinical.notes.models import Addendum, Note, SignedVersion
from services.clinical.notes.queries import ensure_known, visible_note
from services.clinical.notes.rules import NoteSigned, ServiceGiven, ensure_in_addition, ensure_sections
from services.clinical.signature import content_hash
from services.clinical.signing import rules
from services.clinical.signing.queries import given_in, is_licensed, service_date_of
from services.clinical.treatment_plans.queries import has_signed_plan
from shared import audit, clock
from shared.actor import Actor
from shared.contracts.clinical import AppointmentDocumented
from shared.database.session import Session
from shared.errors import Stale
from shared.failpoints import failpoint
from shared.messaging import outbox


@dataclass(frozen=True, slots=True)
class Amendment:
    """Why a signed note is corrected, and by what. What is None stays, and so do sections that `content` leaves out."""

    reason: str
    content: dict[str, str] | None
    minutes: int | None
    service_type_id: UUID | None
    started_at_local: datetime | None
    place_of_service: str | None
    telehealth: bool | None
    add_on_service_type_ids: tuple[UUID, ...] | None


def sign_note(session: Session, actor: Actor, note_id: UUID, if_match: int | None) -> Note:
    """Sign a note, which seals it and documents the appointment for this client.

    Raises `NotFound`, `Stale`, `NoteSigned` and the refusals of `rules.ensure_may_sign`.
    """
    note = visible_note(session, actor, note_id, authors_only=True)
    licensed = is_licensed(session, actor, service_date_of(session, note))  # may wait, so it comes before the locks
    session.refresh(note, with_for_update=True)
    if note.signed_at is not None:
        raise NoteSigned()
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
            licensed=licensed,
        )
    )
    note.signed_by, note.signed_at, note.updated_at = actor.staff_id, now, now
    note.version += 1
    given = given_in(session, note, appointment)
    _seal(session, actor, note, 1, note.content, given, None)
    session.flush()
    failpoint("sign.after_note")
    _document(session, note, appointment, attendee, given)
    failpoint("sign.after_outbox")
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
    audit.describe(session, addendum_id=str(addendum.id))
    return addendum


def amend_note(session: Session, actor: Actor, note_id: UUID, amendment: Amendment) -> Note:
    """A new signed version; earlier ones stay readable. Billing hears of it only when a fact of the service differs.

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
    ensure_known(session, actor, amendment.add_on_service_type_ids or ())
    session.refresh(note, with_for_update=True)
    appointment, attendee = _attended(session, note)
    last = note.versions[-1]
    merged = {**last.content, **(amendment.content or {})}
    rules.ensure_complete(note.template, merged)
    before = last.given
    after = _amended(before, amendment, appointment)
    ensure_in_addition(after.add_on_service_type_ids, after.service_type_id)
    _seal(session, actor, note, last.number + 1, merged, after, amendment.reason)
    if after != before:
        _document(session, note, appointment, attendee, after)
    audit.describe(session, amendment=last.number + 1)
    return note


def _amended(before: ServiceGiven, amendment: Amendment, appointment: Appointment) -> ServiceGiven:
    """The facts as corrected. Raises `NotWhereTelehealthIs`, `Invalid` for a local time that does not exist."""
    local_start = amendment.started_at_local
    said = Place(amendment.place_of_service, amendment.telehealth)
    where = Place(before.place_of_service, before.telehealth)
    if said != Place():
        where = place(said, before.place_of_service)
    add_ons = amendment.add_on_service_type_ids
    return replace(
        before,
        service_type_id=amendment.service_type_id or before.service_type_id,
        minutes=amendment.minutes or before.minutes,
        started_at=clock.local_to_utc(local_start, appointment.time_zone) if local_start else before.started_at,
        place_of_service=where.code,
        telehealth=where.telehealth,
        add_on_service_type_ids=before.add_on_service_type_ids if add_ons is None else add_ons,
    )


def _attended(session: Session, note: Note) -> tuple[Appointment, Attendee]:
    """The note's appointment, locked, and its row for this client."""
    key = (note.organization_id, note.appointment_id)
    appointment = session.get_one(Appointment, key, with_for_update=True)
    return appointment, next(one for one in appointment.attendees if one.client_id == note.client_id)


def _seal(
    session: Session,
    actor: Actor,
    note: Note,
    number: int,
    content: dict[str, str],
    given: ServiceGiven,
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
        "service": {name: value for name, value in asdict(given).items() if value is not None},
        "reason": reason,
    }
    note.versions.append(
        SignedVersion(
            organization_id=note.organization_id,
            note_id=note.id,
            number=number,
            content=content,
            given=given,
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
    given: ServiceGiven,
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
            rendering_staff_id=note.rendering_staff_id,
            service_date=on,
            location_id=appointment.location_id,
            diagnosis_codes=codes_in_force(session, note.organization_id, note.case_id, on),
            has_signed_plan=has_signed_plan(session, note.organization_id, note.case_id, on),
            stopped_at=given.stopped_at,
            **{fact.name: getattr(given, fact.name) for fact in fields(given)},
        ),
    )
