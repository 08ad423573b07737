"""Tokens that go out by mail."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, LargeBinary, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.identity.tables import Base
from shared.database.session import Tenant


class MailedToken(Tenant, Base):
    """A single-use token that went out by mail, for one purpose of one person. Only its hash is kept."""

    __tablename__ = "mailed_tokens"
    __table_args__ = (
        ForeignKeyConstraint(["organization_id", "staff_id"], ["staff.organization_id", "staff.id"]),
        Index("uq_mailed_tokens_hash", "organization_id", "token_hash", unique=True),
        Index("ix_mailed_tokens_expires_at", "expires_at"),  # what is purged
        Index("ix_mailed_tokens_staff", "organization_id", "staff_id", "purpose", "created_at"),
    )

    staff_id: Mapped[UUID]
    purpose: Mapped[str] = mapped_column(Text)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary)
    new_email: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
