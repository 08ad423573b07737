"""Sessions, and the wrong passwords before them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, LargeBinary, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from services.identity.sessions.rules import FAILURE_BUCKETS
from services.identity.tables import Base
from shared.database import Tenant


class SignedIn(Tenant, Base):
    """One sign-in of one person. Only hashes of its tokens are kept."""

    __tablename__ = "sessions"
    __table_args__ = (
        ForeignKeyConstraint(["organization_id", "staff_id"], ["staff.organization_id", "staff.id"]),
        Index("uq_sessions_access_hash", "organization_id", "access_hash", unique=True),
        Index("uq_sessions_refresh_hash", "organization_id", "refresh_hash", unique=True),
        Index("uq_sessions_refresh_family", "organization_id", "refresh_family", unique=True),
        Index("ix_sessions_staff", "organization_id", "staff_id", postgresql_where=text("ended_at IS NULL")),
    )

    staff_id: Mapped[UUID]
    access_hash: Mapped[bytes] = mapped_column(LargeBinary)
    access_expires_at: Mapped[datetime]
    refresh_hash: Mapped[bytes] = mapped_column(LargeBinary)
    refresh_family: Mapped[bytes | None] = mapped_column(LargeBinary)  # null: begun before families were; not renewable
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str | None] = mapped_column(Text)  # signed_out | refresh_reused


class SignInFailures(Base):
    """How many wrong passwords an e-mail address got within the running minute.

    Counted whether or not anybody has the address, so that counting does not tell who has an account. Addresses
    share a fixed number of buckets: nobody can make this table grow.
    """

    __tablename__ = "sign_in_failures"
    __table_args__ = (CheckConstraint(f"bucket BETWEEN 0 AND {FAILURE_BUCKETS - 1}", name="bucket"),)

    organization_id: Mapped[UUID] = mapped_column(primary_key=True)  # the nil one: nobody has signed in yet
    bucket: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    failures: Mapped[int]
    since: Mapped[datetime]
