"""The organization's row: the tenant itself."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.identity.tables import Base


class Organization(Base):
    """A practice and its settings."""

    __tablename__ = "organizations"

    organization_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(default=1)
    name: Mapped[str] = mapped_column(Text)
    legal_name: Mapped[str | None] = mapped_column(Text)
    npi: Mapped[str | None] = mapped_column(Text)
    tax_id: Mapped[str | None] = mapped_column(Text)
    taxonomy: Mapped[str | None] = mapped_column(Text)
    phone: Mapped[str | None] = mapped_column(Text)
    address: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    time_zone: Mapped[str] = mapped_column(Text)
    invoice_prefix: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime]

    @property
    def id(self) -> UUID:
        """The same id under the name that every resource has."""
        return self.organization_id
