"""Invoices, their draft lines, and the lines as issued, which never change."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.billing.charges.models import OpenLine, PricedService
from services.billing.reasons.rules import Reason
from services.billing.tables import Base
from shared.database.session import Tenant

# Written out as a constant wherever it stands in a query: only so does the index of what is owed serve it.
OWED = "status IN ('open', 'partially_paid')"


class Invoice(Tenant, Base):
    """What one client is billed for one appointment.

    `status` and the cents are stored to be filtered by; a check proves them equal to the postings.
    """

    __tablename__ = "invoices"
    __table_args__ = (
        UniqueConstraint("organization_id", "number"),
        CheckConstraint("(number IS NULL) = (issued_on IS NULL)", name="number"),
        Index(
            "uq_invoices_draft",
            "organization_id",
            "appointment_id",
            "client_id",
            unique=True,
            postgresql_where=text("status = 'draft'"),
        ),
        Index("ix_invoices_appointment", "organization_id", "appointment_id"),
        Index("ix_invoices_client", "organization_id", "client_id", "id"),
        Index("ix_invoices_status", "organization_id", "status", "id"),
        Index(
            "ix_invoices_issued_on",
            "organization_id",
            "issued_on",
            "id",
            postgresql_where=text("issued_on IS NOT NULL"),
        ),
        Index(
            "ix_invoices_number_place",
            "organization_id",
            "number_place",
            "id",
            postgresql_where=text("number_place IS NOT NULL"),
        ),
        # What is owed, and what of it is overdue.
        Index("ix_invoices_owing", "organization_id", "id", postgresql_where=text(OWED)),
    )

    client_id: Mapped[UUID]
    appointment_id: Mapped[UUID]
    status: Mapped[str] = mapped_column(Text, default="draft")
    total_cents: Mapped[int] = mapped_column(BigInteger, default=0)
    client_due_cents: Mapped[int] = mapped_column(BigInteger, default=0)
    insurance_due_cents: Mapped[int] = mapped_column(BigInteger, default=0)
    written_off_cents: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    number: Mapped[str | None] = mapped_column(Text)
    # By year, then by count: a trigger works it out of the number.
    number_place: Mapped[int | None] = mapped_column(BigInteger)
    issued_on: Mapped[date | None]
    due_on: Mapped[date | None]
    # What it was issued under; null in a draft.
    biller: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    memo: Mapped[str | None] = mapped_column(Text)
    override_reason: Mapped[str | None] = mapped_column(Text)
    overridden_by: Mapped[UUID | None]
    overridden_at: Mapped[datetime | None]
    void_reason: Mapped[str | None] = mapped_column(Text)
    voided_on: Mapped[date | None]
    voided_by: Mapped[UUID | None]
    voided_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]

    @property
    def override(self) -> Reason | None:
        """Who issued it although it was held, when and why."""
        return Reason.of(self.override_reason, self.overridden_by, self.overridden_at)

    @property
    def voided(self) -> Reason | None:
        """Who voided it, when and why."""
        return Reason.of(self.void_reason, self.voided_by, self.voided_at)


def _belongs_to_invoice() -> tuple[Any, ...]:
    return (
        ForeignKeyConstraint(["organization_id", "invoice_id"], ["invoices.organization_id", "invoices.id"]),
        CheckConstraint("charge_cents = client_cents + insurance_cents", name="split"),
    )


class DraftLine(OpenLine, Tenant, Base):
    """A line while it may change. Issuing copies it under its id; the row stays as it was."""

    __tablename__ = "invoice_draft_lines"
    __table_args__ = (
        *_belongs_to_invoice(),
        Index("ix_invoice_draft_lines_appointment", "organization_id", "appointment_id", "client_id"),
        Index("ix_invoice_draft_lines_invoice", "organization_id", "invoice_id"),
        # What was priced at a rate.
        Index("ix_invoice_draft_lines_service", "organization_id", "service_type_id", "service_date"),
    )

    invoice_id: Mapped[UUID]
    # Nothing reads or writes it: the previous release names it, so that it is dropped one release later.
    live: Mapped[bool] = mapped_column(server_default=text("true"), deferred=True)


class InvoiceLine(PricedService, Tenant, Base):
    """A line as issued. Only ever inserted: the roles may do nothing else, a trigger stops even the owner."""

    __tablename__ = "invoice_lines"
    __table_args__ = (
        *_belongs_to_invoice(),
        CheckConstraint("charge_cents > 0 AND client_cents >= 0 AND insurance_cents >= 0", name="cents"),
        Index("ix_invoice_lines_invoice", "organization_id", "invoice_id"),
        Index("ix_invoice_lines_service", "organization_id", "service_type_id", "service_date"),
        # One replacement at most.
        UniqueConstraint("organization_id", "supersedes_line_id"),
    )

    invoice_id: Mapped[UUID]
    supersedes_line_id: Mapped[UUID | None]
    # Who gave the service and where, as printed on its date; null where that was not known at issue.
    rendering: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    place: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))


class Amendment(OpenLine, Tenant, Base):
    """What a note's amendment changes about an issued line, until a person accepts it."""

    __tablename__ = "invoice_amendments"
    __table_args__ = (
        *_belongs_to_invoice(),
        CheckConstraint("state IN ('pending', 'accepted', 'withdrawn')", name="state"),
        Index(
            "uq_invoice_amendments_pending",
            "organization_id",
            "line_id",
            unique=True,
            postgresql_where=text("state = 'pending'"),
        ),
        Index("ix_invoice_amendments_invoice", "organization_id", "invoice_id"),
        Index(
            "ix_invoice_amendments_waiting",
            "organization_id",
            "invoice_id",
            postgresql_where=text("state = 'pending'"),
        ),
        Index(
            "ix_invoice_amendments_service",
            "organization_id",
            "service_type_id",
            "service_date",
            postgresql_where=text("state = 'pending'"),
        ),
    )

    invoice_id: Mapped[UUID]
    line_id: Mapped[UUID]
    state: Mapped[str] = mapped_column(Text, default="pending")
    replacement_line_id: Mapped[UUID | None]
    override_reason: Mapped[str | None] = mapped_column(Text)
    overridden_by: Mapped[UUID | None]
    overridden_at: Mapped[datetime | None]
    created_at: Mapped[datetime]

    @property
    def override(self) -> Reason | None:
        """Who accepted it although it was held, when and why."""
        return Reason.of(self.override_reason, self.overridden_by, self.overridden_at)
