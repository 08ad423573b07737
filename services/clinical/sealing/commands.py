"""Sealing a version of a note, telling billing of it, and taking the seal off a note whose next version is written."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import contains_eager

from services.clinical.agenda.models import Appointment, Attendee
from services.clinical.diagnoses.queries import codes_in_force
from services.clinical.notes.models import Note, SignedVersion
from services.clinical.notes.rules import DISCARDED, ServiceGiven
from services.clinical.signature import NOBODY, Signer, content_hash
from services.clinical.treatment_plans.queries import has_signed_plan
from shared import clock
from shared.contracts.clinical import AppointmentDocumented, NoteAmended
from shared.database.session import Session
from shared.failpoints import failpoint
from shared.messaging import outbox


@dataclass(frozen=True, slots=True)
class Signature:
    """Whose signature a version bears, and of when; and the supervisor's, where one approved or co-signed it.

    `signer` and `countersigner` are how each was called at that moment.
    """

    by: UUID
    at: datetime
    signer: Signer
    countersignature: str | None = None  # approved | co_signed
    countersigned_by: UUID | None = None
    countersigned_at: datetime | None = None
    countersigner: Signer = NOBODY


def attended(session: Session, note: Note) -> tuple[Appointment, Attendee]:
    """The note's appointment, locked, and its row for this client."""
    statement = (
        select(Appointment)
        .join(Appointment.attendees)
        .options(contains_eager(Appointment.attendees))
        .where(Appointment.organization_id == note.organization_id, Appointment.id == note.appointment_id)
        .order_by(Attendee.client_id)
        # Of the clients' rows too: after a wait for the lock PostgreSQL reads anew only what the lock is of.
        .with_for_update()
    )
    appointment = session.scalars(statement).unique().one()
    return appointment, next(attendee for attendee in appointment.attendees if attendee.client_id == note.client_id)


def seal_note(
    session: Session,
    note: Note,
    appointment: Appointment,
    attendee: Attendee,
    given: ServiceGiven,
    signature: Signature,
) -> None:
    """Make what a draft says the newest signed version, and seal the note."""
    now = clock.now()
    note.signed_by, note.signed_at, note.updated_at = signature.by, now, now
    note.review, note.submitted_at = None, None
    note.submitter_name, note.submitter_credentials = None, None
    note.awaited_supervisor_id, note.awaited_mode = None, None
    note.version += 1
    seal_version(session, note, appointment, attendee, note.content, given, note.reason, signature)


def seal_version(
    session: Session,
    note: Note,
    appointment: Appointment,
    attendee: Attendee,
    content: dict[str, str],
    given: ServiceGiven,
    reason: str | None,
    signature: Signature,
) -> None:
    """Append what is signed now, with the hash over everything the signature vouches for.

    Billing is told of the first version and of a later one that says something else of the service: what took place;
    of a later one that does not: only that there is one.
    """
    last = note.versions[-1] if note.versions else None
    covered = {
        "note": str(note.id),
        "appointment": str(note.appointment_id),
        "client": str(note.client_id),
        "template": note.template,
        "content": content,
        "service": {name: value for name, value in asdict(given).items() if value is not None},
        "reason": reason,
        **({"goals": note.goals} if note.goals else {}),
        **({"risk": note.risk} if note.risk else {}),
    }
    note.versions.append(
        SignedVersion(
            organization_id=note.organization_id,
            note_id=note.id,
            number=last.number + 1 if last else 1,
            content=content,
            given=given,
            goals=list(note.goals),
            risk=note.risk,
            reason=reason,
            content_hash=content_hash(covered),
            signed_by=signature.by,
            signed_at=signature.at,
            signer_name=signature.signer.name,
            signer_credentials=signature.signer.credentials,
            countersignature=signature.countersignature,
            countersigned_by=signature.countersigned_by,
            countersigned_at=signature.countersigned_at,
            countersigner_name=signature.countersigner.name,
            countersigner_credentials=signature.countersigner.credentials,
        )
    )
    session.flush()
    failpoint("sign.after_note")
    if last is None or last.given != given:
        _document(session, note, appointment, attendee, given)
    else:
        outbox.add(
            session,
            NoteAmended(
                organization_id=note.organization_id,
                note_id=note.id,
                number=last.number + 1,
                appointment_id=note.appointment_id,
                client_id=note.client_id,
                amended_at=signature.countersigned_at or signature.at,
            ),
        )
    failpoint("sign.after_outbox")


def take_seal_off(session: Session, note: Note, reason: str) -> None:
    """Make a signed note the draft of its next version, which begins as the newest one. Signed versions stay.

    `reason` is why there is a next version; the database lets no seal be taken off without one.
    """
    last = note.versions[-1]
    note.content = dict(last.content)
    note.goals, note.risk = list(last.goals), last.risk
    for name, value in asdict(last.given).items():
        if name != "supervising_staff_id":  # who supervises is decided when the next version is signed
            setattr(note, name, value)
    note.reason = reason
    note.signed_by, note.signed_at, note.updated_at = None, None, clock.now()
    note.version += 1
    session.flush()


def put_away(note: Note) -> None:
    """Set a draft aside: of the first version it is discarded, of a next one the seal of the last is put on again."""
    if note.versions:
        last = note.versions[-1]
        note.review, note.signed_by = None, last.signed_by
        note.goals, note.risk = list(last.goals), last.risk
        note.signed_at = last.countersigned_at or last.signed_at
    else:
        note.review = DISCARDED
    note.updated_at = clock.now()
    note.version += 1


def tell_anew(session: Session, note: Note) -> None:
    """Tell billing of a documented session once more: as its newest signed version says, with what is in force now."""
    appointment, attendee = attended(session, note)
    _tell(session, note, appointment, attendee, note.versions[-1].given)


def _document(session: Session, note: Note, appointment: Appointment, attendee: Attendee, given: ServiceGiven) -> None:
    """Tell billing what took place."""
    appointment.version += 1  # what it shows has changed: it is documented
    _tell(session, note, appointment, attendee, given)


def _tell(session: Session, note: Note, appointment: Appointment, attendee: Attendee, given: ServiceGiven) -> None:
    """Ids and facts of money, never a word of the note, under the next version."""
    attendee.documented_version += 1
    here, case_id, on = note.organization_id, note.case_id, appointment.service_date
    codes, planned = session.execute(
        select(codes_in_force(here, case_id, on), has_signed_plan(here, case_id, on))
    ).one()
    outbox.add(
        session,
        AppointmentDocumented(
            organization_id=here,
            appointment_id=appointment.id,
            client_id=note.client_id,
            version=attendee.documented_version,
            case_id=case_id,
            note_id=note.id,
            rendering_staff_id=note.rendering_staff_id,
            service_date=on,
            location_id=appointment.location_id,
            diagnosis_codes=tuple(codes),
            has_signed_plan=planned,
            stopped_at=given.stopped_at,
            **{fact.name: getattr(given, fact.name) for fact in fields(given)},
        ),
    )
