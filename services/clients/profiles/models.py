"""Clients and the words by which they are found."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.clients.profiles import rules
from services.clients.tables import Base
from shared.database.session import Tenant


class Client(Tenant, Base):
    """A client's basic data."""

    __tablename__ = "clients"
    __table_args__ = (
        Index("ix_clients_name", "organization_id", "family_name", "given_name", "id"),  # the list
        Index("ix_clients_status", "organization_id", "status", "family_name", "given_name", "id"),  # by status
        Index("ix_clients_date_of_birth", "organization_id", "date_of_birth"),  # likely duplicates
        Index("ix_clients_phone", "organization_id", "phone"),
        Index("ix_clients_email_key", "organization_id", "email_key"),
        CheckConstraint("status IN ('active', 'archived')", name="status"),
    )

    version: Mapped[int] = mapped_column(default=1)
    given_name: Mapped[str] = mapped_column(Text)
    family_name: Mapped[str] = mapped_column(Text)
    preferred_name: Mapped[str | None] = mapped_column(Text)
    pronouns: Mapped[str | None] = mapped_column(Text)
    date_of_birth: Mapped[date]
    sex: Mapped[str] = mapped_column(Text, default="unknown")
    email: Mapped[str | None] = mapped_column(Text)
    email_key: Mapped[str | None] = mapped_column(Text)
    phone: Mapped[str | None] = mapped_column(Text)
    address: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    emergency_contact: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    time_zone: Mapped[str | None] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text, default="active")
    created_at: Mapped[datetime]

    @property
    def display_name(self) -> str:
        """As colleagues see them."""
        return rules.display_name(self.given_name, self.family_name, self.preferred_name)

    @property
    def tokens(self) -> set[str]:
        """The words by which this client is found."""
        return set(rules.search_tokens(f"{self.given_name} {self.family_name} {self.preferred_name or ''}"))

    @property
    def sort_name(self) -> str:
        """By which clients who share a word are ordered."""
        return rules.sort_name(self.given_name, self.family_name)

    @property
    def contacts(self) -> set[str]:
        """Phone and e-mail, as far as known."""
        return {contact for contact in (self.phone, self.email_key) if contact}


class ClientToken(Base):
    """One word of a client's name. Searching by prefix is a range of this table's index, at any size.

    Collation C: the index is in the order of characters, so that what begins with a word stands together.
    """

    __tablename__ = "client_tokens"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organization_id", "client_id"], ["clients.organization_id", "clients.id"], ondelete="CASCADE"
        ),
        Index(
            "ix_client_tokens_prefix",
            "organization_id",
            "token",
            "name",
            "client_id",
        ),
    )

    organization_id: Mapped[UUID] = mapped_column(primary_key=True)
    client_id: Mapped[UUID] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(Text(collation="C"), primary_key=True)
    name: Mapped[str] = mapped_column(Text(collation="C"))  # orders those with the same word
