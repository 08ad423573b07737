"""Service types and their rates."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, CheckConstraint, ForeignKeyConstraint, Index, Text, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.billing.catalogue.rules import Rate, UnitRule, may_be_claimed
from services.billing.tables import Base
from shared.database.session import Tenant
from shared.database.sort_keys import Sorted


class ServiceType(Tenant, Sorted, Base):
    """Something that can be booked and billed. Never deleted, only archived (`active` false)."""

    __tablename__ = "service_types"
    __table_args__ = (
        Index("ix_service_types_sort_key", "organization_id", "sort_key", "id"),  # the list
        CheckConstraint("kind IN ('cpt', 'other')", name="kind"),
        CheckConstraint("unit_rule IN ('fixed', 'per_minutes')", name="unit_rule"),
        CheckConstraint("(unit_rule = 'fixed') = (unit_units IS NOT NULL)", name="fixed_units"),
        CheckConstraint("(unit_rule = 'per_minutes') = (unit_minutes IS NOT NULL)", name="unit_minutes"),
    )

    SORTED_BY = ("name",)

    name: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    code: Mapped[str] = mapped_column(Text)
    modifiers: Mapped[list[str]] = mapped_column(ARRAY(Text))
    unit_rule: Mapped[str] = mapped_column(Text)
    unit_units: Mapped[int | None]
    unit_minutes: Mapped[int | None]
    unit_rounding: Mapped[str | None] = mapped_column(Text)
    duration_minutes: Mapped[int]
    note_minutes_min: Mapped[int | None]
    note_minutes_max: Mapped[int | None]
    colour: Mapped[str] = mapped_column(Text, server_default="c1")
    place_of_service: Mapped[str] = mapped_column(Text, server_default="11")
    self_pay_only: Mapped[bool] = mapped_column(default=False, server_default=false())  # means nothing beside `other`
    active: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]

    rates: Mapped[list[ServiceRate]] = relationship(
        order_by="ServiceRate.effective_from.asc().nulls_first()", lazy="selectin"
    )

    @property
    def unit(self) -> UnitRule:
        """How its units are counted."""
        return UnitRule(self.unit_rule, self.unit_units, self.unit_minutes, self.unit_rounding)

    @property
    def insurance_billable(self) -> bool:
        """Whether it may go on a claim: a code that insurers know, unless the practice says otherwise."""
        return may_be_claimed(self.kind) and not self.self_pay_only

    @insurance_billable.setter
    def insurance_billable(self, value: bool) -> None:
        self.self_pay_only = not value


class ServiceRate(Tenant, Base):
    """What one unit costs from `effective_from` on (None: from the beginning).

    Rows are only added; the cents are corrected while nothing that was issued used them.
    """

    __tablename__ = "service_rates"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organization_id", "service_type_id"], ["service_types.organization_id", "service_types.id"]
        ),
        CheckConstraint("rate_cents > 0", name="rate_cents"),
        # Also serves the search for the rate at a date of service.
        Index(
            "uq_service_rates_start",
            "organization_id",
            "service_type_id",
            "effective_from",
            unique=True,
            postgresql_nulls_not_distinct=True,
        ),
    )

    service_type_id: Mapped[UUID]
    effective_from: Mapped[date | None]
    rate_cents: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[datetime]

    @property
    def rate(self) -> Rate:
        """As the rules see it."""
        return Rate(self.rate_cents, self.effective_from)
