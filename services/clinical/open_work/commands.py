"""Handing somebody's open work with one client over to a colleague, as far as it can be moved."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select

from services.clinical.agenda.models import Appointment
from services.clinical.agenda.queries import visible_appointment
from services.clinical.agenda.rules import OCCUPYING, ensure_can_document, ensure_may_change
from services.clinical.cases.commands import join_case
from services.clinical.cases.models import Case, CaseMember
from services.clinical.cases.queries import case_visible
from services.clinical.copies.queries import (
    can_document_soon,
    ensure_stays_active,
    family_of,
    known_client,
    known_staff,
    of_family,
)
from services.clinical.notes.commands import give_draft
from services.clinical.open_work import rules
from services.clinical.open_work.queries import open_appointments, open_drafts, review_announced, work_of
from services.clinical.open_work.rules import HandOver, Refused
from services.clinical.rebooking.commands import change_clinician
from shared import audit, clock
from shared.actor import Caller
from shared.database.session import Session
from shared.errors import NotFound, Refusal

WRITES_NOTES = "notes:update"


def hand_over_client(session: Session, actor: Caller, staff_id: UUID, wanted: HandOver) -> dict[str, Any]:
    """Let a colleague take over from somebody with one client; what moved, what did not and why, and what is left.

    Cases first: the colleague joins the open ones that the actor works in, and reviews their plans from then on. Then
    drafts, then coming appointments, each by the rules of changing it alone. What a rule refuses stays, and the others
    move all the same. What has moved before is not there to be moved again.
    Raises `NotFound`, `Invalid`, `CannotDocument`, and `Forbidden` for a kind that is named without its permission.
    """
    known_client(session, actor, wanted.client_id)
    audit.describe(session, object_id=staff_id, client_id=wanted.client_id)
    known_staff(session, actor, staff_id)
    rules.ensure_another(staff_id, wanted.to_staff_id)
    for named, permission in ((wanted.drafts, WRITES_NOTES), (wanted.appointments, "appointments:update")):
        if named:
            actor.require(permission)
    # What may wait for an event comes before the locks.
    successor = known_staff(session, actor, wanted.to_staff_id, "to_staff_id")
    ensure_can_document(can_document_soon(session, successor), "to_staff_id")
    until = review_announced(session, actor)
    ensure_stays_active(session, successor, "to_staff_id")
    cases = _join_cases(session, actor, staff_id, wanted) if wanted.cases else []
    drafts = wanted.drafts
    if drafts is None:
        drafts = tuple(open_drafts(session, actor, staff_id, wanted.client_id)) if actor.may(WRITES_NOTES) else ()
    appointments = wanted.appointments
    if appointments is None:
        appointments = tuple(open_appointments(session, actor, staff_id, wanted.client_id))
    refused: list[Refused] = []

    def give(note_id: UUID) -> None:
        give_draft(session, actor, note_id, wanted.client_id, staff_id, wanted.to_staff_id)

    def move(appointment_id: UUID) -> None:
        _move(session, actor, appointment_id, staff_id, wanted)

    def deny(action: str, identifier: UUID, refusal: Refusal) -> None:
        audit.record_refusal(
            session,
            actor,
            action,
            refusal,
            object_id=identifier,
            client_ids=session.audit.client_ids or [wanted.client_id],
            details={"before": str(staff_id), "after": str(wanted.to_staff_id)},
        )

    moved_drafts = _each(session, "draft", drafts, give, deny, refused)
    moved = _each(session, "appointment", appointments, move, deny, refused)
    _record(session, actor, "hand_over_draft", moved_drafts, staff_id, wanted)
    _record(session, actor, "hand_over_appointment", moved, staff_id, wanted)
    left = work_of(session, actor, staff_id, wanted.client_id, until)
    audit.describe_anew(
        session,
        object_id=staff_id,
        client_id=wanted.client_id,
        to_staff_id=str(wanted.to_staff_id),
        appointments=len(moved),
        drafts=len(moved_drafts),
        cases=[str(case_id) for case_id in cases],
        refused=len(refused),
    )
    return {"appointments": moved, "drafts": moved_drafts, "cases": cases, "refused": refused, "left": left}


def _join_cases(session: Session, actor: Caller, staff_id: UUID, wanted: HandOver) -> list[UUID]:
    """The colleague joins each open case that the other is on and the actor works in; returns those newly joined."""

    def is_on(member_id: UUID) -> Any:
        return (
            select(CaseMember.case_id)
            .where(
                CaseMember.organization_id == actor.organization_id,
                CaseMember.case_id == Case.id,
                CaseMember.staff_id == member_id,
                CaseMember.active,
            )
            .correlate(Case)
            .exists()
        )

    statement = select(Case.id).where(
        case_visible(actor),
        of_family(Case.client_id, actor.organization_id, [wanted.client_id]),
        Case.status == "open",
        is_on(staff_id),
        ~is_on(wanted.to_staff_id),
    )
    joined = list(session.scalars(statement.order_by(Case.id)))
    for case_id in joined:
        join_case(session, actor, case_id, wanted.to_staff_id)
    return joined


def _move(session: Session, actor: Caller, appointment_id: UUID, staff_id: UUID, wanted: HandOver) -> None:
    """Change the clinician of a coming appointment that is still the one's with this client. Raises `Refusal`."""
    appointment: Appointment = visible_appointment(session, actor, appointment_id)
    ensure_may_change(sees_assigned_only=actor.sees_assigned_only, is_clinician=appointment.staff_id == actor.actor_id)
    clients = [attendee.client_id for attendee in appointment.attendees]
    is_open = appointment.starts_at > clock.now() and appointment.status in OCCUPYING
    theirs = set(clients).intersection(family_of(session, actor.organization_id, wanted.client_id))
    if appointment.staff_id != staff_id or not theirs or not is_open:
        raise NotFound("This is not a coming appointment of theirs with the client.")
    if len(clients) > 1:
        raise rules.SharedAppointment()
    change_clinician(session, actor, appointment_id, wanted.to_staff_id)


def _each(
    session: Session,
    kind: str,
    ids: Sequence[UUID],
    change: Callable[[UUID], None],
    deny: Callable[[str, UUID, Refusal], None],
    refused: list[Refused],
) -> list[UUID]:
    """Change each in a savepoint of its own; those that were changed. What was refused joins `refused`.

    `deny` puts on record what was refused because of who asks.
    """
    changed = []
    for identifier in dict.fromkeys(ids):
        audit.describe_anew(session)  # whose it is, where it is not the client's
        try:
            with session.begin_nested():
                change(identifier)
                session.flush()
        except Refusal as refusal:
            deny(f"hand_over_{kind}", identifier, refusal)
            refused.append(Refused.by(kind, identifier, refusal))
        else:
            changed.append(identifier)
    return changed


def _record(
    session: Session, actor: Caller, action: str, ids: Sequence[UUID], staff_id: UUID, wanted: HandOver
) -> None:
    for identifier in ids:
        audit.record(
            session,
            actor,
            action,
            object_id=identifier,
            client_id=wanted.client_id,
            details={"before": str(staff_id), "after": str(wanted.to_staff_id)},
        )
