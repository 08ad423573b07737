"""Which first steps are done. Every look reads a bounded number of rows."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Select, exists, select

from services.clinical.agenda.models import Appointment
from services.clinical.attendance.rules import HAPPENED
from services.clinical.diagnoses.models import Diagnosis
from services.clinical.notes.models import Note
from services.clinical.treatment_plans.models import TreatmentPlan
from shared.actor import Person
from shared.database.session import Session
from shared.web.setup import Step

LOOKED_AT: Final = 1_000  # the first that a practice made: one of them is signed long before there are so many


def steps(session: Session, actor: Person) -> list[Step]:
    """Whether anybody has done an intake, and documented an appointment: yes or no, about no client."""
    return [
        Step("intake", session.scalar(_intake(actor)) is not None),
        Step("documentation", session.scalar(_documentation(actor)) is not None),
    ]


def _intake(actor: Person) -> Select[tuple[object]]:
    """A signed treatment plan of a case that has a diagnosis."""
    plans = (
        select(TreatmentPlan.case_id, TreatmentPlan.signed_at, TreatmentPlan.discarded_at)
        .where(TreatmentPlan.organization_id == actor.organization_id)
        .order_by(TreatmentPlan.id)
        .limit(LOOKED_AT)
        .subquery()
    )
    diagnosed = exists().where(
        Diagnosis.organization_id == actor.organization_id,
        Diagnosis.case_id == plans.c.case_id,
        Diagnosis.entered_in_error_at.is_(None),
    )
    return select(plans.c.case_id).where(plans.c.signed_at.is_not(None), diagnosed).limit(1)


def _documentation(actor: Person) -> Select[tuple[object]]:
    """A signed note about an appointment that took place."""
    notes = (
        select(Note.appointment_id, Note.signed_at)
        .where(Note.organization_id == actor.organization_id)
        .order_by(Note.id)
        .limit(LOOKED_AT)
        .subquery()
    )
    took_place = exists().where(
        Appointment.organization_id == actor.organization_id,
        Appointment.id == notes.c.appointment_id,
        Appointment.status.in_(HAPPENED),
    )
    return select(notes.c.appointment_id).where(notes.c.signed_at.is_not(None), took_place).limit(1)
