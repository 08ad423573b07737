"""Requests for a reset."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.identity.tables import Base
from shared.database.session import Tenant


class ResetRequest(Tenant, Base):
    """Somebody says they lost the password of an address. A jobs process finds out whose; the request never tells.

    The organization is the nil one: nobody has signed in. Of each address at most one waits.
    """

    __tablename__ = "reset_requests"
    __table_args__ = (
        Index("uq_reset_requests_email_key", "organization_id", "email_key", unique=True),
        Index("ix_reset_requests_requested_at", "requested_at"),  # what is purged
    )

    email_key: Mapped[str] = mapped_column(Text)
    requested_at: Mapped[datetime]
