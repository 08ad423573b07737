"""Invitations."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, LargeBinary, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from services.identity.tables import Base
from shared.database.session import Tenant


class Invitation(Tenant, Base):
    """A way to set the first password of one member of staff. Only the token's hash is kept.

    It fits as long as `email_key`, the address that it was sent to, is the member's: after a correction the link at the
    wrong address opens nothing.
    """

    __tablename__ = "invitations"
    __table_args__ = (
        ForeignKeyConstraint(["organization_id", "staff_id"], ["staff.organization_id", "staff.id"]),
        Index("uq_invitations_token_hash", "organization_id", "token_hash", unique=True),
        Index("ix_invitations_created", "organization_id", "created_at"),  # how many today
        Index("ix_invitations_expires_at", "expires_at"),  # what is purged
        Index(
            "uq_invitations_open",  # at most one that works: a second invitation takes the first one's place
            "organization_id",
            "staff_id",
            unique=True,
            postgresql_where=text("used_at IS NULL AND revoked_at IS NULL"),
        ),
    )

    staff_id: Mapped[UUID]
    email_key: Mapped[str | None] = mapped_column(Text)  # null: used or revoked before addresses were kept
    token_hash: Mapped[bytes] = mapped_column(LargeBinary)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    invited_by: Mapped[UUID]
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
