"""Whose money an actor may see."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import ColumnElement, exists
from sqlalchemy.orm import InstrumentedAttribute

from services.billing.copies.models import AssignmentCopy, ClientCopy
from shared import audit
from shared.actor import Actor
from shared.database.read_your_writes import arrived
from shared.database.session import Session
from shared.errors import Hidden, NotFound


def visible_client(session: Session, actor: Actor, client_id: UUID) -> ClientCopy:
    """The client whose money the actor wants to see; raises `NotFound`, also for one hidden from the actor.

    A client created a moment ago is waited for (`NotArrivedYet`, 503).
    """
    client = arrived(
        session, lambda: session.get(ClientCopy, (actor.organization_id, client_id)), client_id, actor.organization_id
    )
    ensure_may_see(session, actor, client_id)
    return client


def client_of_body(session: Session, actor: Actor, client_id: UUID, field: str = "client_id") -> ClientCopy:
    """The visible client whom a body names; raises `Hidden` (422) naming `field` where a path would be a 404."""
    try:
        return visible_client(session, actor, client_id)
    except NotFound as error:
        raise Hidden.field(field, "unknown", "There is no such client.") from error


def ensure_may_see(session: Session, actor: Actor, client_id: UUID) -> None:
    """Raises `NotFound` for a client hidden from the actor; whose money was asked for is on record either way."""
    audit.describe(session, client_id=client_id)
    if actor.sees_assigned_only:
        assignment = session.get(AssignmentCopy, (actor.organization_id, client_id, actor.staff_id))
        if assignment is None or not assignment.assigned:
            raise NotFound()


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
