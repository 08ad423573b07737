"""Passkeys."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKeyConstraint, Index, LargeBinary, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from services.identity.tables import Base
from shared.database.session import Tenant


class Passkey(Tenant, Base):
    """The public half of one passkey. The private half never leaves the person's device."""

    __tablename__ = "passkeys"
    __table_args__ = (
        ForeignKeyConstraint(["organization_id", "staff_id"], ["staff.organization_id", "staff.id"]),
        Index("uq_passkeys_credential", "organization_id", "credential_id", unique=True),
        Index("ix_passkeys_staff", "organization_id", "staff_id", "id"),
    )

    staff_id: Mapped[UUID]
    credential_id: Mapped[bytes] = mapped_column(LargeBinary)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)  # COSE
    sign_count: Mapped[int] = mapped_column(BigInteger)  # a copy of the device's counter; 0 where it keeps none
    transports: Mapped[list[str]] = mapped_column(ARRAY(Text))
    synced: Mapped[bool]  # kept by the maker's cloud, so that losing the device does not lose it
    name: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]
