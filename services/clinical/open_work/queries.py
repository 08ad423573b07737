"""Somebody's open work, from clinical's records and copies."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select

from services.clinical.agenda import rules as agenda
from services.clinical.agenda.models import Appointment
from services.clinical.cases.models import Case, CaseMember
from services.clinical.copies.models import AssignmentCopy, StaffCopy
from services.clinical.copies.queries import known_staff, practice_today
from services.clinical.notes.models import Note
from services.clinical.notes.queries import is_kept
from services.clinical.treatment_plans.queries import plans_to_review
from services.clinical.treatment_plans.rules import REVIEW_ANNOUNCED
from shared import clock
from shared.actor import Person
from shared.database.session import Session

LISTED_MAX = 100


def open_work(session: Session, actor: Person, staff_id: UUID) -> dict[str, Any]:
    """How much of each kind there is, with the first `LISTED_MAX` appointments, drafts and plans. Raises `NotFound`."""
    known_staff(session, actor, staff_id)
    here = actor.organization_id
    clients = select(AssignmentCopy.client_id).where(
        AssignmentCopy.organization_id == here, AssignmentCopy.staff_id == staff_id, AssignmentCopy.active
    )
    cases = (
        select(Case.id)
        .join(CaseMember, (CaseMember.organization_id == Case.organization_id) & (CaseMember.case_id == Case.id))
        .where(
            CaseMember.organization_id == here,
            CaseMember.staff_id == staff_id,
            CaseMember.active,
            Case.status == "open",
        )
    )
    appointments = select(
        Appointment.id, Appointment.starts_at, Appointment.ends_at, Appointment.time_zone, Appointment.status
    ).where(
        Appointment.organization_id == here,
        Appointment.staff_id == staff_id,
        Appointment.starts_at > clock.now(),
        Appointment.status.in_(agenda.OCCUPYING),
    )
    drafts = select(Note.id, Note.appointment_id, Note.case_id, Note.client_id, Note.created_at).where(
        Note.organization_id == here, Note.author_id == staff_id, Note.signed_at.is_(None), is_kept()
    )
    to_review = (
        select(Note.id, Note.appointment_id, Note.case_id, Note.client_id, Note.created_at)
        .join(StaffCopy, (StaffCopy.organization_id == Note.organization_id) & (StaffCopy.id == Note.author_id))
        .where(
            Note.organization_id == here,
            Note.signed_at.is_(None),
            Note.review == "submitted",
            StaffCopy.organization_id == here,
            StaffCopy.supervisor_id == staff_id,
        )
    )
    supervised = select(StaffCopy.id, StaffCopy.display_name).where(
        StaffCopy.organization_id == here, StaffCopy.supervisor_id == staff_id, StaffCopy.active
    )
    plans = plans_to_review(here, staff_id, practice_today(session, actor) + REVIEW_ANNOUNCED).subquery()
    due = select(plans.c.id, plans.c.case_id, plans.c.client_id, plans.c.due_on)
    return {
        "staff_id": staff_id,
        "clients": _count(session, clients),
        "cases": _count(session, cases),
        "appointments": _listed(session, appointments.order_by(Appointment.starts_at, Appointment.id)),
        "drafts": _listed(session, drafts.order_by(Note.id)),
        "to_review": _listed(session, to_review.order_by(Note.id)),
        "plans_due": _listed(session, due.order_by(plans.c.due_on, plans.c.id)),
        "supervised": _listed(session, supervised.order_by(StaffCopy.id)),
    }


def _count(session: Session, statement: Select[*tuple[Any, ...]]) -> int:
    return session.scalar(select(func.count()).select_from(statement.subquery())) or 0


def _listed(session: Session, statement: Select[*tuple[Any, ...]]) -> dict[str, Any]:
    first = list(session.execute(statement.limit(LISTED_MAX)))
    return {"count": _count(session, statement) if len(first) == LISTED_MAX else len(first), "items": first}
