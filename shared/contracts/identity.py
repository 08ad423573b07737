"""What identity tells the others: organizations, their locations, their staff.

Each event carries the whole present state under a rising `version`; a consumer keeps the highest it saw, so
order and repetition do not matter.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from shared.contracts.envelope import event


@dataclass(frozen=True, slots=True)
class OpenHours:
    """From when until when the practice is open on one day of every week: HH:MM by its clocks, 24:00 for midnight."""

    weekday: str
    opens: str
    closes: str


@dataclass(frozen=True, slots=True)
class Holiday:
    """A day on which the practice is closed, and what it is called."""

    on: date
    name: str


@event(
    "identity.organization_changed.v1",
    aggregate="organization_id",
    version="version",
    consumers=("clients", "clinical", "billing"),
)
@dataclass(frozen=True, slots=True)
class OrganizationChanged:
    """An organization was created, or its settings changed."""

    organization_id: UUID
    version: int
    name: str
    time_zone: str
    invoice_prefix: str = ""
    session_minutes: int = 60
    plan_review_days: int = 90
    write_off_limit_cents: int = 0
    restricts_administration: bool = False  # Administration opens clinical records of assigned cases only
    break_glass_enabled: bool = False
    break_glass_minutes: int = 60
    author_access_days: int = 0  # for which somebody off a case reads the notes that they signed in it
    business_hours: tuple[OpenHours, ...] = ()  # none: the practice has not said
    holidays: tuple[Holiday, ...] = ()


@event(
    "identity.location_changed.v1",
    aggregate="location_id",
    version="version",
    consumers=("clinical", "billing"),
)
@dataclass(frozen=True, slots=True)
class LocationChanged:
    """A location was added or changed. `time_zone` None: the organization's. `place_of_service`: a CMS code."""

    organization_id: UUID
    location_id: UUID
    version: int
    name: str
    time_zone: str | None = None
    active: bool = True
    place_of_service: str | None = None


@dataclass(frozen=True, slots=True)
class Licence:
    """A licence to practise; in force from `issued_on` (None: always) through `expires_on`, both inclusive."""

    number: str
    state: str
    expires_on: date
    issued_on: date | None = None


@event(
    "identity.staff_changed.v1",
    aggregate="staff_id",
    version="version",
    consumers=("clients", "clinical", "billing"),
)
@dataclass(frozen=True, slots=True)
class StaffChanged:
    """A member of staff was added, or profile, levels, grants, licence or supervisor changed."""

    organization_id: UUID
    staff_id: UUID
    version: int
    display_name: str
    active: bool
    levels: tuple[str, ...] = ()
    grants: tuple[str, ...] = ()
    supervisor_id: UUID | None = None
    supervision_mode: str | None = None  # access_only | approve | co_sign; None without a supervisor
    npi: str | None = None
    taxonomy: str | None = None
    licences: tuple[Licence, ...] = ()
    joined: bool | None = None  # whether they have accepted the invitation; None: not known
    brought_in_by: tuple[UUID, ...] = ()  # who invited them, or changed their address before they joined
    credentials: tuple[str, ...] | None = None  # what stands behind the name, in this order; None: not known
    # Of the address that they sign in with (`shared.texts.email_hash`): who has it finds whose it is, and nobody reads
    # it on the bus. None: not known.
    email_hash: str | None = None


@event(
    "identity.work_handed_over.v1",
    aggregate="staff_id",
    version="version",
    consumers=("clients", "clinical"),
)
@dataclass(frozen=True, slots=True)
class WorkHandedOver:
    """Somebody who left hands clients, open cases and coming appointments over to `successor_id`.

    `version` is the leaving member's. What cannot be handed over stays theirs, and is listed as open work.
    """

    organization_id: UUID
    staff_id: UUID
    version: int
    successor_id: UUID
    handed_over_by: UUID


@event(
    "identity.api_client_changed.v1",
    aggregate="api_client_id",
    version="version",
    consumers=("clients",),
)
@dataclass(frozen=True, slots=True)
class ApiClientChanged:
    """The permissions of an API client changed; one that was revoked has none, and gets none again."""

    organization_id: UUID
    api_client_id: UUID
    version: int
    permissions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Address:
    """A postal address."""

    line1: str
    city: str
    state: str
    postal_code: str
    line2: str | None = None


@dataclass(frozen=True, slots=True)
class PrintedOrganization:
    """What documents and claims say of the practice."""

    name: str
    legal_name: str | None = None
    npi: str | None = None
    tax_id: str | None = None
    taxonomy: str | None = None
    phone: str | None = None
    fax: str | None = None
    email: str | None = None
    address: Address | None = None


@dataclass(frozen=True, slots=True)
class PrintedLocation:
    """What they say of where a service was given."""

    name: str
    place_of_service: str
    npi: str | None = None
    phone: str | None = None
    address: Address | None = None


@dataclass(frozen=True, slots=True)
class PrintedStaff:
    """What they say of who gave it."""

    given_name: str
    family_name: str
    credentials: tuple[str, ...] = ()
    npi: str | None = None
    taxonomy: str | None = None


@event(
    "identity.billing_profile_recorded.v1",
    aggregate="subject_id",
    version="version",
    consumers=("billing",),
)
@dataclass(frozen=True, slots=True)
class BillingProfileRecorded:
    """What the practice, a location or a member of staff prints and bills under from `effective_from` on.

    `subject` says which: organization, location or staff; the field of that name is given. A version holds until a
    later day begins another. Those of a subject are numbered from 1 without gaps, added and never changed; of two for
    one day the higher `version` holds.
    """

    organization_id: UUID
    subject: str
    subject_id: UUID
    version: int
    effective_from: date
    organization: PrintedOrganization | None = None
    location: PrintedLocation | None = None
    staff: PrintedStaff | None = None
