"""The counter of invoice numbers."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from services.billing.tables import Base


class InvoiceCounter(Base):
    """The last number given in a year; locked only while issuing, so that numbers have no gaps."""

    __tablename__ = "invoice_counters"

    organization_id: Mapped[UUID] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    last_n: Mapped[int]
