"""Which clients have a tag."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.clients.tables import Base


class ClientTag(Base):
    """One tag of a client, beside the list that stands with the client: by it they are found."""

    __tablename__ = "client_tags"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organization_id", "client_id"], ["clients.organization_id", "clients.id"], ondelete="CASCADE"
        ),
        Index("ix_client_tags_key", "organization_id", "key", "client_id"),
    )

    organization_id: Mapped[UUID] = mapped_column(primary_key=True)
    client_id: Mapped[UUID] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(Text(collation="C"), primary_key=True)
    tag: Mapped[str] = mapped_column(Text)
