"""How a client's basic data was changed."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.clients.tables import Base
from shared.database.session import Tenant


class ProfileChange(Tenant, Base):
    """One change: each field with its value before and after. Rows are added only, and go with the client."""

    __tablename__ = "profile_changes"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organization_id", "client_id"], ["clients.organization_id", "clients.id"], ondelete="CASCADE"
        ),
        Index("ix_profile_changes_client", "organization_id", "client_id", "id"),  # the history
    )

    client_id: Mapped[UUID]
    at: Mapped[datetime]
    by: Mapped[UUID]
    changes: Mapped[dict[str, Any]] = mapped_column(JSONB)  # field -> [before, after]
