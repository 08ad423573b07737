"""The fields that a practice has made."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, Text, false
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.clients.own_fields.rules import Choice, Definition
from services.clients.tables import Base
from shared.database.session import Tenant


class ClientField(Tenant, Base):
    """A field of the practice's own. Never deleted, only archived; `slug` and `type` never change.

    What it says of each client lies with the client, by the slug.
    """

    __tablename__ = "client_fields"
    __table_args__ = (
        Index("ix_client_fields_position", "organization_id", "position", "id"),  # the list
        Index("uq_client_fields_slug", "organization_id", "slug", unique=True),
        CheckConstraint("type IN ('text', 'number', 'date', 'choice', 'yes_no')", name="type"),
    )

    slug: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    type: Mapped[str] = mapped_column(Text)
    choices: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    position: Mapped[int]
    on_new_client: Mapped[bool] = mapped_column(server_default=false())
    archived: Mapped[bool] = mapped_column(server_default=false())
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]

    @property
    def definition(self) -> Definition:
        """As the rules see it."""
        return Definition(self.slug, self.type, tuple(Choice(**choice) for choice in self.choices), self.archived)
