"""Groups, their members by date, and what happened to them."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, Text, false
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from services.clinical.agenda.models import SEVERAL_IDS
from services.clinical.groups.rules import Membership
from services.clinical.tables import Base
from shared.database.session import Tenant
from shared.database.sort_keys import Sorted


class Group(Tenant, Sorted, Base):
    """Clients who are seen together. Never deleted, only archived. Its name may tell a diagnosis: it stays here."""

    __tablename__ = "groups"
    __table_args__ = (
        Index("ix_groups_sort_key", "organization_id", "sort_key", "id"),  # the list
        CheckConstraint("capacity BETWEEN 1 AND 30", name="capacity"),
    )

    SORTED_BY = ("name",)

    version: Mapped[int] = mapped_column(default=1)
    name: Mapped[str] = mapped_column(Text)
    description: Mapped[str | None] = mapped_column(Text)
    service_type_id: Mapped[UUID | None]  # what its sessions usually are
    capacity: Mapped[int]
    staff: Mapped[tuple[UUID, ...]] = mapped_column(SEVERAL_IDS)  # who leads it; the first gives its sessions
    archived: Mapped[bool] = mapped_column(server_default=false())
    created_at: Mapped[datetime]


class GroupMember(Base):
    """A time in which a client belongs to a group. Those of one client never overlap."""

    __tablename__ = "group_members"
    __table_args__ = (
        ForeignKeyConstraint(["organization_id", "group_id"], ["groups.organization_id", "groups.id"]),
        CheckConstraint("last_day IS NULL OR first_day <= last_day", name="in_order"),
        Index("ix_group_members_client", "organization_id", "client_id", "group_id"),
    )

    organization_id: Mapped[UUID] = mapped_column(primary_key=True)
    group_id: Mapped[UUID] = mapped_column(primary_key=True)
    client_id: Mapped[UUID] = mapped_column(primary_key=True)
    first_day: Mapped[date] = mapped_column(primary_key=True)
    last_day: Mapped[date | None]  # null: until somebody ends it

    @property
    def span(self) -> Membership:
        """As the rules see it."""
        return Membership(self.client_id, self.first_day, self.last_day)


class GroupChange(Tenant, Base):
    """One line of a group's history. Never changed itself."""

    __tablename__ = "group_changes"
    __table_args__ = (
        ForeignKeyConstraint(["organization_id", "group_id"], ["groups.organization_id", "groups.id"]),
        Index("ix_group_changes_group", "organization_id", "group_id", "id"),
        CheckConstraint("change IN ('created', 'changed', 'joined', 'left')", name="change"),
        CheckConstraint("(change IN ('joined', 'left')) = (client_id IS NOT NULL)", name="whose"),
    )

    group_id: Mapped[UUID]
    at: Mapped[datetime]
    by_actor_id: Mapped[UUID]
    change: Mapped[str] = mapped_column(Text)
    client_id: Mapped[UUID | None]
    on_day: Mapped[date | None]  # the first day on which somebody belongs to the group, or does not
    reason: Mapped[str | None] = mapped_column(Text)
    fields: Mapped[list[str]] = mapped_column(ARRAY(Text))
    staff: Mapped[tuple[UUID, ...] | None] = mapped_column(SEVERAL_IDS)  # who leads it from then on; null: as before
