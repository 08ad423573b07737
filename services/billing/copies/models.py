"""Copies of other services' facts, kept by their events: the highest version seen wins, in whatever order."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.billing.tables import Base
from shared.client_families import Mergeable, merged_index, read_families
from shared.database.session import Tenant


class OrganizationCopy(Base):
    """The practice: its time zone says what today is, its prefix begins invoice numbers.

    `session_minutes`: the length of a service that is added without one. `write_off_limit_cents`: the most that is
    written off of an invoice without Administration.
    """

    __tablename__ = "organization_copies"

    organization_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    name: Mapped[str] = mapped_column(Text)
    time_zone: Mapped[str] = mapped_column(Text)
    invoice_prefix: Mapped[str] = mapped_column(Text)
    session_minutes: Mapped[int] = mapped_column(server_default="60")
    write_off_limit_cents: Mapped[int] = mapped_column(server_default="0")


class LocationCopy(Tenant, Base):
    """Where a service was given."""

    __tablename__ = "location_copies"

    version: Mapped[int]
    name: Mapped[str] = mapped_column(Text)
    time_zone: Mapped[str | None] = mapped_column(Text)
    active: Mapped[bool]


class StaffCopy(Tenant, Base):
    """Who gave a service, with what a claim needs of them."""

    __tablename__ = "staff_copies"

    version: Mapped[int]
    display_name: Mapped[str] = mapped_column(Text)
    active: Mapped[bool]
    npi: Mapped[str | None] = mapped_column(Text)
    taxonomy: Mapped[str | None] = mapped_column(Text)


class ClientCopy(Mergeable, Tenant, Base):
    """Who received a service."""

    __tablename__ = "client_copies"
    __table_args__ = (merged_index("client_copies"),)

    version: Mapped[int]
    display_name: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text)  # as clients says it; `deleted`: of the client nothing else is left
    held_by: Mapped[UUID | None]  # the proposed change that they are held for
    held_until: Mapped[datetime | None]


read_families(ClientCopy)


class AmendedNote(Base):
    """That the note of an appointment and client was amended, when last, without any effect on what is billed."""

    __tablename__ = "amended_notes"

    organization_id: Mapped[UUID] = mapped_column(primary_key=True)
    appointment_id: Mapped[UUID] = mapped_column(primary_key=True)
    client_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    amended_at: Mapped[datetime]


class AssignmentCopy(Base):
    """Whether a member of staff is assigned to a client: decides for those who see assigned clients only."""

    __tablename__ = "assignment_copies"
    __table_args__ = (
        # "The clients of this member of staff", for narrowed lists.
        Index("ix_assignment_copies_staff", "organization_id", "staff_id", "client_id"),
    )

    organization_id: Mapped[UUID] = mapped_column(primary_key=True)
    client_id: Mapped[UUID] = mapped_column(primary_key=True)
    staff_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    assigned: Mapped[bool]
