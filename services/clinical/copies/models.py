"""Copies of other services' facts: the highest version seen wins, in whatever order events come."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Index, Text, Uuid, and_, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship

from services.clinical.tables import Base
from shared.client_families import Mergeable, merged_index, read_families
from shared.database.session import Tenant

NEVER: Final = datetime(1970, 1, 1, tzinfo=UTC)


class OrganizationCopy(Base):
    """The practice: its time zone, when it is open, and what it decided about clinical records."""

    __tablename__ = "organization_copies"

    organization_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    time_zone: Mapped[str] = mapped_column(Text)
    plan_review_days: Mapped[int] = mapped_column(server_default="90")
    break_glass_enabled: Mapped[bool] = mapped_column(server_default="false")
    break_glass_minutes: Mapped[int] = mapped_column(server_default="60")
    restricts_administration: Mapped[bool] = mapped_column(server_default="false")
    author_access_days: Mapped[int] = mapped_column(server_default="0")
    # Rows of weekday, opens and closes, and of on and name; on the practice's calendar.
    business_hours: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, server_default="[]")
    holidays: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, server_default="[]")


class LocationCopy(Tenant, Base):
    """Where appointments take place."""

    __tablename__ = "location_copies"

    version: Mapped[int]
    name: Mapped[str] = mapped_column(Text)
    time_zone: Mapped[str | None] = mapped_column(Text)
    active: Mapped[bool]
    place_of_service: Mapped[str | None] = mapped_column(Text)  # null: not known


class StaffCopy(Tenant, Base):
    """Clinicians and colleagues. `licences`: list of {number, state, issued_on, expires_on} with ISO dates."""

    __tablename__ = "staff_copies"
    # Those who are here, by name.
    __table_args__ = (
        Index("ix_staff_copies_active", "organization_id", "display_name", "id", postgresql_where=text("active")),
    )

    version: Mapped[int]
    display_name: Mapped[str] = mapped_column(Text)
    credentials: Mapped[list[str] | None] = mapped_column(ARRAY(Text))  # null: not known
    active: Mapped[bool]
    joined: Mapped[bool | None]  # null: not known
    supervisor_id: Mapped[UUID | None]
    supervision_mode: Mapped[str | None] = mapped_column(Text)
    levels: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    grants: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    licences: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    # Who invited them, or changed their address before they joined.
    brought_in_by: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid), default=list, server_default="{}")


class ClientCopy(Mergeable, Tenant, Base):
    """Clients, as the agenda shows them."""

    __tablename__ = "client_copies"
    __table_args__ = (
        # Active clients, who was here longest ago first.
        Index(
            "ix_client_copies_last_visit",
            *("organization_id", "last_visit_at", "id"),
            postgresql_where=text("status = 'active'"),
        ),
        merged_index("client_copies"),
    )

    version: Mapped[int]
    display_name: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text)  # as clients says it; `deleted`: of the client nothing else is left
    held_by: Mapped[UUID | None]  # the proposed change that they are held for
    held_until: Mapped[datetime | None]
    # When the last appointment that was kept began; `NEVER` where there is none. Triggers keep it.
    last_visit_at: Mapped[datetime] = mapped_column(server_default=text("'1970-01-01 00:00:00+00'"))


read_families(ClientCopy)


class ServiceTypeCopy(Tenant, Base):
    """What can be booked."""

    __tablename__ = "service_type_copies"

    version: Mapped[int]
    name: Mapped[str] = mapped_column(Text)
    code: Mapped[str] = mapped_column(Text)
    duration_minutes: Mapped[int]
    active: Mapped[bool]


class InvoiceCopy(Tenant, Base):
    """An invoice that was issued, of whatever amount; void later, it is no longer in force."""

    __tablename__ = "invoice_copies"
    __table_args__ = (Index("ix_invoice_copies_appointment", "organization_id", "appointment_id", "client_id"),)

    version: Mapped[int]
    appointment_id: Mapped[UUID]
    client_id: Mapped[UUID]
    in_force: Mapped[bool]


class AssignmentCopy(Base):
    """Whether a member of staff is assigned to a client."""

    __tablename__ = "assignment_copies"
    __table_args__ = (Index("ix_assignment_copies_staff", "organization_id", "staff_id", "client_id"),)

    organization_id: Mapped[UUID] = mapped_column(primary_key=True)
    client_id: Mapped[UUID] = mapped_column(primary_key=True)
    staff_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    active: Mapped[bool]


def as_known_today(cls: Any, column: str) -> Mapped[StaffCopy | None]:
    """The member of staff in that column."""
    return relationship(
        StaffCopy,
        primaryjoin=lambda: and_(
            foreign(cls.organization_id) == StaffCopy.organization_id, foreign(getattr(cls, column)) == StaffCopy.id
        ),
        viewonly=True,
    )
