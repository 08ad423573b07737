"""Locking a client's account."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from services.billing.client_accounts.models import ClientAccount
from shared.actor import Caller
from shared.database.session import Session


def lock_account(session: Session, actor: Caller, client_id: UUID) -> ClientAccount:
    """The client's account row, locked until the transaction ends; made if this is the client's first money.

    Lock order everywhere: account, billed services of an appointment, payments by id, invoices by id, number counter.
    """
    statement = (
        select(ClientAccount)
        .where(ClientAccount.organization_id == actor.organization_id, ClientAccount.client_id == client_id)
        .with_for_update()
    )
    account = session.scalar(statement)
    if account is None:
        zeros = {"receivable_cents": 0, "credit_cents": 0, "insurance_due_cents": 0, "last_sequence": 0}
        session.execute(
            insert(ClientAccount)
            .values(organization_id=actor.organization_id, client_id=client_id, **zeros)
            .on_conflict_do_nothing()
        )
        account = session.scalars(statement).one()
    return account
