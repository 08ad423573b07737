"""What clients tells the others: who the clients are, who is assigned to them, and which of them are to go."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from shared.contracts.envelope import event
from shared.contracts.sealed import Sealed


@event(
    "clients.client_changed.v1",
    aggregate="client_id",
    version="version",
    consumers=("clinical", "billing"),
)
@dataclass(frozen=True, slots=True)
class ClientChangedV1:
    """The first version of `clients.client_changed.v2`, with the name in clear text. It is read and no longer sent."""

    organization_id: UUID
    client_id: UUID
    version: int
    display_name: str
    status: str  # active | archived
    time_zone: str | None = None


@event(
    "clients.client_changed.v2",
    aggregate="client_id",
    version="version",
    consumers=("clinical", "billing"),
)
@dataclass(frozen=True, slots=True)
class ClientChanged:
    """A client was added, or name, status or time zone changed. `display_name` is what an agenda shows.

    Only an archived client cannot be booked.
    """

    organization_id: UUID
    client_id: UUID
    version: int
    display_name: Sealed[str]
    status: str  # prospective | active | archived
    time_zone: str | None = None


@event(
    "clients.staff_assigned.v1",
    aggregate="client_id",
    version="assignment_version",
    consumers=("clinical", "billing"),
)
@dataclass(frozen=True, slots=True)
class StaffAssigned:
    """A member of staff was assigned to a client, which puts them on every active case of that client.

    `assignment_version` rises with each assignment and unassignment of this pair. `through_case_id`: the assignment
    came about by joining that one case and adds no other.
    """

    organization_id: UUID
    client_id: UUID
    staff_id: UUID
    assignment_version: int
    through_case_id: UUID | None = None


@event(
    "clients.staff_unassigned.v1",
    aggregate="client_id",
    version="assignment_version",
    consumers=("clinical", "billing"),
)
@dataclass(frozen=True, slots=True)
class StaffUnassigned:
    """A member of staff was taken off a client, and so off every case of that client."""

    organization_id: UUID
    client_id: UUID
    staff_id: UUID
    assignment_version: int


@event(
    "clients.change_proposed.v1",
    aggregate="change_id",
    version="version",
    consumers=("clinical", "billing"),
)
@dataclass(frozen=True, slots=True)
class ChangeProposed:
    """A change of clients that every service has to agree to: each answers, and holds them for 60 seconds if it does.

    An answer after `answer_by` is not waited for, and nothing is held then. Of a merge, and of its end, `client_ids`
    are the client who ends in the other one, and the one who stays.
    """

    organization_id: UUID
    change_id: UUID
    version: int
    kind: str  # delete | undo_import | merge | unmerge
    client_ids: tuple[UUID, ...]
    answer_by: datetime


@event(
    "clients.change_decided.v1",
    aggregate="change_id",
    version="version",
    consumers=("clinical", "billing"),
)
@dataclass(frozen=True, slots=True)
class ChangeDecided:
    """What became of a proposed change. Not `applies`: nothing changes, and nobody is held for it any longer.

    Of a merge, and of its end, `client_ids` are the client who ends in the other one, and the one who stays.
    """

    organization_id: UUID
    change_id: UUID
    version: int
    kind: str  # delete | undo_import | merge | unmerge
    client_ids: tuple[UUID, ...]
    applies: bool


@event(
    "clients.appointment_requested.v1",
    aggregate="request_id",
    version="version",
    consumers=("clinical",),
)
@dataclass(frozen=True, slots=True)
class AppointmentRequested:
    """Clinical is asked to book the next appointment of a client who came from a file, in the name of who imports.

    `import_id` and `row` come back with the answer. `by_staff_id` or `by_program_id`, one of them, is who imports.
    Without `service_type_id` it is the only service that the practice offers. `time_zone` is the practice's.
    """

    organization_id: UUID
    request_id: UUID
    version: int
    import_id: UUID
    row: int
    client_id: UUID
    staff_id: UUID
    starts_at: datetime
    time_zone: str
    service_type_id: UUID | None = None
    by_staff_id: UUID | None = None
    by_program_id: UUID | None = None
