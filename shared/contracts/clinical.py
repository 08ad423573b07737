"""What clinical tells the others: who joined a case, which appointment is documented, which record was broken open.

Never note text: ids and the facts that an invoice needs.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from shared.contracts.envelope import event


@event(
    "clinical.staff_joined_case.v1",
    aggregate="case_id",
    version="membership_version",
    consumers=("clients",),
)
@dataclass(frozen=True, slots=True)
class StaffJoinedCase:
    """A member of staff was put on one case, which assigns them to its client and to no other case."""

    organization_id: UUID
    case_id: UUID
    client_id: UUID
    staff_id: UUID
    membership_version: int


@event(
    "clinical.appointment_documented.v1",
    aggregate="appointment_id",
    version="version",
    consumers=("billing",),
)
@dataclass(frozen=True, slots=True)
class AppointmentDocumented:
    """A signed note documents an appointment for one client; an amendment that changes facts raises `version`.

    So does a diagnosis that is corrected for its date. `version` counts per (appointment, client). `minutes` are those
    documented in the note, from `started_at` to `stopped_at`; `service_date` is the appointment's local date.
    `diagnosis_codes`: ICD-10-CM in force on that date, primary first. `place_of_service` is a CMS code. None, like no
    value, means not known.
    """

    organization_id: UUID
    appointment_id: UUID
    client_id: UUID
    version: int
    case_id: UUID
    note_id: UUID
    service_type_id: UUID
    rendering_staff_id: UUID
    service_date: date
    minutes: int
    location_id: UUID | None = None
    diagnosis_codes: tuple[str, ...] = ()
    has_signed_plan: bool = False
    started_at: datetime | None = None
    stopped_at: datetime | None = None
    place_of_service: str | None = None
    telehealth: bool | None = None
    supervising_staff_id: UUID | None = None
    add_on_service_type_ids: tuple[UUID, ...] = ()


@event(
    "clinical.note_amended.v1",
    aggregate="note_id",
    version="number",
    consumers=("billing",),
)
@dataclass(frozen=True, slots=True)
class NoteAmended:
    """A later signed version of a note says nothing else of the service: what is billed stays. No text of it.

    `number` is the version's, which rises by one with every signed version of the note.
    """

    organization_id: UUID
    note_id: UUID
    number: int
    appointment_id: UUID
    client_id: UUID
    amended_at: datetime


@event(
    "clinical.break_glass_opened.v1",
    aggregate="opening_id",
    version="version",
    consumers=("identity",),
)
@dataclass(frozen=True, slots=True)
class BreakGlassOpened:
    """Somebody opened an unassigned client's record in an emergency; the reason stays in clinical. `version` is 1.

    `assigned_staff_ids`: who is assigned to the client, at most fifty; they and the administrators are told.
    """

    organization_id: UUID
    opening_id: UUID
    version: int
    client_id: UUID
    staff_id: UUID
    ends_at: datetime
    assigned_staff_ids: tuple[UUID, ...] = ()


@event(
    "clinical.open_work_counted.v1",
    aggregate="client_id",
    version="version",
    consumers=("clients",),
)
@dataclass(frozen=True, slots=True)
class OpenWorkCounted:
    """What a member of staff has open with a client was counted, and is otherwise than what was told before.

    `version` counts per pair of client and staff. `appointments` that are to come, `drafts` of theirs, notes that wait
    for their approval or co-signature (`to_review`), treatment plans whose review is announced (`plans_due`).
    """

    organization_id: UUID
    client_id: UUID
    staff_id: UUID
    version: int
    appointments: int
    drafts: int
    to_review: int
    plans_due: int


@event(
    "clinical.change_answered.v1",
    aggregate="change_id",
    version="version",
    consumers=("clients",),
)
@dataclass(frozen=True, slots=True)
class ChangeAnswered:
    """The answer to `clients.change_proposed.v1`. Never what there is of a client, or how much.

    `code`: ready, and nothing new begins for the clients until `held_until`;
    has_appointments: they were booked; used: there is another record of them;
    same_appointment: two who are to be merged have a place in one appointment, or in one group at one time;
    being_changed: another change holds them.
    `used`, `booked`: with `ready` of a change that takes each client by themselves, who is used in these ways and not
    held.
    """

    organization_id: UUID
    change_id: UUID
    version: int
    code: str
    held_until: datetime | None = None
    used: tuple[UUID, ...] = ()
    booked: tuple[UUID, ...] = ()


@event(
    "clinical.appointment_answered.v1",
    aggregate="request_id",
    version="version",
    consumers=("clients",),
)
@dataclass(frozen=True, slots=True)
class AppointmentAnswered:
    """What became of an appointment that clients asked for: its id if it was booked, else the `code` of why not."""

    organization_id: UUID
    request_id: UUID
    version: int
    import_id: UUID
    row: int
    client_id: UUID
    appointment_id: UUID | None = None
    code: str | None = None
