"""Records opened in an emergency."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from services.clinical.tables import Base
from shared import clock
from shared.database.session import Tenant


class Opening(Tenant, Base):
    """One person's access to one client's record, from `opened_at` until just before `ends_at`, and its review."""

    __tablename__ = "break_glass_openings"
    __table_args__ = (
        Index("ix_break_glass_openings_staff", "organization_id", "staff_id", "ends_at"),
        Index("ix_break_glass_openings_client", "organization_id", "client_id", "id"),
        Index(
            "ix_break_glass_openings_unreviewed",
            "organization_id",
            "id",
            postgresql_where=text("reviewed_at IS NULL"),
        ),
        CheckConstraint("outcome IN ('justified', 'not_justified')", name="outcome"),
        CheckConstraint(
            "(reviewed_at IS NULL) = (outcome IS NULL) AND (reviewed_at IS NULL) = (reviewed_by IS NULL)",
            name="review",
        ),
        CheckConstraint("reviewed_by <> staff_id", name="reviewer"),
    )

    client_id: Mapped[UUID]
    staff_id: Mapped[UUID]
    reason: Mapped[str] = mapped_column(Text)
    opened_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    reviewed_at: Mapped[datetime | None]
    reviewed_by: Mapped[UUID | None]
    outcome: Mapped[str | None] = mapped_column(Text)
    comment: Mapped[str | None] = mapped_column(Text)

    @property
    def is_open(self) -> bool:
        """Whether it opens anything now."""
        return self.ends_at > clock.now()
