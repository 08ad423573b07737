"""Cases and their members."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.clinical.tables import Base
from shared.database.session import Tenant


class Case(Tenant, Base):
    """A course of treatment of one client."""

    __tablename__ = "cases"
    __table_args__ = (
        Index("ix_cases_client", "organization_id", "client_id", "id"),
        CheckConstraint("status IN ('open', 'closed')", name="status"),
    )

    client_id: Mapped[UUID]
    version: Mapped[int] = mapped_column(default=1)
    name: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text, default="open")
    opened_by: Mapped[UUID]
    created_at: Mapped[datetime]


class CaseStatusChange(Tenant, Base):
    """One line of history: a case was closed or opened again, by whom, when and why. Never changed."""

    __tablename__ = "case_status_changes"
    __table_args__ = (
        ForeignKeyConstraint(["organization_id", "case_id"], ["cases.organization_id", "cases.id"]),
        Index("ix_case_status_changes_case", "organization_id", "case_id", "id"),
        CheckConstraint("status IN ('open', 'closed')", name="status"),
        CheckConstraint("closing_reason IS NULL OR status = 'closed'", name="closing_reason"),
    )

    case_id: Mapped[UUID]
    status: Mapped[str] = mapped_column(Text)  # from then on
    closing_reason: Mapped[str | None] = mapped_column(Text)
    reason: Mapped[str | None] = mapped_column(Text)
    by_staff_id: Mapped[UUID]
    at: Mapped[datetime]


class CaseMember(Base):
    """Whether a member of staff is on a case. `version` rises with every change of this pair.

    `since`: when that was last decided, here or by an assignment to the client, not when it was heard of; so that
    events of assignments end in the same state in whatever order they come.
    """

    __tablename__ = "case_members"
    __table_args__ = (
        ForeignKeyConstraint(["organization_id", "case_id"], ["cases.organization_id", "cases.id"]),
        Index("ix_case_members_staff", "organization_id", "staff_id", "case_id"),
    )

    organization_id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(primary_key=True)
    staff_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    active: Mapped[bool]
    since: Mapped[datetime]


class CaseMemberChange(Tenant, Base):
    """One line of history: who joined or left a case, when, and who saw to it. Never changed."""

    __tablename__ = "case_member_changes"
    __table_args__ = (
        Index("ix_case_member_changes_case", "organization_id", "case_id", "at"),
        Index("ix_case_member_changes_history", "organization_id", "case_id", "id"),
    )

    case_id: Mapped[UUID]
    staff_id: Mapped[UUID]
    version: Mapped[int]
    change: Mapped[str] = mapped_column(Text)  # joined | left
    by_staff_id: Mapped[UUID | None]  # null: by assignment to the client
    at: Mapped[datetime]

    @property
    def assigned_or_not(self) -> str:
        """The change in the words of an assignment, which a case and a client have in common."""
        return "assigned" if self.change == "joined" else "unassigned"
