"""Whether a client is used in billing."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from services.billing.invoices.models import Invoice
from services.billing.ledger.models import Posting
from services.billing.payments.models import Payment
from shared.change_codes import USED
from shared.database.session import Session


def use(session: Session, organization_id: UUID, client_ids: Sequence[UUID]) -> str | None:
    """`USED` for an invoice, a draft, a payment or anything else in the books. None: there is nothing.

    Each look reads one row of an index.
    """
    for model in (Invoice, Payment, Posting):
        theirs = model.organization_id == organization_id, model.client_id.in_(client_ids)
        if session.execute(select(model.client_id).where(*theirs).limit(1)).first() is not None:
            return USED
    return None
