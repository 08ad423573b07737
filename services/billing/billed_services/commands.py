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
    session: Session, actor: Actor, line_id: UUID, priced: PricedService, *, former: UUID | None = None
) -> None:
    """Let the line `line_id` bill what `priced` says, and nothing else.

    `former` is the line whose keys it takes over: the one that it replaces, or itself when its code may have changed.
    One statement decides, so that of two transactions at once one waits for the other. Raises `AlreadyBilled` when
    a third line bills the service.
    """
    if former is not None:
        _give_back_other_codes(session, actor, former, priced.code)
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


def _give_back_other_codes(session: Session, actor: Actor, line_id: UUID, code: str) -> None:
    session.execute(
        update(BilledService)
        .where(
            BilledService.organization_id == actor.organization_id,
            BilledService.line_id == line_id,
            BilledService.code != code,
        )
        .values(line_id=None)
        .execution_options(synchronize_session=False)
    )
