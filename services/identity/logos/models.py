"""Logos. Each stays, for documents of its time show it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, LargeBinary, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.identity.tables import Base
from shared.database.session import Tenant


class Logo(Tenant, Base):
    """One picture. Rows are added and never changed; revision 0047 left out what earlier files said besides."""

    __tablename__ = "logos"
    __table_args__ = (ForeignKeyConstraint(["organization_id"], ["organizations.organization_id"]),)

    media_type: Mapped[str] = mapped_column(Text)
    content: Mapped[bytes] = mapped_column(LargeBinary)
    uploaded_by: Mapped[UUID]
    uploaded_at: Mapped[datetime]
