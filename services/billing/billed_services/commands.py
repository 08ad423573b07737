"""Handing the key of a service to the line that bills it."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert

from services.billing.billed_services.models import BilledService
from services.billing.billed_services.rules import AlreadyBilled
from services.billing.charges.models import PricedService
from shared.actor import Actor
from shared.database.session import Session


def bill_by(
    session: Session, actor: Actor, line_id: UUID, priced: PricedService, *, instead_of: UUID | None = None
) -> None:
    """Let the line `line_id` bill what `priced` says, and nothing else; `instead_of` is the line that it replaces.

    One statement decides, so that of two transactions at once one waits for the other. Raises `AlreadyBilled` when
    a third line bills the service.
    """
    former = instead_of or line_id
    session.execute(
        update(BilledService)
        .where(
            BilledService.organization_id == actor.organization_id,
            BilledService.line_id == former,
            BilledService.code != priced.code,
        )
        .values(line_id=None)
    )
    statement = insert(BilledService).values(
        organization_id=actor.organization_id,
        appointment_id=priced.appointment_id,
        client_id=priced.client_id,
        code=priced.code,
        line_id=line_id,
        documented_version=priced.documented_version,
    )
    held = session.execute(
        statement.on_conflict_do_update(
            index_elements=["organization_id", "appointment_id", "client_id", "code"],
            set_={name: statement.excluded[name] for name in ("line_id", "documented_version")},
            where=BilledService.line_id.is_(None) | (BilledService.line_id == former),
        ).returning(BilledService.line_id)
    ).first()
    if held is None:
        raise AlreadyBilled()
