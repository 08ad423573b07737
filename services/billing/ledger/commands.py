"""Writing the journal: the only place that inserts entries and postings."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import insert

from services.billing.client_accounts.models import ClientAccount
from services.billing.ledger import rules
from services.billing.ledger.models import JournalEntry, LedgerRow, Posting
from shared import clock
from shared.actor import Caller
from shared.database.session import Session
from shared.failpoints import failpoint
from shared.ids import new_id


def post(
    session: Session,
    actor: Caller,
    account: ClientAccount,
    *,
    key: str,
    kind: str,
    on: date,
    legs: Sequence[rules.Leg],
    description: str = "",
) -> UUID:
    """Post a balanced entry for a locked client account, effective `on`; returns the entry's id.

    `key` names what happened: posting it again violates a unique constraint. `description` is what the
    client's ledger shows, if the entry changes the client's balance. Raises `Unbalanced`.
    """
    rules.ensure_balanced(legs)
    entry_id = new_id()
    organization_id = actor.organization_id
    session.execute(
        insert(JournalEntry).values(
            organization_id=organization_id,
            id=entry_id,
            key=key,
            kind=kind,
            client_id=account.client_id,
            effective_on=on,
            posted_at=clock.now(),
            actor_id=actor.actor_id,
        )
    )
    session.execute(
        insert(Posting),
        [
            {
                "organization_id": organization_id,
                "entry_id": entry_id,
                "leg": number,
                "account": leg.account,
                "amount_cents": leg.amount_cents,
                "client_id": account.client_id,
                "invoice_id": leg.invoice_id,
                "line_id": leg.line_id,
                "payment_id": leg.payment_id,
            }
            for number, leg in enumerate(legs, start=1)
        ],
    )
    _carry(session, account, rules.movement(legs), entry_id, on, kind, description)
    failpoint("ledger.after_postings")
    return entry_id


def _carry(
    session: Session,
    account: ClientAccount,
    movement: rules.Movement,
    entry_id: UUID,
    on: date,
    kind: str,
    description: str,
) -> None:
    """Bring the client's totals up to date, and add a ledger row where the balance changed."""
    account.receivable_cents += movement.receivable_cents
    account.credit_cents += movement.credit_cents
    account.insurance_due_cents += movement.insurance_due_cents
    if movement.balance_cents == 0:
        return  # an allocation moves credit to a line: the client owes neither more nor less
    account.last_sequence += 1
    session.execute(
        insert(LedgerRow).values(
            organization_id=account.organization_id,
            client_id=account.client_id,
            sequence=account.last_sequence,
            entry_id=entry_id,
            on=on,
            kind=kind,
            description=description,
            amount_cents=movement.balance_cents,
            balance_after_cents=account.balance_cents,
        )
    )
