"""Who was merged into whom, and what came along."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Index, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.clients.tables import Base
from shared.database.retention import Expired
from shared.database.session import Tenant

_NEVER_MADE: Final = "merged_at IS NULL"
_STILL_MERGED: Final = "merged_at IS NOT NULL AND parted_at IS NULL"
NEVER_MADE_DAYS: Final = 30  # like the job that did not make it


class ClientMerge(Tenant, Base):
    """One merge, from the moment in which it is proposed, under the id of that change. Those that were made stay.

    Ids, slugs, places in lists and counts only: nothing that identifies a client.
    """

    __tablename__ = "client_merges"
    __table_args__ = (
        Index("ix_client_merges_into", "organization_id", "into_client_id", "id"),  # of the client who stays
        Index(  # nobody is merged into two
            "uq_client_merges_merged",
            *("organization_id", "client_id"),
            unique=True,
            postgresql_where=text(_STILL_MERGED),
        ),
        Index("ix_client_merges_never_made", "created_at", postgresql_where=text(_NEVER_MADE)),  # the purge
    )

    created_at: Mapped[datetime]
    client_id: Mapped[UUID]  # who ends
    into_client_id: Mapped[UUID]  # who stays
    reason: Mapped[str] = mapped_column(Text)  # a slug of `REASONS`
    started_by: Mapped[UUID]
    job_id: Mapped[UUID]
    merged_at: Mapped[datetime | None]
    # What who stays was given, as `Given` stores it, and by ids: "staff", "had_staff", "related". Addresses and
    # responsible people stay where they are, and are read together.
    given: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))
    came_along: Mapped[dict[str, int]] = mapped_column(JSONB, server_default=text("'{}'"))  # how many, by kind
    left_there: Mapped[dict[str, int]] = mapped_column(JSONB, server_default=text("'{}'"))  # with who ended, by kind
    parted_by: Mapped[UUID | None]  # who began to take it back last
    parting_job_id: Mapped[UUID | None]
    parted_at: Mapped[datetime | None]
    stayed: Mapped[dict[str, int]] = mapped_column(JSONB, server_default=text("'{}'"))  # of what came along

    @property
    def is_made(self) -> bool:
        """Whether the two are one now."""
        return self.merged_at is not None and self.parted_at is None


EXPIRED: Final = Expired("client_merges", "created_at", NEVER_MADE_DAYS, _NEVER_MADE)
