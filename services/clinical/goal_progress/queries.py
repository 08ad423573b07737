"""Counting the sessions that worked on a goal: signed notes in which it was ticked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select

from services.clinical.agenda.models import Appointment
from services.clinical.cases.models import Case
from services.clinical.cases.queries import readable_case
from services.clinical.copies.queries import practice_today
from services.clinical.notes.models import Note
from services.clinical.treatment_plans.models import TreatmentPlan
from services.clinical.treatment_plans.rules import goals_of, key_of
from shared import clock
from shared.actor import Caller
from shared.database.session import Session

PLANS_MAX: Final = 100  # signed plans of a case, the last ones
NOTES_MAX: Final = 1_000  # signed notes of a case, the last ones


def goals_on(session: Session, actor: Caller, case_id: UUID, on: date | None) -> dict[str, Any]:
    """The goals of the plan in force on a day, today unless one is named, with their sessions so far.

    A session counts for a goal from the day on which a plan of the case first named it. Raises `NotFound`.
    """
    case = readable_case(session, actor, case_id)
    day = on or practice_today(session, actor)
    plans = _plans(session, case, day)
    notes = _notes(session, case)
    goals = goals_of(plans[0].problems) if plans else []
    return {"items": [_progress(goal, plans, notes) for goal in goals]}


def _plans(session: Session, case: Case, on: date) -> Sequence[TreatmentPlan]:
    """The signed plans that had taken effect by a day, the one in force first."""
    statement = select(TreatmentPlan).where(
        TreatmentPlan.organization_id == case.organization_id,
        TreatmentPlan.case_id == case.id,
        TreatmentPlan.signed_at.is_not(None),
        TreatmentPlan.effective_from <= on,
    )
    newest = statement.order_by(TreatmentPlan.effective_from.desc(), TreatmentPlan.id.desc())
    return session.scalars(newest.limit(PLANS_MAX)).all()


def _notes(session: Session, case: Case) -> list[tuple[date, list[str]]]:
    """The date of service and the ticked goals of each signed note of a case."""
    own = (Appointment.organization_id == Note.organization_id) & (Appointment.id == Note.appointment_id)
    rows = session.execute(
        select(Appointment.starts_at, Appointment.time_zone, Note.goals)
        .join(Appointment, own)
        .where(
            Note.organization_id == case.organization_id,
            Note.case_id == case.id,
            Note.signed_at.is_not(None),
            Appointment.organization_id == case.organization_id,
        )
        .order_by(Note.id.desc())
        .limit(NOTES_MAX)
    )
    return [(_service_date(starts_at, time_zone), goals) for starts_at, time_zone, goals in rows]


def _service_date(starts_at: datetime, time_zone: str) -> date:
    return clock.utc_to_local(starts_at, time_zone).date()


def _progress(
    goal: str, plans: Iterable[TreatmentPlan], notes: Iterable[tuple[date, Sequence[str]]]
) -> Mapping[str, Any]:
    since = min(plan.effective_from for plan in plans if goal in goals_of(plan.problems))
    sessions = [ticked for on, ticked in notes if on >= since]
    return {
        "key": key_of(goal),
        "description": goal,
        "since": since,
        "worked_on": sum(goal in ticked for ticked in sessions),
        "sessions": len(sessions),
    }
