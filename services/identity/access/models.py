"""How levels, grants and activity changed. Rows are added and never changed."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from services.identity.tables import Base
from shared.database.session import Tenant


class AccessChange(Tenant, Base):
    """One change of what one member may do. `changed_by` None: they signed the practice up themselves."""

    __tablename__ = "access_changes"
    __table_args__ = (
        ForeignKeyConstraint(["organization_id", "staff_id"], ["staff.organization_id", "staff.id"]),
        Index("ix_access_changes_staff", "organization_id", "staff_id", "id"),
    )

    staff_id: Mapped[UUID]
    changed_by: Mapped[UUID | None]
    changed_at: Mapped[datetime]
    levels_before: Mapped[list[str]] = mapped_column(ARRAY(Text))
    levels_after: Mapped[list[str]] = mapped_column(ARRAY(Text))
    grants_before: Mapped[list[str]] = mapped_column(ARRAY(Text))
    grants_after: Mapped[list[str]] = mapped_column(ARRAY(Text))
    active_before: Mapped[bool]
    active_after: Mapped[bool]
    reason: Mapped[str | None] = mapped_column(Text)
