"""Versions of what the practice prints and bills under."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.identity.tables import Base
from shared.database import Tenant


class BillingProfile(Tenant, Base):
    """What holds from `effective_from` until a later day begins another. Of two for one day the higher version holds.

    Rows are added and never changed: what was printed can be printed again as it was.
    """

    __tablename__ = "billing_profiles"
    __table_args__ = (
        ForeignKeyConstraint(["organization_id"], ["organizations.organization_id"]),
        ForeignKeyConstraint(["organization_id", "logo_id"], ["logos.organization_id", "logos.id"]),
        Index("ix_billing_profiles_version", "organization_id", "version", unique=True),
        Index("ix_billing_profiles_in_force", "organization_id", "effective_from", "version"),
    )

    version: Mapped[int]
    effective_from: Mapped[date]
    name: Mapped[str] = mapped_column(Text)
    legal_name: Mapped[str | None] = mapped_column(Text)
    npi: Mapped[str | None] = mapped_column(Text)
    tax_id: Mapped[str | None] = mapped_column(Text)
    taxonomy: Mapped[str | None] = mapped_column(Text)
    phone: Mapped[str | None] = mapped_column(Text)
    fax: Mapped[str | None] = mapped_column(Text)
    email: Mapped[str | None] = mapped_column(Text)
    address: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    logo_id: Mapped[UUID | None]
    recorded_by: Mapped[UUID | None]  # null: at sign-up
    recorded_at: Mapped[datetime]
