"""Which clients belong together."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.clients.relations import rules
from services.clients.tables import Base


class ClientRelation(Base):
    """What one client is to another. Each relation stands here twice, once as each of the two sees it.

    They go with either client: a deleted client is related to nobody.
    """

    __tablename__ = "client_relations"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organization_id", "client_id"], ["clients.organization_id", "clients.id"], ondelete="CASCADE"
        ),
        ForeignKeyConstraint(
            ["organization_id", "related_client_id"], ["clients.organization_id", "clients.id"], ondelete="CASCADE"
        ),
        Index("ix_client_relations_related", "organization_id", "related_client_id"),  # which go with a client
        CheckConstraint(f"kind IN {tuple(rules.INVERSE)}", name="kind"),
        CheckConstraint("client_id <> related_client_id", name="two_clients"),
    )

    organization_id: Mapped[UUID] = mapped_column(primary_key=True)
    client_id: Mapped[UUID] = mapped_column(primary_key=True)
    related_client_id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(Text)  # what the related client is to the client
    since: Mapped[datetime]  # when it was written down as it is
