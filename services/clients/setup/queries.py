"""Which first steps are done. Every look reads a bounded number of rows."""

from __future__ import annotations

from sqlalchemy import exists, select

from services.clients.assignments.models import Assignment
from services.clients.profiles.models import Client
from shared.actor import Person
from shared.database.session import Session
from shared.web.setup import COUNTED_MAX, Step, counted


def steps(session: Session, actor: Person) -> list[Step]:
    """The active clients, and to how many of them somebody is assigned; of many, the first by name are looked at."""
    active = (
        select(Client.id)
        .where(Client.organization_id == actor.organization_id, Client.status == "active", Client.merged_into.is_(None))
        .order_by(Client.sort_key, Client.id)
        .limit(COUNTED_MAX)
    )
    looked_at = active.subquery()
    assigned = select(looked_at.c.id).where(
        exists().where(
            Assignment.organization_id == actor.organization_id,
            Assignment.client_id == looked_at.c.id,
            Assignment.active,
        )
    )
    clients, cared_for = counted(session, active), counted(session, assigned)
    return [
        Step("clients", clients > 0, clients),
        Step("assignments", 0 < clients == cared_for, cared_for, clients),
    ]
