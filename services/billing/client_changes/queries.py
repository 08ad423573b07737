"""Whether a client is used in billing, and whether two have what one person cannot have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import aliased

from services.billing.copies.models import ClientCopy
from services.billing.invoices.models import Invoice
from services.billing.ledger.models import Posting
from services.billing.payments.models import Payment
from shared.change_codes import SAME_APPOINTMENT, USED
from shared.client_changes import clients_with
from shared.client_families import family
from shared.database.session import Session


def use(session: Session, organization_id: UUID, client_ids: Sequence[UUID]) -> Mapping[UUID, str]:
    """`USED` for whom there is an invoice, a draft, a payment or anything else in the books."""
    return {
        client_id: USED
        for records in (Invoice, Payment, Posting)
        for client_id in clients_with(session, ClientCopy, records, organization_id, client_ids)
    }


def collision(session: Session, organization_id: UUID, ends: UUID, stays: UUID) -> str | None:
    """`SAME_APPOINTMENT` where both, or their families, have an invoice or a draft for one appointment; else None."""
    beside = aliased(Invoice)
    both = exists().where(
        Invoice.organization_id == organization_id,
        Invoice.client_id == ends,
        Invoice.status != "void",
        beside.organization_id == organization_id,
        beside.client_id.in_(family(session, ClientCopy, organization_id, stays)),
        beside.appointment_id == Invoice.appointment_id,
        beside.status != "void",
    )
    return SAME_APPOINTMENT if session.scalar(select(both)) else None
