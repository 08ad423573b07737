"""The columns of a priced service, wherever it stands: on a draft, an issued line or an amendment."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql import UUID as PgUUID
from sqlalchemy.orm import Mapped, composite, declared_attr, mapped_column

from services.billing.charges.rules import Hold


@dataclass(frozen=True, slots=True)
class DocumentedService:
    """What a signed note says of one client's share in an appointment, as far as billing is concerned.

    Each field comes from the event's field of that name and is the column of that name in `PricedService`; one with
    `shown` is a field of a line in the API, which says that of it; None leaves that to the glossary.
    A fact that is None is not known. `documented_service_type_id` is the event's `service_type_id`, and stays when
    another service is billed.
    """

    appointment_id: UUID = field(metadata={"shown": "Id of the appointment that the note documents."})
    client_id: UUID
    version: int
    case_id: UUID
    note_id: UUID
    service_type_id: UUID = field(metadata={"shown": "Id of the service that it is priced as."})
    documented_service_type_id: UUID | None = field(
        metadata={"shown": "Id of the service that the note documents; null: not known."}
    )
    rendering_staff_id: UUID = field(metadata={"shown": "Id of the clinician who gave the service."})
    location_id: UUID | None = field(
        metadata={"shown": "Id of the location; null where none is named, as for a home visit."}
    )
    service_date: date = field(
        metadata={"shown": "Date of service: the day on which the appointment began, in its own time zone."}
    )
    minutes: int = field(metadata={"shown": "Minutes that the note says the service took."})
    diagnosis_codes: tuple[str, ...] = field(metadata={"shown": None})
    has_signed_plan: bool | None
    started_at: datetime | None = field(metadata={"shown": "When the service began; null: not known."})
    stopped_at: datetime | None = field(metadata={"shown": "When it ended; null: not known."})
    place_of_service: str | None = field(metadata={"shown": "CMS place of service code; null: not known."})
    telehealth: bool | None = field(metadata={"shown": "Whether it was given by telehealth; null: not known."})
    supervising_staff_id: UUID | None = field(metadata={"shown": "The clinician who supervised; null: nobody."})
    add_on_service_type_ids: tuple[UUID, ...] = field(
        metadata={"shown": "Services that were given in addition, as the note names them."}
    )

    @property
    def noted_service_type_id(self) -> UUID:
        """The service that the note documents; where that is not known, the one that is billed counts as such."""
        return self.documented_service_type_id or self.service_type_id

    def columns(self) -> dict[str, Any]:
        """The columns of `PricedService` that hold it."""
        return {column: getattr(self, name) for column, name in _DOCUMENTED_COLUMNS.items()}


# Only the version, which other rows have too, says in its column what it is a version of.
_DOCUMENTED_COLUMNS = {
    "documented_version" if fact.name == "version" else fact.name: fact.name for fact in fields(DocumentedService)
}


class PricedService:
    """Mixin: what a note documented, and what that costs. Drafts, issued lines and amendments all have it."""

    appointment_id: Mapped[UUID]
    client_id: Mapped[UUID]
    documented_version: Mapped[int]
    case_id: Mapped[UUID]
    note_id: Mapped[UUID]
    service_type_id: Mapped[UUID]
    documented_service_type_id: Mapped[UUID | None]
    rendering_staff_id: Mapped[UUID]
    location_id: Mapped[UUID | None]
    service_date: Mapped[date]
    minutes: Mapped[int]
    diagnosis_codes: Mapped[tuple[str, ...]] = mapped_column(ARRAY(Text, as_tuple=True))
    has_signed_plan: Mapped[bool | None]
    started_at: Mapped[datetime | None]
    stopped_at: Mapped[datetime | None]
    place_of_service: Mapped[str | None] = mapped_column(Text)
    telehealth: Mapped[bool | None]
    supervising_staff_id: Mapped[UUID | None]
    add_on_service_type_ids: Mapped[tuple[UUID, ...]] = mapped_column(
        ARRAY(PgUUID(as_uuid=True), as_tuple=True), server_default="{}"
    )
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
    def documented(cls) -> Mapped[DocumentedService]:  # noqa: N805 - it is given the class
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
