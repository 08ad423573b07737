"""Payments, what they were allocated to, and what was given back."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKeyConstraint, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from services.billing.tables import Base
from shared.database.session import Tenant


class Payment(Tenant, Base):
    """Money received from a client: amount = allocations + refunds + unapplied; of one that is undone, all are zero.

    `unapplied_cents` changes, and once what became of it.
    """

    __tablename__ = "payments"
    __table_args__ = (
        CheckConstraint("amount_cents > 0", name="amount_cents"),
        CheckConstraint("unapplied_cents >= 0 AND unapplied_cents <= amount_cents", name="unapplied_cents"),
        CheckConstraint("method IN ('cash', 'check', 'card', 'other')", name="method"),
        CheckConstraint("undone IN ('void', 'bounced')", name="undone"),
        CheckConstraint("(undone IS NULL) = (undone_at IS NULL)", name="undone_at"),
        CheckConstraint("undone IS NULL OR unapplied_cents = 0", name="undone_unapplied"),
        Index("ix_payments_client", "organization_id", "client_id", "id"),
        Index("ix_payments_received_on", "organization_id", "received_on", "id"),
        Index("ix_payments_method", "organization_id", "method", "received_on", "id"),
        # A client's credit, oldest first.
        Index(
            "ix_payments_credit",
            "organization_id",
            "client_id",
            "received_on",
            "id",
            postgresql_where=text("unapplied_cents > 0"),
        ),
    )

    client_id: Mapped[UUID]
    amount_cents: Mapped[int] = mapped_column(BigInteger)
    unapplied_cents: Mapped[int] = mapped_column(BigInteger)
    method: Mapped[str] = mapped_column(Text)
    received_on: Mapped[date]
    reference: Mapped[str | None] = mapped_column(Text)
    created_by: Mapped[UUID | None]
    created_at: Mapped[datetime]
    undone: Mapped[str | None] = mapped_column(Text)  # void | bounced
    undone_reason: Mapped[str | None] = mapped_column(Text)
    undone_by: Mapped[UUID | None]
    undone_at: Mapped[datetime | None]

    @property
    def status(self) -> str:
        """received, void or bounced."""
        return self.undone or "received"


class Allocation(Tenant, Base):
    """Money of a payment put on an invoice line (+), or taken off it again (-). Only ever inserted."""

    __tablename__ = "allocations"
    __table_args__ = (
        ForeignKeyConstraint(["organization_id", "payment_id"], ["payments.organization_id", "payments.id"]),
        ForeignKeyConstraint(["organization_id", "invoice_id"], ["invoices.organization_id", "invoices.id"]),
        ForeignKeyConstraint(["organization_id", "line_id"], ["invoice_lines.organization_id", "invoice_lines.id"]),
        CheckConstraint("amount_cents <> 0", name="amount_cents"),
        Index("ix_allocations_payment", "organization_id", "payment_id"),
        Index("ix_allocations_invoice", "organization_id", "invoice_id"),
    )

    payment_id: Mapped[UUID]
    invoice_id: Mapped[UUID]
    line_id: Mapped[UUID]
    amount_cents: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[datetime]


class Refund(Tenant, Base):
    """Credit of a payment given back. Only ever inserted."""

    __tablename__ = "refunds"
    __table_args__ = (
        ForeignKeyConstraint(["organization_id", "payment_id"], ["payments.organization_id", "payments.id"]),
        CheckConstraint("amount_cents > 0", name="amount_cents"),
        Index("ix_refunds_payment", "organization_id", "payment_id"),
    )

    payment_id: Mapped[UUID]
    amount_cents: Mapped[int] = mapped_column(BigInteger)
    reason: Mapped[str] = mapped_column(Text)
    refunded_on: Mapped[date]
    created_by: Mapped[UUID | None]
    created_at: Mapped[datetime]
