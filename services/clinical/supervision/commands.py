"""Submitting a note, withdrawing it, returning it, approving or co-signing it; and a new supervisor's queue."""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import select, union, update

from services.clinical.attendance.rules import HAPPENED, NotAttended
from services.clinical.cases.commands import join_case
from services.clinical.copies.queries import signer
from services.clinical.last_word.queries import supervision_of
from services.clinical.notes.last_word import last_word_on
from services.clinical.notes.models import Note
from services.clinical.notes.queries import is_kept, visible_note
from services.clinical.sealing.commands import Signature, attended, seal_note
from services.clinical.sealing.queries import given_in
from services.clinical.signature import Signer
from services.clinical.signing.commands import hand_in, ready_to_sign, record_review
from services.clinical.signing.queries import is_licensed
from services.clinical.signing.rules import NoLicence, NotAuthor, NotSupervised
from services.clinical.supervision import rules
from services.clinical.treatment_plans.models import TreatmentPlan
from shared import audit, clock
from shared.actor import Person, ServiceActor
from shared.database.session import Session


@dataclass(frozen=True, slots=True)
class Return:
    """What the supervisor says to the author of a note that goes back."""

    comment: str


def submit_note(session: Session, actor: Person, note_id: UUID) -> Note:
    """Sign a note for the supervisor to decide about; nothing is billed before that.

    Raises what `ready_to_sign` raises, and `NotSupervised`.
    """
    note, _appointment, _attendee = ready_to_sign(session, actor, note_id, for_review=True)
    supervision = last_word_on(session, note)
    if supervision is None:
        raise NotSupervised()
    hand_in(session, actor, note, supervision)
    audit.describe(session, supervisor_id=str(supervision.supervisor_id))
    return note


def withdraw_note(session: Session, actor: Person, note_id: UUID) -> Note:
    """Take back what was submitted, to write on. Raises `NotFound`, `NotAuthor`, `NotSubmitted`."""
    note = visible_note(session, actor, note_id, for_update=True, authors_only=True)
    if note.author_id != actor.staff_id:
        raise NotAuthor()
    if note.review != "submitted":
        raise rules.NotSubmitted()
    _end_review(session, actor, note, None, "withdrawn", None)
    return note


def return_note(session: Session, actor: Person, note_id: UUID, comment: str) -> Note:
    """Give a submitted note back to its author, who changes it and submits it again.

    Raises `NotFound` and the refusals of `rules.ensure_may_decide`.
    """
    note = visible_note(session, actor, note_id, for_update=True)
    rules.ensure_may_decide(_decision(session, actor, note))
    _end_review(session, actor, note, "returned", "returned", comment)
    audit.describe(session, rule="supervisor")
    return note


def approve_note(session: Session, actor: Person, note_id: UUID) -> Note:
    """Approve a submitted note, which seals it and documents the appointment. Raises what `_countersign` raises."""
    return _countersign(session, actor, note_id, "approve")


def co_sign_note(session: Session, actor: Person, note_id: UUID) -> Note:
    """Sign a submitted note beside its author, which seals it and documents the appointment, like `approve_note`."""
    return _countersign(session, actor, note_id, "co_sign")


def move_queue(session: Session, actor: ServiceActor, staff_id: UUID) -> None:
    """Put the supervisor whom somebody has now on the cases of their submitted notes and draft plans, to read these.

    What waits or was sent back is theirs to decide from now on. Without another supervisor it stays whose it was.
    """
    supervision = supervision_of(session, actor.organization_id, staff_id)
    if supervision is None:
        return
    now = {"awaited_supervisor_id": supervision.supervisor_id, "awaited_mode": supervision.mode}
    waiting_notes = update(Note).where(
        Note.organization_id == actor.organization_id,
        Note.author_id == staff_id,
        Note.signed_at.is_(None),
        Note.awaited_supervisor_id.is_not(None),
        is_kept(),
    )
    session.execute(waiting_notes.values(version=Note.version + 1, **now))
    notes = select(Note.case_id).where(
        Note.organization_id == actor.organization_id,
        Note.author_id == staff_id,
        Note.signed_at.is_(None),
        Note.review == "submitted",
    )
    plans = select(TreatmentPlan.case_id).where(
        TreatmentPlan.organization_id == actor.organization_id,
        TreatmentPlan.created_by == staff_id,
        TreatmentPlan.signed_at.is_(None),
        TreatmentPlan.discarded_at.is_(None),
    )
    waiting = union(notes, plans).subquery()
    for case_id in session.scalars(select(waiting.c.case_id).order_by(waiting.c.case_id)).all():
        join_case(session, actor, case_id, supervision.supervisor_id)


def _countersign(session: Session, actor: Person, note_id: UUID, mode: str) -> Note:
    """Seal a submitted note with both signatures; the supervisee stays who rendered the service.

    Raises `NotFound`, the refusals of `rules.ensure_may_decide`, `SupervisedThemselves`, `NoLicence` and `NotAttended`.
    """
    note = visible_note(session, actor, note_id)
    licensed = is_licensed(session, actor, note)  # may wait, so it comes before the locks
    session.refresh(note, with_for_update=True)
    rules.ensure_may_decide(_decision(session, actor, note), mode)
    if supervision_of(session, actor.organization_id, actor.staff_id) is not None:
        raise rules.SupervisedThemselves()
    if not licensed:
        raise NoLicence()
    appointment, attendee = attended(session, note)
    if appointment.status_of(attendee) not in HAPPENED:
        raise NotAttended()
    assert note.submitted_at is not None
    signature = Signature(
        by=note.author_id,
        at=note.submitted_at,
        signer=Signer(note.submitter_name, note.submitter_credentials),
        countersignature=rules.COUNTERSIGNATURES[mode],
        countersigned_by=actor.staff_id,
        countersigned_at=clock.now(),
        countersigner=signer(session, note.organization_id, actor.staff_id),
    )
    given = replace(given_in(session, note, appointment), supervising_staff_id=actor.staff_id)
    seal_note(session, note, appointment, attendee, given, signature)
    record_review(session, actor, note, rules.COUNTERSIGNATURES[mode], None)
    audit.describe(session, rule="supervisor")
    return note


def _decision(session: Session, actor: Person, note: Note) -> rules.Decision:
    return rules.Decision(actor.staff_id, note.author_id, last_word_on(session, note), note.review)


def _end_review(
    session: Session, actor: Person, note: Note, review: str | None, action: str, comment: str | None
) -> None:
    note.review, note.submitted_at, note.updated_at = review, None, clock.now()
    note.submitter_name, note.submitter_credentials = None, None
    note.version += 1
    record_review(session, actor, note, action, comment)
