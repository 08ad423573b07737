"""Clients and the words by which they are found."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, FetchedValue, ForeignKeyConstraint, Index, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.clients.profiles import rules
from services.clients.tables import Base
from shared.database.session import Tenant
from shared.database.sort_keys import Sorted

NOBODY_ASSIGNED = text("staff_count = 0")


class Client(Tenant, Sorted, Base):
    """A client's basic data."""

    __tablename__ = "clients"
    __table_args__ = (
        Index("ix_clients_sort_key", "organization_id", "sort_key", "id"),  # the list
        Index("ix_clients_status_sort_key", "organization_id", "status", "sort_key", "id"),  # by status
        Index("ix_clients_status_number", "organization_id", "status", "number"),  # by status, sorted by number
        # Clients whom nobody is assigned to, and those of one status.
        Index("ix_clients_unassigned", "organization_id", "sort_key", "id", postgresql_where=NOBODY_ASSIGNED),
        Index(
            "ix_clients_unassigned_status",
            *("organization_id", "status", "sort_key", "id"),
            postgresql_where=NOBODY_ASSIGNED,
        ),
        Index("ix_clients_date_of_birth", "organization_id", "date_of_birth"),  # search, and likely duplicates
        Index("ix_clients_phone", "organization_id", "phone"),
        Index("ix_clients_phone_digits", "organization_id", "phone_digits"),  # found by the beginning of a phone
        Index("ix_clients_phone_reversed", "organization_id", "phone_reversed"),  # by its end
        Index("ix_clients_email_key", "organization_id", "email_key"),
        Index("uq_clients_number", "organization_id", "number", unique=True),
        CheckConstraint("status IN ('prospective', 'active', 'archived')", name="status"),
        CheckConstraint("client_type IN ('adult', 'minor', 'couple', 'family')", name="client_type"),
    )

    SORTED_BY = ("family_name", "given_name")

    version: Mapped[int] = mapped_column(default=1)
    staff_count: Mapped[int] = mapped_column(server_default=text("0"))  # members assigned; triggers keep it
    number: Mapped[int] = mapped_column(server_default=FetchedValue())  # a trigger gives it, by the counter
    given_name: Mapped[str] = mapped_column(Text)
    family_name: Mapped[str] = mapped_column(Text)
    middle_name: Mapped[str | None] = mapped_column(Text)
    name_suffix: Mapped[str | None] = mapped_column(Text)
    preferred_name: Mapped[str | None] = mapped_column(Text)
    former_names: Mapped[list[str]] = mapped_column(JSONB, server_default=text("'[]'"))
    pronouns: Mapped[str | None] = mapped_column(Text)
    date_of_birth: Mapped[date]
    sex: Mapped[str] = mapped_column(Text, default="unknown")
    gender_identity: Mapped[str | None] = mapped_column(Text)
    language: Mapped[str | None] = mapped_column(Text)
    client_type: Mapped[str] = mapped_column(Text, server_default="adult")
    referral_source: Mapped[str | None] = mapped_column(Text)
    intake_date: Mapped[date | None]
    email: Mapped[str | None] = mapped_column(Text)
    email_key: Mapped[str | None] = mapped_column(Text)
    phone: Mapped[str | None] = mapped_column(Text)
    # Its digits without the extension, and these from the last one on: a trigger keeps both.
    phone_digits: Mapped[str | None] = mapped_column(Text(collation="C"), FetchedValue(), deferred=True)
    phone_reversed: Mapped[str | None] = mapped_column(Text(collation="C"), FetchedValue(), deferred=True)
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
    def known_as(self) -> rules.KnownAs:
        """By what they are found, and taken for somebody else."""
        return rules.known_as(
            (self.given_name, self.family_name, self.preferred_name or ""),
            self.date_of_birth,
            (self.phone, self.email_key),
            once_named=(self.middle_name or "", *self.former_names),
        )


class ClientCounter(Base):
    """The number that an organization gave last. It only rises, so no number is given twice."""

    __tablename__ = "client_counters"

    organization_id: Mapped[UUID] = mapped_column(primary_key=True)
    last_number: Mapped[int]


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
    name: Mapped[str] = mapped_column(Text(collation="C"))  # the client's sort key: it orders those with the same word
