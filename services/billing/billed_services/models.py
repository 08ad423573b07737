"""Which line bills a service of an appointment."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from services.billing.tables import Base


class BilledService(Base):
    """The line that bills a service code of an appointment to a client: a draft's, or an issued one in force.

    `line_id` is null where nothing bills it now: the invoice was voided, or another code took its place. The row
    stays, because the version that was documented last must not bill it again when its event is repeated.
    """

    __tablename__ = "billed_services"
    __table_args__ = (
        UniqueConstraint("organization_id", "line_id"),
        # Sessions that nothing bills.
        Index(
            "ix_billed_services_unbilled",
            "organization_id",
            "appointment_id",
            "client_id",
            postgresql_where=text("line_id IS NULL"),
        ),
    )

    organization_id: Mapped[UUID] = mapped_column(primary_key=True)
    appointment_id: Mapped[UUID] = mapped_column(primary_key=True)
    client_id: Mapped[UUID] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(Text, primary_key=True)
    line_id: Mapped[UUID | None]
    documented_version: Mapped[int]
