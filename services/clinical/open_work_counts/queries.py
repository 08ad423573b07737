"""What counts as open work: one statement for each kind, for the list, and for counting many pairs at once.

`staff_id` is an id, or a column of a statement around it; `of` says which column names the client in question.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, ScalarSelect, Select, and_, func, or_, select, true, tuple_
from sqlalchemy.orm.attributes import InstrumentedAttribute

from services.clinical.agenda import rules as agenda
from services.clinical.agenda.models import Appointment, Attendee
from services.clinical.cases.models import Case
from services.clinical.copies.models import ClientCopy, StaffCopy
from services.clinical.last_word.rules import REVIEWING_MODES
from services.clinical.notes.models import Note
from services.clinical.notes.queries import is_kept
from services.clinical.open_work_counts.models import OpenWorkCount
from services.clinical.treatment_plans.queries import plans_to_review
from shared import clock
from shared.client_families import of_survivor
from shared.database.session import Session

Somebody = UUID | InstrumentedAttribute[UUID]
# The condition that a column names the client in question, or somebody who was merged into them; None: anybody.
Of = Callable[[InstrumentedAttribute[UUID]], ColumnElement[bool]] | None
Pair = tuple[UUID, UUID]  # client, staff


def coming(
    organization_id: Somebody, staff_id: Somebody, of: Of, seen: ColumnElement[bool] | None = None
) -> Select[*tuple[Any, ...]]:
    """Coming appointments that somebody is to give, in order of their start.

    With how many clients each is for, of those attendees for whom the condition `seen` holds.
    """
    clients = (
        select(func.count())
        .select_from(Attendee)
        .where(Attendee.organization_id == Appointment.organization_id, Attendee.appointment_id == Appointment.id)
        .where(Attendee.takes_time(), true() if seen is None else seen)
        .correlate(Appointment)
        .scalar_subquery()
    )
    statement = select(
        Appointment.id,
        Appointment.starts_at,
        Appointment.ends_at,
        Appointment.time_zone,
        Appointment.status,
        clients.label("client_count"),
    ).where(
        Appointment.organization_id == organization_id,
        Appointment.staff_id == staff_id,
        Appointment.starts_at > clock.now(),
        Appointment.status.in_(agenda.OCCUPYING),
    )
    if of is not None:
        own = (Attendee.organization_id == Appointment.organization_id) & (Attendee.appointment_id == Appointment.id)
        statement = statement.join(Attendee, own).where(
            Attendee.organization_id == organization_id,
            of(Attendee.client_id),
            Attendee.takes_time(),
            Attendee.starts_at > clock.now(),
        )
    return statement.order_by(Appointment.starts_at, Appointment.id)


def drafts_of(organization_id: Somebody, staff_id: Somebody, of: Of) -> Select[*tuple[Any, ...]]:
    """Notes of somebody's that are not signed, oldest first."""
    statement = _notes().where(
        Note.organization_id == organization_id, Note.author_id == staff_id, Note.signed_at.is_(None), is_kept()
    )
    return narrowed(statement, Note.client_id, of).order_by(Note.id)


def to_review_of(organization_id: Somebody, staff_id: Somebody, of: Of) -> Select[*tuple[Any, ...]]:
    """Notes that wait for somebody's approval or co-signature, oldest first. `ix_notes_submitted` serves it."""
    author = (StaffCopy.organization_id == Note.organization_id) & (StaffCopy.id == Note.author_id)
    statement = (
        _notes()
        .join(StaffCopy, author)
        .where(
            Note.organization_id == organization_id,
            Note.signed_at.is_(None),
            Note.review == "submitted",
            StaffCopy.organization_id == organization_id,
            or_(
                StaffCopy.supervisor_id == staff_id,
                and_(
                    Note.awaited_supervisor_id == staff_id,
                    or_(StaffCopy.supervisor_id.is_(None), StaffCopy.supervision_mode.not_in(REVIEWING_MODES)),
                ),
            ),
        )
    )
    return narrowed(statement, Note.client_id, of).order_by(Note.id)


def plans_of(organization_id: UUID, staff_id: UUID, until: date, of: Of) -> Select[*tuple[Any, ...]]:
    """Treatment plans to review by `until`, of open cases that somebody is on, by the day of the review."""
    plans = narrowed(plans_to_review(organization_id, staff_id, until), Case.client_id, of).subquery()
    due = select(plans.c.id, plans.c.case_id, plans.c.client_id, plans.c.due_on)
    return due.order_by(plans.c.due_on, plans.c.id)


def narrowed(
    statement: Select[*tuple[Any, ...]], column: InstrumentedAttribute[UUID], of: Of
) -> Select[*tuple[Any, ...]]:
    """The statement for one client where there is one."""
    return statement if of is None else statement.where(of(column))


def _notes() -> Select[*tuple[Any, ...]]:
    return select(Note.id, Note.appointment_id, Note.case_id, Note.client_id, Note.author_id, Note.created_at)


def count(session: Session, organization_id: UUID, pairs: Collection[Pair], until: date) -> Sequence[Row[Any]]:
    """The row of each of these pairs as it was told last, and what is open now; plans whose review is due by `until`.

    What is of a client who was merged counts for the one who stays. Besides, when the next appointment begins, and the
    day of the first review after `until`.
    """
    of: Any = partial(of_survivor, model=ClientCopy, organization_id=organization_id, client_id=OpenWorkCount.client_id)
    theirs = OpenWorkCount.staff_id, of
    appointments = coming(organization_id, *theirs)
    plans = (
        plans_to_review(organization_id, OpenWorkCount.staff_id, date.max)
        .where(of(Case.client_id))
        .correlate(OpenWorkCount)
        .subquery()
    )
    statement = select(
        OpenWorkCount,
        _of_each(appointments, func.count()).label("appointments"),
        _of_each(drafts_of(organization_id, *theirs), func.count()).label("drafts"),
        _of_each(to_review_of(organization_id, *theirs), func.count()).label("to_review"),
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
