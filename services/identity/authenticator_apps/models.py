"""Authenticator apps."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from services.identity.tables import Base


class Authenticator(Base):
    """One member's authenticator app. The secret is sealed; `last_step` is the last time step that was accepted."""

    __tablename__ = "authenticators"
    __table_args__ = (ForeignKeyConstraint(["organization_id", "staff_id"], ["staff.organization_id", "staff.id"]),)

    organization_id: Mapped[UUID] = mapped_column(primary_key=True)
    staff_id: Mapped[UUID] = mapped_column(primary_key=True)
    sealed_secret: Mapped[bytes] = mapped_column(LargeBinary)
    confirmed_at: Mapped[datetime | None]
    last_step: Mapped[int | None]
    created_at: Mapped[datetime]
