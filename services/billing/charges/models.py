"""The columns of a priced service, wherever it stands: on a draft, an issued line or an amendment."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.billing.charges.rules import Documented, Hold


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
    diagnosis_codes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    kind: Mapped[str] = mapped_column(Text)
    code: Mapped[str] = mapped_column(Text)
    modifiers: Mapped[list[str]] = mapped_column(ARRAY(Text))
    description: Mapped[str] = mapped_column(Text)
    units: Mapped[int]
    rate_cents: Mapped[int | None] = mapped_column(BigInteger)
    charge_cents: Mapped[int] = mapped_column(BigInteger)
    client_cents: Mapped[int] = mapped_column(BigInteger)
    insurance_cents: Mapped[int] = mapped_column(BigInteger)

    @property
    def documented(self) -> Documented:
        """What the note said."""
        return Documented(
            appointment_id=self.appointment_id,
            client_id=self.client_id,
            version=self.documented_version,
            case_id=self.case_id,
            note_id=self.note_id,
            service_type_id=self.service_type_id,
            rendering_staff_id=self.rendering_staff_id,
            location_id=self.location_id,
            service_date=self.service_date,
            minutes=self.minutes,
            diagnosis_codes=tuple(self.diagnosis_codes),
        )


PRICED_COLUMNS = tuple(PricedService.__annotations__)


class OpenLine(PricedService):
    """Mixin: a priced service that may still change, with what holds it back: a draft line or an amendment."""

    holds: Mapped[list[dict[str, str]]] = mapped_column(JSONB)

    @property
    def reasons(self) -> list[Hold]:
        """Why it may not be issued, or accepted, as it is."""
        return [Hold(**hold) for hold in self.holds]
