"""Recovery codes."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from services.identity.tables import Base


class RecoveryCode(Base):
    """A code that stands in for a second factor once. Only its hash is kept."""

    __tablename__ = "recovery_codes"
    __table_args__ = (ForeignKeyConstraint(["organization_id", "staff_id"], ["staff.organization_id", "staff.id"]),)

    organization_id: Mapped[UUID] = mapped_column(primary_key=True)
    staff_id: Mapped[UUID] = mapped_column(primary_key=True)
    code_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    used_at: Mapped[datetime | None]
