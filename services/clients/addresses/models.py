"""The addresses of clients, each from a day on."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.clients.addresses.rules import Dated
from services.clients.tables import Base
from shared.database.session import Tenant


class ClientAddress(Tenant, Base):
    """An address of a client from a day on. Rows are added only, and go with the client.

    The first one, without a day, has the client's own id. A client who was added before there were dated addresses has
    it from the first other address on.
    """

    __tablename__ = "client_addresses"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organization_id", "client_id"], ["clients.organization_id", "clients.id"], ondelete="CASCADE"
        ),
        Index("ix_client_addresses_client", "organization_id", "client_id", "id"),
    )

    client_id: Mapped[UUID]
    label: Mapped[str | None] = mapped_column(Text)
    address: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    effective_from: Mapped[date | None]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID | None]  # None: nobody knows any longer

    @property
    def dated(self) -> Dated:
        """As the rules compare it."""
        return Dated(self.id, self.effective_from, self.address)
