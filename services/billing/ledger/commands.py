"""Writing the journal: the only place that inserts entries and postings."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from services.billing.client_accounts.models import ClientAccount
from services.billing.ledger import rules
from shared import clock
from shared.actor import Caller
from shared.database.many_rows import insert_together
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
    entry = {
        "organization_id": organization_id,
        "id": entry_id,
        "key": key,
        "kind": kind,
        "client_id": account.client_id,
        "effective_on": on,
        "posted_at": clock.now(),
        "actor_id": actor.actor_id,
    }
    postings = [
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
    ]
    shown = _carry(account, rules.movement(legs), entry_id, on, kind, description)
    insert_together(session, {"journal_entries": [entry], "postings": postings, "ledger_rows": shown})
    failpoint("ledger.after_postings")
    return entry_id


def _carry(
    account: ClientAccount, movement: rules.Movement, entry_id: UUID, on: date, kind: str, description: str
) -> list[dict[str, Any]]:
    """Bring the client's totals up to date; returns the row of their ledger where the balance changed."""
    account.receivable_cents += movement.receivable_cents
    account.credit_cents += movement.credit_cents
    account.insurance_due_cents += movement.insurance_due_cents
    if movement.balance_cents == 0:
        return []  # an allocation moves credit to a line: the client owes neither more nor less
    account.last_sequence += 1
    row = {
        "organization_id": account.organization_id,
        "client_id": account.client_id,
        "sequence": account.last_sequence,
        "entry_id": entry_id,
        "on": on,
        "kind": kind,
        "description": description,
        "amount_cents": movement.balance_cents,
        "balance_after_cents": account.balance_cents,
    }
    return [row]
