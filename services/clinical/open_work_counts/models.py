"""Which pairs of client and staff are to be counted, and what was told of each last."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from services.clinical.tables import Base
from shared.database.session import Tenant


class OpenWorkMark(Tenant, Base):
    """Something has changed that may be open work of this pair. Triggers add marks; the counter takes them away.

    Each change adds a row and no row is ever updated, so two people who book at once never wait for each other here.
    """

    __tablename__ = "open_work_marks"

    client_id: Mapped[UUID]
    staff_id: Mapped[UUID]


class OpenWorkCount(Base):
    """What clients was told of a pair last; `version` rises with each event. 0: nothing was open so far."""

    __tablename__ = "open_work_counts"
    __table_args__ = (
        Index("ix_open_work_counts_again", "count_again_at", postgresql_where=text("count_again_at IS NOT NULL")),
    )

    organization_id: Mapped[UUID] = mapped_column(primary_key=True)
    client_id: Mapped[UUID] = mapped_column(primary_key=True)
    staff_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(server_default="0")
    appointments: Mapped[int] = mapped_column(server_default="0")
    drafts: Mapped[int] = mapped_column(server_default="0")
    to_review: Mapped[int] = mapped_column(server_default="0")
    plans_due: Mapped[int] = mapped_column(server_default="0")
    # When the counts change though nobody changes a row: an appointment begins, a review is announced. Null: never.
    count_again_at: Mapped[datetime | None]
