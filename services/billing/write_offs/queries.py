"""Reading write-offs, narrowed to the clients an actor may see."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select

from services.billing.client_accounts.queries import ensure_may_see, may_see
from services.billing.invoices.queries import one_invoice
from services.billing.write_offs.models import WriteOff
from shared.actor import Caller
from shared.database.session import Session
from shared.errors import NotFound
from shared.web.paging import paginate


def one_write_off(session: Session, actor: Caller, write_off_id: UUID) -> WriteOff:
    """One write-off; raises `NotFound`, also for a client whom the actor may not see."""
    found = session.get(WriteOff, (actor.organization_id, write_off_id))
    if found is None:
        raise NotFound()
    ensure_may_see(session, actor, found.client_id)
    return found


def list_write_offs(session: Session, actor: Caller, query: dict[str, Any]) -> dict[str, Any]:
    """A page of write-offs, newest first, of the whole practice or of one invoice (`NotFound` for a hidden one).

    Served by the primary key, or by `ix_write_offs_invoice`.
    """
    statement = select(WriteOff).where(WriteOff.organization_id == actor.organization_id)
    if query["invoice_id"] is not None:
        one_invoice(session, actor, query["invoice_id"])
        statement = statement.where(WriteOff.invoice_id == query["invoice_id"])
    if (narrowed := may_see(actor, WriteOff.client_id)) is not None:
        statement = statement.where(narrowed)
    return paginate(session, statement, [WriteOff.id], limit=query["limit"], cursor=query["cursor"], descending=True)


def lock_posted(session: Session, actor: Caller, invoice_id: UUID) -> Sequence[WriteOff]:
    """What of an invoice is written off and not reversed, oldest first, locked. The account must be locked already."""
    return session.scalars(
        select(WriteOff)
        .where(
            WriteOff.organization_id == actor.organization_id,
            WriteOff.invoice_id == invoice_id,
            WriteOff.reversed_at.is_(None),
        )
        .order_by(WriteOff.id)
        .with_for_update()
    ).all()
