"""The organization's row: the tenant itself."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.identity.billing_profiles.rules import ORGANIZATION
from services.identity.tables import Base
from shared.database.session import Tenant


class Organization(Base):
    """A practice and its settings."""

    __tablename__ = "organizations"
    PROFILE_KIND: ClassVar[str] = ORGANIZATION

    organization_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(default=1)
    name: Mapped[str] = mapped_column(Text)
    legal_name: Mapped[str | None] = mapped_column(Text)
    npi: Mapped[str | None] = mapped_column(Text)
    tax_id: Mapped[str | None] = mapped_column(Text)
    taxonomy: Mapped[str | None] = mapped_column(Text)
    phone: Mapped[str | None] = mapped_column(Text)
    address: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    time_zone: Mapped[str] = mapped_column(Text)
    invoice_prefix: Mapped[str] = mapped_column(Text, default="")
    requires_second_factor: Mapped[bool] = mapped_column(default=False, server_default="false")
    idle_minutes: Mapped[int] = mapped_column(default=15, server_default="15")
    fax: Mapped[str | None] = mapped_column(Text)
    email: Mapped[str | None] = mapped_column(Text)
    session_minutes: Mapped[int] = mapped_column(default=60, server_default="60")
    plan_review_days: Mapped[int] = mapped_column(default=90, server_default="90")
    write_off_limit_cents: Mapped[int] = mapped_column(default=0, server_default="0")
    business_hours: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list, server_default="[]")
    holidays: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list, server_default="[]")
    restricts_administration: Mapped[bool] = mapped_column(default=False, server_default="false")
    break_glass_enabled: Mapped[bool] = mapped_column(default=False, server_default="false")
    break_glass_minutes: Mapped[int] = mapped_column(default=60, server_default="60")
    # For how long somebody who was taken off a case reads the notes that they signed in it; 0: not at all.
    author_access_days: Mapped[int] = mapped_column(default=0, server_default="0")
    works_alone: Mapped[bool] = mapped_column(default=False, server_default="false")
    created_at: Mapped[datetime]
    # The founder, until their address is shown to be theirs: so long the practice's mail waits. Null: confirmed.
    unconfirmed_founder_id: Mapped[UUID | None]

    @property
    def id(self) -> UUID:
        """The same id under the name that every resource has."""
        return self.organization_id


class OrganizationChange(Tenant, Base):
    """One change of settings: field -> [before, after]. Rows are added and never changed."""

    __tablename__ = "organization_changes"
    __table_args__ = (
        ForeignKeyConstraint(["organization_id"], ["organizations.organization_id"]),
        Index("ix_organization_changes_version", "organization_id", "version", unique=True),
    )

    version: Mapped[int]
    changed_by: Mapped[UUID]
    changed_at: Mapped[datetime]
    changes: Mapped[dict[str, Any]] = mapped_column(JSONB)
