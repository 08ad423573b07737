"""The versions of billing profiles, as identity records them."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Index, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.billing.tables import Base


class BillingProfileCopy(Base):
    """What the practice, a location or a member of staff prints from a day on. Versions are added, never changed."""

    __tablename__ = "billing_profile_copies"
    __table_args__ = (
        Index(
            "ix_billing_profile_copies_in_force",
            "organization_id",
            "subject",
            "subject_id",
            "effective_from",
            "version",
        ),
    )

    organization_id: Mapped[UUID] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(Text, primary_key=True)  # organization | location | staff
    subject_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    effective_from: Mapped[date]
    printed: Mapped[dict[str, Any]] = mapped_column(JSONB)
