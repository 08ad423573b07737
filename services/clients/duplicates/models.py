"""Pairs of clients who may be the same person, and the clients for whom pairs are to be looked for."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.clients.tables import Base
from shared.database.session import Tenant


class ClientPair(Tenant, Base):
    """Two clients, each pair once: `client_id` is the lesser id. Ids and slugs only, nothing that identifies a client.

    A pair that somebody dismissed stays, so that nobody is asked again.
    """

    __tablename__ = "client_pairs"
    __table_args__ = (
        *(
            ForeignKeyConstraint(
                ["organization_id", column], ["clients.organization_id", "clients.id"], ondelete="CASCADE"
            )
            for column in ("client_id", "other_id")
        ),
        CheckConstraint("client_id < other_id", name="order"),
        CheckConstraint("(dismissed_at IS NULL) = (dismissed_by IS NULL)", name="dismissed"),
        Index("uq_client_pairs", "organization_id", "client_id", "other_id", unique=True),
        Index("ix_client_pairs_other_id", "organization_id", "other_id"),
        *(  # the list, and the list of those that were dismissed
            Index(name, "organization_id", "score", "id", postgresql_where=text(f"dismissed_at {condition}"))
            for name, condition in (
                ("ix_client_pairs_score", "IS NULL"),
                ("ix_client_pairs_dismissed", "IS NOT NULL"),
            )
        ),
    )

    client_id: Mapped[UUID]
    other_id: Mapped[UUID]
    score: Mapped[int]
    reasons: Mapped[list[str]] = mapped_column(JSONB)  # slugs, the strongest first
    found_at: Mapped[datetime]
    dismissed_by: Mapped[UUID | None]  # the member of staff who said that they are two people
    dismissed_at: Mapped[datetime | None]

    @property
    def client_ids(self) -> list[UUID]:
        """Both clients."""
        return [self.client_id, self.other_id]


class PairMark(Tenant, Base):
    """A client was added, or what tells them apart has changed. A trigger adds marks; the finder takes them away."""

    __tablename__ = "client_pair_marks"

    client_id: Mapped[UUID]
