"""Whether a client is used in billing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from services.billing.copies.models import ClientCopy
from services.billing.invoices.models import Invoice
from services.billing.ledger.models import Posting
from services.billing.payments.models import Payment
from shared.change_codes import USED
from shared.client_changes import clients_with
from shared.database.session import Session


def use(session: Session, organization_id: UUID, client_ids: Sequence[UUID]) -> Mapping[UUID, str]:
    """`USED` for whom there is an invoice, a draft, a payment or anything else in the books."""
    return {
        client_id: USED
        for records in (Invoice, Payment, Posting)
        for client_id in clients_with(session, ClientCopy, records, organization_id, client_ids)
    }
