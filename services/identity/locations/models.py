"""Locations."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import ForeignKeyConstraint, Index, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.identity.billing_profiles.rules import LOCATION
from services.identity.tables import Base
from shared.database.session import Tenant
from shared.database.sort_keys import Sorted


class Location(Tenant, Sorted, Base):
    """An office, or telehealth. `time_zone` None: the organization's."""

    __tablename__ = "locations"
    __table_args__ = (
        ForeignKeyConstraint(["organization_id"], ["organizations.organization_id"]),
        Index("ix_locations_sort_key", "organization_id", "sort_key", "id"),  # the list
    )

    PROFILE_KIND: ClassVar[str] = LOCATION
    SORTED_BY = ("name",)

    version: Mapped[int] = mapped_column(default=1)
    name: Mapped[str] = mapped_column(Text)
    address: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    time_zone: Mapped[str | None] = mapped_column(Text)
    npi: Mapped[str | None] = mapped_column(Text)
    phone: Mapped[str | None] = mapped_column(Text)
    place_of_service: Mapped[str] = mapped_column(Text, default="11", server_default="11")
    rooms: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list, server_default="[]")
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]
