"""Assignments and their history."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.clients.tables import Base
from shared.database.session import Tenant


class Assignment(Base):
    """Whether a member of staff is assigned to a client. `version` rises with every change of this pair.

    `through_case_id`: the assignment came with joining that case, and nobody has made it one to the client itself.
    """

    __tablename__ = "assignments"
    __table_args__ = (
        ForeignKeyConstraint(["organization_id", "client_id"], ["clients.organization_id", "clients.id"]),
        # "The clients of this member of staff", for narrowed lists.
        Index("ix_assignments_staff", "organization_id", "staff_id", "client_id"),
    )

    organization_id: Mapped[UUID] = mapped_column(primary_key=True)
    client_id: Mapped[UUID] = mapped_column(primary_key=True)
    staff_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    active: Mapped[bool]
    through_case_id: Mapped[UUID | None]
    since: Mapped[datetime]


class AssignmentChange(Tenant, Base):
    """One line of history: who assigned or unassigned whom, when, and through which case. Never changed."""

    __tablename__ = "assignment_changes"
    __table_args__ = (
        Index("ix_assignment_changes_pair", "organization_id", "client_id", "staff_id", "at"),
        Index("ix_assignment_changes_client", "organization_id", "client_id", "id"),  # the history
    )

    client_id: Mapped[UUID]
    staff_id: Mapped[UUID]
    version: Mapped[int]
    change: Mapped[str] = mapped_column(Text)  # assigned | unassigned
    by_staff_id: Mapped[UUID | None]  # null: through a case
    through_case_id: Mapped[UUID | None]
    at: Mapped[datetime]
