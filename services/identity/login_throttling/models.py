"""Failures counted, and networks known."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, LargeBinary, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.identity.login_throttling.rules import FAILURE_BUCKETS
from services.identity.tables import Base


class KnownNetwork(Base):
    """A network that somebody signed in from: failed sign-ins elsewhere do not keep them out of it."""

    __tablename__ = "known_networks"
    __table_args__ = (
        ForeignKeyConstraint(["organization_id", "staff_id"], ["staff.organization_id", "staff.id"]),
        Index("ix_known_networks_last_used_at", "last_used_at"),  # what is purged
    )

    organization_id: Mapped[UUID] = mapped_column(primary_key=True)
    staff_id: Mapped[UUID] = mapped_column(primary_key=True)
    network: Mapped[str] = mapped_column(Text, primary_key=True)
    last_used_at: Mapped[datetime]


class KnownAddress(Base):
    """An address that somebody signed in from: their own failures there are counted apart from everybody else's.

    Only a keyed fingerprint is kept.
    """

    __tablename__ = "known_addresses"
    __table_args__ = (
        ForeignKeyConstraint(["organization_id", "staff_id"], ["staff.organization_id", "staff.id"]),
        Index("ix_known_addresses_last_used_at", "last_used_at"),  # what is purged
    )

    organization_id: Mapped[UUID] = mapped_column(primary_key=True)
    staff_id: Mapped[UUID] = mapped_column(primary_key=True)
    address: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    last_used_at: Mapped[datetime]


class SignInFailures(Base):
    """How many wrong passwords an e-mail address got: from one place within a minute, from all within an hour.

    Counted whether or not anybody has the address, so that counting does not tell who has an account. A count that
    no longer keeps anybody out is purged the day after.
    """

    __tablename__ = "sign_in_failures"
    __table_args__ = (
        CheckConstraint(f"bucket BETWEEN 0 AND {FAILURE_BUCKETS - 1}", name="bucket"),
        Index("ix_sign_in_failures_since", "since"),  # what is purged
    )

    organization_id: Mapped[UUID] = mapped_column(primary_key=True)  # the nil one: nobody has signed in yet
    bucket: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    failures: Mapped[int]
    since: Mapped[datetime]
