"""Locking the accounts of clients."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import TypeAlias
from uuid import UUID

from sqlalchemy import select

from services.billing.client_accounts.models import ClientAccount
from shared.actor import Caller
from shared.database.many_rows import insert_rows
from shared.database.session import Session

Accounts: TypeAlias = Mapping[UUID, ClientAccount]  # locked, by their clients


def lock_account(session: Session, actor: Caller, client_id: UUID) -> ClientAccount:
    """The client's account row, locked until the transaction ends; made if this is the client's first money.

    Lock order everywhere: accounts by client, billed services of an appointment, payments by id, invoices by id, number
    counter.
    """
    return _lock(session, actor, [client_id])[client_id]


def lock_accounts(session: Session, actor: Caller, whose: Callable[[], Iterable[UUID]]) -> Accounts:
    """The accounts of several clients whose money may move together, locked by the order of their ids.

    `whose` reads which clients these are, and does so again under the locks: who is merged, and what lies where, may
    have changed while they were waited for. Clients who were locked and are not among them any longer are left out.
    """
    locked: dict[UUID, ClientAccount] = {}
    while missing := (wanted := set(whose())) - locked.keys():
        locked |= _lock(session, actor, missing)
    return {client_id: locked[client_id] for client_id in sorted(wanted)}


def lock_known_accounts(
    session: Session, organization_id: UUID, client_ids: Collection[UUID]
) -> dict[UUID, ClientAccount]:
    """Those of the clients' accounts that there are, locked by the order of their ids until the transaction ends."""
    statement = (
        select(ClientAccount)
        .where(ClientAccount.organization_id == organization_id, ClientAccount.client_id.in_(client_ids))
        .order_by(ClientAccount.client_id)
        .with_for_update()
    )
    return {account.client_id: account for account in session.scalars(statement)}


def _lock(session: Session, actor: Caller, client_ids: Collection[UUID]) -> dict[UUID, ClientAccount]:
    found = lock_known_accounts(session, actor.organization_id, client_ids)
    if missing := sorted(set(client_ids) - found.keys()):
        zeros = {"receivable_cents": 0, "credit_cents": 0, "insurance_due_cents": 0, "last_sequence": 0}
        rows = [{"organization_id": actor.organization_id, "client_id": each, **zeros} for each in missing]
        insert_rows(session, ClientAccount.__tablename__, rows, on_conflict="DO NOTHING")
        found = lock_known_accounts(session, actor.organization_id, client_ids)
    return found
