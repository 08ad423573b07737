"""What an appointment was billed with."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from services.billing.billed_services.models import BilledService
from shared.actor import Actor
from shared.database.session import Session


def lock_billed_services(
    session: Session, actor: Actor, appointment_id: UUID, client_id: UUID
) -> Sequence[BilledService]:
    """What an appointment was billed to a client with, by code, locked until the transaction ends.

    Lock order: after the client's account and before the invoice.
    """
    return session.scalars(
        select(BilledService)
        .where(
            BilledService.organization_id == actor.organization_id,
            BilledService.appointment_id == appointment_id,
            BilledService.client_id == client_id,
        )
        .order_by(BilledService.code)
        .with_for_update()
    ).all()
