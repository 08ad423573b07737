"""Versions of what is printed and billed under."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.identity.tables import Base
from shared.database.session import Tenant


class BillingProfile(Tenant, Base):
    """What holds from `effective_from` until a later day begins another. Of two for one day the higher version holds.

    Of one `subject`: the organization, a location or a member of staff. `printed` has the fields that
    `rules.PROFILE_FIELDS` names for its kind; the event's class checks them. Rows are added and never changed: what was
    printed can be printed again as it was.
    """

    __tablename__ = "billing_profiles"
    __table_args__ = (
        ForeignKeyConstraint(["organization_id"], ["organizations.organization_id"]),
        ForeignKeyConstraint(["organization_id", "logo_id"], ["logos.organization_id", "logos.id"]),
        CheckConstraint("subject IN ('organization', 'location', 'staff')", name="subject"),
        CheckConstraint("(subject = 'organization') = (subject_id = organization_id)", name="organization"),
        CheckConstraint("logo_id IS NULL OR subject = 'organization'", name="logo"),
        Index("ix_billing_profiles_version", "organization_id", "subject", "subject_id", "version", unique=True),
        Index("ix_billing_profiles_in_force", "organization_id", "subject", "subject_id", "effective_from", "version"),
    )

    subject: Mapped[str] = mapped_column(Text)
    subject_id: Mapped[UUID]
    version: Mapped[int]
    effective_from: Mapped[date]
    printed: Mapped[dict[str, Any]] = mapped_column(JSONB)
    logo_id: Mapped[UUID | None]
    recorded_by: Mapped[UUID | None]  # null: at sign-up
    recorded_at: Mapped[datetime]
