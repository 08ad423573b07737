"""What clients asked to be booked, and what became of it."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from services.clinical.tables import Base
from shared.database.retention import Expired
from shared.database.session import Tenant

KEPT_DAYS: Final = 37  # after the answer: as long as the import is kept that asked, and may be undone


class RequestedBooking(Tenant, Base):
    """One appointment that clients asked for. Its id is the id of the request.

    Without `answered_at` it waits; then there is an `appointment_id` if it was booked, or the `code` of why not.
    """

    __tablename__ = "requested_bookings"
    __table_args__ = (
        Index("ix_requested_bookings_due", "next_try_at", postgresql_where=text("answered_at IS NULL")),
        Index("ix_requested_bookings_client", "organization_id", "client_id"),  # when a client is to go
        Index("ix_requested_bookings_answered_at", "answered_at", postgresql_where=text("answered_at IS NOT NULL")),
        CheckConstraint("(by_staff_id IS NULL) <> (by_program_id IS NULL)", name="by_one"),
        CheckConstraint(
            "(answered_at IS NULL AND appointment_id IS NULL AND code IS NULL)"
            " OR (answered_at IS NOT NULL AND (appointment_id IS NULL) <> (code IS NULL))",
            name="answered",
        ),
    )

    import_id: Mapped[UUID]  # this and the row come back with the answer
    row: Mapped[int]
    client_id: Mapped[UUID]
    staff_id: Mapped[UUID]
    service_type_id: Mapped[UUID | None]  # null: the only one that the practice offers
    starts_at: Mapped[datetime]
    time_zone: Mapped[str] = mapped_column(Text)
    by_staff_id: Mapped[UUID | None]  # who imports: a member of staff or a program
    by_program_id: Mapped[UUID | None]
    attempts: Mapped[int] = mapped_column(server_default="0")
    next_try_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    appointment_id: Mapped[UUID | None]
    code: Mapped[str | None] = mapped_column(Text)


EXPIRED: Final = Expired("requested_bookings", "answered_at", KEPT_DAYS, "answered_at IS NOT NULL")
