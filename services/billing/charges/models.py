"""The columns of a priced service, wherever it stands: on a draft, an issued line or an amendment."""

from __future__ import annotations

from dataclasses import fields
from datetime import date
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, composite, declared_attr, mapped_column

from services.billing.charges.rules import DocumentedService, Hold

# Each field is the column of its name; only the version, which other rows have too, says what it is a version of.
_DOCUMENTED_COLUMNS = tuple(
    "documented_version" if field.name == "version" else field.name for field in fields(DocumentedService)
)


class PricedService:
    """Mixin: what a note documented, and what that costs. Drafts, issued lines and amendments all have it."""

    appointment_id: Mapped[UUID]
    client_id: Mapped[UUID]
    documented_version: Mapped[int]
    case_id: Mapped[UUID]
    note_id: Mapped[UUID]
    service_type_id: Mapped[UUID]
    rendering_staff_id: Mapped[UUID]
    location_id: Mapped[UUID | None]
    service_date: Mapped[date]
    minutes: Mapped[int]
    diagnosis_codes: Mapped[tuple[str, ...]] = mapped_column(ARRAY(Text, as_tuple=True))
    kind: Mapped[str] = mapped_column(Text)
    code: Mapped[str] = mapped_column(Text)
    modifiers: Mapped[list[str]] = mapped_column(ARRAY(Text))
    description: Mapped[str] = mapped_column(Text)
    units: Mapped[int]
    rate_cents: Mapped[int | None] = mapped_column(BigInteger)
    charge_cents: Mapped[int] = mapped_column(BigInteger)
    client_cents: Mapped[int] = mapped_column(BigInteger)
    insurance_cents: Mapped[int] = mapped_column(BigInteger)

    @declared_attr
    def documented(cls) -> Mapped[DocumentedService]:  # noqa: N805
        """What the note said. To set it sets its columns."""
        return composite(DocumentedService, *_DOCUMENTED_COLUMNS)


PRICED_COLUMNS = tuple(PricedService.__annotations__)


class OpenLine(PricedService):
    """Mixin: a priced service that may still change, with what holds it back: a draft line or an amendment."""

    holds: Mapped[list[dict[str, str]]] = mapped_column(JSONB)

    @property
    def reasons(self) -> list[Hold]:
        """Why it may not be issued, or accepted, as it is."""
        return [Hold(**hold) for hold in self.holds]
