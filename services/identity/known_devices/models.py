"""Browsers known."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from services.identity.tables import Base


class KnownDevice(Base):
    """A browser that somebody signed in with. Only a keyed fingerprint of its token is kept."""

    __tablename__ = "known_devices"
    __table_args__ = (
        ForeignKeyConstraint(["organization_id", "staff_id"], ["staff.organization_id", "staff.id"]),
        Index("ix_known_devices_last_used_at", "last_used_at"),  # what is purged
    )

    organization_id: Mapped[UUID] = mapped_column(primary_key=True)
    staff_id: Mapped[UUID] = mapped_column(primary_key=True)
    device: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    last_used_at: Mapped[datetime]
