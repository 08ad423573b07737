"""Changes of clients that were proposed to clinical and billing, and what these said."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Text, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.clients.tables import Base
from shared.database.retention import Expired
from shared.database.session import Tenant

KEPT_DAYS: Final = 30  # like the job that makes it


class ClientChange(Tenant, Base):
    """One proposed change. Ids and slugs only: nothing that identifies a client."""

    __tablename__ = "client_changes"
    __table_args__ = (
        CheckConstraint("outcome IN ('applied', 'dropped')", name="outcome"),
        Index("ix_client_changes_created_at", "created_at"),  # the purge
    )

    created_at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(Text)
    client_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    reason: Mapped[str] = mapped_column(Text)  # a slug of `REASONS`
    answer_by: Mapped[datetime]
    # Service -> code and until when it holds the clients.
    answers: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))
    outcome: Mapped[str | None] = mapped_column(Text)  # null: not decided


EXPIRED: Final = Expired("client_changes", "created_at", KEPT_DAYS)
