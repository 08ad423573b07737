"""Treatment plans."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from services.clinical.copies.models import StaffCopy, as_known_today
from services.clinical.tables import Base
from shared.database.session import Tenant


class TreatmentPlan(Tenant, Base):
    """A plan of one case.

    `problems` is one validated document: it is written, signed and read as a whole, and a signature must cover a
    whole that no row elsewhere can change.
    """

    __tablename__ = "treatment_plans"
    __table_args__ = (
        ForeignKeyConstraint(["organization_id", "case_id"], ["cases.organization_id", "cases.id"]),
        Index("ix_treatment_plans_case", "organization_id", "case_id", "effective_from"),
        Index(
            "ix_treatment_plans_drafts",
            "organization_id",
            "created_by",
            postgresql_where=text("signed_at IS NULL AND discarded_at IS NULL"),
        ),
        CheckConstraint("(signed_at IS NULL) = (signed_by IS NULL)", name="signature"),
    )

    case_id: Mapped[UUID]
    version: Mapped[int] = mapped_column(default=1)
    effective_from: Mapped[date]
    review_on: Mapped[date]
    problems: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    content_hash: Mapped[str | None] = mapped_column(Text)
    created_by: Mapped[UUID]
    created_at: Mapped[datetime]
    signed_by: Mapped[UUID | None]
    signed_at: Mapped[datetime | None]
    # The name and the credentials of that moment; null: not known, as of what was signed before they were kept.
    signer_name: Mapped[str | None] = mapped_column(Text)
    signer_credentials: Mapped[list[str] | None] = mapped_column(ARRAY(Text))
    discarded_at: Mapped[datetime | None]
    discarded_by: Mapped[UUID | None]
    discard_reason: Mapped[str | None] = mapped_column(Text)

    @declared_attr
    def signer_today(cls) -> Mapped[StaffCopy | None]:  # noqa: N805 - SQLAlchemy hands the class over
        """Who signed it, as they are called today."""
        return as_known_today(cls, "signed_by")

    @property
    def signed_by_name(self) -> str | None:
        """The name that was signed with; None: not signed, or not known."""
        return self.signer_name or (self.signer_today.display_name if self.signer_today else None)

    @property
    def status(self) -> str:
        """draft, signed or discarded."""
        if self.discarded_at:
            return "discarded"
        return "signed" if self.signed_at else "draft"
