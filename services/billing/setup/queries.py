"""Which first steps are done. Every look reads a bounded number of rows."""

from __future__ import annotations

from sqlalchemy import exists, select

from services.billing.catalogue.models import ServiceRate, ServiceType
from services.billing.invoices.models import Invoice
from shared.actor import Person
from shared.database.session import Session
from shared.web.setup import Step, counted


def steps(session: Session, actor: Person) -> list[Step]:
    """The active services that have a rate, each of which has a length; and whether an invoice was ever issued."""
    priced = exists().where(
        ServiceRate.organization_id == actor.organization_id, ServiceRate.service_type_id == ServiceType.id
    )
    services = counted(
        session,
        select(ServiceType.id).where(ServiceType.organization_id == actor.organization_id, ServiceType.active, priced),
    )
    issued = select(Invoice.id).where(Invoice.organization_id == actor.organization_id, Invoice.issued_on.is_not(None))
    return [
        Step("services", services > 0, services),
        Step("invoice", session.scalar(issued.limit(1)) is not None),
    ]
