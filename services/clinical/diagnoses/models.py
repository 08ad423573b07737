"""Diagnoses, and the code set."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.clinical.diagnoses.rules import Period, Place
from services.clinical.tables import Base
from shared.database.session import Tenant


class Diagnosis(Tenant, Base):
    """One diagnosis of a case, in force from `effective_from` through `effective_to`."""

    __tablename__ = "diagnoses"
    __table_args__ = (
        ForeignKeyConstraint(["organization_id", "case_id"], ["cases.organization_id", "cases.id"]),
        Index("ix_diagnoses_case", "organization_id", "case_id", "rank", "effective_from"),
        CheckConstraint("rank BETWEEN 1 AND 12", name="rank"),
        CheckConstraint("effective_to IS NULL OR effective_to >= effective_from", name="period"),
    )

    case_id: Mapped[UUID]
    version: Mapped[int] = mapped_column(default=1)
    code: Mapped[str] = mapped_column(Text)
    rank: Mapped[int]
    effective_from: Mapped[date]
    effective_to: Mapped[date | None]
    added_by: Mapped[UUID]
    created_at: Mapped[datetime]
    # One that never was: it is kept, and in force on no day.
    entered_in_error_at: Mapped[datetime | None]
    entered_in_error_by: Mapped[UUID | None]
    entered_in_error_reason: Mapped[str | None] = mapped_column(Text)

    @property
    def period(self) -> Period:
        """Its days, as the rules see them."""
        return Period(self.effective_from, self.effective_to)

    @property
    def place(self) -> Place:
        """What it takes up, as the rules see it."""
        return Place(self.code, self.rank, self.period)


class Icd10Code(Base):
    """A billable code of ICD-10-CM with its title: public facts, without a tenant."""

    __tablename__ = "icd10_codes"

    code: Mapped[str] = mapped_column(Text, primary_key=True)
    title: Mapped[str] = mapped_column(Text)
