"""Whose money an actor may see, and what day it is for the practice."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute

from services.billing.accounts.models import AssignmentCopy, BillingProfileCopy, ClientCopy, OrganizationCopy
from services.billing.accounts.rules import Subject
from shared import audit, clock
from shared.actor import Actor
from shared.database.arrival import arrived, awaited, settled
from shared.database.session import Session
from shared.errors import Hidden, NotFound


def organization(session: Session, actor: Actor) -> OrganizationCopy:
    """The actor's organization; raises `NotArrivedYet` (503) while its event is under way, however late."""
    return awaited(session, lambda: _organization(session, actor))


def today(session: Session, actor: Actor) -> date:
    """Today on the practice's calendar, to show things by; by UTC until its event has arrived."""
    known = _organization(session, actor)
    return clock.today(known.time_zone) if known else clock.now().astimezone(UTC).date()


def await_profiles(session: Session, actor: Actor, subjects: Collection[Subject]) -> None:
    """Wait moments for what these print, until of each every version up to the highest is there; locks come after.

    Versions are numbered without gaps, so a gap is an event under way. One that never told anything is given up.
    """
    whole = (
        select(BillingProfileCopy.subject_id)
        .where(
            BillingProfileCopy.organization_id == actor.organization_id,
            tuple_(BillingProfileCopy.subject, BillingProfileCopy.subject_id).in_(list(subjects)),
        )
        .group_by(BillingProfileCopy.subject, BillingProfileCopy.subject_id)
        .having(func.count() == func.max(BillingProfileCopy.version))
    )
    settled(session, lambda: len(session.scalars(whole).all()) == len(subjects))


def printed_on(session: Session, actor: Actor, subject: Subject | None, on: date) -> dict[str, Any] | None:
    """What the practice, a location or a member of staff prints on a day, as far as known; None where nothing is."""
    if subject is None:
        return None
    kind, subject_id = subject
    return session.scalar(
        select(BillingProfileCopy.printed)
        .where(
            BillingProfileCopy.organization_id == actor.organization_id,
            BillingProfileCopy.subject == kind,
            BillingProfileCopy.subject_id == subject_id,
            BillingProfileCopy.effective_from <= on,
        )
        .order_by(BillingProfileCopy.effective_from.desc(), BillingProfileCopy.version.desc())
        .limit(1)
    )


def visible_client(session: Session, actor: Actor, client_id: UUID) -> ClientCopy:
    """The client whose money the actor wants to see; raises `NotFound`, also for one hidden from the actor.

    A client created a moment ago is waited for (`NotArrivedYet`, 503).
    """
    client = arrived(
        session, lambda: session.get(ClientCopy, (actor.organization_id, client_id)), client_id, actor.organization_id
    )
    ensure_may_see(session, actor, client_id)
    return client


def ensure_may_see(session: Session, actor: Actor, client_id: UUID) -> None:
    """Raises `NotFound` for a client hidden from the actor; whose money was asked for is on record either way."""
    audit.describe(session, client_id=client_id)
    if actor.sees_assigned_only:
        assignment = session.get(AssignmentCopy, (actor.organization_id, client_id, actor.staff_id))
        if assignment is None or not assignment.assigned:
            raise NotFound()


def client_of_body(session: Session, actor: Actor, client_id: UUID, field: str = "client_id") -> ClientCopy:
    """As `visible_client`, for an id in a body: raises `Hidden` naming `field` instead of `NotFound`."""
    try:
        return visible_client(session, actor, client_id)
    except NotFound as error:
        raise Hidden.field(field, "unknown", "There is no such client.") from error


def may_see(actor: Actor, client_id: InstrumentedAttribute[UUID]) -> ColumnElement[bool] | None:
    """The condition that narrows a statement to clients the actor may see; None when nothing narrows it."""
    if not actor.sees_assigned_only:
        return None
    return exists().where(
        AssignmentCopy.organization_id == actor.organization_id,
        AssignmentCopy.staff_id == actor.staff_id,
        AssignmentCopy.client_id == client_id,
        AssignmentCopy.assigned,
    )


def _organization(session: Session, actor: Actor) -> OrganizationCopy | None:
    return session.get(OrganizationCopy, actor.organization_id)
