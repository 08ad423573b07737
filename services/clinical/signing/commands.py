"""Signing a note, which tells billing or waits for a supervisor; adding to a signed note, and amending it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from services.clinical.agenda.given_sessions import claimed, claims_what_was_given
from services.clinical.agenda.models import Appointment, Attendee
from services.clinical.agenda.rules import Place, place
from services.clinical.attendance.rules import HAPPENED
from services.clinical.cases.commands import join_case
from services.clinical.copies.queries import is_billed, known_service_type, signer
from services.clinical.last_word.queries import last_word_stays, supervision_of
from services.clinical.last_word.rules import ServiceSupervised, Supervision
from services.clinical.notes.commands import began, mark_arrived_since
from services.clinical.notes.last_word import last_word_is_kept, last_word_on
from services.clinical.notes.models import Addendum, Note, NoteReview
from services.clinical.notes.queries import ensure_known, visible_note
from services.clinical.notes.rules import (
    DISCARDED,
    NotAuthorOfDraft,
    NoteSigned,
    ServiceGiven,
    ensure_in_addition,
    ensure_in_hand,
    ensure_sections,
)
from services.clinical.sealing.commands import Signature, attended, put_away, seal_note, seal_version, take_seal_off
from services.clinical.sealing.queries import given_in
from services.clinical.signature import content_hash
from services.clinical.signing import rules
from services.clinical.signing.queries import is_licensed
from shared import audit, clock
from shared.actor import Person
from shared.database.collections import know_the_empty
from shared.database.session import Session


@dataclass(frozen=True, slots=True)
class Reopening:
    """Why a signed note gets another version."""

    reason: str


@dataclass(frozen=True, slots=True)
class Discarding:
    """Why nobody needs a draft."""

    reason: str


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


def sign_note(session: Session, actor: Person, note_id: UUID) -> Note:
    """Sign a note, which seals it and documents the appointment for this client.

    Raises what `ready_to_sign` raises, and `Supervised` where a supervisor has the last word.
    """
    note, appointment, attendee = ready_to_sign(session, actor, note_id, for_review=False)
    signature = _signature(session, note)
    seal_note(session, note, appointment, attendee, given_in(session, note, appointment), signature)
    return note


def ready_to_sign(
    session: Session, actor: Person, note_id: UUID, *, for_review: bool
) -> tuple[Note, Appointment, Attendee]:
    """The actor's draft, which may be signed now, with its appointment; all locked. May wait: ask before locking.

    Raises `NotFound`, `NoteSigned`, `NoteSubmitted`, `NoteDiscarded` and the refusals of `rules.ensure_may_sign`.
    """
    note = visible_note(session, actor, note_id, authors_only=True, alone=True)
    licensed = is_licensed(session, actor, note)  # may wait, so it comes before the locks
    session.refresh(note, with_for_update=True)
    if note.signed_at is not None:
        raise NoteSigned()
    ensure_in_hand(note.review)
    know_the_empty(session, note, Note.versions, Note.addenda, Note.reviews)
    appointment, attendee = attended(session, note)
    mark_arrived_since(session, actor, note, appointment)
    rules.ensure_may_sign(
        rules.Signing(
            by_author=note.author_id == actor.staff_id,
            supervised=last_word_on(session, note) is not None,
            last_word_kept=last_word_is_kept(session, note)
            and not _claims_what_was_given(session, note, appointment, note.started_at, note.minutes),
            for_review=for_review,
            attended=appointment.status_of(attendee) in HAPPENED,
            starts_at=appointment.starts_at,
            now=clock.now(),
            template=note.template,
            content=note.content,
            minutes=note.minutes,
            licensed=licensed,
        )
    )
    return note, appointment, attendee


def hand_in(session: Session, actor: Person, note: Note, supervision: Supervision) -> None:
    """Let a note with its author's signature wait for the supervisor, who is put on its case to be able to read it."""
    note.review, note.submitted_at, note.updated_at = "submitted", clock.now(), clock.now()
    note.awaited_supervisor_id, note.awaited_mode = supervision.supervisor_id, supervision.mode
    author = signer(session, note.organization_id, note.author_id)
    note.submitter_name, note.submitter_credentials = author.name, author.credentials
    note.version += 1
    record_review(session, actor, note, "submitted", None)
    join_case(session, actor, note.case_id, supervision.supervisor_id)


def record_review(session: Session, actor: Person, note: Note, action: str, comment: str | None) -> None:
    """Add a line to the history of a note between its author and the supervisor."""
    note.reviews.append(
        NoteReview(
            organization_id=note.organization_id,
            note_id=note.id,
            action=action,
            comment=comment,
            by_staff_id=actor.staff_id,
            at=clock.now(),
        )
    )
    session.flush()


def add_addendum(session: Session, actor: Person, note_id: UUID, text: str) -> Addendum:
    """Add to a signed note, which itself stays as it is. May be a colleague's.

    Raises `NotFound`, `NoteNotSigned`, the refusals of `rules.ensure_may_add`, and `ServiceSupervised` where a
    supervisor has signed it whose word this would pass by.
    """
    note = visible_note(session, actor, note_id)
    licensed = is_licensed(session, actor, note)  # may wait, so it comes before the locks
    session.refresh(note, with_for_update=True)
    if note.signed_at is None:
        raise rules.NoteNotSigned()
    supervised = supervision_of(session, note.organization_id, actor.staff_id) is not None
    rules.ensure_may_add(supervised=supervised, licensed=licensed)
    countersigned = note.versions[-1].countersignature is not None
    if countersigned and not last_word_stays(session, note.organization_id, note.rendering_staff_id, actor.staff_id):
        raise ServiceSupervised(rules.OTHERS_ADDENDUM)
    author = signer(session, note.organization_id, actor.staff_id)
    addendum = Addendum(
        organization_id=note.organization_id,
        note_id=note.id,
        text=text,
        content_hash=content_hash({"note": str(note.id), "text": text}),
        signed_by=actor.staff_id,
        signed_at=clock.now(),
        signer_name=author.name,
        signer_credentials=author.credentials,
    )
    session.add(addendum)
    note.version += 1
    session.flush()
    audit.describe(session, addendum_id=str(addendum.id))
    return addendum


def amend_note(session: Session, actor: Person, note_id: UUID, amendment: Amendment) -> Note:
    """A new signed version; earlier ones stay readable. Billing hears of it only when a fact of the service differs.

    Where a supervisor has the last word, the new version waits for it, and the note is submitted meanwhile.
    Raises `NotFound`, `NoteNotSigned`, `NotAuthor`, `NoLicence`, `ServiceSupervised`, `SectionEmpty`, `Invalid`.
    """
    note = visible_note(session, actor, note_id, authors_only=True)
    if note.signed_at is None:
        raise rules.NoteNotSigned()
    if note.author_id != actor.staff_id:
        raise rules.NotAuthor()
    # What may wait for an event comes before the locks. Signature, author and template do not change meanwhile.
    if not is_licensed(session, actor, note):
        raise rules.NoLicence()
    if amendment.content is not None:
        ensure_sections(note.template, amendment.content)
    if amendment.service_type_id is not None:
        known_service_type(session, actor, amendment.service_type_id, "service_type_id")
    ensure_known(session, actor, amendment.add_on_service_type_ids or ())
    session.refresh(note, with_for_update=True)
    if note.signed_at is None:
        raise rules.NoteNotSigned()
    appointment, attendee = attended(session, note)
    last = note.versions[-1]
    if last.countersignature is not None and not last_word_is_kept(session, note):
        raise ServiceSupervised()
    merged = {**last.content, **(amendment.content or {})}
    rules.ensure_complete(note.template, merged)
    after = _amended(last.given, amendment, appointment)
    ensure_in_addition(after.add_on_service_type_ids, after.service_type_id)
    if _claims_what_was_given(session, note, appointment, after.started_at, after.minutes):
        raise ServiceSupervised()
    supervision = last_word_on(session, note)
    if supervision is None:
        signature = _signature(session, note)
        seal_version(session, note, appointment, attendee, merged, after, amendment.reason, signature)
        note.version += 1
    else:
        take_seal_off(session, note, amendment.reason)
        note.content = merged
        note.service_type_id, note.minutes, note.started_at = after.service_type_id, after.minutes, after.started_at
        note.place_of_service, note.telehealth = after.place_of_service, after.telehealth
        note.add_on_service_type_ids = after.add_on_service_type_ids
        hand_in(session, actor, note, supervision)
    audit.describe(session, amendment=last.number + 1)
    return note


def reopen_note(session: Session, actor: Person, note_id: UUID, reason: str) -> Note:
    """Make a signed note the draft of its next version, before it is billed; what was signed stays and is billed.

    Raises `NotFound`, `NoteNotSigned`, `NotAuthor`, `Billed`.
    """
    note = visible_note(session, actor, note_id, for_update=True, authors_only=True)
    if note.signed_at is None:
        raise rules.NoteNotSigned()
    if note.author_id != actor.staff_id:
        raise rules.NotAuthor()
    if is_billed(session, note.organization_id, note.appointment_id, note.client_id):
        raise rules.Billed()
    take_seal_off(session, note, reason)
    record_review(session, actor, note, "reopened", reason)
    return note


def discard_note(session: Session, actor: Person, note_id: UUID, reason: str) -> Note:
    """Keep a draft as one that nobody needs; another may be written. The draft of a next version: as it was signed.

    Raises `NotFound`, `NoteSigned`, `NotAuthorOfDraft`, `NoteSubmitted`, `NoteDiscarded`.
    """
    note = visible_note(session, actor, note_id, for_update=True, authors_only=True)
    if note.signed_at is not None:
        raise NoteSigned()
    if note.author_id != actor.staff_id:
        raise NotAuthorOfDraft()
    ensure_in_hand(note.review)
    record_review(session, actor, note, DISCARDED, reason)
    put_away(note)
    return note


def _claims_what_was_given(
    session: Session, note: Note, appointment: Appointment, started_at: datetime | None, minutes: int | None
) -> bool:
    slot = claimed(appointment, note.client_id, note.author_id, started_at, minutes)
    return claims_what_was_given(session, note.organization_id, slot)


def _signature(session: Session, note: Note) -> Signature:
    """The author's, given now."""
    return Signature(by=note.author_id, at=clock.now(), signer=signer(session, note.organization_id, note.author_id))


def _amended(before: ServiceGiven, amendment: Amendment, appointment: Appointment) -> ServiceGiven:
    """The facts as corrected. Raises `NotWhereTelehealthIs`, `Invalid` for a local time that does not exist."""
    given = Place(amendment.place_of_service, amendment.telehealth)
    where = Place(before.place_of_service, before.telehealth)
    if given != Place():
        where = place(given, before.place_of_service)
    add_ons = amendment.add_on_service_type_ids
    return replace(
        before,
        service_type_id=amendment.service_type_id or before.service_type_id,
        minutes=amendment.minutes or before.minutes,
        started_at=began(appointment, amendment.started_at_local) or before.started_at,
        place_of_service=where.code,
        telehealth=where.telehealth,
        add_on_service_type_ids=before.add_on_service_type_ids if add_ons is None else add_ons,
    )
