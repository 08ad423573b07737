"""Versions of the cancellation policy."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.identity.tables import Base
from shared.database.session import Tenant


class CancellationPolicy(Tenant, Base):
    """One version: what a client signs. Never changed: another text or fee is another version."""

    __tablename__ = "cancellation_policies"
    __table_args__ = (
        ForeignKeyConstraint(["organization_id"], ["organizations.organization_id"]),
        Index("ix_cancellation_policies_version", "organization_id", "version", unique=True),
        CheckConstraint("late_cancel_fee_cents >= 0 AND no_show_fee_cents >= 0", name="fees"),
    )

    version: Mapped[int]
    effective_from: Mapped[date]
    notice_hours: Mapped[int]  # cancelled later than so long before the start is late
    late_cancel_fee_cents: Mapped[int]
    no_show_fee_cents: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    created_by: Mapped[UUID]
    created_at: Mapped[datetime]
