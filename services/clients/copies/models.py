"""Copies of other services' facts: the highest version seen wins, in whatever order events come."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from services.clients.tables import Base
from shared.database.session import Tenant


class OrganizationCopy(Base):
    """The practice: its time zone says what today is."""

    __tablename__ = "organization_copies"

    organization_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    time_zone: Mapped[str] = mapped_column(Text)


class StaffCopy(Tenant, Base):
    """Who can be assigned."""

    __tablename__ = "staff_copies"

    version: Mapped[int]
    display_name: Mapped[str] = mapped_column(Text)
    active: Mapped[bool]
    # Who invited them, or changed their address before they joined.
    brought_in_by: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid), default=list, server_default="{}")
    email_hash: Mapped[str | None] = mapped_column(Text)  # of their address; none until identity has told it


class OpenWorkCopy(Base):
    """How much a member of staff has open with a client, by kind."""

    __tablename__ = "open_work_copies"

    organization_id: Mapped[UUID] = mapped_column(primary_key=True)
    client_id: Mapped[UUID] = mapped_column(primary_key=True)
    staff_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    appointments: Mapped[int]
    drafts: Mapped[int]
    to_review: Mapped[int]
    plans_due: Mapped[int]
