"""Counting the open work of many pairs in one statement, by the statements that list it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row, ScalarSelect, Select, func, select, tuple_

from services.clinical.agenda.models import Appointment
from services.clinical.cases.models import Case
from services.clinical.open_work.statements import coming, drafts_of, to_review_of
from services.clinical.open_work_counts.models import OpenWorkCount
from services.clinical.treatment_plans.queries import plans_to_review
from shared.database.session import Session

Pair = tuple[UUID, UUID]  # client, staff


def count(session: Session, organization_id: UUID, pairs: Collection[Pair], until: date) -> Sequence[Row[Any]]:
    """The row of each of these pairs as it was told last, and what is open now; plans whose review is due by `until`.

    Besides, when the next appointment begins, and the day of the first review after `until`.
    """
    of = (OpenWorkCount.staff_id, OpenWorkCount.client_id)
    appointments = coming(organization_id, *of)
    plans = (
        plans_to_review(organization_id, OpenWorkCount.staff_id, date.max)
        .where(Case.client_id == OpenWorkCount.client_id)
        .correlate(OpenWorkCount)
        .subquery()
    )
    statement = select(
        OpenWorkCount,
        _of_each(appointments, func.count()).label("appointments"),
        _of_each(drafts_of(organization_id, *of), func.count()).label("drafts"),
        _of_each(to_review_of(organization_id, *of), func.count()).label("to_review"),
        select(func.count()).select_from(plans).where(plans.c.due_on <= until).scalar_subquery().label("plans_due"),
        _of_each(appointments, func.min(Appointment.starts_at)).label("next_start"),
        select(func.min(plans.c.due_on)).where(plans.c.due_on > until).scalar_subquery().label("next_review"),
    )
    return session.execute(
        statement.where(
            OpenWorkCount.organization_id == organization_id,
            tuple_(OpenWorkCount.client_id, OpenWorkCount.staff_id).in_(pairs),
        )
    ).all()


def _of_each(listed: Select[*tuple[Any, ...]], value: Any) -> ScalarSelect[Any]:
    only = listed.with_only_columns(value, maintain_column_froms=True).order_by(None)
    return only.correlate(OpenWorkCount).scalar_subquery()
