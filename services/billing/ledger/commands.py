"""Writing the journal: the only place that inserts entries and postings."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, TypeAlias
from uuid import UUID

from services.billing.client_accounts.models import ClientAccount
from services.billing.ledger import rules
from shared import clock
from shared.actor import Caller
from shared.database.many_rows import insert_together
from shared.database.session import Session
from shared.failpoints import failpoint
from shared.ids import new_id

Side: TypeAlias = tuple[ClientAccount, Sequence[rules.Leg]]  # an account, and the legs that stand on it


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
    across: Side | None = None,
) -> UUID:
    """Post a balanced entry for a locked client account, effective `on`; returns the entry's id.

    `key` names what happened: posting it again violates a unique constraint. `description` is what the
    client's ledger shows, if the entry changes the client's balance. `across`: another client's locked account, and the
    legs of the entry that stand on it; then the ledgers of both show the entry. Raises `Unbalanced`.
    """
    sides = ((account, legs), across) if across else ((account, legs),)
    rules.ensure_balanced([leg for _, theirs in sides for leg in theirs])
    entry_id = rules.id_after(new_id(), *(side.last_entry_id for side, _ in sides))
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
            "client_id": whose.client_id,
            "invoice_id": leg.invoice_id,
            "line_id": leg.line_id,
            "payment_id": leg.payment_id,
        }
        for number, (whose, leg) in enumerate(((side, leg) for side, theirs in sides for leg in theirs), start=1)
    ]
    shown = []
    for at, (side, theirs) in enumerate(sides):
        other_id = sides[1 - at][0].client_id if across else None
        shown += _carry(side, rules.movement(theirs), entry_id, on, kind, description, other_id)
    insert_together(session, {"journal_entries": [entry], "postings": postings, "ledger_rows": shown})
    failpoint("ledger.after_postings")
    return entry_id


def _carry(
    account: ClientAccount,
    movement: rules.Movement,
    entry_id: UUID,
    on: date,
    kind: str,
    description: str,
    other_client_id: UUID | None,
) -> list[dict[str, Any]]:
    """Bring the client's totals up to date; returns the row of their ledger where the balance changed."""
    account.last_entry_id = entry_id
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
        "other_client_id": other_client_id,
    }
    return [row]
