"""Sign-ins."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, LargeBinary, Text, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from services.identity.tables import Base
from shared.database.session import Tenant


class SignedIn(Tenant, Base):
    """One sign-in of one person. Only hashes of its tokens are kept."""

    __tablename__ = "sessions"
    __table_args__ = (
        ForeignKeyConstraint(["organization_id", "staff_id"], ["staff.organization_id", "staff.id"]),
        Index("uq_sessions_access_hash", "organization_id", "access_hash", unique=True),
        Index("uq_sessions_refresh_hash", "organization_id", "refresh_hash", unique=True),
        Index("uq_sessions_refresh_family", "organization_id", "refresh_family", unique=True),
        Index("ix_sessions_expires_at", "expires_at"),  # what is purged
        Index("ix_sessions_latest", "organization_id", "staff_id", "id"),  # who signed in lately, one's own list
        Index("ix_sessions_staff", "organization_id", "staff_id", postgresql_where=text("ended_at IS NULL")),
    )

    staff_id: Mapped[UUID]
    access_hash: Mapped[bytes] = mapped_column(LargeBinary)
    access_expires_at: Mapped[datetime]
    refresh_hash: Mapped[bytes | None] = mapped_column(LargeBinary)  # null: a browser's, which is not renewed
    # Null: a browser's, or begun before there were families; not renewable.
    refresh_family: Mapped[bytes | None] = mapped_column(LargeBinary)
    browser: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    factors: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{password}")
    network: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime]
    authenticated_at: Mapped[datetime | None]  # null: begun by the previous release, and proven then
    last_used_at: Mapped[datetime | None] = mapped_column(server_default=text("now()"))  # for the previous release
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str | None] = mapped_column(Text)  # signed_out | refresh_reused | password_changed | elsewhere
