"""Logos. Each stays, for documents of its time show it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, LargeBinary, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.identity.tables import Base
from shared.database.session import Tenant


class Logo(Tenant, Base):
    """One picture, a stored file. Rows are added and never changed.

    Earlier pictures lie in `content`, which is empty since they are stored files; revision 0047 left out what they said
    besides.
    """

    __tablename__ = "logos"
    __table_args__ = (
        ForeignKeyConstraint(["organization_id"], ["organizations.organization_id"]),
        ForeignKeyConstraint(["organization_id", "file_id"], ["files.organization_id", "files.id"]),
        CheckConstraint("(file_id IS NULL) = (octet_length(content) > 0)", name="place"),
    )

    media_type: Mapped[str] = mapped_column(Text)
    content: Mapped[bytes] = mapped_column(LargeBinary, default=b"")
    file_id: Mapped[UUID | None]
    uploaded_by: Mapped[UUID]
    uploaded_at: Mapped[datetime]
