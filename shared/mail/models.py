"""The tables of a service that sends mail: what is to go out, and how much an address got."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, MetaData, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from shared.database.retention import Expired
from shared.database.session import COLUMN_TYPES, Tenant, metadata
from shared.mail.limits import BUCKETS


class _Base(DeclarativeBase):
    metadata = metadata()
    type_annotation_map = COLUMN_TYPES


class Mail(Tenant, _Base):
    """One message. `values` holds what its template needs, tokens among it, and is emptied when it has gone out."""

    __tablename__ = "mail"
    __table_args__ = (
        Index("ix_mail_due", "next_try_at", postgresql_where=text("sent_at IS NULL AND given_up_at IS NULL")),
        Index("ix_mail_done", "created_at", postgresql_where=text("sent_at IS NOT NULL OR given_up_at IS NOT NULL")),
        Index("ix_mail_held", "organization_id", postgresql_where=text("held")),
    )

    recipient: Mapped[str] = mapped_column(Text)
    template: Mapped[str] = mapped_column(Text)
    values: Mapped[dict[str, Any]] = mapped_column(JSONB)
    created_at: Mapped[datetime]
    useful_until: Mapped[datetime]
    next_try_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")
    sent_at: Mapped[datetime | None]
    given_up_at: Mapped[datetime | None]
    # Waits until it is released: due only when it is useful to nobody.
    held: Mapped[bool] = mapped_column(default=False, server_default="false")
    about: Mapped[UUID | None]  # the record without which it is not worth sending
    bucket: Mapped[int | None]  # where the mail to its recipient is counted; null: not counted


class MailCount(_Base):
    """How many messages went to an address within an hour and a day, from all organizations together.

    The address itself is not kept: its keyed fingerprint chooses the bucket.
    """

    __tablename__ = "mail_counts"
    __table_args__ = (
        CheckConstraint(f"bucket BETWEEN 0 AND {BUCKETS - 1}", name="bucket"),
        Index("ix_mail_counts_day_since", "day_since"),  # what is purged
    )

    organization_id: Mapped[UUID] = mapped_column(primary_key=True)  # the nil one: it is all organizations' mail
    bucket: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    in_hour: Mapped[int]
    hour_since: Mapped[datetime]
    in_day: Mapped[int]
    day_since: Mapped[datetime]


EXPIRED: Final = (
    Expired("mail", "created_at", 7, "(sent_at IS NOT NULL OR given_up_at IS NOT NULL)"),
    Expired("mail_counts", "day_since", 2),
)


def add_mail_tables(into: MetaData) -> None:
    """Copy the tables into a service's metadata, so that Alembic compares them with the database."""
    for table in _Base.metadata.sorted_tables:
        table.to_metadata(into)
