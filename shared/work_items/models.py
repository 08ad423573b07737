"""The tables of a service that has work items. It has them from its first kind on.

A matter has one item: what comes up again opens the item that it had. A notice is one person's.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, MetaData, Text, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from shared.database.retention import Expired
from shared.database.session import COLUMN_TYPES, Tenant, metadata

KEPT_DAYS: Final = 365  # after it is done


class _Base(DeclarativeBase):
    metadata = metadata()
    type_annotation_map = COLUMN_TYPES


class WorkItem(Tenant, _Base):
    """Something to look at. `done_by` null in a done one: its matter was settled."""

    __tablename__ = "work_items"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'done')", name="state"),
        CheckConstraint("(state = 'done') = (done_at IS NOT NULL)", name="done"),
        CheckConstraint(
            "(kind = 'notice') = (level IS NULL) AND (kind <> 'notice' OR assignee_id IS NOT NULL)", name="notice"
        ),
        Index(
            "uq_work_items_matter",
            "organization_id",
            "matter",
            "subject_id",
            unique=True,
            postgresql_where=text("kind <> 'notice'"),
        ),
        Index(
            "uq_work_items_notice",
            "organization_id",
            "matter",
            "subject_id",
            "assignee_id",
            unique=True,
            postgresql_where=text("kind = 'notice'"),
        ),
        Index("ix_work_items_open", "organization_id", "sorts_on", "id", postgresql_where=text("state = 'open'")),
        Index(
            "ix_work_items_assignee",
            "organization_id",
            "assignee_id",
            "sorts_on",
            "id",
            postgresql_where=text("state = 'open'"),
        ),
        Index("ix_work_items_client", "organization_id", "client_id", "sorts_on", "id"),
        Index("ix_work_items_done", "organization_id", "done_at", "id", postgresql_where=text("state = 'done'")),
        Index("ix_work_items_done_at", "done_at"),  # the purge
    )

    kind: Mapped[str] = mapped_column(Text)
    matter: Mapped[str] = mapped_column(Text)  # of a notice what it says; else the kind
    subject_type: Mapped[str] = mapped_column(Text)
    subject_id: Mapped[UUID]
    client_id: Mapped[UUID | None]
    level: Mapped[str | None] = mapped_column(Text)  # whose matter it is; null: one person's
    assignee_id: Mapped[UUID | None]
    due_on: Mapped[date | None]
    sorts_on: Mapped[date]  # when it is due, else when it came up
    state: Mapped[str] = mapped_column(Text)
    comment: Mapped[str | None] = mapped_column(Text)
    raised_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    done_by: Mapped[UUID | None]
    version: Mapped[int]


class WorkItemChange(Tenant, _Base):
    """One line of an item's history: who did what, when. Never changed; it goes with its item."""

    __tablename__ = "work_item_changes"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organization_id", "item_id"], ["work_items.organization_id", "work_items.id"], ondelete="CASCADE"
        ),
        Index("ix_work_item_changes_item", "organization_id", "item_id", "id"),
    )

    item_id: Mapped[UUID]
    at: Mapped[datetime]
    by_staff_id: Mapped[UUID | None]  # null: the service
    change: Mapped[str] = mapped_column(Text)
    assignee_id: Mapped[UUID | None]
    due_on: Mapped[date | None]
    comment: Mapped[str | None] = mapped_column(Text)


EXPIRED: Final = Expired("work_items", "done_at", KEPT_DAYS)


def add_work_item_tables(into: MetaData) -> None:
    """Copy the tables into a service's metadata, so that Alembic compares them with the database."""
    for table in _Base.metadata.sorted_tables:
        table.to_metadata(into)
