"""Write-offs."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKeyConstraint, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.billing.reasons.rules import Reason
from services.billing.tables import Base
from shared.database.session import Tenant


class WriteOff(Tenant, Base):
    """A part of an invoice that the client no longer owes. Nothing of it changes but, once, that it was reversed."""

    __tablename__ = "write_offs"
    __table_args__ = (
        ForeignKeyConstraint(["organization_id", "invoice_id"], ["invoices.organization_id", "invoices.id"]),
        ForeignKeyConstraint(
            ["organization_id", "entry_id"], ["journal_entries.organization_id", "journal_entries.id"]
        ),
        CheckConstraint("amount_cents > 0", name="amount_cents"),
        CheckConstraint("kind IN ('courtesy', 'small_balance', 'bad_debt')", name="kind"),
        Index("ix_write_offs_invoice", "organization_id", "invoice_id", "id"),
    )

    invoice_id: Mapped[UUID]
    client_id: Mapped[UUID]
    entry_id: Mapped[UUID]  # what was posted, which a reversal turns round
    amount_cents: Mapped[int] = mapped_column(BigInteger)
    kind: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    written_off_on: Mapped[date]
    created_by: Mapped[UUID]
    created_at: Mapped[datetime]
    reversed_reason: Mapped[str | None] = mapped_column(Text)
    reversed_by: Mapped[UUID | None]
    reversed_at: Mapped[datetime | None]

    @property
    def state(self) -> str:
        """posted or reversed."""
        return "reversed" if self.reversed_at else "posted"

    @property
    def reversal(self) -> Reason | None:
        """Who reversed it, when and why."""
        return Reason.of(self.reversed_reason, self.reversed_by, self.reversed_at)
